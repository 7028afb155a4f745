"""The chance that an open user task is finished after its due day, learned from what was finished before.

Four steps, each of which a person can follow:
1. how often tasks of this duty were late with other units, drawn towards the rate of all tasks while there are few;
2. times how much more often than the duties would let expect this unit was late with its other duties;
3. held against the unit's own record in this duty (Beta-binomial), which gives the chance and its range;
4. turned, by Bayes' rule, with what is known today: it is still open, and so many of those in time are done by now.

Nothing else enters: no person, no wording, no size. A forecast is for attention, never for assessment.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from app.duties.forecast_beta import beta_quantile

METHOD = "逾期可能性推算法第1版"
FEWEST = 30  # finished tasks of the house before anything is said
DUTY_WEIGHT = 20.0  # tasks' worth that the rate of all weighs against a duty's own
UNIT_WEIGHT = 2.0  # late tasks' worth of doubt that a unit differs from the others
OWN_WEIGHT = 6.0  # tasks' worth that steps 1 and 2 weigh against the unit's own record
FIRST_RATE, FIRST_WEIGHT = 0.2, 5.0  # before there is any record
LOWEST, HIGHEST = 0.005, 0.98
LOW, HIGH = 0.1, 0.9  # the range holds four fifths
BINS = 20
LEAST_LEFT = 0.02  # share of those in time that may always still be open


@dataclass(frozen=True)
class Forecast:
    """chance, low, high: 0 to 1. reasons: Chinese sentences, the weightiest first."""

    chance: float
    low: float
    high: float
    reasons: tuple[str, ...]
    method: str = METHOD


@dataclass(frozen=True)
class Finished:
    """A task whose outcome is known: done in time, or its due day over. done_on: None for one that is open still."""

    duty: str
    unit: str
    opened_on: date
    due_on: date
    done_on: date | None

    @property
    def is_late(self) -> bool:
        return self.done_on is None or self.done_on > self.due_on

    @property
    def known_on(self) -> date:
        """From when on it is known whether it was late."""
        return (
            self.done_on
            if self.done_on is not None and not self.is_late
            else date.fromordinal(self.due_on.toordinal() + 1)
        )


@dataclass(frozen=True)
class Open:
    duty: str
    unit: str
    opened_on: date
    due_on: date


@dataclass
class Tally:
    number: int = 0
    late: int = 0

    def add(self, is_late: bool) -> None:
        self.number += 1
        self.late += is_late

    def without(self, other: Tally) -> Tally:
        return Tally(self.number - other.number, self.late - other.late)

    def rate(self, prior: float, weight: float) -> float:
        """The late share, drawn towards the prior as if that were so many more tasks."""
        return (self.late + prior * weight) / (self.number + weight)


@dataclass
class History:
    """Everything that is known of tasks with an outcome."""

    whole: Tally = field(default_factory=Tally)
    by_duty: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_unit: dict[str, dict[str, Tally]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Tally)))
    done_by: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * BINS))
    all_done_by: list[int] = field(default_factory=lambda: [0] * BINS)

    def add(self, task: Finished) -> None:
        """done_by counts those in time, by the twentieth of their span in which they were finished."""
        for tally in (self.whole, self.by_duty[task.duty], self.by_unit[task.unit][task.duty]):
            tally.add(task.is_late)
        if task.done_on is not None and not task.is_late:
            place = min(int(elapsed(task.opened_on, task.due_on, task.done_on) * BINS), BINS - 1)
            self.done_by[task.duty][place] += 1
            self.all_done_by[place] += 1


def elapsed(opened_on: date, due_on: date, day: date) -> float:
    """The share of a task's span, both days included, that lies behind when the day begins; 0 to below 1 until due."""
    span = max((due_on - opened_on).days + 1, 1)
    return min(max((day - opened_on).days / span, 0.0), 1.0)


def forecast(task: Open, history: History, today: date) -> Forecast | None:
    """None before enough tasks were finished, and once the due day is over: then it is late, and no longer a chance."""
    if history.whole.number < FEWEST or today > task.due_on:
        return None
    own = history.by_unit[task.unit][task.duty] if task.unit in history.by_unit else Tally()
    prior = _prior(task, history, own)
    a, b = OWN_WEIGHT * prior + own.late, OWN_WEIGHT * (1 - prior) + own.number - own.late
    share = elapsed(task.opened_on, task.due_on, today)
    left = _left(history, task.duty, share)
    chance, low, high = (
        _still_open(rate, left) for rate in (a / (a + b), beta_quantile(LOW, a, b), beta_quantile(HIGH, a, b))
    )
    return Forecast(chance, min(low, chance), max(high, chance), _reasons(task, history, own, share, left))


def _prior(task: Open, history: History, own: Tally) -> float:
    """Steps 1 and 2. What the unit did in this very duty enters in step 3 only, so that nothing counts twice."""
    everywhere = history.whole.rate(FIRST_RATE, FIRST_WEIGHT)
    others = history.by_duty[task.duty].without(own) if task.duty in history.by_duty else Tally()
    rate = others.rate(everywhere, DUTY_WEIGHT)
    return min(max(rate * _unit_factor(task, history, everywhere), LOWEST), HIGHEST)


def _unit_factor(task: Open, history: History, everywhere: float) -> float:
    """How many times as often as expected the unit was late with its other duties; 1 without a record."""
    late, expected = 0, 0.0
    for duty, tally in history.by_unit.get(task.unit, {}).items():
        if duty != task.duty:
            late += tally.late
            expected += tally.number * history.by_duty[duty].rate(everywhere, DUTY_WEIGHT)
    return (late + UNIT_WEIGHT) / (expected + UNIT_WEIGHT)


def _left(history: History, duty: str, share: float) -> float:
    """The share of those done in time that were still open after this share of their span."""
    place = int(share * BINS)
    whole, own = history.all_done_by, history.done_by.get(duty, [0] * BINS)
    everywhere = (sum(whole[place:]) + 1 - share) / (sum(whole) + 1)
    left = (sum(own[place:]) + DUTY_WEIGHT * everywhere) / (sum(own) + DUTY_WEIGHT)
    return max(left, LEAST_LEFT)


def _still_open(rate: float, left: float) -> float:
    """Bayes' rule: those that will be late are all open still, of those in time only some."""
    return rate / (rate + (1 - rate) * left)


def _reasons(task: Open, history: History, own: Tally, share: float, left: float) -> tuple[str, ...]:
    others = history.by_duty[task.duty].without(own) if task.duty in history.by_duty else Tally()
    elsewhere = Tally()
    for duty, tally in history.by_unit.get(task.unit, {}).items():
        if duty != task.duty:
            elsewhere.number, elsewhere.late = elsewhere.number + tally.number, elsewhere.late + tally.late
    done = round((1 - left) * 100)
    told = [
        _told("本单位同类事项", own),
        _told("其他单位同类事项", others),
        _told("本单位其他事项", elsewhere),
        f"办理时间已过 {round(share * 100)}%；按时办结的同类事项，到这时约 {done}% 已经办结。" if share > 0 else "",
    ]
    return tuple(filter(None, told))


def _told(name: str, tally: Tally) -> str:
    return f"{name} {tally.number} 件，其中逾期 {tally.late} 件。" if tally.number else f"{name}尚无办结记录。"
