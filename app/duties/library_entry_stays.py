"""What the upgrading library counts: who entered in a year, who is in it on a day, and whether that keeps pace.

A stay is the time between an entry and an exit. Source: measure 1 of the plan
(每年新扩充入库企业不低于200家, 在库培育中小企业超过1000家); that a return within 24 months of an exit is no new entry
is a proposal of the product (PP).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.duties.lights import Explanation
from app.duties.months import months_after
from app.duties.pace import DEFAULT_PACE, PacePolicy, indicator_light

RETURN_MONTHS = 24
QUARTERS = Decimal(4)

EXIT_REASONS: Mapping[str, str] = {
    "stopped": "停产",
    "deregistered": "注销",
    "moved_out": "迁出本市",
    "large": "升为大型企业",
    "duplicate": "重复入库",
}


@dataclass(frozen=True)
class Stay:
    """One enterprise from its entry to its exit. code: its credit code; locality: the one that nominated it."""

    code: str
    locality: str
    entered_on: date
    left_on: date | None = None

    def is_in(self, on: date) -> bool:
        """On the day of its exit it has left."""
        return self.entered_on <= on and (self.left_on is None or on < self.left_on)


def entries(stays: Iterable[Stay], year: int, on: date | None = None) -> list[Stay]:
    """The stays that count as new in the year, up to the day, in the order of entry; an enterprise at most once.

    A return within 24 months of the last exit counts nowhere.
    """
    new = [stay for own in _by_code(stays).values() for stay in _new_of(own)]
    until = on or date(year, 12, 31)
    counted = {stay.code: stay for stay in reversed(new) if stay.entered_on.year == year and stay.entered_on <= until}
    return sorted(counted.values(), key=lambda stay: (stay.entered_on, stay.code))


def stock(stays: Iterable[Stay], on: date) -> list[Stay]:
    """Entered and not left on the day; an enterprise once."""
    found = {stay.code: stay for stay in stays if stay.is_in(on)}
    return sorted(found.values(), key=lambda stay: (stay.entered_on, stay.code))


def exit_reason(state: str, *, stays_in_city: bool = False) -> str | None:
    """Why an enterprise leaves the library, in Chinese; None where it stays, also where it moves within the city."""
    if state == "moved_out" and stays_in_city:
        return None
    return EXIT_REASONS.get(state)


def quarters_behind(year: int, on: date) -> Decimal:
    """The share of the year that its ended quarters make; between two ends the last one holds."""
    if on.year != year:
        return Decimal(1 if on.year > year else 0)
    is_last_day = (on + timedelta(days=1)).month != on.month
    ended = (on.month if is_last_day else on.month - 1) // 3
    return Decimal(ended) / QUARTERS


@dataclass(frozen=True)
class Pace:
    """entries: of the year against its target, None without one; stock: against the plan's number."""

    entries: Explanation | None
    stock: Explanation


def pace(
    year: int,
    on: date,
    *,
    entered: int,
    target: Decimal | None,
    in_stock: int,
    stock_target: Decimal,
    stock_before: int,
    period: tuple[int, int],
    policy: PacePolicy = DEFAULT_PACE,
) -> Pace:
    """How entries and stock stand. stock_before: at the plan's beginning; period: first and last year of the plan.

    The stock must exceed its number (超过) at the plan's end.
    """
    first, last = period
    share = min(Decimal(1), max(Decimal(0), (Decimal(year - first) + quarters_behind(year, on)) / (last - first + 1)))
    return Pace(
        entries=None if target is None else entries_light(year, on, entered, target, policy),
        stock=indicator_light(
            Decimal(in_stock), stock_target, share, "period_end", "gt",
            base=Decimal(stock_before), unit="家", policy=policy, span="计划",
        ),
    )  # fmt: skip


def entries_light(year: int, on: date, entered: int, target: Decimal, policy: PacePolicy = DEFAULT_PACE) -> Explanation:
    """Of the city against the year's target, or of a locality against its share."""
    share = quarters_behind(year, on)
    return indicator_light(Decimal(entered), target, share, "newly_added", "gte", unit="家", policy=policy)


def _by_code(stays: Iterable[Stay]) -> Mapping[str, Sequence[Stay]]:
    found: dict[str, list[Stay]] = {}
    for stay in sorted(stays, key=lambda stay: stay.entered_on):
        found.setdefault(stay.code, []).append(stay)
    return found


def _new_of(stays: Sequence[Stay]) -> Iterable[Stay]:
    """Of one enterprise, in the order of entry."""
    last_exit: date | None = None
    for stay in stays:
        if last_exit is None or stay.entered_on > months_after(last_exit, RETURN_MONTHS):
            yield stay
        last_exit = max(filter(None, (last_exit, stay.left_on)), default=None)
