"""典型案例: the column of what is published, what is being collected, one case, offering one, and the ten of a year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.access import may_open
from app.duties.typical_case import DUTY, KINDS, PARTS, POINTS, START_FORM, STATES, TEXTS, TOP
from app.errors import BadRequest, InvalidForm, NotFound, RuleViolation
from app.models.organization import OFFICE
from app.models.typical_case import TypicalCase
from app.queries import typical_cases as cases
from app.queries import units
from app.queries.actor import Actor
from app.queries.task_page import open_task_of
from app.queries.typical_cases import Filters
from app.services import attachments, form_rules
from app.services import typical_cases as verbs
from app.services.typical_case import papers
from app.services.typical_case.rows import subject_name
from app.terms import Role
from app.views.context import current_actor, current_house
from app.views.forms import changes_rows, parse
from app.views.paging import next_page, wants_rows
from app.views.task_view import new_key
from app.views.urging import WORD

bp = Blueprint("cases", __name__, url_prefix="/cases")

Answer = str | Response | tuple[str, int]
Errors = Iterable[tuple[str, str]]

OPEN = "open"
LONGEST = 60
NUMBER_LENGTH = 12
IMAGES = ("image/jpeg", "image/png")
FIRST_YEAR, LAST_YEAR = 2000, 2100


@bp.get("")
def page() -> str:
    """专精特新专栏: for everybody who is signed in."""
    wanted = _filters()
    with current_house().database.reading() as session:
        found = cases.column(session, wanted, request.args.get("cursor"))
        rows = {"found": found, "more": next_page("cases.page", found.next_cursor), **_words()}
        if wants_rows():
            return render_template("cases/_column.html", **rows)
        years = cases.years(session)
        return render_template("cases/page.html", **rows, wanted=wanted, years=years, **_ways(current_actor()))


@bp.get("/collected")
def collected() -> str:
    """What is being written and reviewed, and what became of it."""
    actor, wanted = current_actor(), _filters()
    with current_house().database.reading() as session:
        found = cases.collected(session, actor, wanted, request.args.get("cursor"))
        rows = {"found": found, "more": next_page("cases.collected", found.next_cursor), **_words()}
        if wants_rows():
            return render_template("cases/_collected.html", **rows)
        states = {OPEN: _("办理中"), **STATES}
        return render_template("cases/collected.html", **rows, wanted=wanted, states_to_choose=states, **_ways(actor))


@bp.get("/<number>")
def one(number: str) -> str:
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        case = _seen(session, actor, number)
        shown = _one(session, actor, case)
    if case.state == cases.PUBLISHED:
        verbs.note_view(house, case.number)
    return shown


@bp.get("/<number>/photos/<photo_id>")
def photo(number: str, photo_id: str) -> Response:
    house = current_house()
    with house.database.reading() as session:
        case = _seen(session, current_actor(), number)
        file = next((file for file in cases.photos_of(session, case) if file.id == photo_id), None)
    if file is None or file.media_type not in IMAGES:
        raise NotFound(_("没有找到这张图片。"))
    return send_file(attachments.content_of(house, file), mimetype=file.media_type, max_age=0)


@bp.get("/<number>/case.docx")
def paper(number: str) -> Response:
    with current_house().database.reading() as session:
        name, content = papers.case_paper(session, _seen(session, current_actor(), number))
    return _file(name, content)


@bp.get("/<number>/adoption.docx")
def adoption(number: str) -> Response:
    with current_house().database.reading() as session:
        name, content = papers.adoption_paper(session, _seen(session, current_actor(), number))
    return _file(name, content)


@bp.get("/new")
def new() -> str:
    return _new({})


@bp.post("/new")
def offer() -> Answer:
    """Offer a case, and go on with its form where it is one's own to write."""
    house, actor, typed = current_house(), current_actor(), parse(_form(), request.form)
    unit_id = request.form.get("unit", "")
    if changes_rows(request.form):
        return _new(typed, unit_id=unit_id)
    try:
        answer = verbs.offer(house, actor, typed, key=_key(), unit_id=unit_id)
    except (InvalidForm, RuleViolation) as refused:
        return _new(typed, _errors(refused), unit_id), refused.status
    flash(_("线索已提出，请撰写案例。"))
    with house.database.reading() as session:
        task_id = open_task_of(session, actor, str(answer["id"]))
    return redirect(url_for("tasks.page", task_id=task_id) if task_id else url_for("cases.collected"))


@bp.post("/<number>/withdrawal")
def withdraw(number: str) -> Response:
    try:
        verbs.withdraw(current_house(), current_actor(), number[:NUMBER_LENGTH], key=_key())
    except RuleViolation as refused:
        flash(refused.text, "error")
    else:
        flash(_("案例已撤回。"))
    return redirect(url_for("cases.collected"))


@bp.post("/<number>/taking-down")
def take_down(number: str) -> Response:
    reason = request.form.get("reason", "")
    try:
        verbs.take_down(current_house(), current_actor(), number[:NUMBER_LENGTH], reason, key=_key())
    except InvalidForm as refused:
        flash(refused.errors[0][1], "error")
    else:
        flash(_("案例已下架，理由已记入流程历史。"))
    return redirect(url_for("cases.one", number=number))


