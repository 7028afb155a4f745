"""Spoilt BPMN: each file is accepted or refused with reasons, at once; what was accepted runs, or stops as a fault."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

from app.engine import Advance, Definition, Engine, InvalidDefinition, ModelFault, Step, Subscription, load
from app.engine.types import OpenTask, OpenTimer
from tests.figure_lines import FigureLine
from tests.torture import mutants
from tests.torture.sizes import SIZES

HERE = Path(__file__).parents[2]
FILES = [*sorted((HERE / "tests" / "engine").glob("*.bpmn")), *sorted((HERE / "workflows").glob("*.bpmn"))]
CALLED = (HERE / "tests" / "engine" / "called.bpmn").read_bytes()
BEGIN = datetime(2024, 1, 1, 1, tzinfo=UTC)
KEY = b"a key of the tests, 32 bytes long"
DATA = {
    "outcome": "", "round": 0, "units": {"a": {"n": 1}, "b": {"n": 2}}, "due_at": BEGIN.isoformat(), "skip": False,
    "remind_at": BEGIN.isoformat(), "want_a": True, "want_b": True, "is_big": True, "notice_key": "n1",
}  # fmt: skip
MOVES = 8
MOST_SECONDS = 5.0


class _World:
    """A host that does nothing, and has all the time of the world."""

    def act(self, operation: str, element_id: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {}

    def due(self, rule: str, element_id: str, data: Mapping[str, Any]) -> datetime:
        return datetime(2099, 1, 1, tzinfo=UTC)


class Walk:
    """One instance, driven by chance; every other one from stored bytes at each step."""

    def __init__(self, definition: Definition, chance: random.Random) -> None:
        self.definition, self.chance = definition, chance
        self.engine, self.world = Engine(KEY), _World()
        self.is_live = chance.random() < 0.5
        self.version = 0
        self.waiting: dict[str, OpenTask | OpenTimer | Subscription] = {}
        self.last = self._take(self.engine.start(definition, self._step(), DATA, self.world))

    def go(self) -> None:
        for _ in range(MOVES):
            if self.last.status != "active":
                return
            self.last = self._take(self._move(self.engine, self.chance.choice(sorted(self.waiting))))

    def require_restorable(self) -> None:
        """A new engine goes on with the stored bytes as this one does with its live object."""
        if self.last.status != "active":
            assert not self.waiting
            return
        cancelled = Engine(KEY).cancel(self.definition, self.last.state, self._step())
        assert cancelled.status == "cancelled"
        self.engine.keep(self.last)
        assert self.engine.cancel(self.definition, self.last.state, self._step()).state_hash == cancelled.state_hash

    def _move(self, engine: Engine, task_id: str) -> Advance:
        awaited, state, step = self.waiting[task_id], self.last.state, self._step()
        if isinstance(awaited, OpenTask):
            answers = {"outcome": self.chance.choice(("yes", "no", "again", "bad", "")), "upheld": True}
            return engine.complete(self.definition, state, step, task_id, answers, self.world)
        if isinstance(awaited, OpenTimer):
            return engine.fire(self.definition, state, step, task_id, self.world)
        return engine.deliver(self.definition, state, step, task_id, awaited.message, self.world)

    def _step(self) -> Step:
        return Step("instance-1", self.version, BEGIN + timedelta(hours=self.version))

    def _take(self, advance: Advance) -> Advance:
        self.version += 1
        ended = [*(task.task_id for task in advance.closed), *advance.timers_closed, *advance.subscriptions_closed]
        for task_id in ended:
            del self.waiting[task_id]
        self.waiting |= {begun.task_id: begun for begun in (*advance.opened, *advance.timers, *advance.subscriptions)}
        if self.is_live:
            self.engine.keep(advance)
        return advance


@contextmanager
def _at_once(seconds: list[float]) -> Iterator[None]:
    began = process_time()
    yield
    seconds.append(process_time() - began)
    assert seconds[-1] < MOST_SECONDS


def _fate(content: bytes, key: str, chance: random.Random, seconds: list[float]) -> str:
    sources = {"p.bpmn": content}
    if b'calledElement="called"' in content:
        sources["called.bpmn"] = CALLED
    try:
        with _at_once(seconds):
            definition = load(sources, key)
        with _at_once(seconds):
            walk = Walk(definition, chance)
            walk.go()
    except InvalidDefinition as refused:
        return "refused" if refused.problems else "refused without a reason"
    except ModelFault as fault:
        return "faulted" if fault.element_id else "faulted nowhere"
    walk.require_restorable()
    return "ran"


def test_a_spoilt_file_is_refused_or_runs_or_stops_as_a_fault(figure_line: FigureLine) -> None:
    roots = [(path, mutants.seed(path.read_bytes())) for path in FILES]
    fates: Counter[str] = Counter()
    seconds: list[float] = []
    for number in range(SIZES.bpmn_mutations):
        chance = random.Random(number)
        path, root = chance.choice(roots)
        content = mutants.mutated(chance, root)
        key = re.sub(r"^(in)?valid_", "", path.stem)
        try:
            fates[_fate(content, key, chance, seconds)] += 1
        except Exception as error:
            error.add_note(f"mutation {number} of {path.name}")
            raise

    figure_line(f"{SIZES.bpmn_mutations} mutations of {len(FILES)} files, {dict(fates)}, longest {max(seconds):.2f} s")
    assert fates.keys() == {"refused", "faulted", "ran"}
    assert fates["ran"] > SIZES.bpmn_mutations / 50
