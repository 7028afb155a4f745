"""A rule set as an official reads it: conditions with their thresholds, indicators with their bands in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.duties.recognition.inputs import INPUTS
from app.duties.recognition.vocabulary import (
    AllOf,
    AnyOf,
    Bands,
    Condition,
    Entered,
    Indicator,
    Items,
    Level,
    Rungs,
    Steps,
)
from app.duties.recognition.wording import band_text, threshold_text

ONLY = {"": "", "first": "仅首次申报", "reverification": "仅复核"}
WAIVED_IF = "满足以下情形的予以免除"


@dataclass(frozen=True)
class ConditionLine:
    """depth: 0 for a condition of the level. is_waiver: it frees from the condition above it."""

    depth: int
    id: str
    name: str
    text: str
    threshold: str
    source: str
    verified: bool
    only: str
    is_waiver: bool = False


@dataclass(frozen=True)
class IndicatorLine:
    """bands: what earns how many points, in the order of the rule."""

    id: str
    name: str
    max: int
    bands: tuple[tuple[str, int | None], ...]
    source: str
    verified: bool


def condition_lines(
    conditions: Iterable[Condition], depth: int = 0, *, are_waivers: bool = False
) -> list[ConditionLine]:
    """Each condition before its parts, and these before what waives it."""
    return [line for condition in conditions for line in _lines(condition, depth, are_waivers)]


def indicator_line(indicator: Indicator) -> IndicatorLine:
    bands = tuple(_bands(indicator))
    return IndicatorLine(indicator.id, indicator.name, indicator.max, bands, indicator.source, indicator.verified)


def unverified_count(level: Level) -> int:
    """How many rows of the level nobody has held against a text."""
    marks = [line.verified for line in condition_lines(level.conditions)]
    marks += [indicator.verified for part in level.parts for indicator in part.indicators]
    return marks.count(False)


def _lines(condition: Condition, depth: int, is_waiver: bool) -> Iterator[ConditionLine]:
    parts = condition.test.parts if isinstance(condition.test, (AllOf, AnyOf)) else ()
    yield ConditionLine(
        depth,
        condition.id,
        condition.name,
        condition.text,
        threshold_text(condition.test),
        condition.source,
        condition.verified,
        ONLY[condition.only],
        is_waiver,
    )
    yield from condition_lines(parts, depth + 1)
    yield from condition_lines(condition.waived_if, depth + 1, are_waivers=True)


def _bands(indicator: Indicator) -> Iterator[tuple[str, int | None]]:
    match indicator.scale:
        case Bands(_, unit, bands):
            for place, band in enumerate(bands):
                yield band_text(bands, place, unit), band.points
            yield band_text(bands, len(bands), unit), 0
        case Rungs(rungs, otherwise):
            for rung in rungs:
                yield rung.condition.name, rung.points
            yield "不属于以上情形", otherwise
        case Steps() as scale:
            yield f"每满{scale.every}{scale.unit}", scale.points_each
        case Items(items, points_each):
            for item in items:
                yield item.name, points_each
        case Entered(key):
            yield f"按规定评定的{INPUTS[key].label}", None
