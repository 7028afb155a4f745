"""Monthly figures of the demonstration: each indicator grows towards its target, some faster and some slower."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random

from sqlalchemy import select

from app import clock
from app.models.annual_target import AnnualTarget
from app.models.plan import Indicator
from app.queries.actor import Actor
from app.services.actuals import record_actual
from app.services.house import House
from app.terms import Nature, Role, Source
from app.workdays import Calendar

NOTE = "部门月报数据，已与此前登记的数据核对。"
REPORTING_DAY = 4  # of the month after

# how a year ends against its target: most reach it, a few stay behind
ENDS = (
    Decimal("1.04"),
    Decimal("1.00"),
    Decimal("1.12"),
    Decimal("1.01"),
    Decimal("0.97"),
    Decimal("1.25"),
    Decimal("0.74"),
)


def record_month(house: House, actors: Callable[[str], Actor | None], seed: int) -> None:
    """On the month's reporting day: the figure of every indicator at the end of the month before."""
    today = clock.today()
    if today != reporting_day(house.calendar, today.year, today.month):
        return
    as_of = today.replace(day=1) - timedelta(days=1)
    with house.database.reading() as session:
        indicators = list(session.scalars(select(Indicator).order_by(Indicator.number)))
        targets = {
            (row.indicator_id, row.year): row.value
            for row in session.scalars(select(AnnualTarget).order_by(AnnualTarget.revision))
        }
    office = actors(Role.OFFICE)
    assert office is not None
    for indicator in indicators:
        value = _value(indicator, targets, as_of, seed)
        nature = Nature.ACTUAL
        key = f"demo:actual:{indicator.number}:{as_of}"
        record_actual(
            house, office, indicator.number, as_of.year, as_of, value, nature, Source.DEPARTMENT, NOTE, key=key
        )  # fmt: skip


def reporting_day(calendar: Calendar, year: int, month: int) -> date:
    return calendar.first_on_or_after(date(year, month, REPORTING_DAY))


def _value(indicator: Indicator, targets: Mapping[tuple[int, int], Decimal], as_of: date, seed: int) -> Decimal:
    """Newly added since January, or the value on the day; never falling within a year."""
    target = targets.get((indicator.id, as_of.year), indicator.first_year_value)
    share = Decimal(as_of.month) / 12
    end = Random(f"{seed}:{indicator.number}:{as_of.year}").choice(ENDS)
    step = Decimal(1).scaleb(-indicator.precision)
    if indicator.kind == "newly_added":
        return (target * end * share).quantize(step, ROUND_DOWN)
    before = targets.get((indicator.id, as_of.year - 1), indicator.first_year_value * Decimal("0.9"))
    return (before + (target * min(end, Decimal("1.02")) - before) * share).quantize(step, ROUND_DOWN)
