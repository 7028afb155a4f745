"""The service tasks of an order: proposed, issued, lapsed, raised, corrected, closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.db import table_of
from app.duties.lights import chinese_date
from app.duties.supervision_order import LEVEL_WORDS, LEVELS, correction_limit, next_level, order_limit
from app.models.supervision_order import OrderColour, SupervisionOrder
from app.models.user_task import IS_OPEN, UserTask
from app.services.cases import Action, Case, Data
from app.services.document_numbers import give_number
from app.services.plan_codes import agency_code
from app.services.projections import subject_effect
from app.services.supervision_order.opening import open_order_of
from app.services.supervision_order.rows import colours_of, history_of, last_colour, order_of, short_name
from app.services.telling import tell
from app.terms import TaskStatus

TASK = table_of(UserTask)
KIND = "督"
ENDED = "supervision_ended"


def propose_level(case: Case, data: Data) -> Mapping[str, Any]:
    """One matter, one order: a second one on an open subject joins it."""
    order = order_of(case)
    order.instance_id = case.instance.id
    other = _other_open(case, order)
    if other is not None:
        order.state, order.joined_to, order.closed_on = "joined", other.number, case.today
    elif order.task_id:
        watch = TASK.update().where(TASK.c.id == order.task_id, IS_OPEN).values(is_watched=True)
        case.connection.execute(watch)
    order.level = next_level(()) or LEVELS[0]
    case.session.flush()
    return {"level": order.level, "is_duplicate": other is not None}


def _other_open(case: Case, order: SupervisionOrder) -> SupervisionOrder | None:
    found = open_order_of(case.session, order.subject_key)
    return found if found is not None and found.number != order.number else None


def issue_order(case: Case, data: Data) -> None:
    """The number is given and the limit begins; one that is over by the time of the signature is reckoned anew."""
    order, before = order_of(case), colours_of(case.session, order_of(case).number)
    if order.limit_on is None or order.limit_on <= case.today:
        order.limit_on = order_limit(order.level, case.today, case.calendar)
    number = give_number(case.connection, agency_code(case.session), KIND, case.today.year)
    case.session.add(
        OrderColour(
            order_number=order.number,
            position=len(before) + 1,
            level=order.level,
            unit_id=order.unit_id,
            document_no=number,
            former_no=before[-1].document_no if before else "",
            issued_on=case.today,
            issued_by=case.actor.name,
            contact=order.drafted_by,
            is_urgent=order.is_urgent,
            first_limit_on=order.limit_on,
            limit_on=order.limit_on,
        )
    )
    order.state, order.signed_for_on = "issued", None
    case.session.flush()
    case.put("issued", number, _paper(order))
    _tell_unit(case, order, number)
    _tell_if_over(case, order, len(before))


def _paper(order: SupervisionOrder) -> dict[str, Any]:
    """What the paper says: it must read the same whenever it is drawn."""
    told = ("title", "content", "co_units", "wanted", "subject", "instruction", "source", "urgent_reason")
    return {name: getattr(order, name) for name in told} | {"unit": order.unit_id}


def _tell_unit(case: Case, order: SupervisionOrder, number: str) -> None:
    assert order.limit_on is not None
    title = f"{LEVEL_WORDS[order.level]}督办单：{order.title}"
    limit = chinese_date(order.limit_on)
    principals = [f"contact:{order.unit_id}", f"head:{order.unit_id}"]
    tell(case, principals, title, f"{number}，请签收并于{limit}前反馈办理情况。", f"issued:{number}")
    lead = short_name(case.session, order.unit_id)
    text = f"{number}，由{lead}承办，请于{limit}前将本单位配合情况送{lead}汇总。"
    tell(case, [f"contact:{unit}" for unit in order.co_units], title, text, f"co:{number}")


def _tell_if_over(case: Case, order: SupervisionOrder, position: int) -> None:
    """What was done while the order was drafted needs no report."""
    if order.task_id is None:
        return
    status = case.connection.execute(select(TASK.c.status).where(TASK.c.id == order.task_id)).scalar_one()
    if status in (TaskStatus.COMPLETED, TaskStatus.CANCELLED):
        again = f":{order.number}:{position}"
        case.effects.append(subject_effect(order.task_id, is_done=status == TaskStatus.COMPLETED, again=again))


def record_lapse(case: Case, data: Data) -> Mapping[str, Any]:
    """The colour is over without a signed report; whatever was drafted stays."""
    order, colour = order_of(case), last_colour(case)
    colour.lapsed_on, order.state = case.today, "lapsed"
    case.session.flush()
    return {"may_set_limit": not colour.has_new_limit}


def set_new_limit(case: Case, data: Data) -> Mapping[str, Any]:
    """The old date stays in the colour for the assessment."""
    final, decided = case.row("final") or {}, case.row("decided") or {}
    is_final = order_of(case).level == LEVELS[-1] and final
    day = date.fromisoformat((final if is_final else decided)["new_limit_on"])
    last_colour(case).has_new_limit = True
    _set_limit(case, day, "issued")
    return {"may_set_limit": False}


def raise_level(case: Case, data: Data) -> Mapping[str, Any]:
    order = order_of(case)
    order.level = next_level(history_of(case.session, order.number)) or order.level
    order.state, order.is_urgent, order.urgent_reason, order.limit_on = "drafting", False, "", None
    case.session.flush()
    return {"level": order.level, "is_urgent": False, "may_set_limit": True}


def set_correction(case: Case, data: Data) -> None:
    """The unit has at least three working days more, and the colour does not lapse by it."""
    order = order_of(case)
    assert order.limit_on is not None
    case.drop("ended_by", "")
    _set_limit(case, correction_limit(order.limit_on, case.today, case.calendar), "issued")


def _set_limit(case: Case, day: date, state: str) -> None:
    order = order_of(case)
    order.limit_on, order.state = day, state
    last_colour(case).limit_on = day
    case.session.flush()


def close_order(case: Case, data: Data) -> None:
    """销号, and whoever wanted the order is told."""
    _end(case, "closed")
    order = order_of(case)
    title = f"督办单{order.number}已办结：{order.title}"
    tell(case, [f"contact:{order.unit_id}"], title, "办理情况已核验，督办单销号。", "closed")


def close_needless(case: Case, data: Data) -> None:
    _end(case, "needless")
    order = order_of(case)
    title = f"督办单{order.number}无须继续办理：{order.title}"
    tell(case, [f"contact:{order.unit_id}"], title, "所督事项已取消，无须再反馈。", "needless")


def _end(case: Case, state: str) -> None:
    order = order_of(case)
    order.state, order.closed_on = state, case.today
    case.session.flush()
    if order.caller_key:
        told = {"order": order.number, "state": state}
        case.effect(f"{case.instance.id}:{ENDED}", "message", name=ENDED, key=order.caller_key, **told)


ACTIONS: Mapping[str, Action] = {
    "supervision_order.propose_level": propose_level,
    "supervision_order.issue_order": issue_order,
    "supervision_order.record_lapse": record_lapse,
    "supervision_order.set_new_limit": set_new_limit,
    "supervision_order.raise_level": raise_level,
    "supervision_order.set_correction": set_correction,
    "supervision_order.close_order": close_order,
    "supervision_order.close_needless": close_needless,
}
