"""How many enterprises a selection takes, how many each locality may nominate, and where the list is cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from app.duties.annual_target import breakdown
from app.duties.quantity import to_decimal

AROUND = Decimal("0.1")  # PP: 左右 leaves a tenth to both sides
NOMINATION_FACTOR = Decimal("1.5")
LEAST_QUOTA = 3
PANEL_BAND = 20  # places on either side of the cut that experts look at again
LEAST_SHEETS = 3  # fewer expert sheets leave the rule's score alone
MOST_TIMES = 3  # an enterprise may be selected so often (PP)


@dataclass(frozen=True)
class Bounds:
    least: int
    most: int

    @property
    def text(self) -> str:
        return f"遴选数应在{self.least}至{self.most}家之间"


@dataclass(frozen=True)
class Place:
    """One enterprise on the ranked list. experts: mean of the panel's points, None where nobody looked at it."""

    code: str
    score: Decimal
    experts: Decimal | None = None

    @property
    def points(self) -> Decimal:
        """What decides: where experts looked, the mean of rule and panel (PP)."""
        return self.score if self.experts is None else (self.score + self.experts) / 2


def bounds(number: Decimal | int) -> Bounds:
    """What 左右 of the plan's number allows: 90 to 110 for 100."""
    whole = Decimal(number)
    return Bounds(
        int((whole * (1 - AROUND)).to_integral_value(ROUND_CEILING)),
        int((whole * (1 + AROUND)).to_integral_value(ROUND_FLOOR)),
    )


def quota(in_library: Mapping[str, int], number: int, factor: Decimal = NOMINATION_FACTOR) -> dict[str, int]:
    """How many each locality may nominate, by its enterprises in the library; at least three each.

    A locality without any in the library has none to nominate. Where the least of all is more than is asked for, all
    get the least.
    """
    asked = int((number * factor).to_integral_value(ROUND_CEILING))
    active = sum(1 for count in in_library.values() if count > 0)
    return breakdown(max(asked, LEAST_QUOTA * active), in_library, LEAST_QUOTA)


def most_nominated(own_quota: int) -> int:
    """A locality may go beyond its quota by half."""
    return int((own_quota * NOMINATION_FACTOR).to_integral_value(ROUND_FLOOR))


def ranked(places: Sequence[Place]) -> list[Place]:
    """By points, best first; of equal ones the code's order, which decides nothing but the paper."""
    return sorted(places, key=lambda place: (-place.points, place.code))


def cut(order: Sequence[Place], number: int, most: int | None = None) -> list[Place]:
    """The first so many of a ranked list; ties at the cut all stay in, as far as the upper bound lets them."""
    limit = bounds(number).most if most is None else most
    if len(order) <= number:
        return list(order)
    last = order[number - 1].points
    return [place for at, place in enumerate(order) if at < number or (place.points == last and at < limit)]


def band(order: Sequence[Place], number: int) -> list[Place]:
    """The places around the cut that the panel scores: 81 to 120 for 100."""
    return list(order[max(0, number - PANEL_BAND) : number + PANEL_BAND])


def with_sheets(order: Sequence[Place], number: int, sheets: Mapping[str, Sequence[Decimal]]) -> list[Place]:
    """The list with the band around the cut ranked again by what experts gave; the places outside of it stay.

    sheets: code -> points of each expert. What fewer than three gave counts nothing.
    """
    looked_at = band(order, number)
    first = max(0, number - PANEL_BAND)
    again = ranked([Place(place.code, place.score, _mean(sheets.get(place.code, ()))) for place in looked_at])
    return [*order[:first], *again, *order[first + len(again) :]]


def given_points(sheets: Iterable[Mapping[str, Any]]) -> dict[str, list[Decimal]]:
    """Code -> the points that experts gave; a declared interest gives none. sheets: {rows: {code: {points} or {…}}}."""
    found: dict[str, list[Decimal]] = {}
    for sheet in sheets:
        for code, row in sheet["rows"].items():
            if "points" in row:
                found.setdefault(code, []).append(to_decimal(row["points"]))
    return found


def next_in_rank(order: Sequence[str], selected: Sequence[str], removed: Sequence[str]) -> list[str]:
    """Who moves up: for each that was removed the next on the list that is neither selected nor removed."""
    taken = {*selected, *removed}
    waiting = [code for code in order if code not in taken]
    return waiting[: len(removed)]


def _mean(points: Sequence[Decimal]) -> Decimal | None:
    return sum(points, Decimal(0)) / len(points) if len(points) >= LEAST_SHEETS else None
