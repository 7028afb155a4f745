"""How far each practical matter of a year came, as it was accepted, and the level its lead was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.models.practical_matter import PracticalMatter
from app.models.process import ProcessInstance
from app.services.assessment.year import Year

ITEM = "practical_matter_item"
DONE = ("accepted", "partly")


@dataclass(frozen=True)
class MatterState:
    """outcome: accepted | partly, empty where nothing was accepted. instance_id: where that is proved."""

    number: int
    title: str
    lead_id: str
    outcome: str
    quality: str
    rounds: int
    accepted_on: date | None
    instance_id: str | None


def matter_states(year: Year) -> list[MatterState]:
    """Of the published list, without what was dropped from it; empty where the year had no list of its own."""
    rows = year.session.execute(
        select(PracticalMatter, ProcessInstance.id)
        .outerjoin(
            ProcessInstance,
            (ProcessInstance.business_key == PracticalMatter.key) & (ProcessInstance.definition_key == ITEM),
        )
        .where(PracticalMatter.year == year.year, PracticalMatter.status != "dropped")
        .order_by(PracticalMatter.number)
    )
    return [
        MatterState(
            number=row.number,
            title=row.title,
            lead_id=row.lead_id,
            outcome=row.outcome if row.outcome in DONE else "",
            quality=row.quality,
            rounds=row.round,
            accepted_on=row.accepted_on,
            instance_id=instance_id,
        )
        for row, instance_id in rows
    ]
