"""Four web processes, two schedulers, two workers on one PostgreSQL; one of each is killed, one of each is frozen.

The frozen ones sleep beyond their lease, so that others take over what they hold, and then wake up and go on.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.models.outbox import OutboxRow
from app.services import steps
from app.services.cases import Effect
from app.services.house import House
from tests.factories import house_on
from tests.figure_lines import FigureLine
from tests.postbox import Postbox
from tests.torture.nursery import WEB_WORKERS
from tests.torture.oracle import active_instances, asked_again, pending_effects, require_green, verdict
from tests.torture.processes import Processes, processes, until
from tests.torture.programs import Program, token_of
from tests.torture.relay_race import PER_PAIR, RelayRace
from tests.torture.sizes import SIZES

LEASE = 60.0 if SIZES.has_true_lease else 3.0  # seconds
COMMANDS = ("duban_web 1", "duban_scheduler 1", "duban_scheduler 2", "duban_worker 1", "duban_worker 2")
LETTERS = 60


def post_letters(house: House, race: RelayRace) -> None:
    """Spread over the race, so that some are on their way whatever happens."""
    for number in range(LETTERS):
        while not race.is_over and race.completed < race.wanted * number / LETTERS:
            time.sleep(0.02)
        letter = {"to": f"reader.{number}@example.org", "subject": f"催办：第{number}件", "text": "请于今日报送。"}
        with house.database.writing() as connection:
            steps.put_effects(connection, [Effect(f"letter:{number}", "mail", letter)], clock.now())


class Fates:
    """One of each kind is killed at a fifth of the race, another frozen at two fifths, until its lease is over."""

    def __init__(self, born: Processes, race: RelayRace) -> None:
        self._born, self._race = born, race
        self.killed = self.frozen = 0

    def run(self) -> None:
        self._wait(0.2)
        os.kill(self._web_workers()[0], signal.SIGKILL)
        self.killed = 1 + self._born.kill("duban_scheduler 1") + self._born.kill("duban_worker 1")
        self._wait(0.4)
        until(lambda: len(self._web_workers()) == WEB_WORKERS, 30, "the next web process")
        web = self._web_workers()[-1]
        os.kill(web, signal.SIGSTOP)
        others = ("duban_scheduler 2", "duban_worker 2")
        self.frozen = 1 + sum(self._born.kill(name, signal.SIGSTOP) for name in others)
        time.sleep(LEASE + 2)
        if web in self._web_workers():  # gunicorn replaces one that is silent for a minute
            os.kill(web, signal.SIGCONT)
        for name in others:
            self._born.kill(name, signal.SIGCONT)

    def _wait(self, share: float) -> None:
        while not self._race.is_over and self._race.completed < self._race.wanted * share:
            time.sleep(0.02)

    def _web_workers(self) -> list[int]:
        """The processes of the one `duban web`, which bears them again itself."""
        master = self._born.pid("duban_web 1")
        return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def answers(port: int) -> Callable[[], bool]:
    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return listens


@pytest.mark.slow
def test_many_processes(
    postgres_database_url: str, tmp_path: Path, postbox: tuple[Postbox, int], figure_line: FigureLine
) -> None:
    house = house_on(postgres_database_url, tmp_path)
    box, mail_port = postbox
    token = token_of(house, "office")
    mail = f"mailto://127.0.0.1:{mail_port}?mode=insecure"

    with processes(postgres_database_url, tmp_path, lease_seconds=LEASE, DUBAN_MAIL_URL=mail) as born:
        born.bear(*COMMANDS)
        until(answers(born.port), 60, "the web door")
        race = RelayRace(born.port, [token], SIZES.many_completions // PER_PAIR, timeout=2)
        fates = Fates(born, race)
        threads = [threading.Thread(target=fates.run), threading.Thread(target=post_letters, args=(house, race))]
        for thread in threads:
            thread.start()
        race.run()
        for thread in threads:
            thread.join()
        found = verdict(house, race.journal.entries)
        until(
            lambda: not active_instances(house, "relay", "relay_end"), LEASE + 60, f"the end of all instances ({found})"
        )
        until(lambda: not pending_effects(house), LEASE + 60, "the delivery of all messages")
        until(lambda: not pending_effects(house, "mail"), LEASE + 60, "the sending of all letters")
        with closing(Program(born.port, token)) as program:
            again, differing = asked_again(program, race.journal.entries, at_most=100)
        failed = list(born.failed)

    found = verdict(house, race.journal.entries)
    sent = Counter(letter["Subject"] for letter in box.letters)
    assert (found.lost, found.doubled, found.differing, differing) == (0, 0, 0, 0), found
    assert failed == []
    assert (fates.killed, fates.frozen) == (3, 3)
    assert len(sent) == LETTERS
    assert marked_done(house) == LETTERS
    fate = f"{fates.killed} killed, {fates.frozen} frozen for {LEASE + 2:.0f} s"
    letters = f"{LETTERS} letters, {sent.total()} sent, each at least once, each marked done once"
    repeated = f"{again} asked again, {differing} differ"
    figure_line(f"{WEB_WORKERS} web, 2 + 2 beside; {fate}; {found}; {repeated}; {letters}; {require_green(house)}")
    house.close()


def marked_done(house: House) -> int:
    """Effect keys are unique, so that a row is an effect."""
    with house.database.reading() as session:
        rows = session.scalars(select(OutboxRow.status).where(OutboxRow.kind == "mail"))
        return sum(1 for status in rows if status == "done")
