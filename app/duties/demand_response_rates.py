"""What became of demands, in percent: answered, answered in time, and answered to the firm's satisfaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Rating = Literal["yes", "fair", "no"]
RATING_WORDS: dict[str, str] = {"yes": "满意", "fair": "基本满意", "no": "不满意"}
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Answered:
    """One demand. answered_on: None while it is not answered; rating: None where the firm did not rate."""

    due_on: date
    answered_on: date | None = None
    rating: Rating | None = None


def response_rate(demands: Sequence[Answered], on: date) -> Decimal | None:
    """Of those that had to be answered by this day, how many were answered in time; None where none had to be."""
    due = [row for row in demands if row.due_on <= on or row.answered_on is not None]
    in_time = sum(row.answered_on is not None and row.answered_on <= row.due_on for row in due)
    return percent(in_time, len(due))


def satisfaction(ratings: Iterable[Rating | None]) -> Decimal | None:
    """(满意 + 基本满意) of those that were rated; what was not rated is left out."""
    rated = [rating for rating in ratings if rating is not None]
    return percent(sum(rating != "no" for rating in rated), len(rated))


def percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100) * part / whole).quantize(TENTH, ROUND_HALF_UP) if whole else None
