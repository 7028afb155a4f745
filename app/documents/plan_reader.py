"""Reads a plan file (plans/<place>_<years>.yaml) into a PlanDocument, or says line by line why it cannot be used.

The file's own head explains its fields. A plan is read whole or not at all: who uses the result need not check again.
"""

from app.documents.marked_yaml import Entry, PlanProblem, Reading, compose
from app.documents.plan import (
    ALL_DEPARTMENTS,
    ALL_LOCALITIES,
    Action,
    CalendarDate,
    Commitment,
    Discrepancy,
    Indicator,
    Issue,
    Matter,
    Measure,
    PlanDocument,
    RecurringDuty,
    Side,
    Unit,
)

SCHEMA = 1
MOST_SIGNS_OF_A_SHORT_NAME = 11  # what a column of the screens holds
MOST_PROBLEMS_TOLD = 200

ID = r"[a-z][a-z0-9_]{0,39}"
KINDS_OF_UNIT = ("body", "department", "county", "functional_zone")
KINDS_OF_INDICATOR = ("newly_added", "period_end")
KINDS_OF_COMMITMENT = ("new", "stock", "ratio", "annual")
COMPARATORS = ("eq", "gt", "gte", "approx", "range")
APPLIES = r"whole_period|end_of_period|each_year|continuous|yearly_average|\d{4}"
FREQUENCIES = ("yearly", "continuous", "at_intervals", "on_order", "not_stated")

# the kinds of ids, in the words of the refusals
UNIT, ACTION, GOAL, MEASURE, INDICATOR, MATTER = "单位", "行动", "目标", "重点任务", "指标", "办实事"
COMMITMENT, RECURRING, DISCREPANCY, DATE = "量化承诺", "经常性工作", "不一致事项", "日历"


class PlanProblems(Exception):
    """The plan file is refused; problems are in the order of its lines and say in Chinese what is wrong."""

    def __init__(self, file: str, problems: tuple[PlanProblem, ...]) -> None:
        self.file = file
        self.problems = problems
        super().__init__(f"{file}: {len(problems)} problem(s); {problems[0]}")


def read_plan(source: str | bytes, file: str = "plan.yaml") -> PlanDocument:
    """The plan in the file's text or bytes (UTF-8); `file` only names it in the refusal.

    Raises PlanProblems with everything that is wrong, at most 200 of them, and nothing else.
    """
    reading = Reading()
    top = compose(source, reading)
    plan = None if top is None else _plan(top)
    reading.resolve()
    if plan is None or reading.problems:
        problems = sorted(reading.problems, key=lambda problem: (problem.line, problem.path))
        raise PlanProblems(file, tuple(problems[:MOST_PROBLEMS_TOLD]))
    return plan


def _plan(top: Entry) -> PlanDocument:
    if top.whole("schema") != SCHEMA:
        top.refuse("schema", f"本系统只读取第 {SCHEMA} 版格式")
    period = top.entry("period")
    first_year, last_year = period.whole("first_year", 1900), period.whole("last_year", 1900)
    if last_year < first_year:
        period.refuse("last_year", f"终止年 {last_year} 早于起始年 {first_year}")
    period.close()
    top.reading.ids[UNIT] = {ALL_DEPARTMENTS: 0, ALL_LOCALITIES: 0}  # reserved words: no unit may take them
    plan = PlanDocument(
        key=top.text("key", pattern=ID),
        issue=_issue(top.entry("document")),
        first_year=first_year,
        last_year=last_year,
        units=tuple(_unit(row) for row in top.entries("units")),
        actions=tuple(_action(row) for row in top.entries("actions")),
        goals=tuple(_commitment(row, GOAL) for row in top.entries("goals", required=False)),
        measures=tuple(_measure(row) for row in top.entries("measures")),
        indicators=tuple(_indicator(row) for row in top.entries("indicators")),
        matters=tuple(_matter(row) for row in top.entries("matters", required=False)),
        recurring_duties=tuple(_recurring_duty(row) for row in top.entries("recurring_duties", required=False)),
        discrepancies=tuple(_discrepancy(row) for row in top.entries("discrepancies", required=False)),
        calendar=tuple(_calendar_date(row) for row in top.entries("calendar", required=False)),
    )
    top.close()
    return plan


