"""The inputs of each unit's score, gathered once for all units and numbered, as they are stored with the scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.models.organization import Unit
from app.services.assessment.completion import completion_items
from app.services.assessment.happenings import event_items
from app.services.assessment.quality import quality_items
from app.services.assessment.timeliness import timely_items
from app.services.assessment.year import Item, Year, ranking_of

Inputs = dict[str, Any]
LISTS = ("tasks", "completions", "qualities", "events")


def gather(year: Year) -> dict[str, Inputs]:
    """By unit. A dozen statements, whatever the number of units."""
    gathered = (timely_items(year), completion_items(year), quality_items(year), event_items(year))
    lists = dict(zip(LISTS, gathered, strict=True))
    return {unit.id: _inputs(year, unit, {name: rows[unit.id] for name, rows in lists.items()}) for unit in year.units}


def _inputs(year: Year, unit: Unit, lists: Mapping[str, list[Item]]) -> Inputs:
    """Items keep their numbers for good: what comes later is numbered behind."""
    made: Inputs = {"year": year.year, "unit": unit.id, "ranking": ranking_of(unit), "as_of": year.as_of.isoformat()}
    number = 0
    for name in LISTS:
        made[name] = []
        for row in lists[name]:
            number += 1
            made[name].append({"no": number, **row})
    return made


def items_of(inputs: Mapping[str, Any]) -> dict[int, Item]:
    """By number."""
    return {row["no"]: row for name in LISTS for row in inputs.get(name, ())}


def corrected(inputs: Mapping[str, Any], corrections: Mapping[int, Mapping[str, Any]]) -> Inputs:
    """The same items, each with what was found about it; what stood before stays beside it."""
    return {
        name: [{**row, "correction": dict(corrections[row["no"]])} if row["no"] in corrections else row for row in rows]
        if name in LISTS
        else rows
        for name, rows in inputs.items()
    }


def with_events(inputs: Mapping[str, Any], rows: list[Item]) -> Inputs:
    """Points that somebody gave or took, behind all others."""
    last = max(items_of(inputs), default=0)
    more = [{"no": last + at, **row} for at, row in enumerate(rows, 1)]
    return {**inputs, "events": [*inputs["events"], *more]}
