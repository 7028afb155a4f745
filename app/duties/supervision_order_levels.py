"""The colours of an order: which one comes next, how long it gives, when it has lapsed, and what that costs.

Blue reminds, orange warns, red is final. The days of each colour and the points are proposals of the product (PP).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.workdays import Calendar

LEVELS = ("blue", "orange", "red")
LEVEL_WORDS: Mapping[str, str] = {"blue": "蓝色提示", "orange": "橙色预警", "red": "红色限办"}
LIMIT_DAYS: Mapping[str, int] = {"blue": 5, "orange": 3, "red": 2}
LAPSE_POINTS: Mapping[str, int] = {"blue": -1, "orange": -2, "red": -4}
CORRECTION_DAYS = 3
MOST_LIMIT_DAYS = 30


@dataclass(frozen=True)
class Colour:
    """One colour that was issued. reported_on: when a signed report was there, whether it was good enough or not."""

    level: str
    issued_on: date
    limit_on: date
    is_lapsed: bool = False
    is_urgent: bool = False
    reported_on: date | None = None


@dataclass(frozen=True)
class Point:
    """What a colour counts in the assessment."""

    level: str
    value: int
    reason: str


def next_level(history: Sequence[Colour], is_urgent: bool = False, wanted: str | None = None) -> str | None:
    """The colour to be issued next; None where the wanted one may not be.

    wanted: the colour somebody asks for; None for what the rule proposes.
    """
    natural = _natural(history)
    if wanted is None:
        return natural
    if wanted == natural:
        return wanted
    is_higher = LEVELS.index(wanted) > _reached(history)
    return wanted if is_urgent and is_higher else None


def _natural(history: Sequence[Colour]) -> str | None:
    """Blue first; one higher once the last has lapsed; red stays red. None while the last still runs."""
    if not history:
        return LEVELS[0]
    if not history[-1].is_lapsed:
        return None
    return LEVELS[min(_reached(history) + 1, len(LEVELS) - 1)]


def _reached(history: Sequence[Colour]) -> int:
    return max((LEVELS.index(colour.level) for colour in history), default=-1)


def breaks_ladder(history: Sequence[Colour]) -> list[str]:
    """The colours that were issued though they might not be: an empty list for every honest log."""
    broken = []
    for position, colour in enumerate(history):
        before = history[:position]
        if next_level(before, colour.is_urgent, colour.level) is None:
            broken.append(colour.level)
    return broken


def order_limit(level: str, issued_on: date, calendar: Calendar) -> date:
    """The last day of a colour; an instruction that names a day goes first."""
    return calendar.add(issued_on, LIMIT_DAYS[level])


def correction_limit(old: date, today: date, calendar: Calendar) -> date:
    """A report that was returned has at least three working days more."""
    return max(old, calendar.add(today, CORRECTION_DAYS))


def latest_limit(today: date, calendar: Calendar) -> date:
    return calendar.add(today, MOST_LIMIT_DAYS)


def is_lapsed(limit_on: date, signed_on: date | None, today: date) -> bool:
    """Nothing was signed by the end of the limit: a return after a report in time does not lapse the colour."""
    return today > limit_on if signed_on is None else signed_on > limit_on


def needs_leader(level: str, is_urgent: bool) -> bool:
    return level == LEVELS[-1] or is_urgent


def duplicate_of(subject_key: str, open_orders: Iterable[tuple[str, str]]) -> str | None:
    """The number of an order that is open on the subject. open_orders: subject key and number."""
    return next((number for key, number in open_orders if key == subject_key), None)


def may_close(level: str, *, is_of_unit: bool, is_drafter: bool) -> bool:
    """Never the unit itself, and never the drafter alone for red."""
    return not is_of_unit and not (level == LEVELS[-1] and is_drafter)


def points(history: Iterable[Colour]) -> list[Point]:
    """One for each colour that came to its end; an urgent one counts by the colour it reached."""
    return [_point(colour) for colour in history if colour.is_lapsed or colour.reported_on is not None]


def _point(colour: Colour) -> Point:
    word = LEVEL_WORDS[colour.level]
    if colour.is_lapsed:
        return Point(colour.level, LAPSE_POINTS[colour.level], f"{word}督办单逾期未反馈")
    return Point(colour.level, 0, f"{word}督办单按期反馈")