def _issue(row: Entry) -> Issue:
    issue = Issue(
        title=row.text("title"),
        short_title=row.text("short_title"),
        title_en=row.text("title_en"),
        number=row.text("number"),
        issued_on=row.day("issued"),
        issuer=row.reference("issuer", UNIT, required=True),
        agency_code=row.text("agency_code"),
        addressees=row.text("addressees"),
        basis=row.texts("basis"),
        annexes=row.texts("annexes"),
        source_sha256=row.text("source_sha256", pattern=r"[0-9a-f]{64}"),
        source_characters=row.whole("source_characters", 1),
    )
    row.close()
    return issue


def _unit(row: Entry) -> Unit:
    unit = Unit(
        id=row.identity("id", UNIT),
        kind=row.choice("kind", KINDS_OF_UNIT),
        short_name=row.text("short_name"),
        name=row.text("name"),
        name_en=row.text("name_en"),
        code=row.optional_text("code", pattern=r"\d{6}"),
        sits_in=row.reference("sits_in", UNIT),
        aliases=row.texts("aliases"),
        functions=row.texts("functions"),
    )
    row.close()
    return unit


def _action(row: Entry) -> Action:
    action = Action(
        number=row.identity("number", ACTION, numbered=True),
        name=row.text("name"),
        name_en=row.text("name_en"),
        name_in_overview=row.text("name_in_overview"),
        name_in_annex=row.text("name_in_annex"),
    )
    row.close()
    return action


def _commitment(row: Entry, kind: str = COMMITMENT) -> Commitment:
    commitment = Commitment(
        id=row.identity("id", kind),
        subject=row.text("subject"),
        quote=row.text("quote"),
        value=row.number("value"),
        value_to=row.optional_number("value_to"),
        unit=row.text("unit"),
        comparator=row.choice("comparator", COMPARATORS),
        kind=row.choice("kind", KINDS_OF_COMMITMENT),
        applies=row.text("applies", pattern=APPLIES),
        indicator=row.reference("indicator", INDICATOR, numbered=True),
        note=row.optional_text("note"),
    )
    if (commitment.comparator == "range") != (commitment.value_to is not None):
        row.refuse("comparator", "范围（range）与上限（value_to）须同时给出")
    elif commitment.value_to is not None and commitment.value_to < commitment.value:
        row.refuse("value_to", "上限小于下限")
    row.close()
    return commitment


def _measure(row: Entry) -> Measure:
    measure = Measure(
        number=row.identity("number", MEASURE, numbered=True),
        section=row.text("section"),
        action=row.reference("action", ACTION, numbered=True),
        title=row.text("title"),
        title_en=row.text("title_en"),
        lead=row.reference("lead", UNIT, required=True),
        responsible=row.references("responsible", UNIT, required=True),
        responsible_as_written=row.text("responsible_as_written"),
        span=_span(row),
        contents=row.texts("contents", required=True),
        commitments=tuple(_commitment(item) for item in row.entries("commitments", required=False)),
    )
    _check_lead(row, measure.lead, measure.responsible)
    row.close()
    return measure


def _indicator(row: Entry) -> Indicator:
    name = row.text("name")
    indicator = Indicator(
        number=row.identity("number", INDICATOR, numbered=True),
        action=row.reference("action", ACTION, numbered=True, required=True),
        measure=row.reference("measure", MEASURE, numbered=True, required=True),
        name=name,
        name_as_written=row.optional_text("name_as_written") or name,
        short_name=row.text("short_name"),
        kind=row.choice("kind", KINDS_OF_INDICATOR),
        comparator=row.choice("comparator", COMPARATORS),
        unit=row.text("unit"),
        precision=row.whole("precision"),
        total=row.number("total"),
        first_year_value=row.number("first_year_value"),
        floor=row.optional_number("floor"),
        is_divided=row.flag("breakdown"),
        lead=row.reference("lead", UNIT, required=True),
        responsible=row.references("responsible", UNIT, required=True),
        responsible_as_written=row.text("responsible_as_written"),
    )
    _check_figures(row, indicator)
    _check_lead(row, indicator.lead, indicator.responsible)
    row.close()
    return indicator


