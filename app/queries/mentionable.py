"""@: who may be named in a comment on a matter, which is who may see it and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.models.organization import Unit
from app.models.person import Person, PersonRole
from app.models.process import ProcessInstance
from app.models.user_task import TaskCopy, UserTask
from app.queries.actor import OUTSIDERS, READERS, Actor
from app.queries.task_lights import OPEN
from app.terms import Role

OF_UNITS = (Role.CONTACT, Role.UNIT_HEAD)


@dataclass(frozen=True)
class Mentionable:
    person_id: int
    login: str
    name: str
    unit: str
    pinyin: str


def mentionable(session: Session, actor: Actor, task: Any) -> Sequence[Mentionable]:
    """Everybody but the actor who sees the matter of this user task, by unit and name; outsiders see no comments.

    task: a row of UserTask.
    """
    units = [task.unit_id, *_units_of(session, task.instance_id)]
    open_to = select(UserTask.assignee_id).where(UserTask.instance_id == task.instance_id, OPEN)
    copied = select(TaskCopy.person_id).where(TaskCopy.instance_id == task.instance_id)
    is_insider = PersonRole.role.not_in([role.value for role in OUTSIDERS])
    sees = or_(
        PersonRole.role.in_([role.value for role in READERS]),
        and_(PersonRole.role.in_(OF_UNITS), PersonRole.unit_id.in_(units)),
        and_(is_insider, Person.id.in_(open_to)),
        and_(is_insider, Person.id.in_(copied)),
    )
    rows = session.execute(
        select(Person.id, Person.login, Person.name, Unit.short_name, Person.pinyin)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.is_active, Person.id != actor.person_id, sees)
        .distinct()
        .add_columns(Unit.position)
        .order_by(Unit.position, Person.pinyin, Person.id)
    )
    return [Mentionable(id_, login, name, unit, pinyin) for id_, login, name, unit, pinyin, _position in rows]


def _units_of(session: Session, instance_id: str) -> list[str]:
    """Whom the matter is about, and who had or has a step of it."""
    about = session.scalars(select(ProcessInstance.unit_id).where(ProcessInstance.id == instance_id)).all()
    acting = session.scalars(select(UserTask.unit_id).where(UserTask.instance_id == instance_id).distinct()).all()
    return [unit_id for unit_id in (*about, *acting) if unit_id]
