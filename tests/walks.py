"""Walks the small models of tests/engine through the real services: tasks, timers and messages in a random order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from app import clock
from app.errors import IncidentOpen
from app.models.process import ProcessInstance, Subscription
from app.models.timer import Timer
from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import CLOCK, SYSTEM
from app.services import processes, tasks, timers
from app.services.definitions import deploy
from app.services.house import House
from tests.factories import actor

ENGINE = Path(__file__).parent / "engine"
BEGIN = datetime(2024, 1, 2, 1, tzinfo=UTC)
DUE = {"due_at": (BEGIN + timedelta(days=3)).isoformat(), "remind_at": (BEGIN + timedelta(days=2)).isoformat()}
UNITS = {"units": {"drc": {"n": 1}, "sci": {"n": 2}, "agri": {"n": 3}}}
VARIABLES: Mapping[str, Any] = {"round": 0, "outcome": "", **DUE, **UNITS}
OUTCOMES = ("yes", "no", "again", "returned")


def started(house: House, model: str, business_key: str = "one") -> str:
    """A new instance of tests/engine/valid_<model>.bpmn."""
    with clock.held(BEGIN):
        deploy(house, SYSTEM, {f"{model}.bpmn": (ENGINE / f"valid_{model}.bpmn").read_bytes()})
        key = f"start:{model}:{business_key}"
        answer = processes.start(
            house, actor(house, "office"), model, VARIABLES, key=key, business_key=f"{model}:{business_key}"
        )
    return str(answer["id"])


def walked(house: House, model: str, seed: int = 0, steps: int = 25) -> str:
    """An instance that went on until it ended, had made so many steps, or a service task without an action stopped it.

    An hour passes between two steps.
    """
    instance_id, chance = started(house, model, str(seed)), Random(seed)
    for number in range(steps):
        at = BEGIN + timedelta(hours=number + 1)
        try:
            if not move(house, instance_id, chance, at, f"{instance_id}:{number}"):
                break
        except IncidentOpen:
            break
    return instance_id


def move(house: House, instance_id: str, chance: Random, at: datetime, key: str) -> bool:
    """One thing that can happen next; False when nothing can."""
    with house.database.reading() as session:
        is_hers = UserTask.principal.in_(actor(house, "office").principals)  # what lies in other lanes stays open
        open_ = select(UserTask.id).where(UserTask.instance_id == instance_id, IS_OPEN, is_hers)
        waiting = select(Timer.due_at).where(Timer.instance_id == instance_id, Timer.status == "waiting")
        awaited = select(Subscription.message, Subscription.key).where(Subscription.instance_id == instance_id)
        moves: list[tuple[str, Any]] = [("task", id_) for id_ in session.scalars(open_.order_by(UserTask.id))]
        moves += [("timer", due_at) for due_at in session.scalars(waiting.order_by(Timer.task_id))]
        moves += [("message", tuple(row)) for row in session.execute(awaited.order_by(Subscription.task_id))]
    if not moves:
        return False
    kind, what = chance.choice(moves)
    with clock.held(max(at, what) if kind == "timer" else at):
        _do(house, kind, what, chance, key)
    return True


def _do(house: House, kind: str, what: Any, chance: Random, key: str) -> None:
    office = actor(house, "office")
    if kind == "timer":
        timers.fire_due(house, limit=1)
    elif kind == "message":
        processes.deliver(house, CLOCK, *what, key=key)
    elif chance.random() < 0.2:
        tasks.claim(house, office, what, key=key)
    else:
        tasks.complete(house, office, what, {"outcome": chance.choice(OUTCOMES), "note": "情况属实"}, key=key)


def instance_of(house: House, instance_id: str) -> ProcessInstance:
    with house.database.reading() as session:
        return session.get_one(ProcessInstance, instance_id)
