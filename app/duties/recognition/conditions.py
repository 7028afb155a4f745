"""One condition against the facts: met, not met, or to be judged by a person (None). Missing is never met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from app.duties.recognition.evaluation import Finding, Given
from app.duties.recognition.facts import Facts, day_of
from app.duties.recognition.inputs import INPUTS
from app.duties.recognition.measures import MEASURES, Exact, Measurement
from app.duties.recognition.periods import years_before
from app.duties.recognition.vocabulary import (
    AllOf,
    AnyOf,
    Condition,
    Declared,
    Held,
    Judged,
    Measured,
    Recorded,
    Scored,
    Worded,
)
from app.duties.recognition.wording import threshold_text, value_text
from app.terms import TitleLevel

MISSING = "缺少数据，不能认定为满足"
UNJUDGED = "待判断"
MOST_DIGITS = 9


def find(condition: Condition, facts: Facts) -> Finding:
    """The condition with what it waives taken into account."""
    finding = _find(condition, facts)
    if finding.met or not condition.waived_if:
        return finding
    waivers = applicable(condition.waived_if, facts)
    met = next((waiver for waiver in waivers if waiver.met), None)
    if met is None:
        return replace(finding, inputs=(*finding.inputs, *inputs_of(waivers)))
    return replace(finding, met=True, note=f"满足“{met.name}”，本项予以免除", inputs=(*finding.inputs, *met.inputs))


def applicable(conditions: Iterable[Condition], facts: Facts) -> tuple[Finding, ...]:
    """The findings of those that are asked in this case: at the first application, or at re-verification."""
    other = "first" if facts.is_reverification else "reverification"
    return tuple(find(condition, facts) for condition in conditions if condition.only != other)


def inputs_of(findings: Iterable[Finding]) -> tuple[Given, ...]:
    """All inputs once, in the order in which they were asked."""
    return tuple(dict.fromkeys(given for finding in findings for given in _inputs(finding)))


def _inputs(finding: Finding) -> tuple[Given, ...]:
    return (*finding.inputs, *inputs_of(finding.parts))


def _find(condition: Condition, facts: Facts) -> Finding:
    match condition.test:
        case Measured() as test:
            return _measured(condition, test, facts)
        case Worded() as test:
            words, given = facts.words(test.key)
            return _simple(condition, given, None if words is None else bool(set(words) & set(test.among)))
        case Declared() as test:
            answer, given = facts.answer(test.key)
            return _simple(condition, given, answer)
        case Recorded() as test:
            return _recorded(condition, test, facts)
        case Held() as test:
            return _held(condition, test, facts)
        case Judged() as test:
            answer, given = facts.answer(test.key)
            word = UNJUDGED if answer is None else "符合" if answer else "不符合"
            return _made(condition, word, answer, () if answer is None else (given,))
        case Scored() as test:
            return _scored(condition, test, facts)
        case AllOf(parts) | AnyOf(parts):
            return _grouped(condition, applicable(parts, facts), isinstance(condition.test, AllOf))


def _made(condition: Condition, value: str, met: bool | None, inputs: tuple[Given, ...], note: str = "") -> Finding:
    return Finding(
        id=condition.id,
        name=condition.name,
        text=condition.text,
        value=value,
        threshold=threshold_text(condition.test),
        met=met,
        source=condition.source,
        verified=condition.verified,
        inputs=inputs,
        note=note,
    )


def _simple(condition: Condition, given: Given, met: bool | None) -> Finding:
    """A condition on one input, which is missing where met is None."""
    if met is None:
        return _made(condition, "", False, (given,), MISSING)
    return _made(condition, given.value or "", met, (given,))


def _measured(condition: Condition, test: Measured, facts: Facts) -> Finding:
    measure = MEASURES[test.measure]
    years = [measure.reckon(facts, back) for back in range(1, test.years + 1)]
    found = [_combined(test, years)] if test.over in ("total", "mean") else years
    inputs = tuple(dict.fromkeys(given for each in found for given in each.inputs))
    is_met = [_is_within(each.value, test) for each in found]
    met = any(is_met) if test.over == "any" else all(is_met)
    values = "、".join(_shown(each, test) for each in found if each.value is not None)
    return _made(condition, values, met, inputs, "" if met else _why_not(found))


def _why_not(found: list[Measurement]) -> str:
    """Empty where the values themselves say it."""
    return MISSING if any(each.missing for each in found) else "；".join(each.reason for each in found if each.reason)


def _combined(test: Measured, years: list[Measurement]) -> Measurement:
    """Total or mean of the years; nothing when one of them is missing."""
    inputs = tuple(given for year in years for given in year.inputs)
    numbers = [year.value.number for year in years if year.value is not None]
    if len(numbers) < len(years):
        return Measurement(None, inputs, "；".join(year.reason for year in years if year.reason))
    total = sum(numbers, Fraction(0))
    return Measurement(Exact(total / len(numbers) if test.over == "mean" else total), inputs)


def _is_within(value: Exact | None, test: Measured) -> bool:
    if value is None:
        return False
    if test.at_least is not None:
        return value.reaches(Fraction(test.at_least))
    return test.at_most is not None and value.stays_within(Fraction(test.at_most))


def _shown(measured: Measurement, test: Measured) -> str:
    border = test.at_least if test.at_least is not None else test.at_most
    return value_text(measured.value, test.unit, () if border is None else (border,)) if measured.value else ""


def _recorded(condition: Condition, test: Recorded, facts: Facts) -> Finding:
    entries, given = facts.records(test.key)
    if entries is None:
        return _made(condition, "", False, (given,), MISSING)
    options = INPUTS[test.key].options
    fitting = [entry for entry in entries if _fits(entry, test, facts)]
    shown = "、".join(dict.fromkeys(options[entry["kind"]] for entry in fitting)) or "无"
    return _made(condition, shown, bool(fitting), (Given(given.key, given.label, None, shown),))


def _fits(entry: Mapping[str, Any], test: Recorded, facts: Facts) -> bool:
    """An entry without granted_on, rank or valid_until does not fit where that is asked for."""
    if entry.get("kind") not in test.kinds or (test.roles and entry.get("role") not in test.roles):
        return False
    granted, until, rank = day_of(entry.get("granted_on")), day_of(entry.get("valid_until")), entry.get("rank")
    if test.within_years and not (granted and years_before(facts.on, test.within_years) <= granted <= facts.on):
        return False
    if test.is_valid and not (until and until >= facts.on and (granted is None or granted <= facts.on)):
        return False
    return not test.rank_at_most or 1 <= _rank_of(rank) <= test.rank_at_most


def _rank_of(rank: Any) -> int:
    """0 for what is no rank."""
    text = str(rank)
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else 0


def _held(condition: Condition, test: Held, facts: Facts) -> Finding:
    entries, given = facts.records("titles")
    if entries is None:
        return _made(condition, "", False, (given,), MISSING)
    held = [entry["level"] for entry in entries if entry.get("level") in test.levels and _is_current(entry, facts)]
    shown = "、".join(TitleLevel(level).label for level in dict.fromkeys(held)) or "无"
    return _made(condition, shown, bool(held) is test.wanted, (Given(given.key, given.label, None, shown),))


def _is_current(title: Mapping[str, Any], facts: Facts) -> bool:
    """from_on may be left out; without until_on nobody can say that a title is valid."""
    since, until = day_of(title.get("from_on")), day_of(title.get("until_on"))
    return until is not None and (since is None or since <= facts.on) and facts.on <= until


def _scored(condition: Condition, test: Scored, facts: Facts) -> Finding:
    total = sum(part.points for part in facts.scores.values())
    short = [facts.scores[part] for part in test.parts if facts.scores[part].points < test.parts[part]]
    note = "；".join(f"{part.name}得分{part.points}分，低于{test.parts[part.id]}分" for part in short)
    return _made(condition, f"{total}分", total >= test.at_least and not short, (), note)


def _grouped(condition: Condition, parts: tuple[Finding, ...], needs_all: bool) -> Finding:
    outcomes = [part.met for part in parts]
    deciding = not needs_all  # one such outcome settles the group
    met = deciding if deciding in outcomes else None if None in outcomes else needs_all
    return replace(_made(condition, "", met, ()), parts=parts)
