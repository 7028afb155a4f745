"""Clocks of every kind before timers, campaigns and digests of every kind: none early, none lost, none twice.

A case draws the machine's zone, a moment at which calendars are delicate, the way in which schedulers' clocks come to
it and past it, and timers around it. What should happen is reckoned beside the product, from the ticks alone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copy

import pytest
from sqlalchemy import select

from app import clock
from app.models.event import EventRow
from app.models.person import Person
from app.models.process import ProcessInstance
from app.models.timer import Timer
from app.services import openings, reminders, timers
from app.services import processes as instances
from app.services.check import check
from app.services.history import moment
from app.services.house import House
from app.services.reminders import Reminder
from app.terms import EventType
from app.workdays import STATUTORY
from scheduler import jobs
from tests.databases import sqlite_url
from tests.factories import actor, house_on
from tests.figure_lines import FigureLine
from tests.postgres import PostgresServer
from tests.torture.sizes import SIZES

ZONES = (
    "UTC", "Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/St_Johns",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "Antarctica/Troll",
)  # fmt: skip
MOMENTS = {
    "leap day begins": "2024-02-28T16:00:00+00:00",
    "leap day ends": "2024-02-29T16:00:00+00:00",
    "no leap day": "2023-02-28T16:00:00+00:00",
    "year ends in China": "2023-12-31T16:00:00+00:00",
    "year ends in UTC": "2024-01-01T00:00:00+00:00",
    "month ends": "2024-04-30T16:00:00+00:00",
    "spring in New York": "2024-03-10T07:00:00+00:00",
    "autumn in New York": "2024-11-03T06:00:00+00:00",
    "spring in London": "2024-03-31T01:00:00+00:00",
    "autumn in London": "2024-10-27T01:00:00+00:00",
    "spring on Lord Howe": "2024-10-05T15:30:00+00:00",
    "targets open": "2024-01-09T16:00:00+00:00",
    "December report prepared": "2024-11-19T16:00:00+00:00",
    "hour of the digest": "2024-12-16T00:30:00+00:00",
    "a make-up Saturday": "2024-02-03T16:00:00+00:00",
    "after a second and its parts": "2024-06-30T23:59:59.999999+00:00",
}
OFFSETS = (-3600.0, -1.0, -0.000001, 0.0, 0.000001, 0.5, 1.0, 59.999999, 3600.0, 86400.0)  # seconds
TIMERS = 4
POSTGRESQL_EVERY = 6
CHECK_EVERY = 5
SEND = reminders._send_digests
OPENING_KEYS = ("annual_target", "december_report")


@dataclass
class Case:
    """One line of the matrix and what was seen in it."""

    number: int
    zone: str
    moment: str
    way: str
    at: datetime
    ticks: list[datetime]
    due: dict[str, datetime] = field(default_factory=dict)
    digests: list[date] = field(default_factory=list)

    @property
    def working_ticks(self) -> list[datetime]:
        """All but the one at which the scheduler dies with timers in its hands."""
        return [at for number, at in enumerate(self.ticks) if not self.dies_at(number)]

    def dies_at(self, number: int) -> bool:
        return self.way == "one dies" and number == 1

    def __str__(self) -> str:
        return f"case {self.number}: {self.zone}, {self.moment}, {self.way}"


def seconds(at: datetime, *offsets: float) -> list[datetime]:
    return [at + timedelta(seconds=offset) for offset in offsets]


WAYS: dict[str, Callable[[datetime, Random], list[datetime]]] = {
    "steady": lambda at, _chance: seconds(at, *range(-4, 8), 58, 60, 3599, 3600, 3601, 86400),
    "late": lambda at, chance: seconds(at, -10, chance.randint(1, 5) * 86400 + chance.random()),
    "forward": lambda at, _chance: seconds(at, -5, -1, 7200, 7201, 90000),
    "backward": lambda at, _chance: seconds(at, -2, 2, -3600, -3598, -86400, 1, 3, 61, 90000),
    "exact": lambda at, _chance: seconds(at, *OFFSETS),
    "two at once": lambda at, _chance: seconds(at, -2, 0, 2, 61, 90000),
    "one dies": lambda at, _chance: seconds(at, -2, 2, 30, 62.5, 3700, 90000),
}


def drawn(number: int) -> Case:
    chance = Random(number)
    # Every way and zone comes in turn, so that few cases hold all of them too.
    way, zone = list(WAYS)[number % len(WAYS)], ZONES[number % len(ZONES)]
    name, text = chance.choice(list(MOMENTS.items()))
    at = datetime.fromisoformat(text)
    return Case(number, zone, name, way, at, WAYS[way](at, chance))


@contextmanager
def machine_in(zone: str) -> Iterator[None]:
    """The zone that the process and its libraries see."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


