"""What an instance of 诉求响应 notes about itself, and the demand it is about.

Working rows (key "" unless said):

    route       {unit, advises, kind, reason, elsewhere, duplicates: [number]}: what the rule proposed
    assigned    {unit, note, login, name, on}: to whom it was given last
    called      {text, login, name, on}: the telephone call at acceptance
    part        key: unit; {text, no_opinion, login, name, on}; of the joint answer of this round
    refusal     {unit, proposed, ground}: of the unit that was asked last
    answer      key: 01, 02, …; the answers of the form, {login, name, on}
    returned    {opinion_text, login, name, on}: the head's last word on an answer
    delay       key: round; {outcome, reason, login, name, on}
    judged      {outcome, reason, unit, login, name, on}: the office's word on a dissatisfied firm
    consulted   {on, question}: since when the clock stands still
    decision    {unit, number, on}: what a consultation said
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.demand import Demand, DemandStep
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.services.cases import Case

DEMAND = "demand_response"


def demand_of(case: Case) -> Demand:
    """The row of the instance's demand, which its opening wrote."""
    return case.session.scalars(select(Demand).where(Demand.number == number_of(case.instance.business_key))).one()


def number_of(business_key: str) -> str:
    """2022-001234 of demand_response:2022-001234."""
    return business_key.removeprefix(f"{DEMAND}:")


def enterprise_of(case: Case) -> Enterprise:
    return case.session.get_one(Enterprise, case.instance.enterprise_id)


def set_state(case: Case, demand: Demand, state: str, note: str = "", **told: Any) -> None:
    """The demand is so far now; the firm reads the step with its unit."""
    demand.state = state
    unit_id = demand.unit_id
    case.session.add(DemandStep(demand_id=demand.id, state=state, unit_id=unit_id, note=note, told=told, at=case.at))
    case.session.flush()


def unit_name(session: Session, unit_id: str | None) -> str:
    unit = session.get(Unit, unit_id) if unit_id else None
    return unit.short_name if unit else ""


def named_units(session: Session) -> list[dict[str, str]]:
    """Whoever may answer: every unit that stands, in the plan's order."""
    rows = session.scalars(select(Unit).where(Unit.ended_on.is_(None)).order_by(Unit.position))
    return [{"unit": row.id, "name": row.name, "short_name": row.short_name} for row in rows if row.kind != "body"]


def answers_of(case: Case) -> list[dict[str, Any]]:
    """All that was written as an answer, in order."""
    return list(case.rows("answer").values())
