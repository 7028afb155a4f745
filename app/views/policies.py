"""政策库: the list, one policy with its conditions and what came of it, and the form of its department."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.access import KEEPERS
from app.duties.months import months_after
from app.duties.policy_conditions import grouped_in_words, read_conditions
from app.duties.policy_push import is_unchecked, reach, use_rate
from app.duties.quantity import as_number
from app.errors import InvalidForm, NotPermitted, RuleViolation
from app.models.policy import Policy
from app.queries import packages, paging, units
from app.queries import policies as library
from app.queries.paging import Descending
from app.queries.policies import PolicyFilter
from app.queries.policy_profiles import policy_catalogue
from app.services import policies
from app.services.library_forms import policy_form
from app.services.policy_push.rows import window_words
from app.terms import PackageState, PolicyKind, PolicyLevel
from app.views.context import current_actor, current_house
from app.views.forms import changes_rows, parse
from app.views.paging import next_page, wants_rows

bp = Blueprint("policies", __name__, url_prefix="/policies")

Answer = str | Response | tuple[str, int]
Errors = Iterable[tuple[str, str]]

STATES = {"valid": _l("有效"), "coming": _l("未生效"), "ended": _l("已失效"), "unchecked": _l("超过12个月未核对")}
FIELDS = ("title", "number", "issuer", "owner_id", "level", "kind", "benefit", "link", "contact", "how", "windows")


@bp.get("")
def page() -> str:
    asked, today = request.args, clock.today()
    names = ("kind", "level", "owner", "state")
    wanted = PolicyFilter(asked.get("q", "").strip(), *(asked.get(name, "") for name in names))
    with current_house().database.reading() as session:
        statement = library.listed(wanted, today, months_after(today, -library.CHECK_MONTHS))
        found = paging.page(session, statement, [Descending(Policy.id)], asked.get("cursor"), counts=True)
        return render_template(
            "policies/_rows.html" if wants_rows() else "policies/page.html",
            found=found,
            more=next_page("policies.page", found.next_cursor),
            wanted=wanted,
            kinds=list(PolicyKind),
            levels=list(PolicyLevel),
            owners=[unit for unit in units.units(session) if unit.kind != "body"],
            states=STATES,
            state_of=lambda policy: state_of(policy, today),
            window=lambda policy: window_words(policy, today),
            labels=labels(),
            can_enter=current_actor().has(*KEEPERS),
            sees_rounds=not current_actor().is_outsider,
        )


@bp.get("/<int:policy_id>")
def one(policy_id: int) -> str:
    return _one(policy_id)


@bp.get("/new")
def new() -> str:
    return _form(None, {"valid_from": clock.today().isoformat()})


@bp.post("/new")
def enter() -> Answer:
    return _save(None)


@bp.get("/<int:policy_id>/form")
def edit(policy_id: int) -> str:
    with current_house().database.reading() as session:
        policy = library.policy(session, policy_id)
        if not policies.may_keep(current_actor(), policy.owner_id):
            raise NotPermitted
        known = {name: getattr(policy, name) for name in FIELDS if getattr(policy, name)}
        known |= {"valid_from": policy.valid_from.isoformat(), "conditions": policies.conditions_of(session, policy)}
        if policy.valid_to:
            known["valid_to"] = policy.valid_to.isoformat()
        if policy.amount_wan is not None:
            known["amount_wan"] = as_number(policy.amount_wan)
    return _form(policy_id, known)


@bp.post("/<int:policy_id>/form")
def change(policy_id: int) -> Answer:
    return _save(policy_id)


@bp.post("/<int:policy_id>/check")
def check(policy_id: int) -> Response:
    with current_house().database.transaction() as session:
        policies.check(session, current_actor(), policy_id)
    flash(_("已登记核对，下次核对在十二个月内。"))
    return redirect(url_for("policies.one", policy_id=policy_id))


@bp.post("/<int:policy_id>/repeal")
def repeal(policy_id: int) -> Answer:
    reason = request.form.get("reason", "").strip()
    try:
        with current_house().database.transaction() as session:
            policies.repeal(session, current_actor(), policy_id, reason)
    except RuleViolation as refused:
        return _one(policy_id, refused.text), refused.status
    flash(_("政策已废止，不再推送。"))
    return redirect(url_for("policies.one", policy_id=policy_id))


@bp.get("/rounds")
def rounds() -> str:
    with current_house().database.reading() as session:
        found = packages.rounds(session)
        told = {row.key: counts(packages.states_of_round(session, row.key)) for row in found}
        return render_template("policies/rounds.html", rounds=found, counts=told)


@bp.get("/rounds/<key>")
def one_round(key: str) -> str:
    """What a round pushed, and how much of it was read and used."""
    with current_house().database.reading() as session:
        found, states = packages.policy_round(session, key), packages.states_of_round(session, key)
        return render_template(
            "policies/round.html",
            round=found,
            states=[(state.label, states[state.value]) for state in PackageState if states.get(state.value)],
            counts=counts(states),
            lines=library.lines_of_round(session, key),
            reached=library.reach_of_round(session, key),
            nothing=library.NOTHING,
            use_rate=use_rate,
            decisions=decisions(),
            sees_campaign=current_actor().reads_all,
        )


def counts(states: Mapping[str, int]) -> dict[str, Any]:
    """Packages pushed, read, and the share of them."""
    pushed, read = sum(states.get(state, 0) for state in library.SENT), states.get("read", 0)
    return {"pushed": pushed, "read": read, "reach": reach(read, pushed)}


def decisions() -> dict[str, str]:
    return {"confirmed": _("已确认"), "adjusted": _("已调整条件"), "left_out": _("本次不推"), "": _("未确认")}


def labels() -> dict[str, dict[str, str]]:
    words = {"kind": PolicyKind, "level": PolicyLevel}
    return {name: {word.value: word.label for word in enum} for name, enum in words.items()}


def state_of(policy: Policy, today: date) -> str:
    """Of STATES; a valid one that waits for its yearly check says so."""
    if policy.repealed_on is not None and policy.repealed_on <= today:
        return "ended"
    if policy.valid_from > today:
        return "coming"
    if policy.valid_to is not None and policy.valid_to < today:
        return "ended"
    return "unchecked" if is_unchecked(policy.checked_on, today) else "valid"


def _one(policy_id: int, error: str = "") -> str:
    actor, today = current_actor(), clock.today()
    with current_house().database.reading() as session:
        policy = library.policy(session, policy_id)
        may_keep, is_over = policies.may_keep(actor, policy.owner_id), policy.repealed_on is not None
        return render_template(
            "policies/one.html",
            policy=policy,
            state=STATES[state_of(policy, today)],
            is_checked=not is_unchecked(policy.checked_on, today),
            windows=[(date.fromisoformat(row["from_on"]), date.fromisoformat(row["to_on"])) for row in policy.windows],
            versions=_versions(session, policy_id),
            rounds=[] if actor.is_outsider else library.rounds_of(session, policy_id),
            reached=None if actor.is_outsider else library.reach_of(session, policy_id),
            use_rate=use_rate,
            decisions=decisions(),
            labels=labels(),
            can_change=may_keep and not is_over,
            error=error,
            reason=request.form.get("reason", ""),
        )


def _versions(session: Session, policy_id: int) -> list[tuple[Any, list[list[str]]]]:
    """Each version with its groups of conditions in words."""
    known = policy_catalogue(session)
    return [
        (row, grouped_in_words(read_conditions(row.conditions, known), known))
        for row in library.versions(session, policy_id)
    ]


def _save(policy_id: int | None) -> Answer:
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        schema = policy_form(policy_catalogue(session))
    typed = parse(schema, request.form)
    if changes_rows(request.form):
        return _form(policy_id, typed)
    try:
        with house.database.transaction() as session:
            if policy_id is None:
                policy_id = policies.enter(session, actor, typed).id
            else:
                policies.change(session, actor, policy_id, typed)
    except InvalidForm as refused:
        return _form(policy_id, typed, refused.errors), refused.status
    flash(_("政策已保存。"))
    return redirect(url_for("policies.one", policy_id=policy_id))


def _form(policy_id: int | None, data: Mapping[str, Any], errors: Errors = ()) -> str:
    """A new policy's form has no reason to ask for: its first version needs none."""
    actor = current_actor()
    with current_house().database.reading() as session:
        schema = policy_form(policy_catalogue(session))
        owners = [(unit.id, unit.short_name, unit.pinyin) for unit in units.standing_units(session)
                  if unit.kind != "body" and policies.may_keep(actor, unit.id)]  # fmt: skip
        return render_template(
            "policies/form.html",
            policy=library.policy(session, policy_id) if policy_id else None,
            schema=schema if policy_id else _without_reason(schema),
            data=data,
            errors=list(errors),
            choices={"owner_id": owners},
        )


def _without_reason(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    sections = [
        {**section, "fields": [name for name in section["fields"] if name != "reason"]}
        for section in schema["x-sections"]
    ]
    return {**schema, "x-sections": sections}
