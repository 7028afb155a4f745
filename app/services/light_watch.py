"""The daily look at the lights: what the calendar, a figure, a target or a new rule has turned is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from app import clock
from app.db import table_of
from app.duties.light_changes import turns
from app.models.outlook import INDICATOR, TASK, LightChange
from app.models.plan import Plan
from app.models.user_task import IS_OPEN, UserTask
from app.queries.standings import Standing, standings
from app.services.house import House
from app.services.light_changes import dates_of, row_of
from app.terms import Light

CHANGE, USER_TASK = table_of(LightChange), table_of(UserTask)
PAGE = 500
WANTED = (
    USER_TASK.c.id,
    USER_TASK.c.created_at,
    USER_TASK.c.yellow_on,
    USER_TASK.c.due_on,
    USER_TASK.c.is_optional,
    USER_TASK.c.is_held,
)


def watch(house: House) -> int:
    """Write down every light that turned; how many. A second run finds nothing new."""
    today = clock.today()
    return _tasks(house, today) + _indicators(house, today)


def _tasks(house: House, today: date) -> int:
    """In pages, each in its own transaction: a task that a person acts on meanwhile is noted by her command."""
    after, found = "", 0
    while True:
        with house.database.writing() as connection:
            page = _page(connection, today, after)
            rows = list(_turned(connection, page, today))
            if rows:
                connection.execute(CHANGE.insert(), rows)
        if not page:
            return found
        found, after = found + len(rows), page[-1].id


def _page(connection: Connection, today: date, after: str) -> Sequence[Any]:
    """Open tasks that are no longer green, locked, so that no command turns them between looking and writing."""
    wanted = select(*WANTED).where(IS_OPEN, USER_TASK.c.yellow_on <= today, USER_TASK.c.id > after)
    return connection.execute(wanted.order_by(USER_TASK.c.id).limit(PAGE).with_for_update()).all()


def _turned(connection: Connection, page: Sequence[Any], today: date) -> Iterator[dict[str, Any]]:
    last = _last_of(connection, TASK, [task.id for task in page])
    at = clock.now()
    for task in page:
        dates, known = dates_of(task), last.get(task.id)
        before = Light(known.after) if known is not None and known.after else None
        for turn in turns(dates, before, today):
            yield row_of(task.id, turn, dates, at)


def _indicators(house: House, today: date) -> int:
    """Of the running year, and of the last one, which ends with its last figures."""
    with house.database.reading() as session:
        found = [
            (year, standing)
            for plan in session.scalars(select(Plan).order_by(Plan.id)).all()
            for year in (today.year - 1, today.year)
            if plan.first_year <= year <= plan.last_year
            for standing in standings(session, plan, year, today)
        ]
    rows = {f"{standing.indicator.id}:{year}": standing for year, standing in found}
    with house.database.writing() as connection:
        last = _last_of(connection, INDICATOR, list(rows))
        turned = [
            change
            for ref, standing in rows.items()
            if (change := _change(ref, standing, last.get(ref), today)) is not None
        ]
        if turned:
            connection.execute(CHANGE.insert(), turned)
    return len(turned)


def _change(ref: str, standing: Standing, last: Any, today: date) -> dict[str, Any] | None:
    before = Light.GREY.value if last is None else last.after
    why = standing.explanation
    if why.light.value == before:
        return None
    inputs = _inputs(standing)
    return {
        "subject": INDICATOR,
        "ref": ref,
        "on": today,
        "at": clock.now(),
        "before": before,
        "after": why.light.value,
        "cause": "first" if last is None else _cause(inputs, last.inputs),
        "text": why.sentence.partition("：")[2],
        "rule": why.rule,
        "inputs": inputs,
    }


def _inputs(standing: Standing) -> dict[str, Any]:
    return {
        "done": None if standing.done is None else str(standing.done),
        "as_of": standing.figure.as_of.isoformat() if standing.figure else None,
        "target": None if standing.target is None else str(standing.target),
        "revision": standing.revision,
        "pace": str(standing.pace),
        "rule": standing.policy.version,
    }


def _cause(now: Mapping[str, Any], then: Mapping[str, Any]) -> str:
    """What differs from when the light turned last; where nothing does, the year has gone on."""
    for cause, names in (("figure", ("done", "as_of")), ("target", ("target", "revision")), ("rule", ("rule",))):
        if any(now[name] != then.get(name) for name in names):
            return cause
    return "time"


def _last_of(connection: Connection, subject: str, refs: Sequence[str]) -> dict[str, Any]:
    """The last change of each, by ref."""
    if not refs:
        return {}
    newest = (
        select(func.max(CHANGE.c.id)).where(CHANGE.c.subject == subject, CHANGE.c.ref.in_(refs)).group_by(CHANGE.c.ref)
    )
    rows = connection.execute(select(CHANGE.c.ref, CHANGE.c.after, CHANGE.c.inputs).where(CHANGE.c.id.in_(newest)))
    return {row.ref: row for row in rows}
