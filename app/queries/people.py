"""People as an administrator looks for them: by name, pinyin or account, by unit, role and state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.errors import NotFound
from app.models.person import Person, PersonRole
from app.queries.paging import Page, page

ORDER = (Person.pinyin, Person.id)


@dataclass(frozen=True)
class PeopleFilter:
    """q: part of a name, its pinyin or initials, or an account. state: active | stopped | locked, or "" for all."""

    q: str = ""
    unit_id: str = ""
    role: str = ""
    state: str = ""

    def __bool__(self) -> bool:
        return bool(self.q or self.unit_id or self.role or self.state)


def people(session: Session, wanted: PeopleFilter, now: datetime, cursor: str | None, limit: int = 50) -> Page[Person]:
    """In the order of their pinyin."""
    return page(session, _found(wanted, now), ORDER, cursor, limit, counts=True)


def person(session: Session, person_id: int) -> Person:
    """Raises NotFound."""
    where = Person.id == person_id
    found = session.scalar(select(Person).where(where).options(joinedload(Person.unit), selectinload(Person.roles)))
    if found is None:
        raise NotFound("没有找到这个人。")
    return found


def colleagues(session: Session, person_id: int, unit_id: str) -> Sequence[Person]:
    """The others who work in the unit; for an enterprise's account, the others of the enterprise."""
    own = session.scalar(select(Person.enterprise_id).where(Person.id == person_id))
    where = (Person.unit_id == unit_id, Person.id != person_id, Person.is_active)
    same = Person.enterprise_id.is_(None) if own is None else Person.enterprise_id == own
    return session.scalars(select(Person).where(*where, same).order_by(*ORDER)).all()


def _found(wanted: PeopleFilter, now: datetime) -> Select[Person]:
    statement = select(Person).options(joinedload(Person.unit), selectinload(Person.roles))
    if wanted.q:
        text = wanted.q.casefold()
        columns = (Person.name, Person.pinyin, Person.login)
        statement = statement.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if wanted.unit_id:
        statement = statement.where(Person.unit_id == wanted.unit_id)
    if wanted.role:
        statement = statement.where(Person.roles.any(PersonRole.role == wanted.role))
    match wanted.state:
        case "active":
            return statement.where(Person.is_active)
        case "stopped":
            return statement.where(~Person.is_active)
        case "locked":
            return statement.where(Person.locked_until > now)
        case _:
            return statement
