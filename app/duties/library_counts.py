"""Which figures of a plan count themselves, and whom a figure counts: rules over plain rows, no tables.

What counts what is data (policies/counts.yaml), by plan. A count is a list first, of enterprises or activities, and a
number second, so that a figure and the list behind it cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import yaml

Sort = Literal["titles", "library", "growth", "density", "activities"]
SORTS: Mapping[str, frozenset[str]] = {
    "titles": frozenset(
        {"innovative", "tech_sme", "specialised_city", "specialised", "little_giant", "single_champion"}
    ),
    "library": frozenset({"entries", "stock"}),
    "growth": frozenset({"selected"}),
    "activities": frozenset({"finance", "supply"}),
}


@dataclass(frozen=True)
class Count:
    """What is counted. words: levels of titles, or the one word of the other sorts."""

    sort: Sort
    words: tuple[str, ...]

    @property
    def is_of_year(self) -> bool:
        """True for what is newly added since January; a stock and a density are those of the day."""
        return self.sort in ("titles", "growth", "activities") or self.words == ("entries",)


@dataclass(frozen=True)
class PlanCounts:
    """Of one plan. indicators: by number; commitments: by key."""

    indicators: Mapping[int, Count]
    commitments: Mapping[str, Count]


@dataclass(frozen=True)
class TitleRow:
    """One title that was announced. is_renewal: given by re-verification; from, until: its days."""

    id: int
    code: str
    level: str
    announced_on: date
    from_on: date
    until_on: date
    ended_on: date | None = None
    is_renewal: bool = False

    def holds(self, on: date) -> bool:
        return self.from_on <= on <= self.until_on and (self.ended_on is None or on < self.ended_on)


NO_COUNTS = PlanCounts({}, {})


def read_counts(text: str) -> Mapping[str, PlanCounts]:
    """Raises ValueError for a sort or a word that there is not."""
    content: dict[str, Any] = yaml.safe_load(text) or {}
    return {key: _plan(key, rows or {}) for key, rows in (content.get("plans") or {}).items()}


def new_titles(titles: Iterable[TitleRow], levels: Sequence[str], on: date) -> list[TitleRow]:
    """The titles that count as new in the year of the day, up to it, in the order of their announcement.

    An enterprise counts once for these levels together: by the first title that it ever had of them. One whose first
    known title came by re-verification had another before, which nobody entered, so it is not new.
    """
    first: dict[str, TitleRow] = {}
    for title in sorted(titles, key=lambda row: (row.announced_on, row.id)):
        if title.level in levels:
            first.setdefault(title.code, title)
    is_new = (title for title in first.values() if not title.is_renewal)
    return [title for title in is_new if title.announced_on.year == on.year and title.announced_on <= on]


def holders(titles: Iterable[TitleRow], level: str, on: date) -> dict[str, TitleRow]:
    """Code -> the title of the level that holds on the day."""
    return {title.code: title for title in titles if title.level == level and title.holds(on)}


def density(chain_of: Mapping[str, str], codes: Iterable[str], chains: Sequence[str]) -> dict[str, int]:
    """How many of these enterprises stand on each chain of the place; others count nowhere."""
    found = dict.fromkeys(chains, 0)
    for code in codes:
        if chain_of.get(code) in found:
            found[chain_of[code]] += 1
    return found


def _plan(key: str, rows: Mapping[str, Any]) -> PlanCounts:
    return PlanCounts(
        {int(number): _count(f"{key} {number}", row) for number, row in (rows.get("indicators") or {}).items()},
        {str(name): _count(f"{key} {name}", row) for name, row in (rows.get("commitments") or {}).items()},
    )


def _count(where: str, row: Mapping[str, Any]) -> Count:
    if len(row) != 1:
        raise ValueError(f"counts.yaml {where}: 请只写一种计数方式")
    sort, said = next(iter(row.items()))
    words = tuple(str(word) for word in (said if isinstance(said, list) else [said]))
    allowed = SORTS["titles"] if sort == "density" else SORTS.get(sort)
    if allowed is None or not words or not set(words) <= allowed or (sort != "titles" and len(words) > 1):
        raise ValueError(f"counts.yaml {where}: 没有这种计数方式 {sort}: {'、'.join(words)}")
    return Count(sort, words)  # type: ignore[arg-type]  # one of SORTS, or density
