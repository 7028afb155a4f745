"""Conditions of a rule set, read from plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.duties.recognition.inputs import INPUTS, ROLES
from app.duties.recognition.measures import MEASURES
from app.duties.recognition.rows import Row
from app.duties.recognition.vocabulary import (
    JUDGES,
    AllOf,
    AnyOf,
    Condition,
    Declared,
    Held,
    Judged,
    Measured,
    Recorded,
    Scored,
    Test,
    Worded,
)
from app.terms import TitleLevel

UNVERIFIED_SOURCES = frozenset({"GK"})
MOST_YEARS = 3
LEVELS = tuple(level.value for level in TitleLevel)


@dataclass(frozen=True)
class Inherited:
    """Source and mark that a row takes over where it has none of its own."""

    sources: Mapping[str, str]
    source: str
    verified: bool

    def of(self, row: Row) -> Inherited:
        """What holds for this row. A row on general knowledge cannot be marked as verified."""
        if not row.has("source") and self.source:
            return Inherited(self.sources, self.source, row.flag("verified", self.verified))
        source = row.known("source", self.sources)
        verified = row.flag("verified")
        if verified and source in UNVERIFIED_SOURCES:
            row.refuse("verified", "一般知识（GK）未经核对，核对后请改写来源")
        return Inherited(self.sources, source, verified)


def read_conditions(row: Row, key: str, inherited: Inherited) -> tuple[Condition, ...]:
    return tuple(read_condition(each, inherited) for each in row.rows(key))


def read_condition(row: Row, inherited: Inherited) -> Condition:
    origin = inherited.of(row)
    condition = Condition(
        id=row.identity(),
        name=row.text("name"),
        text=row.text("text", required=False),
        source=origin.source,
        verified=origin.verified,
        test=_test(row, origin),
        only=row.choice("only", ("", "first", "reverification"), ""),
        waived_if=read_conditions(row, "waived_if", origin) if row.has("waived_if") else (),
    )
    row.close()
    return condition


def _test(row: Row, origin: Inherited) -> Test:
    kinds = [kind for kind in READERS if row.has(kind)]
    if len(kinds) == 1:
        return READERS[kinds[0]](row, origin)
    row.refuse("", f"应有且只有 {'、'.join(READERS)} 之一")
    for kind in kinds:
        READERS[kind](row, origin)
    return Declared("")


def _measured(row: Row, _: Inherited) -> Test:
    measure = row.known("measure", MEASURES)
    check_unit(row, measure)
    at_least, at_most = row.number("at_least"), row.number("at_most")
    if (at_least is None) is (at_most is None):
        row.refuse("at_least", "at_least 和 at_most 应有且只有一个")
    over = row.choice("over", ("last", "each", "any", "total", "mean"), "last")
    years = row.whole("years", 1, default=1)
    if (over == "last") is not (years == 1) or years > MOST_YEARS:
        row.refuse("years", f"over 为 last 时不填，其余为2至{MOST_YEARS}年")
    if over in ("total", "mean") and measure and MEASURES[measure].unit == "%":
        row.refuse("over", "比率不能合计或平均")
    return Measured(measure, row.text("unit"), at_least, at_most, over, years)


def check_unit(row: Row, measure: str) -> None:
    """The unit stands beside every threshold, so it must be the measure's own."""
    if measure and row.text("unit") != MEASURES[measure].unit:
        row.refuse("unit", f"“{MEASURES[measure].name}”的单位是{MEASURES[measure].unit}")


def _worded(row: Row, _: Inherited) -> Test:
    key = row.known("word", _inputs("word", "words"))
    return Worded(key, row.words("among", INPUTS[key].options if key else ()))


def _declared(row: Row, _: Inherited) -> Test:
    return Declared(row.known("declared", _inputs("yes")))


def _recorded(row: Row, _: Inherited) -> Test:
    key = row.known("record", _inputs("records"))
    return Recorded(
        key=key,
        kinds=row.words("kinds", INPUTS[key].options if key else ()),
        roles=row.words("roles", ROLES, required=False),
        rank_at_most=row.whole("rank_at_most", 1) if row.has("rank_at_most") else None,
        within_years=row.whole("within_years", 1) if row.has("within_years") else None,
        is_valid=row.flag("is_valid", False),
    )


def _held(row: Row, _: Inherited) -> Test:
    return Held(row.words("title", LEVELS), row.flag("wanted", True))


def _judged(row: Row, _: Inherited) -> Test:
    return Judged(row.known("judged", _inputs("yes")), row.choice("by", JUDGES, "bureau"))


def _scored(row: Row, _: Inherited) -> Test:
    asked = row.row("score")
    least = asked.whole("at_least", 0)
    parts = asked.mapping("parts", required=False)
    for part, points in parts.items():
        if isinstance(points, bool) or not isinstance(points, int) or points < 0:
            asked.refuse("parts", f"“{part}”应为不小于0的整数")
    asked.close()
    return Scored(least, {str(part): points for part, points in parts.items() if isinstance(points, int)})


def _all_of(row: Row, origin: Inherited) -> Test:
    return AllOf(read_conditions(row, "all_of", origin))


def _any_of(row: Row, origin: Inherited) -> Test:
    return AnyOf(read_conditions(row, "any_of", origin))


def _inputs(*kinds: str) -> tuple[str, ...]:
    return tuple(key for key, each in INPUTS.items() if each.kind in kinds)


READERS: Mapping[str, Callable[[Row, Inherited], Test]] = {
    "measure": _measured,
    "word": _worded,
    "declared": _declared,
    "record": _recorded,
    "title": _held,
    "judged": _judged,
    "score": _scored,
    "all_of": _all_of,
    "any_of": _any_of,
}
