"""The open user tasks of a house on a day, each with its light, under names that two copies share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.models.user_task import IS_OPEN, NO_DUE_DATE, UserTask
from app.queries.task_lines import light_today
from app.services.house import House
from app.terms import Light

Key = tuple[str, str, str, str]
"""Process, business key, element, item: what makes a task the same one on both copies."""


@dataclass(frozen=True)
class Seen:
    """duty: its key, as the board names it."""

    unit_id: str
    unit: str
    duty: str
    title: str
    step: str
    due_on: date | None
    light: Light


def outlook(house: House, day: date) -> dict[Key, Seen]:
    """Of units and outsiders alike; what has no due day stands here too, as the board has it."""
    wanted = (
        select(UserTask, ProcessInstance.business_key, Unit.short_name)
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .join(Unit, Unit.id == UserTask.unit_id)
        .where(IS_OPEN)
    )
    with house.database.reading() as session:
        return {
            (task.definition_key, business_key, task.element_id, task.item or ""): Seen(
                unit_id=task.unit_id,
                unit=unit,
                duty=task.duty,
                title=task.title,
                step=task.name,
                due_on=None if task.due_on == NO_DUE_DATE else task.due_on,
                light=light_today(task, day) or Light.GREEN,
            )
            for task, business_key, unit in session.execute(wanted)
        }
