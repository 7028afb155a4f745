"""Whether an enterprise may apply for a level in a batch at all, each refusal as the sentence it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from app.duties.duty import FieldError
from app.duties.lights import chinese_date
from app.duties.months import months_after
from app.terms import TitleLevel

Row = Mapping[str, Any]

RENEWABLE_MONTHS = 6  # a title that is valid for longer need not be applied for again
PREREQUISITES: Mapping[str, str] = {
    "specialised_city": "innovative",
    "specialised": "innovative",
    "little_giant": "specialised",
}
SERVING: Mapping[str, frozenset[str]] = {  # a higher title serves for the lower one that it rests on
    "innovative": frozenset({"innovative", "specialised_city", "specialised", "little_giant"}),
    "specialised": frozenset({"specialised", "little_giant"}),
}


def admission(
    level: str, today: date, titles: Iterable[Row], bans: Iterable[Row], *, has_open: bool
) -> list[FieldError]:
    """Every reason that stands against it; empty where the enterprise may apply.

    titles: {level, until_on} that are valid. bans: {until_on, levels}, no levels meaning all. has_open: another open
    application in this batch.
    """
    held = [title for title in titles if title["until_on"] >= today]
    sentences = [*_banned(level, today, bans), *_still_valid(level, today, held), *_lacking(level, held)]
    if has_open:
        sentences.append("本批次已有申请在办")
    return [FieldError("batch", sentence) for sentence in sentences]


def _banned(level: str, today: date, bans: Iterable[Row]) -> list[str]:
    running = [ban["until_on"] for ban in bans if ban["until_on"] >= today and level in (ban["levels"] or (level,))]
    return [f"{chinese_date(max(running) + timedelta(days=1))}前不得申报"] if running else []


def _still_valid(level: str, today: date, held: Iterable[Row]) -> list[str]:
    limit = months_after(today, RENEWABLE_MONTHS)
    is_valid = any(title["level"] == level and title["until_on"] > limit for title in held)
    return ["该称号有效，无需重复申报"] if is_valid else []


def _lacking(level: str, held: Iterable[Row]) -> list[str]:
    needed = PREREQUISITES.get(level)
    if needed is None or any(title["level"] in SERVING[needed] for title in held):
        return []
    return [f"申报该级别须先取得{TitleLevel(needed).label}"]
