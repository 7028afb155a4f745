"""The lines of a search as people read them: names in place of logins and codes, in one statement a kind of name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.models.enterprise import Enterprise
from app.models.event import EventPayload
from app.models.event_line import BUSINESS, EventLine
from app.models.organization import Unit
from app.models.person import Person
from app.queries.actor import CLOCK, SYSTEM
from app.queries.event_search import Find
from app.queries.events import told_in

OF_NO_PERSON = {CLOCK.login: CLOCK.name, SYSTEM.login: SYSTEM.name}


@dataclass(frozen=True)
class Line:
    """One event. who, behalf, concerned: names, or logins of accounts that are no more. unit: in whose name.

    subject: about which unit, where that is another one. matter: the instance to open. verb: its code word.
    """

    stream: str
    seq: int
    kind: str
    at: datetime
    verb: str
    login: str
    who: str
    behalf: str
    concerned: str
    unit: str
    subject: str
    enterprise: str
    enterprise_id: str
    duty: str
    matter: str
    step: str
    title: str
    business_key: str


def people(session: Session) -> list[tuple[str, str]]:
    """Who may have done something: login and name with the unit, those of the house last."""
    rows = session.execute(
        select(Person.login, Person.name, Unit.short_name)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.enterprise_id.is_(None))
        .order_by(Unit.position, Person.pinyin, Person.id)
    )
    return [*((row.login, f"{row.name}（{row.short_name}）") for row in rows), *OF_NO_PERSON.items()]


def everything(session: Session, find: Find, most: int) -> list[Line]:
    """The lines of all pages; one page more than may be taken, where there are too many."""
    found: list[Line] = []
    cursor: str | None = None
    while len(found) <= most:
        page = find(cursor)
        found += lines(session, page.lines)
        session.expunge_all()
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def matters(session: Session, find: Find, most: int) -> list[str] | None:
    """The instances whose events are on all pages, each once; None where that is more events than may be taken."""
    found: dict[str, None] = {}
    cursor, count = None, 0
    while True:
        page = find(cursor)
        found |= dict.fromkeys(row.stream for row in page.lines if row.kind == BUSINESS)
        session.expunge_all()
        count, cursor = count + len(page.lines), page.next_cursor
        if count > most:
            return None
        if cursor is None:
            return list(found)


def told(session: Session, shown: Collection[Line]) -> dict[tuple[str, int], Mapping[str, Any]]:
    """What these events say, by stream and seq; nothing of one that was erased."""
    if not shown:
        return {}
    place = tuple_(EventPayload.stream, EventPayload.seq)
    asked = select(EventPayload.stream, EventPayload.seq, EventPayload.body)
    rows = session.execute(asked.where(place.in_([(line.stream, line.seq) for line in shown])))
    return {(row.stream, row.seq): told_in(row.body) for row in rows}


def lines(session: Session, rows: Sequence[EventLine]) -> list[Line]:
    """The rows as they came."""
    logins = {login for row in rows for login in (row.actor, row.on_behalf_of, row.concerned) if login}
    firms = {row.enterprise_id for row in rows if row.enterprise_id}
    people = session.execute(select(Person.login, Person.name).where(Person.login.in_(logins))).all()
    named = session.execute(select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(firms))).all()
    units = session.execute(select(Unit.id, Unit.short_name)).all()
    return [_line(row, dict(people), dict(units), dict(named)) for row in rows]


def _line(row: EventLine, people: Mapping[str, str], units: Mapping[str, str], firms: Mapping[str, str]) -> Line:
    def name(login: str | None) -> str:
        return people.get(login or "") or OF_NO_PERSON.get(login or "") or login or ""

    return Line(
        stream=row.stream,
        seq=row.seq,
        kind=row.kind,
        at=row.at,
        verb=row.verb,
        login=row.actor or "",
        who=name(row.actor),
        behalf=name(row.on_behalf_of),
        concerned=name(row.concerned),
        unit=units.get(row.unit_id or "", ""),
        subject=units.get(row.subject_unit_id or "", ""),
        enterprise=firms.get(row.enterprise_id or "", row.enterprise_id or ""),
        enterprise_id=row.enterprise_id or "",
        duty=row.duty or "",
        matter=row.matter or "",
        step=row.step,
        title=row.title,
        business_key=row.business_key,
    )
