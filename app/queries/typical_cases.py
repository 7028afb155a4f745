"""典型案例 on screens: the column of what is published, what is being collected, one case, and the ten of a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, exists, extract, func, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from app.duties.typical_case import Published, top_cases, views_in_30_days
from app.errors import NotFound
from app.models.process import ProcessInstance
from app.models.typical_case import CaseViews, TypicalCase
from app.models.user_task import Attachment
from app.queries import paging
from app.queries.actor import Actor
from app.queries.paging import Descending, Page
from app.queries.sight import visible_instances

PUBLISHED = "published"
OPEN_STATES = ("writing", "signing", "confirming", "reviewing", "checking", "approving")
NOT_FOUND = "没有找到这个案例。"


@dataclass(frozen=True)
class Filters:
    """kind, state, year: "" for all. q: number, title or firm. open: what is neither published nor dropped."""

    q: str = ""
    kind: str = ""
    state: str = ""
    year: str = ""


@dataclass(frozen=True)
class Candidate:
    """A published case as the choice of the year shows it. views: since it was published; is_proposed: by the rule."""

    case: TypicalCase
    views: int
    is_proposed: bool


def column(session: Session, wanted: Filters, cursor: str | None, limit: int = 20) -> Page[TypicalCase]:
    """What stands in the column, the latest first."""
    rows = select(TypicalCase).where(TypicalCase.state == PUBLISHED, *_narrowed(wanted))
    order = (Descending(TypicalCase.published_on), Descending(TypicalCase.number))
    return paging.page(session, rows.options(*_with_names()), order, cursor, limit, counts=True)


def collected(
    session: Session, actor: Actor, wanted: Filters, cursor: str | None, limit: int = 50
) -> Page[TypicalCase]:
    """All cases that the actor may see, the latest first."""
    rows = select(TypicalCase).where(visible(actor), *_narrowed(wanted)).options(*_with_names())
    return paging.page(session, rows, (Descending(TypicalCase.number),), cursor, limit, counts=True)


def seen_case(session: Session, actor: Actor, number: str) -> TypicalCase:
    """A published case is everybody's; before, and once it was taken down, whoever has to do with it sees it."""
    case = session.get(TypicalCase, number)
    if case is None:
        raise NotFound(NOT_FOUND)
    if case.state == PUBLISHED:
        return case
    if not is_hers(session, actor, case):
        raise NotFound(NOT_FOUND)
    return case


def is_hers(session: Session, actor: Actor, case: TypicalCase) -> bool:
    """Whether the actor has to do with the case, published or not."""
    return bool(session.scalar(select(exists().where(TypicalCase.number == case.number, visible(actor)))))


def visible(actor: Actor) -> ColumnElement[bool]:
    """A condition on TypicalCase: readers all; its author, its unit, its firm, and who has or had a task in it."""
    if actor.reads_all:
        return TypicalCase.number.is_not(None)
    hers: list[ColumnElement[bool]] = [
        TypicalCase.author.in_(actor.principals),
        TypicalCase.unit_id.in_(actor.unit_ids),
    ]
    if actor.enterprise_id is not None:
        hers.append(TypicalCase.enterprise_id == actor.enterprise_id)
    if actor.unit_ids:
        seen = select(ProcessInstance.id).where(
            ProcessInstance.definition_key == "typical_case", visible_instances(actor)
        )
        hers.append(TypicalCase.instance_id.in_(seen))
    return or_(*hers)


def photos_of(session: Session, case: TypicalCase) -> list[Attachment]:
    """As published, before that as the writer gave them; in their order."""
    ids = case.photos or list(case.answers.get("photos", ()))
    found = {
        file.id: file
        for file in session.scalars(
            select(Attachment).where(Attachment.id.in_(ids), Attachment.instance_id == case.instance_id)
        )
    }
    return [found[id_] for id_ in ids if id_ in found]


def views_of(session: Session, number: str) -> int:
    """How often it was read since it was published."""
    return session.scalar(select(func.sum(CaseViews.count)).where(CaseViews.number == number)) or 0


def published_of(session: Session, year: int) -> Sequence[TypicalCase]:
    """All that were published in a year and still stand."""
    rows = select(TypicalCase).where(TypicalCase.state == PUBLISHED, _published_in(year)).options(*_with_names())
    return session.scalars(rows.order_by(TypicalCase.number)).all()


def _published_in(year: int) -> ColumnElement[bool]:
    return TypicalCase.published_on.between(date(year, 1, 1), date(year, 12, 31))


def published_between(session: Session, begin: date, end: date) -> Sequence[TypicalCase]:
    """Material of a bulletin: what was published in these days, both included."""
    where = (TypicalCase.state == PUBLISHED, TypicalCase.published_on.between(begin, end))
    rows = select(TypicalCase).where(*where).options(*_with_names())
    return session.scalars(rows.order_by(TypicalCase.published_on, TypicalCase.number)).all()


def candidates(session: Session, year: int, today: date) -> list[Candidate]:
    """The published cases of a year, best first, with those that the rule proposes."""
    cases = {case.number: case for case in published_of(session, year)}
    read = _views(session, list(cases))
    told = [
        Published(number, case.unit_id or "", case.score or 0, _in_30_days(case, read.get(number, 0), today))
        for number, case in cases.items()
    ]
    proposed = {one.key for one in top_cases(told)}
    in_order = sorted(told, key=lambda one: (-one.score, -one.views, one.key))
    return [Candidate(cases[one.key], read.get(one.key, 0), one.key in proposed) for one in in_order]


def _in_30_days(case: TypicalCase, views: int, today: date) -> Decimal:
    return views_in_30_days(views, (today - (case.published_on or today)).days)


def top_of(session: Session, year: int) -> Sequence[TypicalCase]:
    """The ten of a year as the office chose them."""
    rows = select(TypicalCase).where(TypicalCase.top_year == year, TypicalCase.state == PUBLISHED)
    return session.scalars(rows.options(*_with_names()).order_by(TypicalCase.top_place)).all()


def years(session: Session) -> list[int]:
    """In which cases were published, the latest first."""
    of_day = extract("year", TypicalCase.published_on)
    found = session.scalars(select(of_day).where(TypicalCase.state == PUBLISHED).distinct())
    return sorted((int(year) for year in found if year is not None), reverse=True)


def _views(session: Session, numbers: Sequence[str]) -> Mapping[str, int]:
    rows = session.execute(
        select(CaseViews.number, func.sum(CaseViews.count))
        .where(CaseViews.number.in_(numbers))
        .group_by(CaseViews.number)
    )
    return {number: int(count) for number, count in rows}


def _narrowed(wanted: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kind:
        found.append(TypicalCase.kind == wanted.kind)
    if wanted.state:
        states = OPEN_STATES if wanted.state == "open" else (wanted.state,)
        found.append(TypicalCase.state.in_(states))
    if wanted.year.isdecimal():
        found.append(TypicalCase.year == int(wanted.year[:4]))
    if wanted.q:
        named = TypicalCase.enterprise.has(name=wanted.q)
        found.append(or_(TypicalCase.title.contains(wanted.q), TypicalCase.number == wanted.q, named))
    return found


def _with_names() -> tuple[ExecutableOption, ...]:
    return joinedload(TypicalCase.enterprise), joinedload(TypicalCase.unit)
