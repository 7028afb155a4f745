"""Counting the histories of a process: how often and how long at each step, which ways there were, where it waits.

Pure: rows in, figures out. A wait is the working days, by the calendar, from the day a task was opened to the day on
which it was completed; 0 is the same day. Tasks that were cancelled, and those that are open, are in no wait.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from math import ceil
from typing import TypeVar

from app import clock
from app.queries.process_histories import Ran, Sample, Step
from app.terms import InstanceStatus
from app.workdays import Calendar

K = TypeVar("K", bound=Hashable)
MOST_VARIANTS, MOST_PLACES = 20, 100
HEATS = 4  # classes of colour


@dataclass(frozen=True)
class Waits:
    """Working days. p90: nine of ten waited no longer."""

    count: int
    median: int
    p90: int
    longest: int


@dataclass(frozen=True)
class StepFigures:
    """One user task of the drawing. histories: in how many it was entered; entered: how often in all."""

    element_id: str
    name: str
    histories: int
    entered: int
    waits: Waits | None
    open: int


@dataclass(frozen=True)
class Variant:
    """One way through the process: the steps completed in order, repetitions in a row as one, and how it ended.

    mark: what an address names it by. median_days: working days from its beginning to its end.
    """

    mark: str
    steps: tuple[str, ...]
    end_element: str
    status: str
    histories: Sequence[Ran]
    share: float
    median_days: int


@dataclass(frozen=True)
class Place:
    """A step at a unit. days: of all waits together, by which the places are ordered."""

    element_id: str
    name: str
    unit_id: str
    waits: Waits | None
    days: int
    open: int


def quantile(sorted_days: Sequence[int], share: float) -> int:
    """The smallest value that so large a share does not exceed; sorted_days is not empty."""
    return sorted_days[max(ceil(share * len(sorted_days)) - 1, 0)]


def waits_of(days: Iterable[int]) -> Waits | None:
    listed = sorted(days)
    if not listed:
        return None
    return Waits(len(listed), quantile(listed, 0.5), quantile(listed, 0.9), listed[-1])


def step_figures(sample: Sample, calendar: Calendar, waiting: Mapping[tuple[str, str], int]) -> list[StepFigures]:
    """In the order of how often they were entered. waiting: open tasks by step and unit, of all histories."""
    found = []
    for element_id, steps in _by(sample.steps, lambda step: step.element_id).items():
        open_ = sum(number for (id_, _unit), number in waiting.items() if id_ == element_id)
        days = [_days(step, calendar) for step in steps if step.is_done]
        entered = len({step.instance_id for step in steps})
        found.append(StepFigures(element_id, steps[-1].name, entered, len(steps), waits_of(days), open_))
    return sorted(found, key=lambda step: (-step.entered, step.element_id))


def variants(sample: Sample, calendar: Calendar) -> list[Variant]:
    """Of the histories that have ended, all of them, the most frequent first."""
    steps = {id_: list(group) for id_, group in groupby(sample.steps, key=lambda step: step.instance_id)}
    ended = [ran for ran in sample.histories if ran.ended_at is not None]
    ways: dict[tuple[tuple[str, ...], str, str], list[Ran]] = {}
    for ran in ended:
        ways.setdefault((_way(steps.get(ran.id, ())), ran.end_element, ran.status), []).append(ran)
    found = [
        Variant(_mark(way), *way, histories, len(histories) / len(ended), _median_days(histories, calendar))
        for way, histories in ways.items()
    ]
    return sorted(found, key=lambda variant: (-len(variant.histories), variant.mark))


def places(sample: Sample, calendar: Calendar, waiting: Mapping[tuple[str, str], int]) -> list[Place]:
    """Where the most working days were waited in all, at the front; at most MOST_PLACES."""
    grouped = _by(sample.steps, lambda step: (step.element_id, step.unit_id))
    found = []
    for (element_id, unit_id), steps in grouped.items():
        days = [_days(step, calendar) for step in steps if step.is_done]
        open_ = waiting.get((element_id, unit_id), 0)
        found.append(Place(element_id, steps[-1].name, unit_id, waits_of(days), sum(days), open_))
    found.sort(key=lambda place: (-place.days, -place.open, place.element_id, place.unit_id))
    return found[:MOST_PLACES]


def heats(values: Mapping[str, int]) -> dict[str, int]:
    """1 to HEATS for each value that is more than nothing, by quarters of the greatest."""
    greatest = max(values.values(), default=0)
    return {id_: min(HEATS, ceil(HEATS * value / greatest)) for id_, value in values.items() if value > 0}


def durations(sample: Sample, calendar: Calendar) -> Waits | None:
    """Of whole histories that were completed."""
    return waits_of(
        _between(ran.started_at, ran.ended_at, calendar)
        for ran in sample.histories
        if ran.ended_at is not None and ran.status == InstanceStatus.COMPLETED
    )


def _by(steps: Iterable[Step], key: Callable[[Step], K]) -> dict[K, list[Step]]:
    found: dict[K, list[Step]] = {}
    for step in steps:
        found.setdefault(key(step), []).append(step)
    return found


def _way(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(element_id for element_id, _group in groupby(step.element_id for step in steps if step.is_done))


def _mark(way: tuple[tuple[str, ...], str, str]) -> str:
    steps, end_element, status = way
    return sha256("\n".join([*steps, end_element, status]).encode()).hexdigest()[:12]


def _median_days(histories: Iterable[Ran], calendar: Calendar) -> int:
    return quantile(sorted(_between(ran.started_at, ran.ended_at, calendar) for ran in histories), 0.5)


def _days(step: Step, calendar: Calendar) -> int:
    return _between(step.opened_at, step.closed_at, calendar)


def _between(begin: datetime, end: datetime | None, calendar: Calendar) -> int:
    """Never less than nothing: a clock may have gone back. Without an end, nothing yet."""
    if end is None:
        return 0
    return max(calendar.count(clock.local(begin).date(), clock.local(end).date()), 0)
