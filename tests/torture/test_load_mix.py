"""A day of the reporting season, faster than any office: pages, drafts, completions, boards and programs at once.

The clock stands in December 2024, the units' reports are open, and a scheduler works beside. Every client pauses a
little between two requests, so that the figures tell of answers and not of a queue that can only grow.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from sqlalchemy import update

from app import clock
from app.models.person import Person
from app.services.house import House
from tests.figure_lines import FigureLine
from tests.services.december_report_walk import Walk
from tests.torture.browsers import Browser
from tests.torture.conftest import CLERKS
from tests.torture.oracle import pending_effects, require_green
from tests.torture.processes import processes, until
from tests.torture.programs import Program, token_of
from tests.torture.sizes import SIZES

ON = {"sqlite": ("web 1", "scheduler 1"), "postgresql": ("web 1", "web 2", "scheduler 1")}
STARTED_AT = datetime.fromisoformat("2024-12-16T09:00:00+08:00")
UNITS = ("sci", "miit", "drc", "fin", "com", "hrss", "amr", "guangling", "hanjiang", "jiangdu")
PROGRAMS = CLERKS[:4]
READERS = ("office", "leader", "contact.sci", "contact.miit", "head.sci", "signer")
PASSWORD = "Sunny-day 42"
PAUSE = 0.08  # seconds at most
LOST = frozenset({404, 409, 410})  # another client was faster


class Answer(Protocol):
    @property
    def status(self) -> int: ...


Got = TypeVar("Got", bound=Answer)


class Figures:
    """How long what took, and how it ended; from all threads."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)
        self.statuses: Counter[int] = Counter()
        self.unexpected: list[tuple[str, int]] = []
        self._lock = threading.Lock()

    def timed(self, kind: str, call: Callable[[], Got]) -> Got:
        began = time.perf_counter()
        answer = call()
        seconds = time.perf_counter() - began
        with self._lock:
            self.seconds[kind].append(seconds)
            self.statuses[answer.status] += 1
            if answer.status >= 400 and answer.status not in LOST:
                self.unexpected.append((kind, answer.status))
        return answer

    def lines(self) -> Iterator[str]:
        for kind, seconds in sorted(self.seconds.items()):
            yield f"{kind} {len(seconds):,}: {percentiles(seconds)}"

    @property
    def all(self) -> list[float]:
        return [one for seconds in self.seconds.values() for one in seconds]


