"""The chance that an indicator misses its target: from its figure and pace, and from how far earlier guesses were off.

1. Where the year will end: what was done, plus the rest of the year at a rate between the observed one and last year's
   (or, without one, the target's), the observed one weighing more the more of the year it covers.
2. How far such guesses were off: those that the same method would have made at a like point of ended years.
3. The chance: of those errors, the share that would make this indicator miss, held against a first assumption
   (Beta-binomial), which gives its range as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from app.duties.forecast import HIGH, LOW, Forecast
from app.duties.forecast_beta import beta_quantile, normal_share

METHOD = "指标完成推算法第1版"
RATE_WEIGHT = 0.25  # of a year: what last year's rate weighs against the observed one
ERROR_WEIGHT = 10.0  # guesses' worth that the first assumption weighs against the record of errors
FIRST_ERROR = {"newly_added": 0.35, "period_end": 0.10}  # of the target, for a whole year
NEAR = 0.2  # of the year: how like a point must be
TENTH = 1.2816  # standard deviations from the middle to the outer tenth
LEAST = 0.01  # share of the year that is always left
LEAST_SIDE = 0.05


@dataclass(frozen=True)
class Course:
    """An indicator within its year. done: newly added so far, or the value now. elapsed: of the year, 0 to 1.

    before: the last year's newly added whole, or its value at the end; None without one. exceeds: 超过, not only 达到.
    """

    kind: str
    target: float
    done: float
    elapsed: float
    before: float | None = None
    exceeds: bool = False

    @property
    def left(self) -> float:
        return max(1 - self.elapsed, LEAST)

    def misses(self, value: float) -> bool:
        return value <= self.target if self.exceeds else value < self.target


@dataclass(frozen=True)
class Ended:
    """The course at some day of a year that is over, and the value it ended with."""

    course: Course
    final: float


@dataclass(frozen=True)
class Guess:
    """Where the year will end. low, high: four fifths of such years end between them."""

    value: float
    low: float
    high: float
    forecast: Forecast


def projection(course: Course) -> float:
    """Step 1."""
    if course.kind == "newly_added":
        usual = course.target if course.before is None else course.before
        rate = (RATE_WEIGHT * usual + course.done) / (RATE_WEIGHT + course.elapsed)
        return course.done + rate * (1 - course.elapsed)
    if course.before is None:
        return course.done
    rate = (course.done - course.before) / (RATE_WEIGHT + course.elapsed)
    return course.done + rate * (1 - course.elapsed)


def error(ended: Ended) -> float | None:
    """Step 2: how far the guess was off, as a share of the target for a whole year; None where there is no target."""
    course = ended.course
    if not course.target:
        return None
    return (ended.final - projection(course)) / (abs(course.target) * sqrt(course.left))


def guess(course: Course, record: Iterable[Ended]) -> Guess | None:
    """None where nothing is to be guessed: the year is over, or the target is nought."""
    if course.elapsed >= 1 or not course.target:
        return None
    value, scale = projection(course), abs(course.target) * sqrt(course.left)
    errors = _like(course, record)
    spread = _spread(course.kind, errors) * scale
    low, high = value - TENTH * spread, value + TENTH * spread
    if course.kind == "newly_added":  # what was counted stays counted
        low, high = max(low, course.done), max(high, course.done)
    return Guess(value, low, high, _forecast(course, value, scale, errors))


def _like(course: Course, record: Iterable[Ended]) -> list[float]:
    """The errors of the same kind of indicator at a like point of the year."""
    like = (
        ended
        for ended in record
        if ended.course.kind == course.kind and abs(ended.course.elapsed - course.elapsed) <= NEAR
    )
    return [found for ended in like if (found := error(ended)) is not None]


def _spread(kind: str, errors: Sequence[float]) -> float:
    squares = ERROR_WEIGHT * FIRST_ERROR[kind] ** 2 + sum(each**2 for each in errors)
    return sqrt(squares / (ERROR_WEIGHT + len(errors)))


def _forecast(course: Course, value: float, scale: float, errors: Sequence[float]) -> Forecast:
    """Step 3. What is met by a count stays met."""
    if course.kind == "newly_added" and not course.misses(course.done):
        return Forecast(0.0, 0.0, 0.0, ("已达到年度目标。",), METHOD)
    first = normal_share((course.target - value) / (FIRST_ERROR[course.kind] * scale))
    missed = sum(course.misses(value + each * scale) for each in errors)
    a = max(ERROR_WEIGHT * first + missed, LEAST_SIDE)
    b = max(ERROR_WEIGHT * (1 - first) + len(errors) - missed, LEAST_SIDE)
    chance = a / (a + b)
    low, high = min(beta_quantile(LOW, a, b), chance), max(beta_quantile(HIGH, a, b), chance)
    return Forecast(chance, low, high, _reasons(errors, missed), METHOD)


def _reasons(errors: Sequence[float], missed: int) -> tuple[str, ...]:
    if not errors:
        return ("尚无往年同期的推算可供检验，误差按经验估计。",)
    return (f"往年相近时点的 {len(errors)} 次推算中，有 {missed} 次的误差足以使本指标完不成。",)