@bp.get("/top/<int:year>")
def top(year: int) -> str:
    return _top(year)


@bp.post("/top/<int:year>")
def choose_top(year: int) -> Answer:
    """The numbers in the order of the places that were typed."""
    placed = sorted(
        (place, number)
        for number in request.form.getlist("numbers")
        if (place := request.form.get(f"place-{number}", 0, int)) > 0
    )
    try:
        numbers = [number for _place, number in placed]
        verbs.choose_top(current_house(), current_actor(), _year(year), numbers, key=_key())
    except InvalidForm as refused:
        return _top(year, refused.errors[0][1]), refused.status
    flash(_("%(year)s年度十佳案例已公布。", year=year))
    return redirect(url_for("cases.top", year=year))


@bp.get("/top/<int:year>/compilation.docx")
def compilation(year: int) -> Response:
    with current_house().database.reading() as session:
        name, content = papers.compilation_paper(session, _year(year), clock.today())
    return _file(name, content)


def _one(session: Session, actor: Actor, case: TypicalCase) -> str:
    published = case.state in ("published", "taken_down")
    is_party = actor.reads_all or not actor.is_outsider or case.author in actor.principals
    told = case.told if published else case.answers
    return render_template(
        "cases/one.html",
        case=case,
        subject=subject_name(case),
        parts=[(PARTS[part], told[part]) for part in TEXTS if told.get(part)],
        sources=papers.sources_of(case) if published else [],
        photos=[file for file in cases.photos_of(session, case) if file.media_type in IMAGES],
        views=cases.views_of(session, case.number),
        is_party=is_party,
        points=[(word, case.points[part]) for part, word in POINTS.items() if part in case.points],
        task_id=open_task_of(session, actor, case.instance_id) if case.instance_id else None,
        shows_history=case.instance_id is not None and not actor.is_outsider and _sees_process(session, actor, case),
        can_withdraw=verbs.may_withdraw(actor, case),
        can_take_down=case.state == cases.PUBLISHED and actor.has(Role.OFFICE),
        key=new_key(),
        **_words(),
    )


def _sees_process(session: Session, actor: Actor, case: TypicalCase) -> bool:
    """A published case is everybody's to read, how it came about is not."""
    return may_open("histories.one", actor) and cases.is_hers(session, actor, case)


def _new(typed: Mapping[str, Any], errors: Errors = (), unit_id: str = "") -> str:
    actor = current_actor()
    with current_house().database.reading() as session:
        standing = [unit for unit in units.standing_units(session) if unit.id != OFFICE]
    return render_template(
        "cases/new.html",
        schema=_form(),
        data=typed,
        errors=list(errors),
        units=[
            (unit.id, unit.short_name)
            for unit in standing
            if unit.id in actor.unit_ids or (actor.has(Role.OFFICE) and not actor.unit_ids)
        ],
        unit_id=unit_id,
        key=new_key(),
    )


def _top(year: int, error: str = "") -> str:
    actor, today = current_actor(), clock.today()
    with current_house().database.reading() as session:
        is_office = actor.has(Role.OFFICE)
        return render_template(
            "cases/top.html",
            year=_year(year),
            chosen=cases.top_of(session, year),
            candidates=cases.candidates(session, year, today) if is_office else [],
            years=cases.years(session),
            can_choose=is_office,
            may_compile=may_open("cases.compilation", actor),
            most=TOP,
            error=error,
            key=new_key(),
            **_words(),
        )


def _year(year: int) -> int:
    """Raises NotFound for what is no year."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound(_("没有这个年度。"))
    return year


def _seen(session: Session, actor: Actor, number: str) -> TypicalCase:
    return cases.seen_case(session, actor, number[:NUMBER_LENGTH])


def _filters() -> Filters:
    """Raises BadRequest for a word that is none."""
    asked = {name: request.args.get(name, "") for name in ("kind", "state", "year")}
    if asked["kind"] not in ("", *KINDS) or asked["state"] not in ("", OPEN, *STATES):
        raise BadRequest
    if asked["year"] and not (asked["year"].isascii() and asked["year"].isdecimal() and len(asked["year"]) == 4):
        raise BadRequest
    return Filters(q=request.args.get("q", "").replace("\0", "").strip()[:LONGEST], **asked)


def _ways(actor: Actor) -> dict[str, bool]:
    """Where the person may go on from a list."""
    return {"may_offer": may_open("cases.new", actor), "may_collect": may_open("cases.collected", actor)}


def _words() -> dict[str, Any]:
    return {"kinds": KINDS, "states": STATES, "subject_name": subject_name}


def _form() -> form_rules.Schema:
    return form_rules.read_form(DUTY.forms[START_FORM])


def _errors(refused: InvalidForm | RuleViolation) -> list[tuple[str, str]]:
    return [(one["field"], one["text"]) for one in refused.extra["errors"]]


def _file(name: str, content: bytes) -> Response:
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=name)


def _key() -> str:
    return request.form.get("_key") or new_key()
