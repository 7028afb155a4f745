"""The disk of the database fills up under work and is freed again: 507 until then, nothing half, and work goes on.

The database lies on a memory file system of a few megabytes; PostgreSQL's log lies elsewhere, as a log that cannot
grow stops the server, which is `database_away`.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from app.models.user_task import IS_OPEN, Attachment, UserTask
from app.services import attachments
from app.services import processes as instances
from app.services.attachments import Upload
from app.services.house import House
from tests.databases import PrepareDatabase
from tests.factories import actor, house_on
from tests.figure_lines import FigureLine
from tests.postgres import own_binaries, server_of
from tests.torture.oracle import require_green, verdict
from tests.torture.processes import processes, until
from tests.torture.programs import Entry, Journal, Program, token_of
from tests.torture.sizes import SIZES
from tests.torture.small_disks import SmallDisk, small_disk
from tests.torture.witness import Witness

FULL, BUSY = 507, 503
MAY_ANSWER = frozenset({409, BUSY, FULL})
CLERKS = 4
MOST_RECOVERY = 10.0  # seconds
LEFT = 64 * 1024  # bytes; what remains is used up by work
SMALL = "-c fsync=off -c full_page_writes=off -c max_connections=40 -c shared_buffers=8MB"
KINDS = ["sqlite", "postgresql"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system"),
]


@contextmanager
def house_on_a_small_disk(kind: str, prepare: PrepareDatabase) -> Iterator[tuple[House, SmallDisk]]:
    with small_disk(megabytes=24 if kind == "sqlite" else 160) as disk:
        if kind == "sqlite":
            url = f"sqlite:///{disk.folder / 'duban.sqlite3'}"
            yield from _prepared(url, disk, prepare)
            return
        with server_of(own_binaries(), SMALL, disk.folder / "data") as server:
            yield from _prepared(server.create("duban"), disk, prepare)


def _prepared(url: str, disk: SmallDisk, prepare: PrepareDatabase) -> Iterator[tuple[House, SmallDisk]]:
    prepare(url)
    house = house_on(url, disk.folder)
    try:
        yield house, disk
    finally:
        house.close()


class Clerks:
    """Who start and complete, each thing under its key until it is done; they come again whatever they are told."""

    def __init__(self, house: House, port: int, token: str) -> None:
        self.journal, self.statuses = Journal(), Counter[int]()
        self.wrong: list[str] = []
        self.done_at = [0.0] * CLERKS
        self._house, self._port, self._token = house, port, token
        self._is_over = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with ThreadPoolExecutor(CLERKS) as pool:
            working = [pool.submit(self._work, number) for number in range(CLERKS)]
            try:
                yield
            finally:
                self._is_over.set()
        for work in working:
            work.result()

    def are_refused(self, times: int) -> bool:
        return self.statuses[FULL] >= times

    def have_all_succeeded_since(self, moment: float) -> bool:
        return min(self.done_at) > moment

    def _work(self, clerk: int) -> None:
        program, number = Program(self._port, self._token, timeout=60), 0
        while not self._is_over.is_set():
            number += 1
            key = f"start-{clerk}-{number}"
            body = {"definition_key": "linear", "business_key": key, "variables": {"note": "材" * 800}}
            start = self.journal.entry(key, "/process-instances", body)
            self._insist(program, clerk, start)
            for task_id in self._open_tasks(start):
                variables = {"variables": {"note": "说明" * 400}}
                path = f"/user-tasks/{task_id}/completion"
                self._insist(program, clerk, self.journal.entry(f"done-{task_id}", path, variables))
        program.close()

    def _insist(self, program: Program, clerk: int, entry: Entry) -> None:
        while True:
            began = time.perf_counter()
            reply = program.post(entry.path, entry.body, Idempotency_Key=entry.key)
            self.statuses[reply.status] += 1
            if reply.is_success:
                entry.reply, self.done_at[clerk] = reply, began
                return
            if reply.status not in MAY_ANSWER:
                self.wrong.append(f"{entry.path}: {reply.status} {reply.body}")
                self._is_over.set()
            if self._is_over.is_set():
                return
            time.sleep(0.05)

    def _open_tasks(self, start: Entry) -> Iterator[str]:
        """One after the other, until none is left."""
        instance_id = start.reply.body["id"] if start.reply else ""
        while True:
            with self._house.database.reading() as session:
                asked = select(UserTask.id).where(UserTask.instance_id == instance_id, IS_OPEN)
                task_id = session.scalars(asked).first()
            if task_id is None or self._is_over.is_set():
                return
            yield task_id


def refused_upload(house: House, task_id: str) -> None:
    """A file that does not fit leaves neither a row nor a part of itself."""
    office, there = actor(house, "office"), sorted(house.files.glob("*"))
    big = Upload("大.pdf", BytesIO(b"%PDF-1.4\n" + b"0" * (8 << 20)))

    with pytest.raises(OSError, match="No space left"):
        attachments.store(house, office, task_id, [big])

    assert sorted(house.files.glob("*")) == there
    with house.database.reading() as session:
        assert session.scalars(select(Attachment)).all() == []


def witness_task(house: House) -> str:
    started = instances.start(house, actor(house, "office"), "linear", {}, key="draft", business_key="draft")
    with house.database.reading() as session:
        return session.scalars(select(UserTask.id).where(UserTask.instance_id == started["id"])).one()


@pytest.mark.parametrize("kind", KINDS)
def test_disk_full(kind: str, prepare_database: PrepareDatabase, tmp_path: Path, figure_line: FigureLine) -> None:
    times = SIZES.disk_full // 2 if kind == "postgresql" else SIZES.disk_full - SIZES.disk_full // 2
    recoveries = []

    with house_on_a_small_disk(kind, prepare_database) as (house, disk):
        token, task_id = token_of(house, "office"), witness_task(house)
        with processes(house.settings.database_url, tmp_path) as born:
            born.bear("web 1")
            clerks, witness = Clerks(house, born.port, token), Witness(born.port, token, task_id, MAY_ANSWER)
            with clerks.at_work(), witness.watching():
                for _ in range(times):
                    disk.fill(LEFT)
                    until(partial(clerks.are_refused, clerks.statuses[FULL] + 3 * CLERKS), 60, "the full disk")
                    disk.fill(0)
                    refused_upload(house, task_id)
                    disk.free()
                    recoveries.append(recovery(clerks, witness))
            failed = list(born.failed)

        found = verdict(house, clerks.journal.entries)
        assert (clerks.wrong, witness.wrong, failed) == ([], [], [])
        assert (found.lost, found.doubled, found.differing) == (0, 0, 0), found
        assert witness.reads_refused == 0
        assert max(recoveries) <= MOST_RECOVERY
        figure_line(
            f"{times} times full, {clerks.statuses[FULL]} answers 507, {clerks.statuses[BUSY]} answers 503, {found}; "
            f"{sum(witness.statuses.values())} pages and drafts asked for, no page refused; longest recovery "
            f"{max(recoveries):.1f} s; {require_green(house)}"
        )


def recovery(clerks: Clerks, witness: Witness) -> float:
    freed = time.perf_counter()
    until(lambda: clerks.have_all_succeeded_since(freed) and witness.is_well_since(freed), 60, "the recovery")
    return time.perf_counter() - freed
