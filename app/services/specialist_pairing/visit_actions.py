"""The service tasks of a quarter's visit: registered, weighed, handed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.duties.specialist_pairing import is_dissatisfied
from app.models.pairing import Visit
from app.services.cases import Action, Case, Data
from app.services.specialist_pairing.prefill import last_visit
from app.services.specialist_pairing.receive import quarter_of_instance
from app.services.specialist_pairing.rows import pairing_of
from app.services.specialist_pairing.visiting import register_visit


def record_visit(case: Case, data: Data) -> None:
    written = case.row("visit")
    assert written is not None
    visit = register_visit(case, written["answers"], quarter_of_instance(case))
    case.put("visit", "", {"id": visit.id})


def check_satisfaction(case: Case, data: Data) -> Mapping[str, Any]:
    """Of this specialist with this enterprise: her last two ratings, or the wish of this one."""
    pairing, visit = pairing_of(case), last_visit(case)
    if pairing is None or visit is None or visit.score is None:
        return {"is_dissatisfied": False}
    scores = case.session.scalars(select(Visit.score).where(Visit.pairing_id == pairing.id).order_by(Visit.id)).all()
    return {"is_dissatisfied": is_dissatisfied(scores, wants_change=visit.wants_change)}


def hand_over_visit(case: Case, data: Data) -> None:
    """Once the successor has accepted, her pairing opens what is left of the quarter (see actions.activate_pairing)."""
    case.put("handed", "", {"on": case.today.isoformat()})


ACTIONS: Mapping[str, Action] = {
    "specialist_pairing_visit.record_visit": record_visit,
    "specialist_pairing_visit.check_satisfaction": check_satisfaction,
    "specialist_pairing_visit.hand_over_visit": hand_over_visit,
}
