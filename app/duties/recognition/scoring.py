"""The points of one level: bands, rungs, steps, items, and points that are given. Missing inputs earn nothing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from app.duties.recognition.conditions import applicable, find, inputs_of
from app.duties.recognition.evaluation import Given, PartPoints, Points
from app.duties.recognition.facts import Facts
from app.duties.recognition.measures import MEASURES, Exact, Measurement
from app.duties.recognition.vocabulary import Band, Bands, Entered, Indicator, Items, Part, Rungs, Steps
from app.duties.recognition.wording import band_text, value_text

MISSING = "缺少数据，不计分"


def points_of(part: Part, facts: Facts) -> PartPoints:
    """The part with its indicators; never more than its maximum."""
    indicators = tuple(_indicator(indicator, facts) for indicator in part.indicators)
    total = sum(each.points or 0 for each in indicators)
    return PartPoints(part.id, part.name, min(total, part.max), part.max, indicators)


def _indicator(indicator: Indicator, facts: Facts) -> Points:
    match indicator.scale:
        case Bands() as scale:
            return _banded(indicator, scale, facts)
        case Rungs() as scale:
            return _on_rungs(indicator, scale, facts)
        case Steps() as scale:
            return _stepped(indicator, scale, facts)
        case Items() as scale:
            return _counted(indicator, scale, facts)
        case Entered(key):
            return _entered(indicator, key, facts)


def _made(indicator: Indicator, points: int | None, value: str, reached: str, inputs: tuple[Given, ...]) -> Points:
    return Points(
        id=indicator.id,
        name=indicator.name,
        points=None if points is None else min(points, indicator.max),
        max=indicator.max,
        value=value,
        reached=reached,
        source=indicator.source,
        verified=indicator.verified,
        inputs=inputs,
    )


def _unknown(indicator: Indicator, measured: Measurement) -> Points:
    """A missing input earns nothing; what all inputs show to be without a value is nought."""
    if measured.missing:
        return _made(indicator, None, "", MISSING, measured.inputs)
    return _made(indicator, 0, "", measured.reason, measured.inputs)


def _banded(indicator: Indicator, scale: Bands, facts: Facts) -> Points:
    measured = MEASURES[scale.measure].reckon(facts, 1)
    if measured.value is None:
        return _unknown(indicator, measured)
    place = next((place for place, band in enumerate(scale.bands) if _reached(measured.value, band)), len(scale.bands))
    points = scale.bands[place].points if place < len(scale.bands) else 0
    borders = [border for band in scale.bands for border in (band.at_least, band.at_most) if border is not None]
    value = value_text(measured.value, scale.unit, borders)
    return _made(indicator, points, value, band_text(scale.bands, place, scale.unit), measured.inputs)


def _reached(value: Exact, band: Band) -> bool:
    if band.at_least is not None:
        return value.reaches(Fraction(band.at_least))
    return band.at_most is not None and value.stays_within(Fraction(band.at_most))


def _on_rungs(indicator: Indicator, scale: Rungs, facts: Facts) -> Points:
    """The highest rung that is met; one that cannot be told for want of data is not met."""
    findings = [find(rung.condition, facts) for rung in scale.rungs]
    inputs = inputs_of(findings)
    for rung, finding in zip(scale.rungs, findings, strict=True):
        if finding.met:
            shown = finding.value or "；".join(leaf.value for leaf in finding.leaves() if leaf.met and leaf.value)
            return _made(indicator, rung.points, shown, rung.condition.name, inputs)
    if any(given.value is None for given in inputs):
        return _made(indicator, None, "", MISSING, inputs)
    return _made(indicator, scale.otherwise, "", "不属于以上情形", inputs)


def _stepped(indicator: Indicator, scale: Steps, facts: Facts) -> Points:
    measured = MEASURES[scale.measure].reckon(facts, 1)
    if measured.value is None:
        return _unknown(indicator, measured)
    steps = max(int(measured.value.number // scale.every), 0)
    reached = f"每满{scale.every}{scale.unit}得{scale.points_each}分，最高{indicator.max}分"
    value = value_text(measured.value, scale.unit, (Decimal(scale.every * (steps + 1)),))
    return _made(indicator, steps * scale.points_each, value, reached, measured.inputs)


def _counted(indicator: Indicator, scale: Items, facts: Facts) -> Points:
    findings = applicable(scale.items, facts)
    met = [finding.name for finding in findings if finding.met]
    inputs = inputs_of(findings)
    reached = f"每满足一项得{scale.points_each}分，最高{indicator.max}分"
    if not met and any(given.value is None for given in inputs):
        return _made(indicator, None, "", MISSING, inputs)
    return _made(indicator, len(met) * scale.points_each, "、".join(met) or "无", reached, inputs)


def _entered(indicator: Indicator, key: str, facts: Facts) -> Points:
    """Points from outside count where they are whole and within the maximum; others are as good as missing."""
    number, given = facts.number(key)
    if number is None or number.denominator != 1 or number > indicator.max:
        return _made(indicator, None, "", MISSING, (Given(given.key, given.label, given.year, None),))
    return _made(indicator, int(number), given.value or "", "按规定评定", (given,))
