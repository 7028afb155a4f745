"""How 督办单办理 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from datetime import date

from app.duties.supervision_order import DUTY
from app.engine import OpenTask
from app.services.assignment import contact_of, head_of
from app.services.cases import Case, Casework, NewDay, Responsible
from app.services.projections import SUBJECT_COMPLETED, SUBJECT_DROPPED, subject_key
from app.services.supervision_order.actions import ACTIONS, ENDED
from app.services.supervision_order.facts import facts
from app.services.supervision_order.forms import prefill
from app.services.supervision_order.opening import opening, wanted
from app.services.supervision_order.receive import receive
from app.services.supervision_order.rows import colours_of, last_colour, order_of
from app.terms import InstanceStatus

LIMIT = {"limit_lapsed": "limit_at"}
OF_CONTACT, OF_HEAD = ("sign_for", "report_back"), ("sign_report", "explain_in_writing")


def stage(case: Case, open_elements: frozenset[str]) -> str:
    return order_of(case).state


def responsible(case: Case, task: OpenTask) -> Responsible | None:
    """The unit of the order, or whoever followed it."""
    if task.element_id in OF_CONTACT:
        return contact_of(case.connection, order_of(case).unit_id)
    return head_of(case.connection, order_of(case).unit_id) if task.element_id in OF_HEAD else None


def message_key(case: Case, message: str) -> str:
    if message not in (SUBJECT_COMPLETED, SUBJECT_DROPPED):
        return case.instance.business_key
    order = order_of(case)
    return subject_key(order.task_id) if order.task_id else order.subject_key


def day_moved(case: Case, element_id: str, old: date, new_day: NewDay) -> None:
    """An extension moves the limit of the colour; the first limit stays for the assessment."""
    order, new = order_of(case), new_day.due_on
    assert order.limit_on is not None
    assert new is not None
    is_limit = element_id == "sign_report"
    order.limit_on = new if is_limit else case.calendar.add(order.limit_on, case.calendar.count(old, new))
    last_colour(case).limit_on = order.limit_on
    case.session.flush()


def ended(case: Case) -> None:
    """An order that was annulled keeps its numbers, and counts nothing."""
    if case.instance.status != InstanceStatus.CANCELLED:
        return
    order = order_of(case)
    order.state, order.closed_on = "void", case.today
    for colour in colours_of(case.session, order.number):
        colour.is_void = True
    case.session.flush()


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    started_by={"supervision_wanted": wanted},
    unheard=frozenset({ENDED, SUBJECT_COMPLETED, SUBJECT_DROPPED}),
    responsible=responsible,
    facts=facts,
    prefill=prefill,
    receive=receive,
    actions=ACTIONS,
    stage=stage,
    message_key=message_key,
    ended=ended,
    timers_with={"sign_for": LIMIT, "report_back": LIMIT, "sign_report": LIMIT},
    day_moved=day_moved,
)
