"""What keeps a title and what ends it: jumps in the yearly data, the right to re-verification, revocation and ban.

Levels are code words of `terms.TitleLevel`, figures decimal texts or numbers under their keys of the enterprise's file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.duties.months import months_after
from app.duties.quantity import to_decimal
from app.duties.title_maintenance_dates import RULES_2026
from app.terms import TitleLevel

JUMP_PERCENT = Decimal(50)  # PP
COMPARED = (
    "revenue_wan",
    "main_revenue_wan",
    "rd_wan",
    "net_profit_wan",
    "assets_wan",
    "liabilities_wan",
    "tax_paid_wan",
    "invoiced_wan",
)
LADDER = (
    TitleLevel.INNOVATIVE,
    TitleLevel.SPECIALISED_CITY,
    TitleLevel.SPECIALISED,
    TitleLevel.LITTLE_GIANT,
    TitleLevel.SINGLE_CHAMPION,
)
FRAUD_SCOPE_2026 = (TitleLevel.INNOVATIVE, TitleLevel.SPECIALISED, TitleLevel.LITTLE_GIANT)
CITY_LEVELS = frozenset({TitleLevel.SPECIALISED_CITY})
MINISTRY_LEVELS = frozenset({TitleLevel.LITTLE_GIANT, TitleLevel.SINGLE_CHAMPION})
BAN_YEARS = 3

GROUNDS: Mapping[str, str] = {
    "fraud": "弄虚作假",
    "accident": "重大安全、质量、环保事故",
    "dishonesty": "严重失信",
    "unmet": "发生变化后不再符合条件",
    "unreported": "未按规定报告重大变化",
    "given_up": "自愿放弃",
}
BANNED_GROUNDS = frozenset({"fraud", "accident", "dishonesty"})


@dataclass(frozen=True)
class Revocation:
    """scope: the levels that end together, from the foot of the ladder. ban_years: 0 without a ban."""

    scope: tuple[str, ...]
    ban_years: int


def has_jump(old: Any, new: Any) -> bool:
    """True when an amount changed by more than half of what it was; exactly half is none.

    Nothing to compare with is no jump; from 0 to anything else is one, as no percentage measures it.
    """
    percent = jump_percent(old, new)
    return percent is not None and percent > JUMP_PERCENT


def jump_percent(old: Any, new: Any) -> Decimal | None:
    """By how many percent of its size an amount changed, without a sign; None where there is nothing to compare."""
    if old is None or new is None:
        return None
    before, after = to_decimal(old), to_decimal(new)
    if before == 0:
        return Decimal(0) if after == 0 else Decimal("Infinity")
    return abs(after - before) / abs(before) * 100


def jumps(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The keys of the amounts that jumped, in the order of the form."""
    return [key for key in COMPARED if has_jump(old.get(key), new.get(key))]


def right_to_renewal(
    title: Mapping[str, Any], updates: Iterable[Mapping[str, Any]], changes: Iterable[Mapping[str, Any]]
) -> bool:
    """Whether a title may be re-verified: every yearly update and every change in its time was reported in time.

    title: {from_on, until_on}; updates: {due_on, is_in_time}; changes: {event_on, is_in_time}. What fell due outside
    the title's time does not count.
    """
    first, last = title["from_on"], title["until_on"]
    dated = [(row["due_on"], row["is_in_time"]) for row in updates]
    dated += [(row["event_on"], row["is_in_time"]) for row in changes]
    return all(is_in_time for day, is_in_time in dated if first <= day <= last)


def revocation(ground: str, level: str, version: str) -> Revocation:
    """Which titles end and for how long nothing may be applied for.

    Falsified data cost all three titles under the rules of 2026; else a grave ground ends the title and those above it.
    A title that is given up, not reported about or no longer deserved ends alone and without a ban.
    """
    if ground not in BANNED_GROUNDS:
        return Revocation((level,), 0)
    scope = {level, *_higher(level)}
    if ground == "fraud" and version == RULES_2026:
        scope = {level, *FRAUD_SCOPE_2026}
    return Revocation(in_order(scope), BAN_YEARS)


def ban_until(decided_on: date, years: int = BAN_YEARS) -> date:
    return months_after(decided_on, 12 * years)


def decided_at(levels: Iterable[str]) -> str:
    """Who takes titles away: "city", "province" or "ministry", the highest of those that gave them."""
    held = set(levels)
    if held & MINISTRY_LEVELS:
        return "ministry"
    return "city" if held <= CITY_LEVELS else "province"


def in_order(levels: Iterable[str]) -> tuple[str, ...]:
    known = list(TitleLevel)
    return tuple(sorted((str(level) for level in levels), key=lambda level: known.index(TitleLevel(level))))


def _higher(level: str) -> tuple[str, ...]:
    """What stands above a rung; the evaluation number of a technology firm stands beside the ladder."""
    if level not in LADDER:
        return ()
    return LADDER[LADDER.index(TitleLevel(level)) + 1 :]