def _matter(row: Entry) -> Matter:
    matter = Matter(
        number=row.identity("number", MATTER, numbered=True),
        year=row.whole("year", 1900),
        title=row.text("title"),
        lead=row.reference("lead", UNIT),
        responsible=row.references("responsible", UNIT, required=True),
        responsible_as_written=row.text("responsible_as_written"),
        measures=row.references("measures", MEASURE, numbered=True),
        contents=row.texts("contents", required=True),
        note=row.optional_text("note"),
        commitments=tuple(_commitment(item) for item in row.entries("commitments", required=False)),
    )
    if matter.lead is not None:
        _check_lead(row, matter.lead, matter.responsible)
    row.close()
    return matter


def _recurring_duty(row: Entry) -> RecurringDuty:
    duty = RecurringDuty(
        id=row.identity("id", RECURRING),
        title=row.text("title"),
        responsible=row.references("responsible", UNIT, required=True),
        frequency=row.choice("frequency", FREQUENCIES),
        due=row.month_day("due", required=False),
        due_as_written=row.optional_text("due_as_written"),
        values=row.numbers("values"),
        contents=row.texts("contents"),
        duty=row.optional_text("duty", pattern=ID),
        measure=row.reference("measure", MEASURE, numbered=True, required=True),
        matter=row.reference("matter", MATTER, numbered=True),
    )
    row.close()
    return duty


def _discrepancy(row: Entry) -> Discrepancy:
    discrepancy = Discrepancy(
        id=row.identity("id", DISCREPANCY),
        kind=row.text("kind", pattern=ID),
        subject=row.text("subject"),
        must_settle=row.flag("settle"),
        goal=row.reference("goal", GOAL),
        measures=row.references("measures", MEASURE, numbered=True),
        indicators=row.references("indicators", INDICATOR, numbered=True),
        matters=row.references("matters", MATTER, numbered=True),
        text=_side(row.entry("text")),
        annex=_side(row.entry("annex")),
        note=row.text("note"),
        note_en=row.text("note_en"),
    )
    row.close()
    return discrepancy


def _side(row: Entry) -> Side:
    side = Side(
        clause=row.text("clause"),
        says=row.text("says"),
        value=row.optional_number("value"),
        first_year_value=row.optional_number("first_year_value"),
        lead=row.reference("lead", UNIT),
    )
    row.close()
    return side


def _calendar_date(row: Entry) -> CalendarDate:
    entry = CalendarDate(
        key=row.identity("key", DATE),
        title=row.text("title"),
        duty=row.optional_text("duty", pattern=ID),
        day=row.month_day("day") or (1, 1),
        rolls=row.choice("rolls", ("earlier", "later", "none")),
        basis=row.choice("basis", ("plan", "proposal")),
    )
    row.close()
    return entry


def _span(row: Entry) -> tuple[int, int]:
    """Two positions in the source text, the second after the first."""
    span = row.wholes("span")
    if len(span) == 2 and span[0] < span[1]:
        return span[0], span[1]
    row.refuse("span", "应为起止两个位置，如 [864, 1189]")
    return 0, 0


def _check_lead(row: Entry, lead: str, responsible: tuple[str, ...]) -> None:
    if lead and responsible and lead not in responsible:
        row.refuse("lead", f"牵头单位“{lead}”不在责任单位之中")


def _check_figures(row: Entry, indicator: Indicator) -> None:
    if len(indicator.short_name) > MOST_SIGNS_OF_A_SHORT_NAME:
        row.refuse("short_name", f"简称超过 {MOST_SIGNS_OF_A_SHORT_NAME} 个字")
    if indicator.precision > 3:
        row.refuse("precision", "小数位数最多 3 位")
    for key, value in (("total", indicator.total), ("first_year_value", indicator.first_year_value)):
        if value < 0:
            row.refuse(key, "不得小于 0")
    if indicator.kind == "newly_added" and indicator.first_year_value > indicator.total:
        row.refuse("first_year_value", "首年值大于期间合计")
