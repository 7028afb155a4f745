"""服务专员: whether every little giant has one, the pairings, one of them with its visits, the register of people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app import clock
from app.duties.specialist_pairing import KIND_WORDS, REASON_WORDS
from app.errors import BadRequest, InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.pairing import Specialist, Visit
from app.queries import pairings, units
from app.queries.pairings import Filters
from app.services import processes, specialists
from app.services.specialist_pairing import papers
from app.services.specialist_pairing.prefill import MANNERS
from app.services.specialist_pairing.rows import PAIRING
from app.terms import Role
from app.views.context import current_actor, current_house
from app.views.paging import next_page, wants_rows
from app.views.task_view import new_key
from app.views.urging import WORD

bp = Blueprint("pairings", __name__, url_prefix="/pairings")

Answer = str | Response | tuple[str, int]

STATES = {"lasting": _l("结对中"), "ended": _l("已结束"), "all": _l("全部状态")}
STAGES = {
    "searching": _l("扩大范围选派"),
    "choosing": _l("确定人选"),
    "sending": _l("所在单位同意"),
    "accepting": _l("专员确认"),
    "appointing": _l("办公室指定"),
    "visiting": _l("首次走访"),
    "rating": _l("企业评价"),
}
LISTS = ("chains", "industries", "conflicts")
DAYS = ("leave_from", "leave_until", "retires_on")
LONGEST = 60


@bp.get("")
def page() -> str:
    house, actor, today, wanted = current_house(), current_actor(), clock.today(), _filters()
    with house.database.reading() as session:
        found = pairings.listed(session, actor, wanted, request.args.get("cursor"))
        rows = {
            "found": found,
            "more": next_page("pairings.page", found.next_cursor),
            "kinds": KIND_WORDS,
        }
        if wants_rows():
            return render_template("pairings/_rows.html", **rows)
        own = () if actor.reads_all else sorted(actor.unit_ids)
        return render_template(
            "pairings/page.html",
            **rows,
            wanted=wanted,
            states=STATES,
            stages=STAGES,
            localities=[unit for unit in units.standing_units(session) if unit.is_locality],
            covered=pairings.covered(session, today, house.calendar, own),
            loads=pairings.loads(session, own),
            making=pairings.being_made(session, actor),
            can_open=actor.has(Role.OFFICE) or any(unit.id in actor.unit_ids for unit in units.standing_units(session)),
            key=new_key(),
        )


@bp.post("")
def open_pairing() -> Response:
    """By hand: for an enterprise that has none, or one of the other kinds."""
    asked = {name: request.form.get(name, "").strip() for name in ("enterprise_id", "kind")}
    try:
        processes.start(current_house(), current_actor(), PAIRING, asked, key=_key())
    except RuleViolation as refused:
        flash(refused.text, "error")
        return redirect(url_for("pairings.page"))
    flash(_("已开始选派，由属地确定人选。"))
    return redirect(url_for("pairings.page"))


@bp.get("/<int:pairing_id>")
def one(pairing_id: int) -> str:
    house, actor, today = current_house(), current_actor(), clock.today()
    with house.database.reading() as session:
        pairing = pairings.seen_pairing(session, actor, pairing_id)
        return render_template(
            "pairings/one.html",
            pairing=pairing,
            kinds=KIND_WORDS,
            manners=MANNERS,
            visits=pairings.visits_of(session, pairing),
            refusals=pairings.refusals_of(session, pairing),
            handover=specialists.handover(session, pairing, house.calendar, today) if pairing.to_on is None else None,
            reasons=REASON_WORDS,
            can_replace=pairing.to_on is None
            and (actor.has(Role.OFFICE) or pairing.enterprise.locality_id in actor.unit_ids),
            sees_process=actor.reads_all and pairing.instance_id is not None,
        )


@bp.post("/<int:pairing_id>/replacement")
def replace(pairing_id: int) -> Response:
    house, actor = current_house(), current_actor()
    try:
        with house.database.transaction() as session:
            pairing = pairings.seen_pairing(session, actor, pairing_id)
            specialists.replace(house, session, actor, pairing, request.form.get("reason", ""))
    except RuleViolation as refused:
        flash(refused.text, "error")
        return redirect(url_for("pairings.one", pairing_id=pairing_id))
    flash(_("已发起重新选派，移交清单见本页。"))
    return redirect(url_for("pairings.one", pairing_id=pairing_id))


@bp.get("/<int:pairing_id>/card.docx")
def card(pairing_id: int) -> Response:
    with current_house().database.reading() as session:
        pairing = pairings.seen_pairing(session, current_actor(), pairing_id)
        name, content = papers.card(session, pairing, clock.today())
    return _word(name, content)


@bp.get("/<int:pairing_id>/letter.docx")
def letter(pairing_id: int) -> Response:
    with current_house().database.reading() as session:
        pairing = pairings.seen_pairing(session, current_actor(), pairing_id)
        name, content = papers.letter(session, pairing)
    return _word(name, content)


@bp.get("/<int:pairing_id>/visits/<int:visit_id>.docx")
def visit(pairing_id: int, visit_id: int) -> Response:
    with current_house().database.reading() as session:
        pairing = pairings.seen_pairing(session, current_actor(), pairing_id)
        found = session.get(Visit, visit_id)
        if found is None or found.pairing_id != pairing.id:
            raise NotFound
        name, content = papers.record(session, found)
    return _word(name, content)


@bp.get("/specialists/<int:person_id>")
def profile(person_id: int) -> str:
    return _profile(person_id, {}, {})


@bp.post("/specialists/<int:person_id>")
def set_profile(person_id: int) -> Answer:
    typed = dict(request.form)
    try:
        told = _told()
        with current_house().database.transaction() as session:
            specialists.set_profile(session, current_actor(), person_id, told)
    except InvalidForm as refused:
        return _profile(person_id, typed, dict(refused.errors)), refused.status
    flash(_("专员信息已保存。"))
    return redirect(url_for("pairings.page"))


@bp.post("/specialists/<int:person_id>/leaving")
def leave(person_id: int) -> Response:
    with current_house().database.transaction() as session:
        count = specialists.leave(session, current_actor(), person_id, request.form.get("reason", ""))
    flash(_("已为 %(count)s 家企业发起重新选派。", count=count))
    return redirect(url_for("pairings.page"))


def _profile(person_id: int, typed: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    house = current_house()
    with house.database.reading() as session:
        person = specialists.specialist(session, person_id)
        if not specialists.may_keep(current_actor(), person):
            raise NotPermitted
        known = session.get(Specialist, person_id)
        return render_template(
            "pairings/profile.html",
            person=person,
            values={**_shown(known), **typed},
            chosen=request.form.getlist("kinds") or (known.kinds if known else ["service"]),
            errors=errors,
            kinds=list(KIND_WORDS.items()),
            reasons=[(key, REASON_WORDS[key]) for key in ("moved", "retired", "leave", "left")],
            load=next((row.load for row in pairings.loads(session) if row.person_id == person_id), 0),
        )


def _shown(known: Specialist | None) -> dict[str, Any]:
    if known is None:
        return {"load_limit": pairings.DEFAULT_LIMIT}
    lists = {name: "、".join(getattr(known, name)) for name in LISTS}
    days = {name: day.isoformat() for name in DAYS if (day := getattr(known, name))}
    return {**lists, **days, "post": known.post, "load_limit": known.load_limit}


def _told() -> dict[str, Any]:
    """Raises InvalidForm for a day that is none."""
    asked = request.form
    lists = {name: _words(asked.get(name, "")) for name in LISTS}
    limit = asked.get("load_limit", "")
    return {
        **lists,
        **{name: _day(name, asked.get(name, "")) for name in DAYS},
        "kinds": asked.getlist("kinds"),
        "post": asked.get("post", "").strip()[:80],
        "load_limit": int(limit) if limit.isdecimal() and len(limit) < 4 else None,
    }


def _words(text: str) -> list[str]:
    for sign in ",，;；\n ":
        text = text.replace(sign, "、")
    return [word for part in text.split("、") if (word := part.strip())]


def _day(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidForm([(name, "请填写日期")]) from error


def _filters() -> Filters:
    asked = request.args
    wanted = Filters(
        q=asked.get("q", "").replace("\0", "").strip()[:LONGEST],
        locality=asked.get("locality", ""),
        kind=asked.get("kind", ""),
        state=asked.get("state", "lasting"),
    )
    if wanted.kind not in ("", *KIND_WORDS) or wanted.state not in STATES or "\0" in wanted.locality:
        raise BadRequest
    return wanted


def _word(name: str, content: bytes) -> Response:
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=name)


def _key() -> str:
    return request.form.get("_key") or new_key()
