"""How a thing is timed, and what a ratio says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Ratio:
    """above and below are medians in the unit; n how often each was measured. note: what else was seen."""

    name: str
    above: float
    below: float
    n: int
    unit: str = "ms"
    note: str = ""

    @property
    def value(self) -> float:
        return self.above / self.below

    @property
    def told(self) -> str:
        over = f"{self.above:,.3f} / {self.below:,.3f} {self.unit}" if self.unit == "ms" else self._round
        return f"{over}; {self.note}" if self.note else over

    @property
    def _round(self) -> str:
        return f"{self.above:,.0f} / {self.below:,.0f} {self.unit}"


def milliseconds(action: Callable[[], object]) -> float:
    since = perf_counter()
    action()
    return (perf_counter() - since) * 1000


def times(actions: Iterable[Callable[[], object]]) -> list[float]:
    """Milliseconds of each action, done one after the other."""
    return [milliseconds(action) for action in actions]


def middle(found: list[float]) -> float:
    """The median, without the first tenth: caches and compiled statements are warm by then."""
    return median(found[len(found) // 10 :])
