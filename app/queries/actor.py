"""Who acts: a person with all that she may act as today, substitution included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.models.person import Person, PersonRole, Substitution
from app.prepared import Prepared
from app.queries.mergers import mergers
from app.terms import Role

ROLE, SUBSTITUTION = table_of(PersonRole), table_of(Substitution)
OUTSIDERS = frozenset({Role.SPECIALIST, Role.ENTERPRISE, Role.EXPERT})
READERS = frozenset({Role.OFFICE, Role.OFFICE_SIGNER, Role.LEADER, Role.AUDITOR})

_ABSENT = select(SUBSTITUTION.c.absent_id).where(
    SUBSTITUTION.c.substitute_id == bindparam("of_person"),
    SUBSTITUTION.c.until_on >= bindparam("of_day"),
    SUBSTITUTION.c.from_on <= bindparam("of_day"),
)
ROLES = Prepared(  # her own, and those of absent persons she stands in for
    select(ROLE.c.person_id, ROLE.c.role, ROLE.c.unit_id)
    .where(or_(ROLE.c.person_id == bindparam("of_person"), ROLE.c.person_id.in_(_ABSENT)))
    .order_by(ROLE.c.id)
)


@dataclass(frozen=True)
class Actor:
    """principals: the inboxes that are hers (see InboxEntry). stands_for: principal -> absent person she acts for.

    unit_ids: units whose contact or head she is, for herself or as a substitute. merged_ids: those that have become
    one with these or with her home. enterprise_id: the enterprise she acts for.
    """

    login: str
    name: str
    person_id: int | None = None
    home_unit_id: str = ""
    enterprise_id: str | None = None
    roles: frozenset[str] = frozenset()
    principals: frozenset[str] = frozenset()
    unit_ids: frozenset[str] = frozenset()
    merged_ids: frozenset[str] = frozenset()
    stands_for: Mapping[str, int] = field(default_factory=dict)

    @property
    def barred_unit_ids(self) -> frozenset[str]:
        """The units whose matters she does not review (own-item rule)."""
        return frozenset({self.home_unit_id, *self.unit_ids, *self.merged_ids})

    @property
    def reads_all(self) -> bool:
        return not READERS.isdisjoint(self.roles)

    @property
    def is_outsider(self) -> bool:
        """Works here, but for nobody of the office's: of a matter she sees her own part."""
        return bool(self.roles) and self.roles <= OUTSIDERS

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


CLOCK = Actor(login="clock", name="系统时钟")
SYSTEM = Actor(login="system", name="系统", roles=frozenset({Role.OFFICE}))


def enterprise_inbox(enterprise_id: str) -> str:
    """The inbox that all accounts of an enterprise share."""
    return f"enterprise:{enterprise_id}"


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


def actor_of(session: Session, person: Any, today: date) -> Actor:
    """The person as she may act today; roles of absent persons she stands in for count for their inboxes only.

    person: a Person, or a row with id, login, name, unit_id and enterprise_id.
    """
    roles = ROLES.all(session.connection(), of_person=person.id, of_day=today)
    own = [role for role in roles if role.person_id == person.id]
    borrowed = [role for role in roles if role.person_id != person.id]
    principals = {f"person:{person.id}", *_principals(own), *_principals(borrowed)}
    stands_for = {
        principal: role.person_id
        for role in borrowed
        if (principal := principal_of(role.role, role.unit_id)) and principal not in _principals(own)
    }
    for absent_id in {role.person_id for role in borrowed}:
        principals.add(f"person:{absent_id}")
        stands_for[f"person:{absent_id}"] = absent_id
    enterprise_id = person.enterprise_id if any(role.role == Role.ENTERPRISE for role in own) else None
    if enterprise_id is not None:
        principals.add(enterprise_inbox(enterprise_id))
    unit_ids = frozenset(role.unit_id for role in roles if role.unit_id)
    return Actor(
        login=person.login,
        name=person.name,
        person_id=person.id,
        home_unit_id=person.unit_id,
        enterprise_id=enterprise_id,
        roles=frozenset(role.role for role in own),
        principals=frozenset(principals),
        unit_ids=unit_ids,
        merged_ids=mergers(session.connection()).one_with({person.unit_id, *unit_ids}),
        stands_for=stands_for,
    )


def actor_by_login(session: Session, login: str, today: date) -> Actor | None:
    person = session.scalar(select(Person).where(Person.login == login))
    return None if person is None else actor_of(session, person, today)


def _principals(roles: Iterable[Any]) -> set[str]:
    named = (principal_of(role.role, role.unit_id) for role in roles)
    return {principal for principal in named if principal}
