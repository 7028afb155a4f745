"""What the plan's calendar opens by itself: each campaign once a year, on its day or soon after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from sqlalchemy import Connection, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.limits import start_of
from app.duties.policy_push import ROUND_MONTHS, round_day
from app.models.plan import CalendarDate, Plan
from app.models.policy import PolicyVersion
from app.models.timer import ClockRow
from app.queries.actor import SYSTEM
from app.services import library_calendar, processes
from app.services.assessment.opening import due_in as assessment_calendar
from app.services.house import House
from app.services.locality_plan.opening import due_in as plans_calendar
from app.services.practical_matter.opening import due_in as matters_calendar
from app.services.progress_monitoring.opening import due_in as monitoring_calendar
from app.services.service_month.opening import due_in as months_calendar
from app.workdays import Calendar

CLOCK_ROW = table_of(ClockRow)
GRACE_DAYS = 60  # an opening missed for longer is a matter for the office, not for the clock

OPENERS = {"annual_target_opens": "annual_target", "december_report_prepared": "december_report"}


@dataclass(frozen=True)
class Opening:
    """variables: what the duty's opening takes beside the year."""

    name: str
    duty: str
    year: int
    day: date
    variables: Mapping[str, Any] = field(default_factory=dict)


def open_campaigns(house: House) -> list[str]:
    """Start what is due; the instances' ids. Safe to call often and from several processes.

    Each start has a key, so that it is done once; the day is marked only afterwards, so that a death in between loses
    nothing.
    """
    today = clock.today()
    with house.database.reading() as session:
        due = [opening for opening in openings(session, house.calendar, today.year) if is_due(opening, today)]
        won = _won(session, [opening.name for opening in due])
    started = []
    for opening in due:
        if won.get(opening.name, date.min) >= opening.day:
            continue
        key = f"open:{opening.name}:{opening.year}"
        answer = processes.start(house, SYSTEM, opening.duty, {"year": opening.year, **opening.variables}, key=key)
        if win(house, opening.name, opening.day):
            started.append(str(answer["id"]))
    return started


def openings(session: Session, calendar: Calendar, year: int) -> Iterator[Opening]:
    """What opens in a year of a plan. A plan's first targets are adopted with it, not proposed."""
    rows = session.execute(
        select(CalendarDate, Plan).join(Plan, Plan.id == CalendarDate.plan_id).where(CalendarDate.key.in_(OPENERS))
    )
    for row, plan in rows:
        duty = OPENERS[row.key]
        first = plan.first_year + (1 if duty == "annual_target" else 0)
        if first <= year <= plan.last_year:
            yield Opening(
                f"{plan.key}:{row.key}", duty, year, rolled(calendar, date(year, row.month, row.day), row.rolls)
            )
    yield from _rounds_of_policies(session, calendar, year)
    calendars = (
        library_calendar.due_in,
        monitoring_calendar,
        plans_calendar,
        months_calendar,
        matters_calendar,
        assessment_calendar,
    )
    for due in chain.from_iterable(due_in(session, calendar, year) for due_in in calendars):
        yield Opening(due.name, due.process, year, due.day, due.variables)


def _rounds_of_policies(session: Session, calendar: Calendar, year: int) -> Iterator[Opening]:
    """Four a year, in the years of a plan; none on a day on which the library was still empty."""
    if session.scalars(select(Plan.id).where(Plan.first_year <= year, Plan.last_year >= year)).first() is None:
        return
    for number in range(1, len(ROUND_MONTHS) + 1):
        day = round_day(year, number, calendar)
        if session.scalar(select(exists().where(PolicyVersion.at < start_of(day)))):
            yield Opening(f"policy_push:{number}", "policy_push", year, day, {"number": number})


def rolled(calendar: Calendar, day: date, rolls: str) -> date:
    """The day itself when it is a working day or does not move, else the next or the last one."""
    if rolls == "later":
        return calendar.first_on_or_after(day)
    return calendar.last_on_or_before(day) if rolls == "earlier" else day


def is_due(opening: Opening, today: date) -> bool:
    return 0 <= (today - opening.day).days <= GRACE_DAYS


def is_won(house: House, name: str, day: date) -> bool:
    """Whether what the name says was done for this day, or for a later one."""
    with house.database.reading() as session:
        last_on = session.scalar(select(CLOCK_ROW.c.last_on).where(CLOCK_ROW.c.name == name))
    return last_on is not None and last_on >= day


def _won(session: Session, names: Sequence[str]) -> dict[str, date]:
    """The last day for which each was done, of those that ever were."""
    found = session.execute(select(ClockRow.name, ClockRow.last_on).where(ClockRow.name.in_(names)))
    return {row.name: row.last_on for row in found}


def win(house: House, name: str, day: date) -> bool:
    """Compare and swap: true for the one caller that may do for this day what the name says."""
    try:
        with house.database.writing() as connection:
            return _swap(connection, name, day)
    except IntegrityError:  # two at once for a name that had no row yet: the other has it
        return False


def _swap(connection: Connection, name: str, day: date) -> bool:
    where = (CLOCK_ROW.c.name == name, CLOCK_ROW.c.last_on < day)
    if connection.execute(CLOCK_ROW.update().where(*where).values(last_on=day)).rowcount == 1:
        return True
    if connection.execute(select(CLOCK_ROW.c.name).where(CLOCK_ROW.c.name == name)).one_or_none():
        return False
    connection.execute(CLOCK_ROW.insert(), [{"name": name, "last_on": day}])
    return True
