"""The search over all events in an office a hundred times larger: search_1m_over_10k, a line for each kind of question.

Lines are written without their events: a small set row by row, then copied within the database. Copies differ in their
places alone, so both sizes have the same people, days and words, and a question costs more only where there is more.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from app.db import table_of
from app.models.event import ADMINISTRATION
from app.models.event_line import BUSINESS, EventLine
from app.models.organization import Unit
from app.queries import event_search
from app.queries.event_search import Wanted
from app.services.house import House
from app.terms import Act, EventType
from bench.crowd import NOW, TODAY
from bench.ground import Ground
from bench.measured import Ratio, Times, middle, short
from tests.factories import actor, enterprise

LINE, UNIT = table_of(EventLine), table_of(Unit)
DUTIES = ("december_report", "annual_target", "demand_response", "enterprise_recognition")
VERBS = (EventType.TASK_COMPLETED, EventType.TASK_COMPLETED, EventType.INSTANCE_STARTED, EventType.MESSAGE_DELIVERED)
COLUMNS = [column.name for column in LINE.c if column.name not in ("id", "seq")]
YEAR = 365 * 86400
WEEK = timedelta(days=7)


def search(ground: Ground) -> Iterator[Ratio]:
    """Each question in the large office over the same in the small one."""
    code = fill(ground.house, ground.size.tasks)
    below = _all(ground, code)
    multiply(ground.house, ground.size.tasks, ground.size.times)
    above = _all(ground, code)
    large = short(ground.size.tasks * ground.size.times)
    for name, middle_above in above.items():
        line = f"search_{large}_over_{short(ground.size.tasks)}: {name}"
        yield Ratio(line, middle_above, below[name], ground.size.repeats)


def questions(code: str) -> Mapping[str, Wanted]:
    """code: of the enterprise that some lines are about."""
    return {
        "newest": Wanted(),
        "person": Wanted(person="contact.sci"),
        "unit": Wanted(unit_id="sci"),
        "enterprise": Wanted(enterprise=code),
        "duty": Wanted(duty="demand_response"),
        "verb": Wanted(verb=EventType.TASK_COMPLETED.value),
        "administration": Wanted(kind=ADMINISTRATION),
        "a week": Wanted(from_on=TODAY - 20 * WEEK, until_on=TODAY - 19 * WEEK),
        "unit, verb, a week": Wanted(
            unit_id="sci", verb=EventType.TASK_COMPLETED.value, from_on=TODAY - 20 * WEEK, until_on=TODAY - 19 * WEEK
        ),
        "person and duty that never meet": Wanted(person="contact.sci", duty="none"),
        "words": Wanted(text="市科技局 年度"),
        "words that are not there": Wanted(text="龘"),
    }


def fill(house: House, lines: int) -> str:
    """Write the small set; the code of the enterprise in it."""
    chance = random.Random(2024)
    with house.database.transaction() as session:
        code = enterprise(session, 1, "hanjiang").id
        units = session.execute(select(UNIT.c.id, UNIT.c.short_name).where(UNIT.c.kind != "body")).all()
        rows = [_row(chance, number, units[number % len(units)], code) for number in range(lines)]
        session.execute(LINE.insert(), rows)
    _analyze(house)
    return code


def multiply(house: House, lines: int, times: int) -> None:
    numbers = "WITH RECURSIVE seq(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM seq WHERE k < :most)"
    copied = ", ".join(COLUMNS)
    statement = (
        f"{numbers} INSERT INTO event_line (id, seq, {copied})"
        f" SELECT id + seq.k * {lines}, event_line.seq + seq.k * {lines}, {copied} FROM seq, event_line"
    )
    with house.database.writing() as connection:
        if house.database.is_sqlite:
            connection.execute(text("PRAGMA cache_size = -1000000"))
        connection.execute(text(statement), {"most": times - 1})
    _analyze(house)


def _row(chance: random.Random, number: int, unit: Any, code: str) -> dict[str, Any]:
    """Of twenty events one is administration, one is done by the clock, two are about an enterprise."""
    is_act, duty = number % 20 == 0, DUTIES[number // 3 % len(DUTIES)]
    login = "clock" if number % 20 == 1 else f"contact.{unit.id}"
    verb = Act.SIGNED_IN if is_act else VERBS[number % len(VERBS)]
    title = "" if is_act else f"2024年度事项{number % 997}：{unit.short_name}"
    return {
        "id": number, "stream": ADMINISTRATION if is_act else f"stream {number % 1250}", "seq": number,
        "kind": ADMINISTRATION if is_act else BUSINESS, "at": NOW - timedelta(seconds=chance.randrange(YEAR)),
        "verb": verb.value, "actor": login, "on_behalf_of": None, "concerned": None, "unit_id": unit.id,
        "subject_unit_id": "office" if number % 5 == 0 else None,
        "enterprise_id": code if number % 10 == 3 else None, "duty": None if is_act else duty,
        "matter": None if is_act else f"stream {number % 1250}", "step": "填报", "title": title,
        "business_key": "" if is_act else f"{duty}:2024:{number % 1250}",
        "words": f"{title} {duty}:2024:{number % 1250} 填报 {verb.label} {login} {unit.short_name}",
    }  # fmt: skip


def _all(ground: Ground, code: str) -> Mapping[str, float]:
    auditor = actor(ground.house, "auditor")
    return {name: _median(ground, auditor, wanted) for name, wanted in questions(code).items()}


def _median(ground: Ground, auditor: Any, wanted: Wanted) -> float:
    found = Times()
    while len(found) < ground.size.repeats:
        with ground.house.database.reading() as session, found:
            event_search.search(session, auditor, wanted)
    return middle(found)


def _analyze(house: House) -> None:
    with house.database.writing() as connection:
        connection.execute(text("ANALYZE"))
