"""A whole plan through the engine with a driven clock: played by habit, marked day by day, and counted at the end."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import func, select

from app import clock
from app.db import table_of
from app.demo.happenings import Town
from app.demo.player import Player, at
from app.demo.seasons import Years
from app.demo.year import open_office
from app.errors import Conflict
from app.models.command import CommandRow
from app.models.event import EventRow
from app.models.person import Person
from app.models.plan import Plan
from app.models.process import Incident, ProcessInstance
from app.models.timer import ClockRow
from app.models.user_task import IS_OPEN, UserTask
from app.queries.china_day import china_day
from app.queries.stuck import stuck_instances
from app.services import daily, openings
from app.services.house import House

CLOCK_ROW = table_of(ClockRow)
MARK = "simulate:"
NIGHT = time(23, 30)
FIRST_ADMINISTRATOR = 1  # whom `duban init` may have added
Progress = Callable[[date, int, float], None]
"""Day, tasks done so far, seconds so far."""


@dataclass(frozen=True)
class Wish:
    """What is to be simulated; the same wish gives the same histories."""

    first: date
    last: date
    seed: int
    enterprises: int

    @property
    def mark(self) -> str:
        return f"{MARK}{self.seed}:{self.enterprises}:{self.first}"


@dataclass(frozen=True)
class Figures:
    """What came of it. late_user_tasks: closed after their due day; late_days: working days over, on average."""

    days: int
    enterprises: int
    instances: int
    open_instances: int
    commands: int
    events: int
    user_tasks: int
    open_user_tasks: int
    late_user_tasks: int
    late_percent: float
    late_days: float
    incidents: int
    mended_incidents: int
    stuck: int
    refused_forms: int
    seconds: float
    commands_per_second: float
    peak_memory_mb: int

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


def plan_days(house: House, first: date | None, last: date | None) -> tuple[date, date]:
    """The days asked for, within the plan: from its issue to the end of its last year."""
    with house.database.reading() as session:
        plan = session.scalars(select(Plan).order_by(Plan.id)).one()
    return max(first or plan.issued_on, plan.issued_on), last or date(plan.last_year, 12, 31)


def simulate(house: House, wish: Wish, progress: Progress) -> tuple[Figures, list[str]]:
    """Play it, or go on where a run of the same wish stopped; the figures, and the forms that were refused.

    Raises Conflict where the office has a history that is not of this simulation.
    """
    start = perf_counter()
    played_until = _played_until(house, wish)
    with house.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(CommandRow)) or 0
        issued_on = session.scalars(select(Plan.issued_on)).one()
    if played_until is None:
        open_office(house, wish.seed, None if wish.first == issued_on else wish.first)
        openings.win(house, wish.mark, wish.first - timedelta(days=1))
    player = Player(house, Years(wish.seed, wish.first, Town(wish.enterprises, wish.seed)))
    player.diary.recall()
    days = 0

    def note(day: date) -> None:
        nonlocal days
        days += 1
        openings.win(house, wish.mark, day)
        progress(day, player.clerks.done, perf_counter() - start)

    first = wish.first if played_until is None else played_until + timedelta(days=1)
    player.play(first, at(wish.last, NIGHT), note)
    with clock.held(at(wish.last, NIGHT)):
        daily.look_around(house)
    seconds = perf_counter() - start
    return _figures(house, wish, days, player, seconds, before), player.refused


def _played_until(house: House, wish: Wish) -> date | None:
    """The last day of this simulation that is done; None in an untouched office."""
    with house.database.reading() as session:
        marks = dict(
            session.execute(select(ClockRow.name, ClockRow.last_on).where(ClockRow.name.startswith(MARK))).all()
        )
        people = session.scalar(select(func.count()).select_from(Person)) or 0
        instances = session.scalar(select(func.count()).select_from(ProcessInstance)) or 0
    if wish.mark in marks:
        return marks[wish.mark]
    if marks:
        known = "、".join(name.removeprefix(MARK) for name in marks)
        raise Conflict(
            f"这里已有一次参数不同的推演（种子:企业数:起始日为 {known}），请用同样的参数继续，或换一个空库。"
        )
    if instances or people > FIRST_ADMINISTRATOR:
        raise Conflict("这个库里已有办理记录或人员，推演只能在空库中进行，请用 DUBAN_DATABASE_URL 另指一个库。")
    return None


def _figures(house: House, wish: Wish, days: int, player: Player, seconds: float, before: int) -> Figures:
    with house.database.reading() as session:

        def count(model: Any, *where: Any) -> int:
            return session.scalar(select(func.count()).select_from(model).where(*where)) or 0

        done_on = china_day(UserTask.completed_at)
        late = session.execute(
            select(UserTask.due_on, done_on, func.count())
            .where(UserTask.completed_at.is_not(None), done_on > UserTask.due_on, ~UserTask.is_optional)
            .group_by(UserTask.due_on, done_on)
        ).all()
        over = sum(house.calendar.count(due, done) * number for due, done, number in late)
        late_tasks = sum(number for _, _, number in late)
        closed = count(UserTask, UserTask.completed_at.is_not(None))
        commands = count(CommandRow)
        return Figures(
            days=days,
            enterprises=wish.enterprises,
            instances=count(ProcessInstance),
            open_instances=count(ProcessInstance, ProcessInstance.status == "active"),
            commands=commands,
            events=count(EventRow),
            user_tasks=count(UserTask),
            open_user_tasks=count(UserTask, IS_OPEN),
            late_user_tasks=late_tasks,
            late_percent=round(100 * late_tasks / closed, 1) if closed else 0.0,
            late_days=round(over / late_tasks, 1) if late_tasks else 0.0,
            incidents=count(Incident, Incident.status == "open"),
            mended_incidents=player.repairers.mended,
            stuck=len(session.scalars(stuck_instances()).all()),
            refused_forms=len(player.refused),
            seconds=round(seconds, 1),
            commands_per_second=round((commands - before) / seconds, 1) if seconds else 0.0,
            peak_memory_mb=_peak_memory_mb(),
        )


def _peak_memory_mb() -> int:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1024 * 1024 if sys.platform == "darwin" else 1024)
