"""complete_over_floor and start_over_floor: a command with all its promises over the floor."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import SYSTEM, Actor
from app.services import processes, tasks
from app.services.definitions import deploy
from app.services.house import House
from bench import floor
from bench.measured import Ratio, middle, times
from tests.factories import actor


def ratios(house: House, url: str, steps: int) -> Iterator[Ratio]:
    commit, spec = floor.durable_commit(url), floor.stock_spec()
    deploy(house, SYSTEM, {"linear.bpmn": floor.MODEL.read_bytes()})
    office = actor(house, "office")
    stock = [floor.stock_start(spec) for _ in range(steps)]

    def floor_of_start() -> None:
        commit()
        floor.stock_start(spec)

    begun = times(lambda number=number: start(house, office, number) for number in range(steps))
    below = times(floor_of_start for _ in range(steps))
    yield Ratio("start_over_floor", middle(begun), middle(below), steps)

    def floor_of_step(number: int) -> None:
        commit()
        floor.stock_step(stock[number])

    waiting = open_task_ids(house)
    done = times(lambda id_=id_: tasks.complete(house, office, id_, {"outcome": "yes"}, key=id_) for id_ in waiting)
    below = times(lambda number=number: floor_of_step(number) for number in range(steps))
    yield Ratio("complete_over_floor", middle(done), middle(below), len(waiting))


def start(house: House, office: Actor, number: int) -> None:
    processes.start(house, office, floor.KEY, {"outcome": "", "round": 0}, key=f"bench:{number}")


def open_task_ids(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(UserTask.id).where(IS_OPEN).order_by(UserTask.created_at, UserTask.id)))
