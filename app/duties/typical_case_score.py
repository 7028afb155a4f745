"""How good a case is: its points, what they propose, the ten of a year, and what publishing one is worth (PP)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

POINTS: Mapping[str, str] = {
    "typical": "典型性",
    "truthful": "真实性",
    "repeatable": "可复制",
    "written": "文字",
}
USED_FROM, RETURNED_FROM = 28, 20
TOP, TOP_OF_A_UNIT = 10, 3
BONUS, MOST_BONUS = Decimal("0.5"), Decimal(2)
VIEW_DAYS = 30


def score(points: Mapping[str, Any]) -> int:
    """The sum of the four, each 0 to 10."""
    return sum(int(points.get(part) or 0) for part in POINTS)


def proposal(total: int) -> str:
    """yes | returned | no: what the points propose; the office decides."""
    if total >= USED_FROM:
        return "yes"
    return "returned" if total >= RETURNED_FROM else "no"


@dataclass(frozen=True)
class Published:
    """A published case as the choice of the year sees it. views: in 30 days; unit: whose it is, "" for a firm's own."""

    key: str
    unit: str
    score: int
    views: Decimal = Decimal(0)


def views_in_30_days(views: int, days: int) -> Decimal:
    """How often it is read in 30 days. days: for how long it has stood; less than 30 count as 30."""
    return Decimal(views) * VIEW_DAYS / max(days, VIEW_DAYS)


def top_cases(cases: Iterable[Published], most: int = TOP) -> list[Published]:
    """The best of a year by score, then by views, then as they were numbered; at most three of one unit."""
    taken: Counter[str] = Counter()
    chosen: list[Published] = []
    for case in sorted(cases, key=lambda case: (-case.score, -case.views, case.key)):
        if len(chosen) < most and (not case.unit or taken[case.unit] < TOP_OF_A_UNIT):
            taken[case.unit] += 1
            chosen.append(case)
    return chosen


def too_many_of_a_unit(cases: Sequence[Published]) -> list[str]:
    """Units of which more were chosen than may be."""
    taken = Counter(case.unit for case in cases if case.unit)
    return [unit for unit, count in taken.items() if count > TOP_OF_A_UNIT]


def bonus(published: int) -> Decimal:
    """Quality points of a unit in the yearly assessment for so many published cases."""
    return min(BONUS * published, MOST_BONUS)
