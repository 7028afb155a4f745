"""企业诉求: the list of officials and specialists, one demand with its way, and the firm's own list with its form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.duties.demand_response import KIND_WORDS, RATING_WORDS
from app.duties.demand_response_states import CHANNELS, RESULTS, STATES
from app.errors import BadRequest, InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.enterprise import Enterprise
from app.queries import demands, units
from app.queries.demands import Filters
from app.queries.enterprise_sight import seen_enterprise
from app.queries.task_page import open_task_of
from app.services import demands as verbs
from app.services import form_rules
from app.services.demand_response import papers
from app.services.demand_routes import demand_routes
from app.terms import Light
from app.views.context import current_actor, current_house
from app.views.forms import changes_rows, parse
from app.views.paging import next_page, wants_rows
from app.views.task_view import new_key
from app.views.urging import WORD

bp = Blueprint("demands", __name__)

Answer = str | Response | tuple[str, int]
Errors = Iterable[tuple[str, str]]

OPEN = "open"
LONGEST = 60
LIGHTS = (Light.RED, Light.YELLOW, Light.GREEN, Light.GREY, Light.BLUE)


@bp.get("/demands")
def page() -> str:
    house, actor, today, wanted = current_house(), current_actor(), clock.today(), _filters()
    with house.database.reading() as session:
        found = demands.listed(session, actor, wanted, today, house.calendar, request.args.get("cursor"))
        rows = {
            "found": found,
            "more": next_page("demands.page", found.next_cursor),
            "light_of": lambda demand: demands.light_of_demand(demand, today, house.calendar),
            **_words(),
        }
        if wants_rows():
            return render_template("demands/_rows.html", **rows)
        standing = units.standing_units(session)
        return render_template(
            "demands/page.html",
            **rows,
            wanted=wanted,
            states_to_choose={OPEN: _("未办结"), **STATES},
            lights=LIGHTS,
            units=standing,
            localities=[unit for unit in standing if unit.is_locality],
            rates=demands.rates(session, actor, today),
            can_raise=bool(actor.unit_ids) or not actor.enterprise_id,
        )


@bp.get("/demands/<number>")
def one(number: str) -> str:
    house, actor, today = current_house(), current_actor(), clock.today()
    with house.database.reading() as session:
        demand = demands.seen_demand(session, actor, number)
        return render_template(
            "demands/one.html",
            demand=demand,
            light=demands.light_of_demand(demand, today, house.calendar),
            steps=demands.steps_of(session, demand),
            joined=demands.joined_to(session, demand),
            task_id=open_task_of(session, actor, demand.instance_id) if demand.instance_id else None,
            is_own=actor.enterprise_id is not None,
            can_withdraw=actor.enterprise_id is not None and demand.state not in verbs.ANSWERED,
            sees_process=not actor.is_outsider and demand.instance_id is not None,
            key=new_key(),
            **_words(),
        )


@bp.get("/demands/<number>/answer.docx")
def paper(number: str) -> Response:
    with current_house().database.reading() as session:
        demand = demands.seen_demand(session, current_actor(), number)
        name, content = papers.answer_paper(session, demand)
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=name)


@bp.get("/demands/new")
def new() -> str:
    """For an enterprise that rang up, or told its specialist."""
    return _on_behalf(request.args.get("enterprise", ""), {})


@bp.post("/demands/new")
def register() -> Answer:
    house, actor = current_house(), current_actor()
    code, typed = request.form.get("enterprise", "").strip().upper(), parse(_form(), request.form)
    if changes_rows(request.form):
        return _on_behalf(code, typed)
    try:
        with house.database.reading() as session:
            seen_enterprise(session, actor, code)
        verbs.raise_demand(house, actor, code, typed, key=_key(), channel=verbs.channel_of(actor))
    except NotFound as missing:
        return _on_behalf(code, typed, wrong_code=missing.text), 422
    except (InvalidForm, RuleViolation) as refused:
        return _on_behalf(code, typed, _errors(refused)), refused.status
    flash(_("诉求已登记，将按类别分办。"))
    return redirect(url_for("demands.page"))


@bp.get("/portal/demands")
def own() -> str:
    return _own({})


@bp.post("/portal/demands")
def raise_own() -> Answer:
    house, actor = current_house(), current_actor()
    typed = parse(_form(), request.form)
    if actor.enterprise_id is None:
        raise NotPermitted(_("请使用企业账号。"))
    try:
        verbs.raise_demand(house, actor, actor.enterprise_id, typed, key=_key())
    except (InvalidForm, RuleViolation) as refused:
        return _own(typed, _errors(refused)), refused.status
    flash(_("诉求已提出，办理进度见下方列表。"))
    return redirect(url_for("demands.own"))


@bp.post("/portal/demands/<number>/withdrawal")
def withdraw(number: str) -> Response:
    try:
        verbs.withdraw(current_house(), current_actor(), number, key=_key())
    except RuleViolation as refused:
        flash(refused.text, "error")
    else:
        flash(_("诉求已撤回。"))
    return redirect(url_for("demands.one", number=number))


def _own(typed: Mapping[str, Any], errors: Errors = ()) -> str:
    actor = current_actor()
    if actor.enterprise_id is None:
        raise NotPermitted(_("请使用企业账号。"))
    with current_house().database.reading() as session:
        found = demands.own_demands(session, actor.enterprise_id, request.args.get("cursor"))
        rows = {"found": found, "more": next_page("demands.own", found.next_cursor), **_words()}
        if wants_rows():
            return render_template("demands/_own_rows.html", **rows)
        return render_template(
            "demands/own.html",
            **rows,
            schema=_form(),
            data={**_contact(session.get_one(Enterprise, actor.enterprise_id)), **typed},
            errors=list(errors),
            key=new_key(),
        )


def _on_behalf(code: str, typed: Mapping[str, Any], errors: Errors = (), wrong_code: str = "") -> str:
    return render_template(
        "demands/new.html",
        code=code,
        wrong_code=wrong_code,
        schema=_form(),
        data=typed,
        errors=list(errors),
        key=new_key(),
    )


def _contact(enterprise: Enterprise) -> dict[str, str]:
    known = {"contact_name": enterprise.contact_name, "contact_phone": enterprise.contact_phone}
    return {name: value for name, value in known.items() if value}


def _form() -> form_rules.Schema:
    return form_rules.read_form(verbs.RAISE)


def _errors(refused: InvalidForm | RuleViolation) -> list[tuple[str, str]]:
    return [(one["field"], one["text"]) for one in refused.extra["errors"]]


def _words() -> dict[str, Any]:
    return {
        "categories": {key: row.label for key, row in demand_routes().categories.items()},
        "kinds": KIND_WORDS,
        "states": STATES,
        "results": RESULTS,
        "ratings": RATING_WORDS,
        "channels": CHANNELS,
    }


def _filters() -> Filters:
    """Raises BadRequest for a word that is none."""
    asked = {name: request.args.get(name, "") for name in ("category", "state", "unit", "locality", "light")}
    wanted = Filters(q=request.args.get("q", "").replace("\0", "").strip()[:LONGEST], **asked)
    known = {
        "category": demand_routes().categories,
        "state": {OPEN, *STATES},
        "light": set(Light),
    }
    if any(asked[name] not in ("", *words) for name, words in known.items()):
        raise BadRequest
    if "\0" in wanted.unit + wanted.locality:
        raise BadRequest
    return wanted


def _key() -> str:
    return request.form.get("_key") or new_key()
