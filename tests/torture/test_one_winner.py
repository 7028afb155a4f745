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
Shot = Callable[[], Reply]


class Contest:
    """As many clients as there are clerks in it, each with its own account and connection, who act at one moment."""

    def __init__(self, house: House, port: int, clients: int) -> None:
        self.house = house
        self.office = actor(house, "office")
        self.tokens = [token_of(house, login) for login in CLERKS[:clients]]
        self.programs = [Program(port, token) for token in self.tokens]
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
        for program in self.programs:
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
