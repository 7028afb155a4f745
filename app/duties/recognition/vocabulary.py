"""The closed vocabulary in which a rule set is written; each kind of condition and of scale is explained here, once.

A **condition** has id, name, text (the rule's own wording), source and verified (taken over from the condition above
where a part has none), and exactly one of:

    measure    a measure of `measures` held against at_least or at_most, in its unit. over says how several years count:
               last (default), each, any, total or mean of the last `years`
    word       an input that is one of the words `among` (where it is a list: any of it)
    declared   an input that is true, as the enterprise declares it
    record     an entry in the list of that name: one of `kinds`, where given of `roles`, rank_at_most, granted
               within_years, still valid (is_valid)
    title      the enterprise holds a valid title of one of `levels`; with wanted: false it must hold none
    judged     no figure decides but a person: by locality, departments, experts or bureau. The input is the judgement
    score      the points of the level: at_least, and at least so many in each part named in `parts`
    all_of     every part is met
    any_of     one part is met

    only: first | reverification   the condition is asked in that case alone
    waived_if: [conditions]        where one of them is met, this condition counts as met

An **indicator** of a part has id, name, max, source, verified and exactly one scale:

    bands      measure; [{at_least | at_most, points}] from the most points down, the first one reached counts, so a
               value on a border takes the higher points
    rungs      [{points, condition}] from the most points down, the first one met counts; otherwise: points where none
               is met
    steps      measure; points_each for every full `every` of it
    items      [conditions]; points_each for each one that is met
    given      an input that holds the points themselves, given by whoever the rule names

Points are whole numbers and never exceed max. Numbers are whole, or decimals in quotation marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Over = Literal["last", "each", "any", "total", "mean"]
Judge = Literal["locality", "departments", "experts", "bureau"]
Only = Literal["", "first", "reverification"]

JUDGES: Mapping[str, str] = {
    "locality": "属地审核",
    "departments": "部门联审",
    "experts": "专家评审",
    "bureau": "认定主管部门",
}


@dataclass(frozen=True)
class Measured:
    """A measure against a threshold; exactly one of at_least and at_most is set."""

    measure: str
    unit: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    over: Over = "last"
    years: int = 1


@dataclass(frozen=True)
class Worded:
    key: str
    among: tuple[str, ...]


@dataclass(frozen=True)
class Declared:
    key: str


@dataclass(frozen=True)
class Recorded:
    key: str
    kinds: tuple[str, ...]
    roles: tuple[str, ...] = ()
    rank_at_most: int | None = None
    within_years: int | None = None
    is_valid: bool = False


@dataclass(frozen=True)
class Held:
    levels: tuple[str, ...]
    wanted: bool = True


@dataclass(frozen=True)
class Judged:
    key: str
    by: Judge


@dataclass(frozen=True)
class Scored:
    at_least: int
    parts: Mapping[str, int]


@dataclass(frozen=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Condition, ...]


Test = Measured | Worded | Declared | Recorded | Held | Judged | Scored | AllOf | AnyOf


@dataclass(frozen=True)
class Condition:
    id: str
    name: str
    text: str
    source: str
    verified: bool
    test: Test
    only: Only = ""
    waived_if: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Band:
    points: int
    at_least: Decimal | None = None
    at_most: Decimal | None = None


@dataclass(frozen=True)
class Bands:
    measure: str
    unit: str
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Rung:
    points: int
    condition: Condition


@dataclass(frozen=True)
class Rungs:
    rungs: tuple[Rung, ...]
    otherwise: int = 0


@dataclass(frozen=True)
class Steps:
    measure: str
    unit: str
    every: int
    points_each: int


@dataclass(frozen=True)
class Items:
    items: tuple[Condition, ...]
    points_each: int


@dataclass(frozen=True)
class Entered:
    key: str


Scale = Bands | Rungs | Steps | Items | Entered


@dataclass(frozen=True)
class Indicator:
    id: str
    name: str
    max: int
    source: str
    verified: bool
    scale: Scale


@dataclass(frozen=True)
class Part:
    """local: its indicators are set by the province, so many at least and at most."""

    id: str
    name: str
    max: int
    indicators: tuple[Indicator, ...]
    local: tuple[int, int] | None = None


@dataclass(frozen=True)
class Level:
    """What one title asks. level: terms.TitleLevel. is_open_ended: goes on after the rule set's own end."""

    level: str
    name: str
    kind: str
    annex: str
    note: str
    is_open_ended: bool
    conditions: tuple[Condition, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Term:
    """A number on the life of a title, such as its validity; value with its unit as text."""

    id: str
    name: str
    value: str
    source: str
    verified: bool


@dataclass(frozen=True)
class Definition:
    term: str
    text: str
    source: str
    verified: bool


@dataclass(frozen=True)
class RuleSet:
    """One version of one rule. key stays the same through its versions; version counts from 1."""

    key: str
    version: int
    name: str
    number: str
    in_force_from: date
    in_force_until: date | None
    note: str
    sources: Mapping[str, str]
    levels: tuple[Level, ...]
    terms: tuple[Term, ...] = ()
    definitions: tuple[Definition, ...] = ()

    @property
    def id(self) -> str:
        """What decisions store: the key, from the second version on with its number."""
        return self.key if self.version == 1 else f"{self.key}.{self.version}"

    def level(self, level: str) -> Level | None:
        return next((each for each in self.levels if each.level == level), None)
