"""检索: everything that was ever done, business and administration in one stream, the newest first.

Whatever is asked for, a request reads a bounded part of the lines: one filter is followed in its index, and what else
is asked for, and text, is looked for among at most LINES of its lines. Where that is not enough for a page, the answer
says how far it has looked, and its cursor goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.models.enterprise import Enterprise
from app.models.event import ACCESS, ADMINISTRATION, EventPayload
from app.models.event_line import BUSINESS, EventLine
from app.queries.actor import READERS, SYSTEM, Actor
from app.queries.china_day import begin_of, end_of
from app.queries.event_verbs import KINDS
from app.queries.paging import Descending, cursor_at, values_at
from app.terms import Role

PAGE, MANY = 50, 1000  # lines of a page, and of a part of a file
LINES, PAYLOADS = 20_000, 3_000  # looked at for one request, without and with what the events say
MOST_WORDS = 5
MOST_FIRMS = 20  # that a part of a name may stand for
Way = tuple[Sequence[str], Sequence[str]]
NEWEST_FIRST = (Descending(EventLine.at), Descending(EventLine.id))


@dataclass(frozen=True)
class Wanted:
    """person: login of who acted, for whom, or to whom it was done. unit_id: in whose name or about whom.

    enterprise: credit code, or part of a name. verb: see queries/event_verbs. kind: business, administration, "" for
    both. from_on, until_on: days in China, both included. text: words, all of which are there; in_payloads: also in
    what the events say.
    """

    person: str = ""
    unit_id: str = ""
    enterprise: str = ""
    duty: str = ""
    verb: str = ""
    kind: str = ""
    from_on: date | None = None
    until_on: date | None = None
    text: str = ""
    in_payloads: bool = False

    def __bool__(self) -> bool:
        return self != Wanted()


@dataclass(frozen=True)
class Found:
    """looked_until: of the last line that was looked at, where a page was not filled and older ones are left."""

    lines: Sequence[EventLine]
    next_cursor: str | None
    looked_until: datetime | None = None


Find = Callable[[str | None], Found]
"""Gives the page behind a cursor."""


def kinds_for(actor: Actor) -> frozenset[str]:
    """What a person may search: business for those who read all, administration for those who watch over it."""
    if actor is SYSTEM:
        return frozenset({BUSINESS, ADMINISTRATION})
    found = set()
    if actor.has(*READERS, Role.AUDIT_ADMIN):
        found.add(BUSINESS)
    if actor.has(Role.AUDITOR, Role.AUDIT_ADMIN, Role.SECURITY_ADMIN):
        found.add(ADMINISTRATION)
    return frozenset(found)


def kinds_read_by(actor: Actor) -> frozenset[str]:
    """Of which kinds a person may also read what the events say."""
    return kinds_for(actor) if actor is SYSTEM or actor.reads_all else kinds_for(actor) - {BUSINESS}


def search(session: Session, actor: Actor, wanted: Wanted, cursor: str | None = None, limit: int = PAGE) -> Found:
    """Of what the actor may search. Raises BadRequest for a cursor that is none of ours."""
    kinds = kinds_for(actor) & ({wanted.kind} if wanted.kind else {BUSINESS, ADMINISTRATION})
    return _Search(session, wanted, kinds, kinds_read_by(actor)).page(cursor, limit)


def accesses(session: Session, actor: Actor, wanted: Wanted, cursor: str | None = None, limit: int = PAGE) -> Found:
    """查阅记录: who has looked at what; all of it for the audit administrator, her own for everybody else."""
    own: frozenset[str] = frozenset() if actor is SYSTEM or actor.has(Role.AUDIT_ADMIN) else frozenset({actor.login})
    return _Search(session, wanted, {ACCESS}, {ACCESS}, own).page(cursor, limit)


@dataclass(frozen=True)
class _Search:
    """One question. kinds: of lines; readable: kinds whose payloads may be read; only: logins, empty for all."""

    session: Session
    wanted: Wanted
    kinds: Collection[str]
    readable: Collection[str]
    only: Collection[str] = ()

    def page(self, cursor: str | None, limit: int) -> Found:
        way, *rest = self._ways()
        is_narrowed = bool(rest or self.wanted.text.split())
        most = (PAYLOADS if self.wanted.in_payloads else LINES) if is_narrowed else limit + 1
        line = aliased(EventLine, self._looked_at(way, cursor, most))
        further = [or_(*_sides(line, one)) for one in rest] + self._text(line)
        newest_first = (line.at.desc(), line.id.desc())
        rows = self.session.scalars(select(line).where(*further).order_by(*newest_first).limit(limit + 1)).all()
        if len(rows) > limit:
            return Found(rows[:limit], cursor_at(rows[limit - 1].at, rows[limit - 1].id))
        if not is_narrowed:
            return Found(rows, None)
        last = select(line.at, line.id).order_by(*newest_first).offset(most - 1).limit(1)
        end = self.session.execute(last).one_or_none()
        return Found(rows, cursor_at(end.at, end.id), end.at) if end else Found(rows, None)

    def _ways(self) -> list[Way]:
        """Each filter as columns and what one of them holds; the first, which narrows most, is followed."""
        wanted = self.wanted
        found: list[Way] = []
        if wanted.enterprise:
            found.append((("enterprise_id",), self._firms()))
        if wanted.person:
            found.append((("actor", "on_behalf_of", "concerned"), [wanted.person]))
        if self.only:
            found.append((("actor",), list(self.only)))
        if wanted.unit_id:
            found.append((("unit_id", "subject_unit_id"), [wanted.unit_id]))
        if wanted.verb:
            found.append((("verb",), [wanted.verb]))
        if wanted.duty:
            found.append((("duty",), [wanted.duty]))
        if not found and len(self.kinds) == 1 and BUSINESS not in self.kinds:
            found.append((("kind",), list(self.kinds)))
        return found or [((), [])]

    def _looked_at(self, way: Way, cursor: str | None, most: int) -> Any:
        """The next lines on this way, at most so many. A way with several sides is as many ranges, merged.

        The kinds that are not asked for are left out, which tempts no planner to follow the kind: most are of one.
        """
        asked: Any = select(EventLine).where(EventLine.kind.not_in(set(KINDS) - set(self.kinds)), *self._time())
        if cursor:
            at, id_ = values_at(NEWEST_FIRST, cursor)
            asked = asked.where(EventLine.at <= at, or_(EventLine.at < at, EventLine.id < id_))
        sides = _sides(EventLine, way)
        ranges = [
            _newest(asked.where(side, *(not_(func.coalesce(other, false())) for other in sides[:number])), most)
            for number, side in enumerate(sides)
        ] or [_newest(asked, most)]
        if len(ranges) == 1:
            return ranges[0].subquery()
        merged = union_all(*(select(part.subquery()) for part in ranges)).subquery()
        return select(merged).order_by(merged.c.at.desc(), merged.c.id.desc()).limit(most).subquery()

    def _time(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.wanted.from_on:
            found.append(EventLine.at >= begin_of(self.wanted.from_on))
        if self.wanted.until_on:
            found.append(EventLine.at < end_of(self.wanted.until_on))
        return found

    def _text(self, line: type[EventLine]) -> list[ColumnElement[bool]]:
        return [self._says(line, word) for word in self.wanted.text.lower().split()[:MOST_WORDS]]

    def _says(self, line: type[EventLine], word: str) -> ColumnElement[bool]:
        in_line = line.words.contains(word, autoescape=True)
        if not self.wanted.in_payloads:
            return in_line
        written = json.dumps(word, ensure_ascii=False)[1:-1]
        in_payload = exists().where(
            EventPayload.stream == line.stream,
            EventPayload.seq == line.seq,
            func.lower(EventPayload.body).contains(written, autoescape=True),
        )
        return or_(in_line, and_(line.kind.in_(self.readable), in_payload))

    def _firms(self) -> list[str]:
        """Enterprises with this credit code, or this in their name."""
        said = self.wanted.enterprise
        named = or_(Enterprise.id == said.upper(), Enterprise.name.contains(said, autoescape=True))
        return list(self.session.scalars(select(Enterprise.id).where(named).order_by(Enterprise.id).limit(MOST_FIRMS)))


def _sides(line: type[EventLine], way: Way) -> list[ColumnElement[bool]]:
    """The conditions of which one holds on a way."""
    columns, values = way
    return [getattr(line, column).in_(values) for column in columns]


def _newest(asked: Select[Any], most: int) -> Select[Any]:
    return asked.order_by(EventLine.at.desc(), EventLine.id.desc()).limit(most)
