"""台账自动计数: figures that the libraries count are written down by themselves, whenever they have changed.

The figure is that of the day on which it was counted, with the source 台账自动计数; what was there before stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.library_counts import NO_COUNTS, Count
from app.duties.quantity import digits, plain
from app.models.actual import IndicatorActual
from app.models.plan import Plan
from app.queries.actor import CLOCK
from app.queries.library_counts import figure
from app.queries.settled_indicators import SettledIndicator, settled_indicators
from app.services import history
from app.services.cases import Case
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.work import Work
from app.terms import EventType, Nature, Source

ACTUAL = table_of(IndicatorActual)


def count_today(house: House) -> int:
    """Count what is to be counted today; how many figures have changed. Safe to call often."""
    today = clock.today()
    with house.database.reading() as session:
        is_changed = next(iter(_changed(session, house, today)), None) is not None
        newest = session.scalar(select(func.max(IndicatorActual.id))) or 0
    if not is_changed:
        return 0
    key = f"count:{today.isoformat()}:{newest}:{clock.now():%H%M}"  # two schedulers of one minute count once
    return int(run(house, CLOCK, Command("count_libraries", key, {"on": today.isoformat()}))["counted"])


@handles("count_libraries")
def _count(work: Work, payload: Mapping[str, Any]) -> Answer:
    with Session(work.connection) as session:
        on = date.fromisoformat(payload["on"])
        return {"counted": record_counts(session, work.house, on, work.at, work.actor.login, work.key)}


def count_after(case: Case) -> None:
    """In the step that changed a library or gave a title."""
    case.session.flush()
    record_counts(case.session, case.house, case.today, case.at, case.actor.login, case.command_key)


def record_counts(session: Session, house: House, on: date, at: datetime, by: str, key: str) -> int:
    """Write down each figure that has changed since it was counted last; how many. In the caller's transaction."""
    changed = list(_changed(session, house, on))
    for indicator, value in changed:
        told = {"number": indicator.number, "name": indicator.name, "value": digits(value), "as_of": on.isoformat()}
        row = {
            "indicator_id": indicator.id,
            "year": on.year,
            "as_of": on,
            "value": value,
            "nature": Nature.ACTUAL.value,
            "source": Source.LEDGER.value,
            "unit_id": indicator.lead_id,
            "note": f"台账自动计数{plain(value)}{indicator.unit}，名单可逐家查看",
            "recorded_at": at,
            "recorded_by": by,
        }
        session.connection().execute(ACTUAL.insert(), [row])
        told |= {"source": Source.LEDGER.value, "year": on.year}
        happening = history.Happening(EventType.FIGURE_RECORDED, by, at, key, told)
        history.append_administration(session.connection(), happening)
    return len(changed)


def counts_of(house: House, plan_key: str) -> Mapping[int, Count]:
    """The indicators of the plan that count themselves, by number."""
    return house.counts.get(plan_key, NO_COUNTS).indicators


def _changed(session: Session, house: House, on: date) -> Iterable[tuple[SettledIndicator, Decimal]]:
    """Of the year's plan; a year begins with its first count that is more than nothing."""
    plan = session.scalars(
        select(Plan).where(Plan.first_year <= on.year, Plan.last_year >= on.year).order_by(Plan.id.desc())
    ).first()
    if plan is None or not (wanted := counts_of(house, plan.key)):
        return
    indicators = settled_indicators(session, plan)
    last = _last(session, [indicators[number].id for number in wanted if number in indicators], on)
    for number, count in wanted.items():
        if number in indicators:
            value = figure(session, count, on, house.chains.names)
            if value != last.get(indicators[number].id, Decimal(0)):
                yield indicators[number], value


def _last(session: Session, ids: list[int], on: date) -> dict[int, Decimal]:
    wanted = (
        IndicatorActual.indicator_id.in_(ids),
        IndicatorActual.year == on.year,
        IndicatorActual.source == Source.LEDGER.value,
        IndicatorActual.as_of <= on,
    )
    order = (IndicatorActual.as_of, IndicatorActual.id)
    return {
        row.indicator_id: row.value for row in session.scalars(select(IndicatorActual).where(*wanted).order_by(*order))
    }