class Run:
    """One case on one house."""

    def __init__(self, house: House, case: Case) -> None:
        self.house, self.case = house, case
        self.latest = datetime.min.replace(tzinfo=UTC)

    def prepare(self) -> None:
        chance, office = Random(self.case.number), actor(self.house, "office")
        with clock.held(self.case.at - timedelta(days=3)):
            for n in range(TIMERS):
                due_at = self.case.at + timedelta(seconds=chance.choice(OFFSETS))
                variables = {"lapse_at": due_at.isoformat()}
                started = instances.start(
                    self.house, office, "lapse", variables, key=f"lapse-{n}", business_key=f"lapse-{n}"
                )
                self.case.due[str(started["id"])] = due_at

    def tick(self, number: int, at: datetime) -> None:
        self.latest = max(self.latest, at)
        is_last = number == len(self.case.ticks) - 1
        if self.case.dies_at(number):
            with clock.held(at):
                timers._claim(self.house, timers.BATCH)  # and is never heard of again
            return
        if self.case.way == "two at once":
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(self._jobs, [at, at]))
        else:
            self._jobs(at)
        if self.case.way != "one dies" or is_last:
            self.require_fired()

    def _jobs(self, at: datetime) -> None:
        with clock.held(at):
            jobs.fire(self.house)
            jobs.deliver(self.house)
            jobs.calendar(self.house)
            jobs.digest(self.house)

    def require_fired(self) -> None:
        """What is due by now, and nothing else."""
        with self.house.database.reading() as session:
            fired = set(session.scalars(select(Timer.instance_id).where(Timer.status == "fired")))
        expected = {id_ for id_, due_at in self.case.due.items() if due_at <= self.latest}
        assert fired & self.case.due.keys() == expected, self.case

    def require_once(self) -> None:
        """One event for each timer, at an instant that is not before it."""
        with self.house.database.reading() as session:
            asked = select(EventRow.stream, EventRow.at).where(EventRow.type == EventType.TIMER_FIRED)
            events = [(stream, at) for stream, at in session.execute(asked) if stream in self.case.due]
        assert len(events) == len({stream for stream, _ in events}) == len(self.case.due), self.case
        assert all(moment(at) >= self.case.due[stream] for stream, at in events), self.case

    def require_openings(self) -> int:
        """Each campaign whose day some tick had reached, once, begun at the first such tick."""
        with self.house.database.reading() as session:
            asked = select(ProcessInstance.business_key, ProcessInstance.started_at)
            rows = session.execute(asked.where(ProcessInstance.definition_key.in_(OPENING_KEYS))).all()
        begun = {key: clock.local(at) for key, at in rows}
        expected: dict[str, datetime] = {}
        for at in self.case.working_ticks:
            for key, day in campaign_days(clock.local(at).year).items():
                if 0 <= (clock.local(at).date() - day).days <= openings.GRACE_DAYS:
                    expected.setdefault(key, at)
        assert (len(rows), begun) == (len(expected), expected), self.case
        return len(rows)

    def require_digests(self) -> int:
        """One for each working day that a tick met between the hour of the digest and evening, none for a past one."""
        expected: list[date] = []
        for at in self.case.working_ticks:
            local = clock.local(at)
            is_time = STATUTORY.is_working_day(local.date()) and (8, 30) <= (local.hour, local.minute) < (18, 0)
            if is_time and (not expected or local.date() > expected[-1]):
                expected.append(local.date())
        assert self.case.digests == expected, self.case
        return len(expected)


def campaign_days(year: int) -> dict[str, date]:
    """By hand, from the plan: the days of 2023 and 2024 on which its campaigns open."""
    return {key: day for key, day in CAMPAIGN_DAYS.items() if key.endswith(str(year))}


CAMPAIGN_DAYS = {
    "annual_target:2023": date(2023, 1, 10),
    "annual_target:2024": date(2024, 1, 10),
    "december_report:2022": date(2022, 11, 21),
    "december_report:2023": date(2023, 11, 20),
    "december_report:2024": date(2024, 11, 20),
}


@pytest.mark.slow
def test_time_matrix(
    sqlite_template: Path,
    postgres_template: str,
    postgres_server: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    figure_line: FigureLine,
) -> None:
    cases = [drawn(number) for number in range(SIZES.time_matrix)]
    campaigns = digests = 0
    for case in cases:
        file = tmp_path / f"{case.number}.sqlite3"
        is_on_server = case.number % POSTGRESQL_EVERY == 0
        fresh = postgres_server.fresh(postgres_template) if is_on_server else nullcontext(sqlite_url(file))
        if not is_on_server:
            copy(sqlite_template, file)
        with fresh as url, closing(house_on(url, tmp_path)) as house, machine_in(case.zone):
            monkeypatch.setattr(reminders, "_send_digests", counting(case))
            run = Run(house, case)
            run.prepare()
            for number, at in enumerate(case.ticks):
                run.tick(number, at)
            run.require_once()
            campaigns += run.require_openings()
            digests += run.require_digests()
            if case.number % CHECK_EVERY == 0:
                with clock.held(max(case.ticks)):
                    assert check(house) == [], case
        file.unlink(missing_ok=True)
    ticks = sum(len(case.ticks) for case in cases)
    figure_line(
        f"{len(cases)} cases, {ticks} ticks in {len({case.zone for case in cases})} zones and {len(WAYS)} ways: "
        f"{len(cases) * TIMERS} timers, {campaigns} campaigns, {digests} digests; 0 early, 0 lost, 0 double"
    )


def counting(case: Case) -> Callable[..., int]:
    """Notes the days for which letters are written; two schedulers may write at once, under the same keys."""

    def send(house: House, owed: list[Reminder], people: Mapping[str, list[Person]], today: date) -> int:
        if today not in case.digests:
            case.digests.append(today)
        return SEND(house, owed, people, today)

    return send
