"""What people do with cases outside of their forms: offer one, take it back, take it off the page, choose the ten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.form_parts import is_empty
from app.duties.typical_case import DUTY, START_FORM, TOP, Published, too_many_of_a_unit
from app.errors import InvalidForm, NotFound, NotPermitted, RuleViolation, StaleProcess
from app.models.organization import Unit
from app.models.typical_case import CaseViews, QualityBonus, TypicalCase
from app.queries.actor import Actor, enterprise_inbox
from app.queries.typical_cases import published_of, seen_case
from app.services import form_rules, processes, steps
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.typical_case.opening import BY_OFFICE, PORTAL
from app.services.typical_case.rows import PROCESS, firm_named
from app.services.work import Work
from app.terms import EventType, Role

WITHDRAWN = "case_withdrawn"
SHORTEST_REASON = 4
OVER = ("published", "taken_down", "unused", "withdrawn")
VIEWS = table_of(CaseViews)


def offer(house: House, actor: Actor, answers: Mapping[str, Any], *, key: str, unit_id: str = "") -> Answer:
    """Send the form with which a case is offered; {id} of its instance. Raises InvalidForm by field, NotPermitted.

    unit_id: whose case it is, where the actor could write for several, or offers it for a unit.
    """
    form = form_rules.read_form(DUTY.forms[START_FORM])
    told = form_rules.overlay(form, {}, answers)
    errors = [(error.field, error.text) for error in form_rules.validate(form, told)]
    firm = None
    if not is_empty(told, "subject"):
        with house.database.reading() as session:
            firm = firm_named(session, str(told["subject"]))
        if firm is None:
            errors.append(("subject", "没有找到该企业，请填写企业全称或统一社会信用代码"))
    if errors:
        raise InvalidForm(errors)
    author = author_of(actor, unit_id)
    variables = {name: told[name] for name in ("title", "kind", "text")}
    variables |= {"author": author, "origin": BY_OFFICE if author not in _own_inboxes(actor) else PORTAL}
    if firm is not None:
        variables["enterprise_id"] = firm.id
    return processes.start(house, actor, PROCESS, {**variables, "source_key": f"portal:{key}"}, key=key)


def author_of(actor: Actor, unit_id: str = "") -> str:
    """The inbox that writes: a firm's own, a specialist's own, that of a unit. Raises RuleViolation, NotPermitted."""
    if actor.enterprise_id is not None:
        return enterprise_inbox(actor.enterprise_id)
    if unit_id and (unit_id in actor.unit_ids or actor.has(Role.OFFICE)):
        return f"contact:{unit_id}"
    if not unit_id and len(actor.unit_ids) == 1:
        return f"contact:{next(iter(actor.unit_ids))}"
    if not unit_id and not actor.unit_ids and actor.has(Role.SPECIALIST):
        return f"person:{actor.person_id}"
    if unit_id and not actor.has(Role.OFFICE):
        raise NotPermitted
    raise RuleViolation("unit", "请选择报送单位")


def _own_inboxes(actor: Actor) -> set[str]:
    return {*actor.principals, *(f"contact:{unit}" for unit in actor.unit_ids)}


def may_withdraw(actor: Actor, case: TypicalCase) -> bool:
    """Its author, and the firm it is about, before it is decided on."""
    inboxes = _own_inboxes(actor)
    is_firms = actor.enterprise_id is not None and actor.enterprise_id == case.enterprise_id
    return case.state not in OVER and (case.author in inboxes or is_firms)


def withdraw(house: House, actor: Actor, number: str, *, key: str) -> Answer:
    """The case is taken back before it is published. Raises NotFound for anothers', RuleViolation too late."""
    with house.database.reading() as session:
        case = seen_case(session, actor, number)
        if case.state in OVER:
            raise RuleViolation("number", "该案例已发布或已办结，不能撤回。")
        if not may_withdraw(actor, case):
            raise NotPermitted
    return processes.deliver(house, actor, WITHDRAWN, f"{PROCESS}:{number}", key=key)


