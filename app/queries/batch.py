"""User tasks that somebody has ticked to handle together: as lines, with what tells whether that can still be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.models.person import Person
from app.models.user_task import Draft, UserTask
from app.queries.actor import Actor
from app.queries.sight import visible_tasks
from app.queries.task_lines import Line, lines_of_tasks


@dataclass(frozen=True)
class Ticked:
    """completed_by: who was first, where it is done already. has_draft: something was typed and not yet sent."""

    line: Line
    revision: int
    has_draft: bool
    completed_by: str

    @property
    def step(self) -> tuple[str, str]:
        return self.line.definition_key, self.line.element_id


def ticked(session: Session, actor: Actor, ids: Sequence[str], today: date) -> list[Ticked]:
    """In the order of the ids; those that are not the actor's to see are left out."""
    rows = session.execute(
        select(UserTask, Person.name, exists().where(Draft.task_id == UserTask.id).label("has_draft"))
        .outerjoin(Person, Person.id == UserTask.completed_by_id)
        .where(UserTask.id.in_(ids), visible_tasks(actor))
    ).all()
    found = {row.UserTask.id: row for row in rows}
    seen = [id_ for id_ in dict.fromkeys(ids) if id_ in found]
    return [
        Ticked(
            line=line,
            revision=found[line.task_id].UserTask.revision,
            has_draft=found[line.task_id].has_draft,
            completed_by=found[line.task_id].name or "",
        )
        for line in lines_of_tasks(session, seen, today)
    ]
