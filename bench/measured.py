"""How a thing is timed, and what a ratio says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Ratio:
    """above and below are medians in milliseconds; n how often each was measured."""

    name: str
    above: float
    below: float
    n: int

    @property
    def value(self) -> float:
        return self.above / self.below

    @property
    def told(self) -> str:
        return f"{self.above:.3f} ms / {self.below:.3f} ms"


def times(actions: Iterable[Callable[[], object]]) -> list[float]:
    """Milliseconds of each action, done one after the other."""
    found = []
    for action in actions:
        since = perf_counter()
        action()
        found.append((perf_counter() - since) * 1000)
    return found


def middle(milliseconds: list[float]) -> float:
    """The median, without the first tenth: caches and compiled statements are warm by then."""
    return median(milliseconds[len(milliseconds) // 10 :])
