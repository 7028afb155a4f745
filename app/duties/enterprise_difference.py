"""What a row of the enterprises' table would change of a file, field by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.duties.enterprise_figures import FIGURES, decimal_of

Changes = dict[str, list[Any]]


@dataclass(frozen=True)
class Known:
    """What the library has: fields by key, days as ISO text; figures by year."""

    fields: Mapping[str, Any]
    figures: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row as JSON keeps them: {"name": …, "year": …, "figures": {…}}, without what is not given."""
    kept = {key: _plain(value) for key, value in values.items() if value is not None}
    figures = {key: kept.pop(key) for key in FIGURES if key in kept}
    return {**kept, "figures": figures}


def changes(given: Mapping[str, Any], known: Known) -> Changes:
    """field -> [before, after]; a figure's field is `2023.revenue_wan`. What is not given changes nothing."""
    found: Changes = {}
    for key, value in given.items():
        if key in known.fields and (known.fields[key] or "") != value:
            found[key] = [known.fields[key], value]
    year = given.get("year")
    before = known.figures.get(year, {}) if year is not None else {}
    for key, value in given.get("figures", {}).items():
        if not _is_same(before.get(key), value):
            found[f"{year}.{key}"] = [before.get(key), value]
    return found


def merged(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The year's figures with those that are given laid over them."""
    return {**before, **{key: value for key, value in given.items() if not _is_same(before.get(key), value)}}


def sources(
    before: Mapping[str, Any], of_figures: Mapping[str, list[str]], of_row: list[str], given: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Where the figures came from that the row leaves as they are. of_row: [source, day] of those without their own."""
    return {key: of_figures.get(key, of_row) for key in before if _is_same(before[key], given.get(key, before[key]))}


def _is_same(before: Any, after: Any) -> bool:
    """8000.00 and 8000 are the same number; a word is the same word."""
    numbers = decimal_of(before), decimal_of(after)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return bool(before == after)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, (str, int)) else f"{value:f}"
