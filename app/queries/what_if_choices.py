"""What a what-if may change: steps with open user tasks and one due day, indicators and measures with their leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.organization import GROUP, OFFICE
from app.models.plan import Indicator, Measure, Plan
from app.models.user_task import IS_OPEN, NO_DUE_DATE, UserTask

MOST_STEPS = 200


@dataclass(frozen=True)
class StepDue:
    """Open user tasks of one step that are due on one day. name: the step's; duty: its key."""

    definition_key: str
    element_id: str
    name: str
    duty: str
    due_on: date
    count: int

    @property
    def value(self) -> str:
        return f"{self.definition_key}.{self.element_id}:{self.due_on.isoformat()}"


def steps_due(session: Session) -> list[StepDue]:
    """Of the units, the soonest first."""
    columns = (UserTask.definition_key, UserTask.element_id, UserTask.name, UserTask.duty, UserTask.due_on)
    rows = session.execute(
        select(*columns, func.count())
        .where(IS_OPEN, UserTask.due_on != NO_DUE_DATE, UserTask.unit_id.not_in((OFFICE, GROUP)))
        .group_by(*columns)
        .order_by(UserTask.due_on, UserTask.duty, UserTask.element_id)
        .limit(MOST_STEPS)
    )
    return [StepDue(*row) for row in rows]


def led(session: Session) -> list[tuple[str, str, str]]:
    """`indicator:5` or `measure:12`, what it is called, the id of its lead; of the newest plan."""
    plan_id = session.scalar(select(func.max(Plan.id)))
    found = []
    for kind, model, name in (("indicator", Indicator, Indicator.name), ("measure", Measure, Measure.title)):
        wanted = select(model.number, name, model.lead_id).where(model.plan_id == plan_id).order_by(model.number)
        found += [(f"{kind}:{number}", text, lead) for number, text, lead in session.execute(wanted)]
    return found
