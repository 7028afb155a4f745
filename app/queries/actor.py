"""Who acts: a person with all that she may act as today, substitution included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models.person import Person, PersonRole, Substitution
from app.terms import Role

READERS = frozenset({Role.OFFICE, Role.OFFICE_SIGNER, Role.LEADER, Role.AUDITOR})


@dataclass(frozen=True)
class Actor:
    """principals: the inboxes that are hers (see InboxEntry). stands_for: principal -> absent person she acts for.

    unit_ids: units whose contact or head she is, for herself or as a substitute. home_unit_id: bars own items.
    """

    login: str
    name: str
    person_id: int | None = None
    home_unit_id: str = ""
    roles: frozenset[str] = frozenset()
    principals: frozenset[str] = frozenset()
    unit_ids: frozenset[str] = frozenset()
    stands_for: Mapping[str, int] = field(default_factory=dict)

    @property
    def reads_all(self) -> bool:
        return not READERS.isdisjoint(self.roles)

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


CLOCK = Actor(login="clock", name="系统时钟")
SYSTEM = Actor(login="system", name="系统", roles=frozenset({Role.OFFICE}))


def principal_of(role: str, unit_id: str | None) -> str | None:
    """The inbox that a role opens; None for a role that only reads or administers."""
    match role:
        case Role.CONTACT:
            return f"contact:{unit_id}"
        case Role.UNIT_HEAD:
            return f"head:{unit_id}"
        case Role.OFFICE | Role.OFFICE_SIGNER | Role.LEADER:
            return role
        case _:
            return None


def actor_of(session: Session, person: Person, today: date) -> Actor:
    """The person as she may act today; roles of absent persons she stands in for count for their inboxes only."""
    own = list(person.roles)
    borrowed = _roles_stood_in_for(session, person.id, today)
    principals = {f"person:{person.id}", *_principals(own), *_principals(borrowed)}
    stands_for = {
        principal: role.person_id
        for role in borrowed
        if (principal := principal_of(role.role, role.unit_id)) and principal not in _principals(own)
    }
    for absent_id in {role.person_id for role in borrowed}:
        principals.add(f"person:{absent_id}")
        stands_for[f"person:{absent_id}"] = absent_id
    return Actor(
        login=person.login,
        name=person.name,
        person_id=person.id,
        home_unit_id=person.unit_id,
        roles=frozenset(role.role for role in own),
        principals=frozenset(principals),
        unit_ids=frozenset(role.unit_id for role in (*own, *borrowed) if role.unit_id),
        stands_for=stands_for,
    )


def actor_by_login(session: Session, login: str, today: date) -> Actor | None:
    person = session.scalar(select(Person).where(Person.login == login).options(selectinload(Person.roles)))
    return None if person is None else actor_of(session, person, today)


def _roles_stood_in_for(session: Session, person_id: int, today: date) -> list[PersonRole]:
    absent = (
        select(Substitution.absent_id)
        .join(Person, Person.id == Substitution.absent_id)
        .where(Substitution.substitute_id == person_id, Substitution.until_on >= today)
        .where(Substitution.from_on <= today)
    )
    return list(session.scalars(select(PersonRole).where(PersonRole.person_id.in_(absent))))


def _principals(roles: Iterable[PersonRole]) -> set[str]:
    named = (principal_of(role.role, role.unit_id) for role in roles)
    return {principal for principal in named if principal}
