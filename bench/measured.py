"""How a thing is timed, and what a ratio says of itself."""

from __future__ import annotations

from collections.abc import Sequence
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


class Times(list[float]):
    """Milliseconds, one for each time that its block was passed through: `with above: complete(…)`."""

    def __enter__(self) -> None:
        self._since = perf_counter()

    def __exit__(self, *_error: object) -> None:
        self.append((perf_counter() - self._since) * 1000)


def middle(found: Sequence[float]) -> float:
    """The median, without the first tenth: caches and compiled statements are warm by then."""
    return median(found[len(found) // 10 :])


def short(number: int) -> str:
    """How the name of a line says how many."""
    return f"{number // 1_000_000}m" if number >= 1_000_000 else f"{number // 1000}k"
