"""How 典型案例 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from collections.abc import Mapping

from app.duties.typical_case import DUTY
from app.engine import OpenTask
from app.models.organization import OFFICE
from app.models.person import Person
from app.services.assignment import contact_of, head_of
from app.services.cases import Case, Casework, Responsible
from app.services.typical_case.actions import ACTIONS, ended
from app.services.typical_case.facts import facts
from app.services.typical_case.forms import locked, prefill
from app.services.typical_case.opening import may_open, offered, opening
from app.services.typical_case.receive import receive
from app.services.typical_case.rows import TITLE_LOST, case_of, title_key

STATES: Mapping[str, str] = {
    "write_case": "writing",
    "sign_case": "signing",
    "confirm_by_firm": "confirming",
    "review_case": "reviewing",
    "check_facts": "checking",
    "approve_publishing": "approving",
}


def stage(case: Case, open_elements: frozenset[str]) -> str:
    """How far the case is; its row says the same, and whose it is."""
    told = case_of(case)
    told.instance_id = case.instance.id
    told.state = next((STATES[element] for element in sorted(open_elements) if element in STATES), told.state)
    case.session.flush()
    return told.state


def responsible(case: Case, task: OpenTask) -> Responsible | None:
    """Whoever offered the case writes it; where she has left, the contact of her unit does."""
    told = case_of(case)
    if task.element_id == "sign_case":
        return head_of(case.connection, told.unit_id or OFFICE)
    if task.element_id != "write_case":
        return None
    inbox, _, whose = told.author.partition(":")
    unit_id = told.unit_id or case.instance.unit_id or OFFICE
    person = case.session.get(Person, int(whose)) if inbox == "person" else None
    if inbox == "contact" or (inbox == "person" and (person is None or not person.is_active)):
        return contact_of(case.connection, unit_id)
    return Responsible(told.author, unit_id)


def message_key(case: Case, message: str) -> str:
    return title_key(case_of(case).enterprise_id) if message == TITLE_LOST else case.instance.business_key


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    may_open=may_open,
    started_by={"case_offered": offered},
    unheard=frozenset({TITLE_LOST}),
    responsible=responsible,
    facts=facts,
    prefill=prefill,
    locked=locked,
    receive=receive,
    actions=ACTIONS,
    stage=stage,
    message_key=message_key,
    ended=ended,
)
