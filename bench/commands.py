"""A command with all its promises over the floor: started, completed warm and cold, after much rework; its bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import mean
from typing import Any

from sqlalchemy import func, select

from app.models.event import EventPayload
from app.models.process import ProcessInstance
from app.services.house import House
from bench.floor import Stock, durable_commit
from bench.ground import Ground
from bench.measured import Ratio, Times, middle
from bench.models import LINEAR, MEASURED, RECOGNITION, REWORK, YES, Model, complete, open_task_ids
from tests.factories import actor

BYTES = 4096  # what a step of a recognition may write
EARLY, NEAR = 18, 10  # the step that a late one is held against, and how many around each are looked at
AGAIN = {"outcome": "again"}


def complete_over_floor(ground: Ground) -> Iterator[Ratio]:
    for model in MEASURED:
        yield Walks(ground, model, f"complete_over_floor_{model.name}").ratio([ground.house])


def complete_cold_over_floor(ground: Ground) -> Iterator[Ratio]:
    """Two processes take turns at each instance, so that each finds the state stored by the other."""
    with ground.another() as other:
        for model in MEASURED:
            yield Walks(ground, model, f"complete_cold_over_floor_{model.name}").ratio([ground.house, other])


def start_over_floor(ground: Ground) -> Iterator[Ratio]:
    walks = Walks(ground, LINEAR, "start_over_floor")
    above, below = Times(), Times()
    with walks.floor() as commit:
        for number in range(ground.size.steps):
            with above:
                walks.start(number)
            with below:
                commit()
                walks.stock.start()
    yield Ratio(walks.name, middle(above), middle(below), len(above))


def recognition_bytes(ground: Ground) -> Iterator[Ratio]:
    RECOGNITION.deploy(ground.house)
    state, event = weights(ground, RECOGNITION, "bytes")
    note = f"state {state}, event {event}, of {RECOGNITION.steps} steps"
    yield Ratio("recognition_bytes_over_4k", state + event, BYTES, RECOGNITION.steps, "bytes", note)


def rework_late_over_early(ground: Ground) -> Iterator[Ratio]:
    """No growth with finished work: the last rounds of a loop over the first ones."""
    REWORK.deploy(ground.house)
    office, late, early = actor(ground.house, "office"), list[float](), list[float]()
    near = min(NEAR, ground.size.loop // 4)
    for number in range(3):
        [task_id] = open_task_ids(ground.house, REWORK.start(ground.house, office, f"rework:{number}"))
        found = Times()
        for _round in range(ground.size.loop):
            with found:
                [task_id] = complete(ground.house, office, task_id, AGAIN)
        late += found[-near:]
        begin = min(EARLY, ground.size.loop // 2) - near // 2
        early += found[begin : begin + near]
    yield Ratio(f"rework_step_{ground.size.loop}_over_{EARLY}", middle(late), middle(early), len(late))


class Walks:
    """Instances of a model from end to end, each step beside the floor's, so that both meet the same weather."""

    def __init__(self, ground: Ground, model: Model, name: str) -> None:
        """name: of the line, in which no other has the same instances."""
        model.deploy(ground.house)
        self.name = name
        self._ground, self._model = ground, model
        self.stock = Stock(model)
        self.office = actor(ground.house, "office")
        self._weights = weights(ground, model, name)

    @contextmanager
    def floor(self) -> Iterator[Callable[[], None]]:
        """The durable commit of as many bytes as a step of the model writes."""
        with durable_commit(self._ground.url) as commit:
            yield lambda: commit(*self._weights)

    def start(self, number: int) -> str:
        return self._model.start(self._ground.house, self.office, f"{self.name}:{number}")

    def ratio(self, houses: Sequence[House]) -> Ratio:
        with self.floor() as commit:
            above, below = self._both(houses, commit)
        return Ratio(self.name, middle(above), middle(below), len(above))

    def _both(self, houses: Sequence[House], commit: Callable[[], None]) -> tuple[Times, Times]:
        above, below = Times(), Times()
        for number in range(max(1, self._ground.size.steps // self._model.steps)):
            waiting = open_task_ids(houses[0], self.start(number))
            stock = self.stock.start()
            while waiting:
                task_id, house = waiting.pop(0), houses[(len(above) + 1) % len(houses)]
                with above:
                    waiting += complete(house, self.office, task_id)
                with below:
                    commit()
                    self.stock.step(stock, YES)
        return above, below


def weights(ground: Ground, model: Model, name: str) -> tuple[int, int]:
    """Mean bytes of the state that a step stores, and of what its event says, on one way through."""
    office = actor(ground.house, "office")
    instance_id = model.start(ground.house, office, f"{name}:weighed")
    states = []
    waiting = open_task_ids(ground.house, instance_id)
    while waiting:
        waiting += complete(ground.house, office, waiting.pop(0))
        states.append(_number(ground.house, func.length(ProcessInstance.state), ProcessInstance.id == instance_id))
    event = _number(ground.house, func.avg(func.length(EventPayload.body)), EventPayload.stream == instance_id)
    return round(mean(states)), round(event)


def _number(house: House, wanted: Any, *where: Any) -> float:
    with house.database.reading() as session:
        return float(session.scalar(select(wanted).where(*where)) or 0)
