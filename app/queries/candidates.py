"""The people behind an inbox: who holds a principal, and who stands in for them today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from app.models.person import Person, PersonRole, Substitution
from app.queries.actor import enterprise_inbox, principal_of
from app.terms import Role

ROLE_OF_PREFIX = {"contact": Role.CONTACT, "head": Role.UNIT_HEAD}


def people_of(session: Session, principals: Iterable[str], today: date) -> dict[str, list[Person]]:
    """Active people by principal, substitutes included, in the order of their names; one without people is absent."""
    wanted = set(principals)
    found: dict[str, dict[int, Person]] = defaultdict(dict)
    for person, role in session.execute(_holders(wanted)):
        found[_principal(person, role)][person.id] = person
    for person in session.scalars(select(Person).where(Person.id.in_(_person_ids(wanted)), Person.is_active)):
        found[f"person:{person.id}"][person.id] = person
    substitutes = _substitutes(session, {id_ for people in found.values() for id_ in people}, today)
    for people in found.values():
        people.update({person.id: person for id_ in list(people) for person in substitutes.get(id_, ())})
    return {
        principal: sorted(people.values(), key=lambda person: (person.pinyin, person.id))
        for principal, people in found.items()
        if principal in wanted
    }


def _holders(principals: set[str]) -> Select[Person, PersonRole]:
    conditions = [_condition(principal) for principal in sorted(principals) if not principal.startswith("person:")]
    return (
        select(Person, PersonRole)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.is_active, or_(*conditions) if conditions else PersonRole.id.is_(None))
    )


def _principal(person: Person, role: PersonRole) -> str:
    if role.role == Role.ENTERPRISE:
        return enterprise_inbox(person.enterprise_id or "")
    return principal_of(role.role, role.unit_id) or ""


def _condition(principal: str) -> ColumnElement[bool]:
    prefix, _, unit_id = principal.partition(":")
    if prefix == "enterprise":
        return and_(PersonRole.role == Role.ENTERPRISE.value, Person.enterprise_id == unit_id)
    if prefix in ROLE_OF_PREFIX:
        return and_(PersonRole.role == ROLE_OF_PREFIX[prefix].value, PersonRole.unit_id == unit_id)
    return PersonRole.role == principal


def _person_ids(principals: set[str]) -> list[int]:
    return [int(name.removeprefix("person:")) for name in principals if name.startswith("person:")]


def _substitutes(session: Session, absent: set[int], today: date) -> dict[int, list[Person]]:
    rows = session.execute(
        select(Substitution.absent_id, Person)
        .join(Person, Person.id == Substitution.substitute_id)
        .where(Substitution.absent_id.in_(absent), Person.is_active)
        .where(Substitution.from_on <= today, Substitution.until_on >= today)
    )
    found: dict[int, list[Person]] = defaultdict(list)
    for absent_id, person in rows:
        found[absent_id].append(person)
    return found
