"""Whom a user task can be handed to, and who may get a copy of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.models.organization import Unit
from app.models.person import Person, PersonRole
from app.queries.actor import READERS, Actor
from app.queries.mergers import mergers
from app.terms import Role

WITHIN_A_UNIT = {"contact": (Role.CONTACT, Role.UNIT_HEAD, Role.SPECIALIST), "head": (Role.UNIT_HEAD,)}
OF_THE_GROUP = (Role.OFFICE, Role.OFFICE_SIGNER, Role.LEADER)
OFFICIALS = (Role.CONTACT, Role.UNIT_HEAD, *sorted(READERS))


def recipients(session: Session, actor: Actor, task: Any) -> Sequence[Person]:
    """Colleagues who may be given the task: of the same unit, or with the same role in the office; by name.

    A head's signature is given to another head only. Nobody for what belongs to one person or an enterprise.
    task: a row of UserTask.
    """
    who = _who_could(task)
    if who is None:
        return ()
    asked = _people(who).where(Person.id != actor.person_id)
    if task.assignee_id is not None:
        asked = asked.where(Person.id != task.assignee_id)
    if task.has_own_item_rule:
        asked = asked.where(Person.unit_id.not_in(mergers(session.connection()).one_with([task.subject_unit_id])))
    return session.scalars(asked).all()


def readers_of_copies(session: Session, actor: Actor) -> Sequence[tuple[Person, str]]:
    """Every official but the actor herself, with the name of her unit; by unit and name."""
    rows = session.execute(
        _people(PersonRole.role.in_(OFFICIALS))
        .add_columns(Unit.short_name)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id != actor.person_id)
        .order_by(None)
        .order_by(Unit.position, Person.pinyin, Person.id)
    )
    return [(person, unit) for person, unit in rows]


def _who_could(task: Any) -> ColumnElement[bool] | None:
    inbox, _, unit_id = task.principal.partition(":")
    if inbox in WITHIN_A_UNIT:
        is_there = or_(PersonRole.unit_id == unit_id, Person.unit_id == unit_id)
        return PersonRole.role.in_(WITHIN_A_UNIT[inbox]) & is_there
    return PersonRole.role == inbox if inbox in OF_THE_GROUP else None


def _people(who: ColumnElement[bool]) -> Select[Person]:
    having = select(PersonRole.person_id).join(Person, Person.id == PersonRole.person_id).where(who)
    return select(Person).where(Person.is_active, Person.id.in_(having)).order_by(Person.pinyin, Person.id)
