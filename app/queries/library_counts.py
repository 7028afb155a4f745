"""Whom a figure counts on a day: the enterprises, or the activities, first, the number after them. Never writes.

Four sorts of rows are read: titles, stays in the library, marks of the growth selection, activities of a service month.
Each list takes one or two statements, however long it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.duties.library_counts import Count, TitleRow, density, holders, new_titles
from app.duties.library_entry import Stay, entries, stock
from app.duties.service_month_counting import KINDS
from app.models.enterprise import Enterprise, LibraryStay, Title
from app.models.library import GrowthMark
from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.models.service_month import ServiceActivity
from app.terms import TitleLevel

TITLE, STAY = table_of(Title), table_of(LibraryStay)
PAGE = 5000  # codes in one statement
IN_LIBRARY = "“千企升级”培育库"
ACTIVITY = "service_month_activity"


@dataclass(frozen=True)
class Counted:
    """One enterprise of a figure, or one activity; its code is then its key, and its locality the organiser.

    what: the title or list by which it counts; since, until: its days.
    """

    code: str
    name: str
    locality: str
    locality_name: str
    chain: str
    what: str
    since: date
    until: date | None
    batch: str = ""
    instance_id: str | None = None


@dataclass(frozen=True)
class _Mark:
    code: str
    what: str
    since: date
    until: date | None
    batch: str
    instance_id: str | None


def counted(session: Session, count: Count, on: date, chains: Sequence[str] = ()) -> list[Counted]:
    """The enterprises or activities that the figure counts on the day, by the day since when they count."""
    if count.sort == "activities":
        return _activities(session, count.words, on)
    marks = {mark.code: mark for mark in _marks(session, count, on)}
    known = _known(session, marks)
    found = [
        Counted(
            code=code,
            name=row.name,
            locality=row.locality_id,
            locality_name=row.short_name,
            chain=row.chain,
            what=marks[code].what,
            since=marks[code].since,
            until=marks[code].until,
            batch=marks[code].batch,
            instance_id=marks[code].instance_id,
        )
        for code, row in known.items()
        if count.sort != "density" or row.chain in chains
    ]
    return sorted(found, key=lambda one: (one.since, one.code))


def figure(session: Session, count: Count, on: date, chains: Sequence[str] = ()) -> Decimal:
    """The number of a figure on a day: how many, or of a density what the poorest chain has."""
    if count.sort == "activities":
        return Decimal(len(_activities(session, count.words, on)))
    if count.sort != "density":
        return Decimal(len(_marks(session, count, on)))
    return Decimal(min(per_chain(counted(session, count, on, chains), chains).values(), default=0))


def per_chain(found: Iterable[Counted], chains: Sequence[str]) -> dict[str, int]:
    rows = list(found)
    return density({one.code: one.chain for one in rows}, (one.code for one in rows), chains)


def per_locality(found: Iterable[Counted]) -> dict[str, int]:
    """Locality -> how many of the figure are registered there."""
    counts: dict[str, int] = {}
    for one in found:
        counts[one.locality] = counts.get(one.locality, 0) + 1
    return counts


def stays_until(session: Session, on: date) -> list[Stay]:
    """All stays that had begun by then; an exit after the day is not known yet on it."""
    return [Stay(row.enterprise_id, row.locality_id, row.entered_on, row.left_on) for row in _stays(session, on)]


def _marks(session: Session, count: Count, on: date) -> list[_Mark]:
    if count.sort == "library":
        return _library(session, count.words[0], on)
    if count.sort == "growth":
        return _growth(session, on)
    titles = {row.id: row for row in _titles(session, count.words, on)}
    rules = [_rule(row) for row in titles.values()]
    if count.sort == "density":
        chosen: Iterable[TitleRow] = holders(rules, count.words[0], on).values()
    else:
        chosen = new_titles(rules, count.words, on)
    return [_of_title(titles[row.id]) for row in chosen]


def _titles(session: Session, levels: Collection[str], on: date) -> Sequence[Row[Any]]:
    """As plain columns: there may be tens of thousands, and nobody changes one."""
    wanted = (Title.level.in_(levels), Title.announced_on <= on)
    return session.execute(select(*TITLE.c).where(*wanted).order_by(Title.announced_on, Title.id)).all()


def _rule(row: Row[Any]) -> TitleRow:
    return TitleRow(
        id=row.id,
        code=row.enterprise_id,
        level=row.level,
        announced_on=row.announced_on,
        from_on=row.from_on,
        until_on=row.until_on,
        ended_on=row.ended_on,
        is_renewal=row.is_renewal,
    )


def _of_title(row: Row[Any]) -> _Mark:
    batch = row.certificate or row.batch_key
    return _Mark(row.enterprise_id, TitleLevel(row.level).label, row.announced_on, row.until_on, batch, row.instance_id)


def _stays(session: Session, on: date) -> Sequence[Row[Any]]:
    return session.execute(select(*STAY.c).where(LibraryStay.entered_on <= on).order_by(LibraryStay.id)).all()


def _library(session: Session, word: str, on: date) -> list[_Mark]:
    rows = _stays(session, on)
    rules = [Stay(row.enterprise_id, row.locality_id, row.entered_on, row.left_on) for row in rows]
    found = entries(rules, on.year, on) if word == "entries" else stock(rules, on)
    by_key = {(row.enterprise_id, row.entered_on): row for row in rows}
    marks = []
    for stay in found:
        row = by_key[stay.code, stay.entered_on]
        marks.append(_Mark(stay.code, IN_LIBRARY, stay.entered_on, stay.left_on, "", row.instance_id))
    return marks


def _growth(session: Session, on: date) -> list[_Mark]:
    wanted = (GrowthMark.year == on.year, GrowthMark.selected_on <= on)
    stays = or_(GrowthMark.removed_on.is_(None), GrowthMark.removed_on > on)
    rows = session.scalars(select(GrowthMark).where(*wanted, stays).order_by(GrowthMark.place))
    return [
        _Mark(
            row.enterprise_id, f"{row.year}年高成长企业（第{row.place}名）", row.selected_on, None, "", row.instance_id
        )
        for row in rows
    ]


def _activities(session: Session, kinds: Collection[str], on: date) -> list[Counted]:
    """Those of the day's year that were held by then and count; a joint one once, for the organiser named first."""
    wanted = (
        ServiceActivity.kind.in_(kinds),
        ServiceActivity.is_counted,
        ServiceActivity.on_day.between(date(on.year, 1, 1), on),
    )
    rows = session.execute(
        select(ServiceActivity, Unit.short_name, ProcessInstance.id)
        .join(Unit, Unit.id == ServiceActivity.unit_id)
        .outerjoin(
            ProcessInstance,
            and_(ProcessInstance.definition_key == ACTIVITY, ProcessInstance.business_key == ServiceActivity.key),
        )
        .where(*wanted)
        .order_by(ServiceActivity.on_day, ServiceActivity.id)
    )
    return [
        Counted(
            code=row.key,
            name=row.title,
            locality=row.unit_id,
            locality_name=unit,
            chain="",
            what=KINDS[row.kind],
            since=row.on_day,
            until=None,
            batch=f"到场企业{row.firm_count}家",
            instance_id=instance_id,
        )
        for row, unit, instance_id in rows
    ]


def _known(session: Session, codes: Iterable[str]) -> dict[str, Any]:
    """Name, locality and chain of each; asked for in pages, as a statement takes so many values only."""
    found: dict[str, Any] = {}
    wanted = list(codes)
    for first in range(0, len(wanted), PAGE):
        rows = session.execute(
            select(Enterprise.id, Enterprise.name, Enterprise.chain, Enterprise.locality_id, Unit.short_name)
            .join(Unit, Unit.id == Enterprise.locality_id)
            .where(Enterprise.id.in_(wanted[first : first + PAGE]))
        )
        found |= {row.id: row for row in rows}
    return found
