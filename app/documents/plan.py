"""A leading group's plan as plain values: what `plan_reader` gives back and the import stores.

All texts are Simplified Chinese unless the name ends in _en. Numbers are Decimal, as they were written. A unit is named
by its id; the reserved words `departments` and `localities` in a list of responsible units mean all of them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

UnitKind = Literal["body", "department", "county", "functional_zone"]
IndicatorKind = Literal["newly_added", "period_end"]
CommitmentKind = Literal["new", "stock", "ratio", "annual"]
Comparator = Literal["eq", "gt", "gte", "approx", "range"]
Frequency = Literal["yearly", "continuous", "at_intervals", "on_order", "not_stated"]
Roll = Literal["earlier", "later", "none"]

ALL_DEPARTMENTS = "departments"
ALL_LOCALITIES = "localities"


@dataclass(frozen=True)
class Issue:
    """The paper that issued the plan; source_sha256 and source_characters identify the text its figures come from."""

    title: str
    short_title: str
    title_en: str
    number: str
    issued_on: date
    issuer: str
    agency_code: str
    addressees: str
    basis: tuple[str, ...]
    annexes: tuple[str, ...]
    source_sha256: str
    source_characters: int


@dataclass(frozen=True)
class Unit:
    """A body that takes part. short_name stands on screens, name on papers; code is the administrative division's.

    sits_in: id of the unit whose rooms and staff it uses. aliases: other forms of its name in the plan's text.
    functions: what it does for the others, such as `recognition` or `check.tax`.
    """

    id: str
    kind: UnitKind
    short_name: str
    name: str
    name_en: str
    code: str | None
    sits_in: str | None
    aliases: tuple[str, ...]
    functions: tuple[str, ...]

    @property
    def is_locality(self) -> bool:
        return self.kind in ("county", "functional_zone")


@dataclass(frozen=True)
class Action:
    """行动. The plan names it in three places, not always alike."""

    number: int
    name: str
    name_en: str
    name_in_overview: str
    name_in_annex: str


@dataclass(frozen=True)
class Commitment:
    """A number the plan's text promises, or a goal.

    quote: the plan's own words. value_to: the upper end of a range. applies: "whole_period", "end_of_period",
    "each_year", "continuous", "yearly_average" or a year such as "2022". indicator: its row in the target table.
    """

    id: str
    subject: str
    quote: str
    value: Decimal
    value_to: Decimal | None
    unit: str
    comparator: Comparator
    kind: CommitmentKind
    applies: str
    indicator: int | None
    note: str | None


@dataclass(frozen=True)
class Measure:
    """重点任务. action is None for a safeguard; span is [start, end) in characters of the source text."""

    number: int
    section: str
    action: int | None
    title: str
    title_en: str
    lead: str
    responsible: tuple[str, ...]
    responsible_as_written: str
    span: tuple[int, int]
    contents: tuple[str, ...]
    commitments: tuple[Commitment, ...]


@dataclass(frozen=True)
class Indicator:
    """A row of the target table.

    total: for the whole plan; newly added in it, or the value at its end. first_year_value: the first year's target.
    precision: decimal places. floor: the least a year's target may be. is_divided: a year's target is broken down
    among the localities.
    """

    number: int
    action: int
    measure: int
    name: str
    name_as_written: str
    short_name: str
    kind: IndicatorKind
    comparator: Comparator
    unit: str
    precision: int
    total: Decimal
    first_year_value: Decimal
    floor: Decimal | None
    is_divided: bool
    lead: str
    responsible: tuple[str, ...]
    responsible_as_written: str

    @property
    def is_shared(self) -> bool:
        """True when other units answer for it beside the lead."""
        return len(self.responsible) > 1


@dataclass(frozen=True)
class Matter:
    """A practical matter of a year's list (办实事); lead is None where the plan names all departments."""

    number: int
    year: int
    title: str
    lead: str | None
    responsible: tuple[str, ...]
    responsible_as_written: str
    measures: tuple[int, ...]
    contents: tuple[str, ...]
    note: str | None
    commitments: tuple[Commitment, ...]


@dataclass(frozen=True)
class RecurringDuty:
    """What the plan asks for again and again. due: (month, day) or None; duty: key of the process that serves it."""

    id: str
    title: str
    responsible: tuple[str, ...]
    frequency: Frequency
    due: tuple[int, int] | None
    due_as_written: str | None
    values: tuple[Decimal, ...]
    contents: tuple[str, ...]
    duty: str | None
    measure: int
    matter: int | None


@dataclass(frozen=True)
class Side:
    """One side of a discrepancy: the clause, what it says in short, and the number or lead where it states one."""

    clause: str
    says: str
    value: Decimal | None
    first_year_value: Decimal | None
    lead: str | None


@dataclass(frozen=True)
class Discrepancy:
    """A place where the plan contradicts itself; must_settle: targets cannot be set before the office decides."""

    id: str
    kind: str
    subject: str
    must_settle: bool
    goal: str | None
    measures: tuple[int, ...]
    indicators: tuple[int, ...]
    matters: tuple[int, ...]
    text: Side
    annex: Side
    note: str
    note_en: str

    @property
    def leads(self) -> tuple[str, ...]:
        """The candidates where the two sides name different leads."""
        return tuple(side.lead for side in (self.text, self.annex) if side.lead is not None)


@dataclass(frozen=True)
class CalendarDate:
    """A day of each year on which something opens or is due. rolls: what happens when it is no working day.

    basis: "plan" where the document sets it, "proposal" where the office may move it.
    """

    key: str
    title: str
    duty: str | None
    day: tuple[int, int]
    rolls: Roll
    basis: Literal["plan", "proposal"]


@dataclass(frozen=True)
class PlanDocument:
    """The whole plan, in the order of the document."""

    key: str
    issue: Issue
    first_year: int
    last_year: int
    units: tuple[Unit, ...]
    actions: tuple[Action, ...]
    goals: tuple[Commitment, ...]
    measures: tuple[Measure, ...]
    indicators: tuple[Indicator, ...]
    matters: tuple[Matter, ...]
    recurring_duties: tuple[RecurringDuty, ...]
    discrepancies: tuple[Discrepancy, ...]
    calendar: tuple[CalendarDate, ...]

    def commitments_of(self, indicator: int) -> tuple[Commitment, ...]:
        """The promises of measures that name this indicator."""
        promised = (commitment for measure in self.measures for commitment in measure.commitments)
        return tuple(commitment for commitment in promised if commitment.indicator == indicator)

    def discrepancies_of(self, indicator: int) -> tuple[Discrepancy, ...]:
        return tuple(row for row in self.discrepancies if indicator in row.indicators)
