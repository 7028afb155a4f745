"""The processes that are measured: small, like a recognition of enterprises, like a campaign, and for single lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import SYSTEM, Actor
from app.services import processes, tasks
from app.services.definitions import deploy
from app.services.house import House

FOLDER = Path(__file__).parent / "models"
YES = {"outcome": "yes"}


@dataclass(frozen=True)
class Model:
    """steps: user tasks completed on the way through. variables: what an instance begins with."""

    name: str
    steps: int
    variables: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"bench_{self.name}"

    @property
    def source(self) -> bytes:
        return (FOLDER / f"{self.key}.bpmn").read_bytes()

    def deploy(self, house: House) -> None:
        deploy(house, SYSTEM, {f"{self.key}.bpmn": self.source})

    def start(self, house: House, actor: Actor, key: str) -> str:
        return str(processes.start(house, actor, self.key, self.variables, key=f"{self.key}:{key}")["id"])


LINEAR = Model("linear", 5, {"outcome": ""})
RECOGNITION = Model(
    "recognition", 17, {"outcome": "", "round": 1, "experts": {f"expert_{n}": {"weight": 20} for n in range(5)}}
)
CAMPAIGN = Model("campaign", 31, {"outcome": "", "units": {f"unit_{n:02}": {"share": n} for n in range(30)}})
REWORK = Model("rework", 1, {"outcome": "", "round": 1})
TIMER = Model("timer", 1, {"outcome": "", "lapses_at": "2022-01-04T01:00:00+00:00"})
COLLECTION, PART = Model("collection", 1), Model("part", 1)
MEASURED = (LINEAR, RECOGNITION, CAMPAIGN)


def open_task_ids(house: House, instance_id: str) -> list[str]:
    wanted = select(UserTask.id).where(UserTask.instance_id == instance_id, IS_OPEN).order_by(UserTask.id)
    with house.database.reading() as session:
        return list(session.scalars(wanted))


def complete(house: House, actor: Actor, task_id: str, answers: Mapping[str, Any] = YES) -> list[str]:
    """The ids of the tasks that it opened."""
    answer = tasks.complete(house, actor, task_id, answers, key=task_id)
    return [opened["id"] for opened in answer["opened"]]
