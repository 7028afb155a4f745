"""Many clients want one user task at one moment: exactly one has it, the others are told so, and nobody meets a 5xx."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.models.timer import Timer
from app.models.user_task import UserTask
from app.services import outbox
from app.services import processes as instances
from app.services.house import House
from tests.factories import actor
from tests.figure_lines import FigureLine
from tests.services.december_report_walk import Walk, unit_key
from tests.torture.conftest import CLERKS
from tests.torture.oracle import require_green
from tests.torture.processes import processes
from tests.torture.programs import Program, Reply, token_of
from tests.torture.sizes import SIZES

ON = {"sqlite": ("web 1",), "postgresql": ("web 1", "web 2", "web 3")}
DONE, LOST, CANCELLED = 200, 409, 410
UNITS = (
    "sci",
    "miit",
    "drc",
    "fin",
    "com",
    "hrss",
    "amr",
    "guangling",
    "hanjiang",
    "jiangdu",
    "baoying",
    "yizheng",
)  # who reports
EVERY = 10  # after so many rounds of completions comes one of each other kind
Shot = Callable[[], Reply]


class Contest:
    """As many clients as there are clerks in it, each with its own account and connection, who act at one moment."""

    def __init__(self, house: House, port: int, clients: int) -> None:
        self.house = house
        self.office = actor(house, "office")
        self.tokens = [token_of(house, login) for login in CLERKS[:clients]]
        self.programs = [Program(port, token) for token in self.tokens]
        self.twins = [Program(port, self.tokens[0]) for _ in self.tokens]
        self.rounds: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self._pool = ThreadPoolExecutor(clients + 1)

    def at_once(self, kind: str, shots: Sequence[Callable[[], Any]]) -> list[Any]:
        """What each got, in their order."""
        line = threading.Barrier(len(shots))

        def go(shot: Callable[[], Any]) -> Any:
            line.wait()
            return shot()

        self.rounds[kind] += 1
        replies = list(self._pool.map(go, shots))
        self.statuses.update(reply.status for reply in replies if isinstance(reply, Reply))
        return replies

    def task(self, key: str, **variables: str) -> str:
        """The user task of a new instance."""
        number = self.rounds.total()
        started = instances.start(self.house, self.office, key, variables, key=f"{key}-{number}")
        with self.house.database.reading() as session:
            return session.scalars(select(UserTask.id).where(UserTask.instance_id == started["id"])).one()

    def close(self) -> None:
        self._pool.shutdown()
        for program in (*self.programs, *self.twins):
            program.close()


def complete(program: Program, task_id: str, key: str) -> Shot:
    return lambda: program.post(f"/user-tasks/{task_id}/completion", {"variables": {}}, Idempotency_Key=key)


def claim(program: Program, task_id: str) -> Shot:
    return lambda: program.post(f"/user-tasks/{task_id}/claim")


def statuses(replies: Sequence[Reply]) -> list[int]:
    return sorted(reply.status for reply in replies)


def completions(contest: Contest) -> None:
    task_id = contest.task("linear")
    shots = [complete(program, task_id, f"{n}-{task_id}") for n, program in enumerate(contest.programs)]

    replies = contest.at_once("completion", shots)

    assert statuses(replies) == [DONE, *[LOST] * (len(shots) - 1)], replies
    assert {reply.body["code"] for reply in replies if reply.status == LOST} == {"already_completed"}


def claims(contest: Contest) -> None:
    task_id = contest.task("linear")
    shots = [claim(program, task_id) for program in contest.programs]

    replies = contest.at_once("claim", shots)

    assert statuses(replies) == [DONE, *[LOST] * (len(shots) - 1)], replies


def claims_and_completions(contest: Contest) -> None:
    task_id = contest.task("linear")
    shots = [
        claim(program, task_id) if n % 2 else complete(program, task_id, f"{n}-{task_id}")
        for n, program in enumerate(contest.programs)
    ]

    replies = contest.at_once("claim x completion", shots)

    assert statuses(replies) == [DONE, *[LOST] * (len(shots) - 1)], replies


def one_key(contest: Contest) -> None:
    """One program that sends the same thing again and again because it hears nothing."""
    task_id = contest.task("linear")
    shots = [complete(program, task_id, f"same-{task_id}") for program in contest.twins]

    replies = contest.at_once("one key", shots)

    assert statuses(replies) == [DONE] * len(shots), replies
    assert len({reply.body["opened"][0]["id"] for reply in replies}) == 1


def completions_and_timer(contest: Contest) -> None:
    task_id = contest.task("lapse", lapse_at=(clock.now() - timedelta(seconds=1)).isoformat())
    timer_id = timer_beside(contest.house, task_id)
    shots: list[Callable[[], Any]] = [
        complete(program, task_id, f"{n}-{task_id}") for n, program in enumerate(contest.programs)
    ]

    *replies, fired = contest.at_once("completion x timer", [*shots, lambda: instances.fire(contest.house, timer_id)])

    if fired["fired"]:
        assert set(statuses(replies)) <= {LOST, CANCELLED}, replies
    else:
        assert statuses(replies) == [DONE, *[LOST] * (len(shots) - 1)], replies


def timer_beside(house: House, task_id: str) -> str:
    with house.database.reading() as session:
        asked = select(Timer.task_id).join(UserTask, UserTask.instance_id == Timer.instance_id)
        return session.scalars(asked.where(UserTask.id == task_id)).one()


class Reviews:
    """While the office accepts a report, its unit withdraws it; what was withdrawn is handed in again."""

    def __init__(self, contest: Contest, port: int) -> None:
        self.walk = Walk(contest.house)
        self.walk.collect(*UNITS).on("2024-12-20")
        self._left = iter(UNITS)
        self._unit = next(self._left, None)
        self._port = port

    def __call__(self, contest: Contest) -> None:
        """Nothing, once every unit's report is accepted."""
        if self._unit is None:
            return
        self.walk.submit(self._unit)
        task = self.walk.task("review_report", unit_key(self._unit))
        verdict = {**self.walk.form(task), "outcome": "accepted", "quality_level": "good"}
        path, key = f"/user-tasks/{task.id}", f"{contest.rounds.total()}-{task.id}"

        def accept(program: Program, number: int) -> Shot:
            body = {"variables": verdict}
            return lambda: program.post(f"{path}/completion", body, Idempotency_Key=f"{number}-{key}")

        contact = Program(self._port, token_of(contest.house, f"contact.{self._unit}"))
        shots = [accept(program, number) for number, program in enumerate(contest.programs[1:])]
        withdrawn, *replies = contest.at_once(
            "completion x withdrawal", [lambda: contact.post(f"{path}/withdrawal"), *shots]
        )
        contact.close()

        assert statuses([withdrawn, *replies])[0] == DONE, replies
        assert set(statuses([withdrawn, *replies])[1:]) <= {LOST, CANCELLED}, replies
        if withdrawn.status != DONE:
            self._unit = next(self._left, None)


@contextmanager
def contest_on(house: House, database_url: str, folder: Path) -> Iterator[tuple[Contest, Reviews]]:
    with processes(database_url, folder) as born:
        born.bear(*ON[house.database.engine.dialect.name])
        contest = Contest(house, born.port, SIZES.winner_clients)
        try:
            yield contest, Reviews(contest, born.port)
        finally:
            contest.close()
        assert born.failed == []


@pytest.mark.slow
def test_one_winner(house: House, database_url: str, tmp_path: Path, figure_line: FigureLine) -> None:
    rounds = SIZES.winner_rounds // 2
    with contest_on(house, database_url, tmp_path) as (contest, reviews):
        for number in range(rounds):
            completions(contest)
            if number % EVERY == 0:
                for kind in (claims, claims_and_completions, one_key, completions_and_timer, reviews):
                    kind(contest)

    outbox.drain(house)

    kinds = ", ".join(f"{count:,} {kind}" for kind, count in contest.rounds.items())
    answers = ", ".join(f"{count:,} x {status}" for status, count in sorted(contest.statuses.items()))
    assert not any(status >= 500 for status in contest.statuses), answers
    figure_line(f"{SIZES.winner_clients} clients, rounds: {kinds}; one winner each; {answers}; {require_green(house)}")
