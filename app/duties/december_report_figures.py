"""How a reported figure stands against the library's count, against last year's end, and against the year's target."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Literal

from app.duties.pace import is_met

Kind = Literal["newly_added", "period_end"]

TOLERANCE = Decimal("0.005")  # PP: ratios and amounts may differ from the count by half a percent of it
SHARE_STEP = Decimal("0.0001")
PERCENT_STEP = Decimal("0.01")


@dataclass(frozen=True)
class Difference:
    """reported minus counted. percent: the distance in percent of the count with two decimals, None where it is 0."""

    absolute: Decimal
    percent: Decimal | None
    needs_reason: bool


@dataclass(frozen=True)
class Attainment:
    """Share of the target that is reached, and whether the plan's words hold: 60.0 reaches 超过60% without meeting it.

    The share is rounded down at a hundredth of a percent, so that nothing short of the target is shown as all of it.
    """

    ratio: Decimal
    is_met: bool


def difference(reported: Decimal, counted: Decimal, precision: int) -> Difference:
    """Counts (precision 0) may not differ at all without a reason, ratios and amounts by half a percent."""
    absolute = reported - counted
    allowed = abs(counted) * TOLERANCE if precision else Decimal(0)
    percent = (abs(absolute / counted) * 100).quantize(PERCENT_STEP) if counted else None
    return Difference(absolute, percent, needs_reason=abs(absolute) > allowed)


def expected_ratio(value: Decimal, target: Decimal, kind: Kind, comparator: str) -> Attainment:
    """How far the value expected at the year's end reaches; a period-end value that holds is 1 and never more."""
    is_reached = not target or is_met(value, target, comparator)
    if not target or (kind == "period_end" and is_reached):
        return Attainment(Decimal(1), is_reached)
    return Attainment((value / target).quantize(SHARE_STEP, rounding=ROUND_DOWN), is_reached)


def is_increase(value: Decimal, base: Decimal, level: Decimal) -> bool:
    """True when a period-end value looks like the year's increase (PP): it lies nearer to that than to the level.

    base: the value at the end of last year; level: the last one known.
    """
    return value < level - base / 2
