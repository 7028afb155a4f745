"""How much of a year's way should lie behind on a day: by months, or along the quarters that were planned."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

QUARTER = 3  # months


def elapsed_share(on: date, quarters: Sequence[Decimal] = ()) -> Decimal:
    """0 to 1. The last day of a month counts it in full, so that 30 November is 11/12 of an even year.

    quarters: what each of the four is to bring; empty, or all nought, for an even year.
    """
    months = on.month - 1 + Decimal(on.day) / monthrange(on.year, on.month)[1]
    total = sum(quarters, Decimal(0))
    if not total:
        return months / 12
    whole = min(int(months // QUARTER), 3)
    within = months / QUARTER - whole
    return (sum(quarters[:whole], Decimal(0)) + quarters[whole] * within) / total


def elapsed_of_years(on: date, first: int, last: int, share: Decimal) -> Decimal:
    """The same of several years together, where share is that of the day's own year."""
    return (Decimal(on.year - first) + share) / (last - first + 1)
