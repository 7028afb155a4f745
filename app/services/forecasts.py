"""What is forecast day by day: of each open user task its lateness, of each indicator that its year misses the target.

A row is added only where the chance has changed by a whole per cent; the last one says until which day it held.
The rows of a task go on the day after it was closed: how good they were is reckoned from the tasks themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, bindparam, exists, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.forecast import METHOD, Forecast, History, Open, forecast
from app.duties.forecast_pace import METHOD as PACE_METHOD
from app.duties.forecast_pace import Course, Guess, guess
from app.duties.forecast_score import Score, Told, of_indicators, of_tasks, score
from app.models.outlook import INDICATOR, TASK, Backtest, ForecastRow
from app.models.plan import Plan
from app.models.user_task import IS_OPEN, NO_DUE_DATE, UserTask
from app.queries import forecast_record
from app.queries.standings import Standing, standings
from app.services.house import House

ROW, BACKTEST, USER_TASK = table_of(ForecastRow), table_of(Backtest), table_of(UserTask)
PAGE = 2000


@dataclass
class _Record:
    """What this process has learned, of all that was known before a day."""

    history: History
    until: date | None = None


_KEPT: WeakKeyDictionary[House, _Record] = WeakKeyDictionary()


@dataclass(frozen=True)
class Outlook:
    """What is to be kept of one subject."""

    ref: str
    unit_id: str
    forecast: Forecast
    guess: Guess | None = None


def update(house: House) -> int:
    """Forecast everything that is open; how many. A second run on the same day changes nothing."""
    today = clock.today()
    with house.database.reading() as session:
        history = learned(house, session, today)
        tasks = list(_of_tasks(session, history, today))
        indicators = list(_of_indicators(session, today))
    with house.database.writing() as connection:
        _keep(connection, TASK, tasks, today)
        _forget_closed(connection)
        _keep(connection, INDICATOR, indicators, today)
    return len(tasks) + len(indicators)


def learned(house: House, session: Session, today: date) -> History:
    """All tasks whose outcome was known before today. A process that goes on adds what is new since it last looked."""
    record = _KEPT.get(house)
    if record is None or (record.until is not None and record.until > today):
        record = _KEPT[house] = _Record(History())
    if record.until != today:
        for task in forecast_record.finished(session, record.until, today):
            record.history.add(task)
        record.until = today
    return record.history


def backtest_tasks(session: Session, today: date) -> list[Told]:
    """Every task that has ended, forecast again with nothing but what was known at the time."""
    return list(of_tasks(list(forecast_record.finished(session, None, today))))


def backtest_indicators(session: Session, today: date) -> list[Told]:
    return list(of_indicators(forecast_record.years(session, today.year).ended))


def keep_backtest(house: House) -> None:
    """Reckon how good the forecasts were, and keep it for the screens; once for a day."""
    today = clock.today()
    with house.database.reading() as session:
        found = {
            TASK: (score(backtest_tasks(session, today)), METHOD),
            INDICATOR: (score(backtest_indicators(session, today)), PACE_METHOD),
        }
    with house.database.writing() as connection:
        for subject, (reached, method) in found.items():
            if reached is not None:
                connection.execute(BACKTEST.delete().where(BACKTEST.c.subject == subject, BACKTEST.c.on == today))
                connection.execute(BACKTEST.insert(), [_scored(subject, today, reached, method)])


def _scored(subject: str, today: date, reached: Score, method: str) -> dict[str, Any]:
    return {
        "subject": subject,
        "on": today,
        "number": reached.number,
        "came": reached.came,
        "brier": reached.brier,
        "plain_brier": reached.plain_brier,
        "bins": [vars(one) for one in reached.bins],
        "method": method,
    }


def _of_tasks(session: Session, history: History, today: date) -> Iterable[Outlook]:
    wanted = select(UserTask.id, UserTask.duty, UserTask.unit_id, UserTask.created_at, UserTask.due_on).where(
        IS_OPEN, UserTask.due_on >= today, UserTask.due_on != NO_DUE_DATE, ~UserTask.is_optional, ~UserTask.is_held
    )
    for row in session.execute(wanted, execution_options={"yield_per": PAGE}):
        opened_on = clock.local(row.created_at).date()
        found = forecast(Open(row.duty, row.unit_id, opened_on, row.due_on), history, today)
        if found is not None:
            yield Outlook(row.id, row.unit_id, found)


def _of_indicators(session: Session, today: date) -> Iterable[Outlook]:
    record = forecast_record.years(session, today.year)
    past = [ended for _year, ended in record.ended]
    for plan in session.scalars(select(Plan).where(Plan.first_year <= today.year, Plan.last_year >= today.year)).all():
        for standing in standings(session, plan, today.year, today):
            course = course_of(standing, record.finals, today.year)
            found = None if course is None else guess(course, past)
            if found is not None:
                ref = f"{standing.indicator.id}:{today.year}"
                yield Outlook(ref, standing.indicator.lead_id, found.forecast, found)


def course_of(standing: Standing, finals: Mapping[tuple[int, int], float], year: int) -> Course | None:
    """None without a figure or a target."""
    if standing.done is None or standing.target is None:
        return None
    before = finals.get((standing.indicator.id, year - 1))
    if standing.base is not None:
        before = float(standing.base)
    return Course(
        kind=standing.indicator.kind,
        target=float(standing.target),
        done=float(standing.done),
        elapsed=float(standing.pace),
        before=before,
        exceeds=standing.comparator == "gt",
    )


def _keep(connection: Connection, subject: str, found: Iterable[Outlook], today: date) -> None:
    current = connection.execute(
        select(ROW.c.id, ROW.c.ref, ROW.c.chance, ROW.c.on, ROW.c.value).where(
            ROW.c.subject == subject, ROW.c.is_current
        )
    ).all()
    known = {row.ref: row for row in current}
    outlooks = {outlook.ref: outlook for outlook in found}
    changed = {ref: outlook for ref, outlook in outlooks.items() if ref not in known or _differs(known[ref], outlook)}
    ended = [{"of_id": row.id} for ref, row in known.items() if ref not in outlooks]
    ended += [{"of_id": known[ref].id} for ref in changed if ref in known and known[ref].on != today]
    again = [
        {"of_id": known[ref].id, **_values(changed[ref])} for ref in changed if ref in known and known[ref].on == today
    ]
    fresh = [
        {"subject": subject, "ref": ref, "on": today, "until_on": today, "is_current": True, **_values(outlook)}
        for ref, outlook in changed.items()
        if ref not in known or known[ref].on != today
    ]
    one = ROW.update().where(ROW.c.id == bindparam("of_id"))
    if ended:
        connection.execute(one.values(is_current=False), ended)
    if again:
        connection.execute(one, again)
    connection.execute(ROW.update().where(ROW.c.subject == subject, ROW.c.is_current).values(until_on=today))
    if fresh:
        connection.execute(ROW.insert(), fresh)


def _forget_closed(connection: Connection) -> None:
    is_open = exists().where(USER_TASK.c.id == ROW.c.ref, IS_OPEN)
    connection.execute(ROW.delete().where(ROW.c.subject == TASK, ~is_open))


def _differs(row: Any, outlook: Outlook) -> bool:
    value = outlook.guess.value if outlook.guess else None
    return round(row.chance * 100) != round(outlook.forecast.chance * 100) or row.value != value


def _values(outlook: Outlook) -> dict[str, Any]:
    told, guessed = outlook.forecast, outlook.guess
    return {
        "unit_id": outlook.unit_id,
        "chance": told.chance,
        "low": told.low,
        "high": told.high,
        "value": guessed.value if guessed else None,
        "value_low": guessed.low if guessed else None,
        "value_high": guessed.high if guessed else None,
        "reasons": list(told.reasons),
        "method": told.method,
    }
