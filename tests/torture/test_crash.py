"""kill -9 of web and scheduler, at random moments and at every place where it could matter: nothing is lost or doubled.

On SQLite one web server and one scheduler, on PostgreSQL three and two. Programs send completions and are cut off in
the middle of them; they come again under the same key, and at the end their journals are held against the log.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from app.services.house import House
from tests.figure_lines import FigureLine
from tests.torture.fail_points import AFTER_COMMIT, ANSWER, BEFORE_COMMIT, STATEMENT
from tests.torture.oracle import active_instances, asked_again, pending_effects, replayed_afresh, require_green, verdict
from tests.torture.processes import Processes, processes, until
from tests.torture.programs import Entry, Program, Reply, token_of
from tests.torture.relay_race import PER_PAIR, RelayRace
from tests.torture.sizes import SIZES

ON = {"sqlite": ("web 1", "scheduler 1"), "postgresql": ("web 1", "web 2", "web 3", "scheduler 1", "scheduler 2")}
BY_REQUEST = 0.6  # the share of deaths that a completion carries with it; the others come from outside


class Tour:
    """Leads the programs' requests to every place of a completion, the places not yet reached first."""

    def __init__(self, deaths: int, completions: int) -> None:
        self.deaths = deaths
        self.reached: Counter[str] = Counter()
        self._every = completions / deaths
        self._asked = 0
        self._passed: Counter[tuple[int, int]] = Counter()
        self._chance = random.Random(8)
        self._lock = threading.Lock()

    @property
    def places(self) -> list[str]:
        """Of the usual completion: one that had to begin anew has more, and few of them come by."""
        [((statements, commits), _)] = self._passed.most_common(1)
        passed = [f"{STATEMENT} {number}" for number in range(1, statements + 1)]
        passed += [f"{place} {n}" for place in (BEFORE_COMMIT, AFTER_COMMIT) for n in range(1, commits + 1)]
        return [*passed, f"{ANSWER} 1"]

    def choose(self) -> str:
        with self._lock:
            self._asked += 1
            happened = self.reached.total()
            if not self._passed or happened >= self.deaths or self._asked < (happened + 1) * self._every:
                return ""
            left = [place for place in self.places if place not in self.reached]
            return self._chance.choice(left or self.places)

    def note(self, entry: Entry, reply: Reply, die: str) -> None:
        """What a request passed when nothing was in its way, or where it died."""
        with self._lock:
            if die and entry.breaks:
                self.reached[die] += 1
            elif reply.is_success and not entry.breaks:
                statements, commits = map(int, reply.headers["X-Passed"].split())
                self._passed[statements, commits] += 1


def scheduler_plans(chance: random.Random) -> str:
    """Half of the schedulers are born with a place where they will die."""
    if chance.random() < 0.5:
        return ""
    place = chance.choice([STATEMENT, BEFORE_COMMIT, AFTER_COMMIT])
    return f"{place} {chance.randint(20, 200) if place == STATEMENT else chance.randint(3, 20)}"


def kill_from_outside(born: Processes, race: RelayRace, kills: int, chance: random.Random) -> None:
    """At random moments, as many as are missing beside those of the requests, so that they are spread over the race."""
    while born.kills() < kills:
        time.sleep(chance.random() * 0.1)
        if race.is_over or born.kills() < kills * race.completed / race.wanted:
            born.kill(chance.choice(born.names))


@pytest.mark.slow
def test_crash(house: House, database_url: str, tmp_path: Path, figure_line: FigureLine) -> None:
    kills, pairs = SIZES.crash_kills // 2, SIZES.crash_completions // 2 // PER_PAIR + 1
    chance = random.Random(9)
    tour = Tour(int(kills * BY_REQUEST), pairs * PER_PAIR)
    token = token_of(house, "office")

    plans = {"web": lambda: "", "scheduler": lambda: scheduler_plans(chance), "worker": lambda: ""}
    with processes(database_url, tmp_path, next_plan=lambda role: plans[role]()) as born:
        born.bear(*ON[house.database.engine.dialect.name])
        race = RelayRace(born.port, [token], pairs, choose_death=tour.choose, answered=tour.note)
        killer = threading.Thread(target=kill_from_outside, args=(born, race, kills, chance))
        killer.start()
        began = time.perf_counter()
        race.run()
        killer.join()
        seconds = time.perf_counter() - began
        found = verdict(house, race.journal.entries)
        until(lambda: not active_instances(house, "relay", "relay_end"), 60, f"the end of all instances ({found})")
        until(lambda: not pending_effects(house), 30, "the delivery of all messages")
        with closing(Program(born.port, token)) as program:
            again, differing = asked_again(program, race.journal.entries, at_most=200)
        killed, failed = born.killed.copy(), list(born.failed)

    found = verdict(house, race.journal.entries)
    assert (found.lost, found.doubled, found.differing, differing) == (0, 0, 0, 0), found
    assert found.acknowledged >= race.wanted
    assert failed == []
    assert killed.total() >= kills
    assert set(tour.reached) >= set(tour.places)
    deaths = f"{killed.total()} kills ({killed['web']} web, {killed['scheduler']} scheduler)"
    places = f"at each of {len(tour.places)} places of a completion and at random"
    repeated = f"{again} asked again, {differing} differ"
    figure_line(f"{deaths} {places}, {found}; {repeated}; {require_green(house)}; {seconds:.0f} s")
    figure_line(replayed_afresh(house))
