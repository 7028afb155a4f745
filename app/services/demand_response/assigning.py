"""Whose a step of 诉求响应 is: the unit that was named; the office itself where nobody was."""

from __future__ import annotations

from app.engine import OpenTask
from app.models.organization import OFFICE
from app.services.assignment import contact_of, head_of
from app.services.cases import Case, Responsible
from app.services.demand_response.consulting import note_decision
from app.services.demand_response.rows import demand_of
from app.terms import Role


def responsible(case: Case, task: OpenTask) -> Responsible | None:
    """Nothing stands between the answer of a consultation and the task of who was named, so it is noted here."""
    if task.element_id == "answer_demand":
        note_decision(case)
    if task.element_id in ("accept_demand", "answer_demand"):
        unit_id = demand_of(case).unit_id or OFFICE
        return Responsible(Role.OFFICE, OFFICE) if unit_id == OFFICE else contact_of(case.connection, unit_id)
    if task.element_id == "sign_answer":
        unit_id = demand_of(case).unit_id or OFFICE
        return Responsible(Role.OFFICE_SIGNER, OFFICE) if unit_id == OFFICE else head_of(case.connection, unit_id)
    return None
