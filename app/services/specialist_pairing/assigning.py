"""Whose a step of 服务专员结对 is: the unit that chooses, the head who sends, and the person who was chosen."""

from __future__ import annotations

from app.engine import OpenTask
from app.models.person import Person as Account
from app.services.assignment import contact_of, head_of, present_unit, unit_with
from app.services.cases import Case, Responsible
from app.services.specialist_pairing.rows import SERVICE, VISIT, chosen, kind_of, lasting, pairing_of

CHOOSERS = {"financing": "financing", "listing": "listing"}  # kind of specialist -> function of the unit that chooses


def responsible(case: Case, task: OpenTask) -> Responsible | None:
    if task.element_id == "choose_specialist":
        return contact_of(case.connection, chooser_of(case))
    if task.element_id == "approve_sending":
        return head_of(case.connection, str(chosen(case)["unit"]))
    if task.group == "specialist":
        return _specialist(case)
    return None


def chooser_of(case: Case) -> str:
    """The locality; for financing and listing the department that leads there."""
    function = CHOOSERS.get(kind_of(case))
    return case.instance.unit_id or "" if function is None else unit_with(case.connection, function)


def _specialist(case: Case) -> Responsible | None:
    """Who was chosen; of a visit who is paired now. Where she is gone already, the locality does it."""
    if case.instance.definition_key == VISIT:
        pairing = lasting(case.session, case.instance.enterprise_id or "", SERVICE) or pairing_of(case)
        person_id = pairing.person_id if pairing else None
    else:
        person_id = chosen(case)["person"]
    account = case.session.get(Account, person_id) if person_id else None
    if account is None or not account.is_active:
        return None
    return Responsible(f"person:{account.id}", present_unit(case.connection, account.unit_id))
