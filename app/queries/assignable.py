"""Who could be given a user task for which nobody is there: those who see it and whose work such tasks are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.person import Person, PersonRole
from app.queries.mergers import mergers
from app.terms import Role

EVERYWHERE = (Role.OFFICE, Role.OFFICE_SIGNER, Role.LEADER)
IN_A_UNIT = (Role.CONTACT, Role.UNIT_HEAD)


def assignable_people(session: Session, task: Any) -> Sequence[Person]:
    """Active people by name; without those of the unit that a review is about. task: a row of UserTask."""
    of_the_unit = PersonRole.role.in_(IN_A_UNIT) & (PersonRole.unit_id == task.unit_id)
    asked = (
        select(Person)
        .where(Person.is_active, Person.roles.any(or_(PersonRole.role.in_(EVERYWHERE), of_the_unit)))
        .order_by(Person.pinyin, Person.id)
    )
    if task.has_own_item_rule:
        asked = asked.where(Person.unit_id.not_in(mergers(session.connection()).one_with([task.subject_unit_id])))
    return session.scalars(asked).all()