def percentiles(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    values = {share: ordered[min(len(ordered) * share // 100, len(ordered) - 1)] * 1000 for share in (50, 95, 99)}
    return ", ".join(f"p{share} {value:.0f} ms" for share, value in values.items())


class ProgramClient:
    """A clerk's program: starts pairs of instances, looks at tasks, saves drafts, completes."""

    def __init__(self, program: Program, figures: Figures, name: str, chance: random.Random) -> None:
        self._program, self._figures, self._name, self._chance = program, figures, name, chance
        self._started = 0
        self._tasks: list[str] = []
        self._last = ""

    def act(self) -> None:
        verbs = {self._start: 8, self._look: 12, self._read: 12, self._draft: 14, self._complete: 44, self._board: 3,
                 self._history: 7}  # fmt: skip
        self._chance.choices(list(verbs), list(verbs.values()))[0]()

    def _start(self) -> None:
        self._started += 1
        at = clock.now()
        for key, due in (("relay_end", {"guard_at": at + timedelta(days=1)}), ("relay", {"pause_until": at})):
            body = {
                "definition_key": key,
                "business_key": f"{self._name}-{self._started}",
                "variables": {name: instant.isoformat() for name, instant in due.items()},
            }
            started = self._figures.timed("api start", lambda body=body: self._program.post("/process-instances", body))
            self._last = started.body["id"]

    def _look(self) -> None:
        path = "/user-tasks?mine=true&status=open&sort=-created_at&limit=20"
        found = self._figures.timed("api inbox", lambda: self._program.get(path)).body["items"]
        self._tasks = [task["id"] for task in found if task["definition_key"].startswith("relay")]
        self._chance.shuffle(self._tasks)

    def _read(self) -> None:
        if self._tasks:
            self._figures.timed("api task", lambda: self._program.get(f"/user-tasks/{self._tasks[-1]}"))

    def _draft(self) -> None:
        if self._tasks:
            path, body = f"/user-tasks/{self._tasks[-1]}/draft", {"variables": {"note": "暂存的意见" * 20}}
            self._figures.timed("api draft", lambda: self._program.put(path, body))

    def _complete(self) -> None:
        if not self._tasks:
            self._look()
        if not self._tasks:
            return
        task_id, body = self._tasks.pop(), {"variables": {"outcome": "done"}}
        path = f"/user-tasks/{task_id}/completion"
        done = self._figures.timed("api completion", lambda: self._program.post(path, body))
        if done.status == 200:
            self._tasks += [opened["id"] for opened in done.body["opened"]]

    def _board(self) -> None:
        self._figures.timed("api board", lambda: self._program.get("/supervision/board"))

    def _history(self) -> None:
        if self._last:
            self._figures.timed("api history", lambda: self._program.get(f"/process-instances/{self._last}/events"))


class Reader:
    """A person who reads the pages that are hers, opens a task and lets the page save what was typed."""

    PAGES = {"page inbox": "/inbox", "page done": "/inbox/done", "page board": "/board", "page histories": "/histories",
             "page plan": "/plan"}  # fmt: skip
    OFTEN = {"page inbox": 10, "page done": 2, "page board": 2, "page histories": 2, "page plan": 1}

    def __init__(self, browser: Browser, figures: Figures, chance: random.Random) -> None:
        self._browser, self._figures, self._chance = browser, figures, chance
        self._often = {kind: n for kind, n in self.OFTEN.items() if browser.get(self.PAGES[kind]).status == 200}

    def act(self) -> None:
        kind = self._chance.choices(list(self._often), list(self._often.values()))[0]
        page = self._figures.timed(kind, lambda: self._browser.get(self.PAGES[kind]))
        if kind == "page inbox" and page.task_ids:
            self._open(self._chance.choice(page.task_ids))

    def _open(self, task_id: str) -> None:
        opened = self._figures.timed("page task", lambda: self._browser.get(f"/tasks/{task_id}"))
        if opened.status == 200 and f"/tasks/{task_id}/draft" in opened.text:
            typed = {"problems": "部分企业研发投入不足，服务力量仍较薄弱。"}
            self._figures.timed("page draft", lambda: self._browser.post(f"/tasks/{task_id}/draft", typed))


Client = ProgramClient | Reader


def work(client: Client, end: float, chance: random.Random) -> None:
    while time.perf_counter() < end:
        client.act()
        time.sleep(chance.random() * PAUSE)


@pytest.fixture
def december() -> Iterator[None]:
    """The clock of this process; the processes under test have it from DUBAN_CLOCK."""
    clock.start_at(STARTED_AT)
    yield
    clock.start_at(None)


def open_season(house: House) -> None:
    """The units' reports are open, and the readers have a password."""
    Walk(house).collect(*UNITS)
    with house.database.transaction() as session:
        password = {"password_hash": house.passwords.hash(PASSWORD), "password_changed_at": clock.now()}
        session.execute(update(Person).where(Person.login.in_(READERS)).values(**password))


@pytest.mark.slow
def test_load_mix(december: None, house: House, database_url: str, tmp_path: Path, figure_line: FigureLine) -> None:
    open_season(house)
    figures = Figures()
    with processes(database_url, tmp_path, DUBAN_CLOCK=STARTED_AT.isoformat()) as born:
        born.bear(*ON[house.database.engine.dialect.name])
        programs = [Program(born.port, token_of(house, login)) for login in PROGRAMS]
        browsers = [Browser(born.port, login, PASSWORD) for login in READERS]
        clients: list[Client] = [
            *(
                ProgramClient(program, figures, f"day-{number}", random.Random(number))
                for number, program in enumerate(programs)
            ),
            *(Reader(browser, figures, random.Random(number)) for number, browser in enumerate(browsers)),
        ]
        began = time.perf_counter()
        seconds = SIZES.load_seconds / 2
        with ThreadPoolExecutor(len(clients)) as pool:
            done = [pool.submit(work, client, began + seconds, random.Random(n)) for n, client in enumerate(clients)]
        for one in done:
            one.result()
        took = time.perf_counter() - began
        for client in (*programs, *browsers):
            client.close()
        until(lambda: not pending_effects(house), 30, "the delivery of all messages")
        failed = list(born.failed)

    assert (figures.unexpected, failed) == ([], [])
    lost = sum(count for status, count in figures.statuses.items() if status in LOST)
    completions = len(figures.seconds["api completion"])
    figure_line(
        f"{len(clients)} clients, {took:.0f} s, {len(figures.all):,} answers, {len(figures.all) / took:.0f}/s "
        f"({completions / took:.0f}/s completions), {percentiles(figures.all)}; 0 x 5xx, {lost} overtaken; "
        f"{require_green(house)}; {'; '.join(figures.lines())}"
    )
