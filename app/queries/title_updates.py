"""Yearly updates that lapsed, as those see them who may still enter data or judge an objection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.enterprise import Enterprise
from app.models.organization import Unit, UnitFunction
from app.models.title_maintenance import TitleUpdate
from app.queries.actor import Actor
from app.queries.paging import Descending, Page, page

LAPSED = ("lapsed", "late")
RECOGNITION = "recognition"


@dataclass(frozen=True)
class LapsedUpdate:
    """filed_on: when late data came, None before. is_restored: the bureau gave the right back."""

    instance_id: str
    enterprise: str
    locality: str
    year: int
    due_on: date
    filed_on: date | None
    is_restored: bool


def lapsed_updates(session: Session, actor: Actor, cursor: str | None = None) -> Page[LapsedUpdate]:
    """Of one's own locality; of all for the bureau and those who read everything. The newest first."""
    wanted = (
        select(TitleUpdate)
        .join(Enterprise, Enterprise.id == TitleUpdate.enterprise_id)
        .where(TitleUpdate.status.in_(LAPSED), TitleUpdate.instance_id.is_not(None))
    )
    if not (actor.reads_all or _is_bureau(session, actor)):
        wanted = wanted.where(Enterprise.locality_id.in_(actor.unit_ids))
    found = page(session, wanted, [Descending(TitleUpdate.year), Descending(TitleUpdate.id)], cursor, counts=True)
    names = _names(session, [row.enterprise_id for row in found.items])
    return Page([_told(row, *names[row.enterprise_id]) for row in found.items], found.next_cursor, found.left)


def _is_bureau(session: Session, actor: Actor) -> bool:
    where = (UnitFunction.function == RECOGNITION, UnitFunction.unit_id.in_(actor.unit_ids))
    return session.scalars(select(UnitFunction.unit_id).where(*where)).first() is not None


def _names(session: Session, codes: list[str]) -> dict[str, tuple[str, str]]:
    rows = session.execute(
        select(Enterprise.id, Enterprise.name, Unit.short_name)
        .join(Unit, Unit.id == Enterprise.locality_id)
        .where(Enterprise.id.in_(codes))
    )
    return {code: (name, locality) for code, name, locality in rows}


def _told(row: TitleUpdate, enterprise: str, locality: str) -> LapsedUpdate:
    return LapsedUpdate(
        instance_id=str(row.instance_id),
        enterprise=enterprise,
        locality=locality,
        year=row.year,
        due_on=row.due_on,
        filed_on=row.filed_on if row.status == "late" else None,
        is_restored=bool(row.is_in_time),
    )
