"""inbox_1m_over_10k: the first page of an inbox in an office a hundred times larger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, text

from app.db import table_of
from app.models.user_task import InboxEntry, UserTask
from app.queries import inbox
from app.queries.actor import SYSTEM, Actor
from app.services import processes
from app.services.definitions import deploy
from app.services.house import House
from bench import floor
from bench.measured import Ratio, middle, times
from tests.factories import actor

TASK, INBOX = table_of(UserTask), table_of(InboxEntry)
SMALL = 10_000
REPEATS = 200
TODAY = date(2024, 12, 16)
NOW = datetime(2024, 12, 16, 1, tzinfo=UTC)
UNITS = ("sci", "fin", "com", "eco", "tax", "amr", "hrss", "drc", "pboc", "lfb")
CHUNK = 20_000


def ratios(house: House, tasks: int) -> Iterator[Ratio]:
    instance_id = _instance(house)
    contact = actor(house, "contact.sci")
    _fill(house, instance_id, 0, SMALL)
    small = _page_times(house, contact)
    _fill(house, instance_id, SMALL, tasks)
    large = _page_times(house, contact)
    size = "1m" if tasks == 1_000_000 else f"{tasks // 1000}k"
    yield Ratio(f"inbox_{size}_over_10k", middle(large), middle(small), REPEATS)


def _page_times(house: House, person: Actor) -> list[float]:
    days = inbox.days_of(TODAY, house.calendar, house.light_policy.yellow_days)

    def first_page() -> None:
        with house.database.reading() as session:
            page = inbox.page(session, person, days, inbox.Filters())
            assert len(page.lines) == inbox.PAGE

    return times(first_page for _ in range(REPEATS))


def _instance(house: House) -> str:
    """One instance that all the tasks hang on: lists never look past it."""
    deploy(house, SYSTEM, {"linear.bpmn": floor.MODEL.read_bytes()})
    return str(processes.start(house, actor(house, "office"), floor.KEY, {}, key="bench")["id"])


def _fill(house: House, instance_id: str, first: int, until: int) -> None:
    for begin in range(first, until, CHUNK):
        rows = [_task(instance_id, number) for number in range(begin, min(begin + CHUNK, until))]
        lines = [
            {"principal": row["principal"], "due_on": row["due_on"], "task_id": row["id"], "barred_unit_id": None}
            for row in rows
        ]
        with house.database.writing() as connection:
            connection.execute(TASK.insert(), rows)
            connection.execute(INBOX.insert(), lines)
    with house.database.writing() as connection:
        _analyze(connection)


def _analyze(connection: Connection) -> None:
    connection.execute(text("ANALYZE"))


def _task(instance_id: str, number: int) -> dict[str, object]:
    unit = UNITS[number % len(UNITS)]
    due_on = TODAY + timedelta(days=number % 90 - 10)
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "instance_id": instance_id,
        "definition_key": floor.KEY,
        "duty": floor.KEY,
        "element_id": "a",
        "name": "填报",
        "title": f"第{number}件",
        "clause": "P25",
        "status": "open",
        "group": "unit_contact",
        "principal": f"contact:{unit}",
        "unit_id": unit,
        "has_own_item_rule": False,
        "due_on": due_on,
        "yellow_on": due_on - timedelta(days=7),
        "limit_days": 20,
        "due_rule": "",
        "is_provisional": False,
        "is_optional": False,
        "revision": 1,
        "created_at": NOW,
        "changed_at": NOW,
        "outcome": "",
        "urged_count": 0,
    }
