"""Drawn timers that get another instant: a step of the engine, and their rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.db import table_of
from app.engine import Advance, Definition, Engine, Step
from app.models.timer import HELD, Timer
from app.services.cases import InstanceRow
from app.services.projections import NEVER
from app.services.work import Work

TIMER = table_of(Timer)
FAR = datetime(9999, 12, 31, tzinfo=UTC)  # it stands still

Instants = Mapping[str, datetime]


def told_of(rows: Mapping[str, Any], instants: Instants) -> list[dict[str, str]]:
    """What an event says of them. rows: of Timer, by task id."""
    return [
        {
            "timer": task_id,
            "element": rows[task_id].element_id,
            "from": rows[task_id].due_at.isoformat(),
            "to": due_at.isoformat(),
        }
        for task_id, due_at in instants.items()
    ]


def mover(instants: Instants) -> Any:
    """The action for steps.move."""

    def act(engine: Engine, definition: Definition, row: InstanceRow, step: Step, host: Any) -> Advance:
        return engine.move_timers(definition, row.state, step, instants)

    return act


def follow(work: Work, instants: Instants) -> None:
    """The rows say when each fires; one that stands still fires never, until it is moved again."""
    for task_id, due_at in instants.items():
        values = {
            "due_at": due_at,
            "status": HELD if due_at.year >= NEVER else "waiting",
            "lease_until": None,
            "claim_token": None,
        }
        work.connection.execute(TIMER.update().where(TIMER.c.task_id == task_id).values(values))
