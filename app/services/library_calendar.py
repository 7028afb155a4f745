"""What the calendar opens for the upgrading library: two rounds a year, the yearly check, and the growth selection.

Only for whom there is something: a round where the locality has files of enterprises and no list under way, a check
where enterprises are in the library, a selection where there are any to select from. The days are proposals (PP).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.duties.limits import start_of
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.models.plan import Plan
from app.models.process import ProcessInstance
from app.services.growth_selection.rows import SELECTION
from app.services.library_entry.rows import CHECK, LIST
from app.terms import InstanceStatus
from app.workdays import Calendar

ROUNDS = ((3, 1), (9, 1))
CHECK_DAY = (11, 1)
SELECTION_DAY = (3, 15)


@dataclass(frozen=True)
class Due:
    """name: unique in its year; process: what is to be started; variables: beside the year."""

    name: str
    process: str
    day: date
    variables: Mapping[str, Any] = field(default_factory=dict)


def due_in(session: Session, calendar: Calendar, year: int) -> Iterator[Due]:
    """All of a year that a plan covers, from the day on which that plan was issued."""
    plan = session.scalars(
        select(Plan).where(Plan.first_year <= year, Plan.last_year >= year).order_by(Plan.id.desc())
    ).first()
    if plan is None or session.scalars(select(Enterprise.id).limit(1)).first() is None:
        return
    days = [calendar.first_on_or_after(date(year, *day)) for day in ROUNDS]
    for number, day in enumerate(days, 1):
        if day >= plan.issued_on:
            for unit in _localities(session, exists().where(Enterprise.locality_id == Unit.id)):
                if not _has_list_since(session, unit, day):
                    yield Due(f"{LIST}:{number}:{unit}", LIST, day, {"locality": unit})
    yield from _yearly(session, calendar, year, plan.issued_on)


def _yearly(session: Session, calendar: Calendar, year: int, since: date) -> Iterator[Due]:
    in_library = Enterprise.library_since.is_not(None)
    check_day = calendar.first_on_or_after(date(year, *CHECK_DAY))
    if check_day >= since:
        for unit in _localities(session, exists().where(Enterprise.locality_id == Unit.id, in_library)):
            yield Due(f"{CHECK}:{unit}", CHECK, check_day, {"locality": unit})
    day = calendar.first_on_or_after(date(year, *SELECTION_DAY))
    if day >= since and session.scalar(select(exists().where(in_library))):
        yield Due(SELECTION, SELECTION, day)


def _localities(session: Session, condition: Any) -> list[str]:
    """Those that are there and meet the condition, in the plan's order."""
    kinds = Unit.kind.in_(("county", "functional_zone"))
    return list(
        session.scalars(select(Unit.id).where(kinds, Unit.ended_on.is_(None), condition).order_by(Unit.position))
    )


def _has_list_since(session: Session, unit: str, day: date) -> bool:
    """A list under way takes the round's place, and one that was opened since that day has taken it."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    ProcessInstance.definition_key == LIST,
                    ProcessInstance.unit_id == unit,
                    or_(
                        ProcessInstance.status == InstanceStatus.ACTIVE.value,
                        ProcessInstance.started_at >= start_of(day),
                    ),
                )
            )
        )
    )
