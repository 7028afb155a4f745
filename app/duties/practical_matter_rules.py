"""How much of a practical matter was delivered, what enterprises think of it, and which of them are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

GRADES: Mapping[str, str] = {"satisfied": "满意", "mostly": "基本满意", "unsatisfied": "不满意"}
CONTENT = ("satisfied", "mostly")
FEWEST_RATINGS = 10  # PP: fewer give no figure
LARGEST_SAMPLE = 30  # PP
PARTLY_FROM = Fraction(3, 5)


@dataclass(frozen=True)
class Milestone:
    """goal: of a milestone with a quantity; such a one counts by its share and not by the tick."""

    is_done: bool
    goal: Decimal | None = None
    value: Decimal | None = None

    @property
    def share(self) -> Fraction:
        if not self.goal:
            return Fraction(self.is_done)
        return min(Fraction(1), Fraction(self.value or 0) / Fraction(self.goal))


def delivery_ratio(milestones: Sequence[Milestone]) -> Fraction:
    """0 to 1; without a milestone nothing was delivered."""
    return sum((one.share for one in milestones), Fraction(0)) / len(milestones) if milestones else Fraction(0)


def acceptance_proposal(ratio: Fraction) -> str:
    """The outcome that the ratio suggests; the person decides."""
    if ratio >= 1:
        return "accepted"
    return "partly" if ratio >= PARTLY_FROM else "returned"


def satisfaction(grades: Iterable[str]) -> Decimal | None:
    """Per cent of those who rated that are at least mostly satisfied, to one place; None below ten ratings."""
    rated = list(grades)
    if len(rated) < FEWEST_RATINGS:
        return None
    content = sum(grade in CONTENT for grade in rated)
    return (Decimal(100 * content) / len(rated)).quantize(Decimal("0.1"))


def sample(firms: Mapping[str, str], key: str, most: int = LARGEST_SAMPLE) -> list[str]:
    """Whom of the firms to ask: one of each locality in turn, in an order that only the matter's key decides.

    firms: credit code -> locality. Whoever repeats the draw with the same firms gets the same answer.
    """
    waiting: dict[str, list[str]] = {}
    for code in sorted(firms, key=lambda code: _drawn(key, code)):
        waiting.setdefault(firms[code], []).append(code)
    chosen: list[str] = []
    turns = range(max(map(len, waiting.values()), default=0))
    order = sorted(waiting, key=lambda place: _drawn(key, place))
    for turn in turns:
        chosen += [waiting[place][turn] for place in order if turn < len(waiting[place])]
    return chosen[:most]


def _drawn(key: str, what: str) -> bytes:
    return sha256(f"{key}|{what}".encode()).digest()