def take_down(house: House, actor: Actor, number: str, reason: str, *, key: str) -> Answer:
    """下架: off the page, with a reason that stays in its history. Raises NotFound, NotPermitted, InvalidForm."""
    return run(house, actor, Command("take_down_case", key, {"number": number, "reason": reason}))


def choose_top(house: House, actor: Actor, year: int, numbers: Sequence[str], *, key: str) -> Answer:
    """The ten of a year, in their order. Raises NotPermitted, InvalidForm."""
    return run(house, actor, Command("choose_top_cases", key, {"year": year, "numbers": list(numbers)}))


def note_view(house: House, number: str) -> None:
    """One more has read it today."""
    row = {"number": number, "on": clock.local(clock.now()).date(), "count": 1}
    with house.database.writing() as connection:
        insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(VIEWS).values(row)
        more = {"count": VIEWS.c.count + 1}
        connection.execute(insert.on_conflict_do_update(index_elements=[VIEWS.c.number, VIEWS.c.on], set_=more))


@handles("take_down_case")
def _take_down(work: Work, payload: Mapping[str, Any]) -> Answer:
    if not work.actor.has(Role.OFFICE):
        raise NotPermitted
    reason = str(payload["reason"]).strip()
    if len(reason) < SHORTEST_REASON:
        raise InvalidForm([("reason", f"请写明下架的理由，不少于{SHORTEST_REASON}个字")])
    with Session(work.connection, expire_on_commit=False) as session:
        case = session.get(TypicalCase, payload["number"])
        if case is None:
            raise NotFound("没有找到这个案例。")
        if case.state != "published":
            raise StaleProcess("该案例没有在专栏发布。")
        today = clock.local(work.at).date()
        case.state, case.reason, case.taken_down_on = "taken_down", reason, today
        case.top_year = case.top_place = None
        bonus = session.get(QualityBonus, f"{PROCESS}:{case.number}")
        if bonus is not None:
            bonus.removed_on = today
        session.flush()
        _note(work, case, EventType.CASE_TAKEN_DOWN, {"text": reason})
        return {"number": case.number}


@handles("choose_top_cases")
def _choose(work: Work, payload: Mapping[str, Any]) -> Answer:
    if not work.actor.has(Role.OFFICE):
        raise NotPermitted
    year, numbers = int(payload["year"]), [str(number) for number in payload["numbers"]]
    with Session(work.connection, expire_on_commit=False) as session:
        known = {case.number: case for case in published_of(session, year)}
        _require_choice(session, known, numbers)
        for case in known.values():
            place = numbers.index(case.number) + 1 if case.number in numbers else None
            changed = (case.top_place or None) != place
            case.top_year, case.top_place = (year, place) if place else (None, None)
            session.flush()
            if changed and place:
                _note(work, case, EventType.CASE_CHOSEN, {"text": f"列入{year}年度十佳案例，第{place}位"})
    return {"year": year, "count": len(numbers)}


def _require_choice(session: Session, known: Mapping[str, TypicalCase], numbers: Sequence[str]) -> None:
    if not 0 < len(numbers) <= TOP or len(set(numbers)) < len(numbers):
        raise InvalidForm([("numbers", f"请选择一至{TOP}个案例，每个一次")])
    missing = [number for number in numbers if number not in known]
    if missing:
        raise InvalidForm([("numbers", f"{'、'.join(missing)}不是该年度发布的案例")])
    chosen = [Published(number, known[number].unit_id or "", known[number].score or 0) for number in numbers]
    crowded = too_many_of_a_unit(chosen)
    if crowded:
        names = session.scalars(select(Unit.short_name).where(Unit.id.in_(crowded)).order_by(Unit.position))
        raise InvalidForm([("numbers", f"{'、'.join(names)}的案例超过三个，请减少")])


def _note(work: Work, case: TypicalCase, type_: EventType, told: Mapping[str, Any]) -> None:
    if case.instance_id is not None:
        steps.note(work, work.case(case.instance_id), type_, told)
