"""How good forecasts were: Brier score against the plain rate known at the time, and by bins what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.duties.forecast import Finished, History, Open, forecast
from app.duties.forecast_pace import Ended, guess

POINTS = (0.0, 0.5, 0.8)  # shares of a task's span at which it is forecast
BINS = 5


@dataclass(frozen=True)
class Told:
    """One forecast whose outcome is known. plain: the rate of all that were known then."""

    chance: float
    plain: float
    came: bool
    point: float


@dataclass(frozen=True)
class Bin:
    low: float
    high: float
    number: int
    said: float
    came: float


@dataclass(frozen=True)
class Score:
    """brier: mean squared distance between chance and outcome, 0 is perfect; plain_brier: that of the plain rate."""

    number: int
    came: int
    brier: float
    plain_brier: float
    bins: Sequence[Bin]

    @property
    def skill(self) -> float:
        """The part of the plain rate's error that the forecast saves; negative where it is worse."""
        return 1 - self.brier / self.plain_brier if self.plain_brier else 0.0


def score(told: Iterable[Told]) -> Score | None:
    """None where nothing was told."""
    rows = list(told)
    if not rows:
        return None
    number = len(rows)
    return Score(
        number=number,
        came=sum(row.came for row in rows),
        brier=sum((row.chance - row.came) ** 2 for row in rows) / number,
        plain_brier=sum((row.plain - row.came) ** 2 for row in rows) / number,
        bins=list(_bins(rows)),
    )


def of_tasks(tasks: Sequence[Finished], points: Sequence[float] = POINTS) -> Iterator[Told]:
    """Each task as it would have been forecast, with nothing but what was known on that day; by day, in one sweep."""
    known = sorted(tasks, key=lambda task: task.known_on)
    points_of = [{_day(task, point): point for point in points} for task in tasks]  # one a day, where spans are short
    asked = sorted((day, number) for number, days in enumerate(points_of) for day in days)
    history, place = History(), 0
    for day, number in asked:
        while place < len(known) and known[place].known_on <= day:
            history.add(known[place])
            place += 1
        task = tasks[number]
        if task.done_on is not None and task.done_on < day:
            continue  # it was done already
        found = forecast(Open(task.duty, task.unit, task.opened_on, task.due_on), history, day)
        if found is not None:
            plain = history.whole.late / history.whole.number
            yield Told(found.chance, plain, task.is_late, points_of[number][day])


def of_indicators(ended: Sequence[tuple[int, Ended]]) -> Iterator[Told]:
    """(year, course) of ended years, each guessed with the years before alone. plain: the rate of their misses."""
    for year, one in ended:
        before = [earlier for past, earlier in ended if past < year]
        found = guess(one.course, before)
        if found is None:
            continue
        missed = sum(each.course.misses(each.final) for each in before)
        plain = (missed + 1) / (len(before) + 2)
        yield Told(found.forecast.chance, plain, one.course.misses(one.final), one.course.elapsed)


def _day(task: Finished, point: float) -> date:
    span = (task.due_on - task.opened_on).days + 1
    return task.opened_on + timedelta(days=int(span * point))


def _bins(rows: Sequence[Told]) -> Iterator[Bin]:
    for place in range(BINS):
        low, high = place / BINS, (place + 1) / BINS
        own = [row for row in rows if low <= row.chance < high or (row.chance >= 1 and place == BINS - 1)]
        if own:
            said, came = sum(row.chance for row in own) / len(own), sum(row.came for row in own) / len(own)
            yield Bin(low, high, len(own), said, came)
