"""The face of 年度反馈 (P25): every unit reports its year and the priorities of the next by the end of December.

`DUTY` gathers what the other files of this duty hold: the dates, the figures, the content, the checks of the forms. All
take `facts`, plain rows that the services supply; a rule reads only the keys it needs.

    Dates of user tasks, and the drawn timers opens_at, escalate_at, collection_due_at, collection_guard_at
        year            int; the year reported on
        calendar        workdays.Calendar
        opened_on       date; the day on which the task was opened (user tasks only)
        report_due_on   date, or None or absent for `december_due`; the campaign's day with an override of the office,
                        in a unit's instance as an extension moved it
        is_returned     bool; the reviewer returned the report (not: the head the draft)
        entries         int; how often the box `reporting` was entered before, so 0 the first time (escalate_at only)
    confirm_notice
        year, calendar, report_due_on
        units           every unit {unit, name, short_name}; those listed already may not be added
    draft_report
        kind            "department" | "locality"
        today           date
        figures         led or broken-down indicators {no, name, unit, kind: "newly_added" | "period_end", comparator,
                        precision, target, prefill, counted, last_accepted, base}: prefill is what the form started
                        with, counted the library's count, last_accepted the last audited figure of the year, base the
                        value at the end of last year; any of them and target may be None
        shared_figures  indicators of which the unit is co-responsible {no, precision}
        measures        {no, lead}: the measures that name the unit, lead True where it leads; for a locality the nine
                        actions, all of which it leads for its territory
        priority_review the priorities accepted last year {no}; empty without a report of last year
        matters         the matters for which the unit is responsible {no}
        last_texts      {problems: text, measures: {no: text}} of last year's report; {} without one
        plan_measures, plan_indicators      the numbers that exist in the plan
        unlocked        None, or in a correction the top-level fields that are open (`unlocked_fields`)
        submitted       the answers submitted last; read in a correction only
    name_successor
        unit            id of the unit that ended
        units           units that may follow {unit, name, short_name}
    review_report
        round           int; versions submitted and not taken back, so 1 at the first review
        objections      figures of co-responsible units against the lead's {id, no, precision}
    edit_annual_report
        actions         {no, name}
        items           indicators of the year {no, is_met}
    approve_annual_report
        today

A number in facts or answers may be Decimal, int or text. Rows of a form are matched with those of facts by `no`, in
`objections` by `id`. A unit is named in a form by its id, name or short name: `unit_named` gives the id.
"""

from collections.abc import Mapping
from typing import Any

from app.duties.december_report_checks import LAST_RETURN_ROUND, check, unit_named
from app.duties.december_report_content import Missing, Passage, completeness, is_repeated, merge_measure
from app.duties.december_report_correction import unlocked_fields
from app.duties.december_report_dates import DEADLINES, Timeliness, december_due, due_on, report_due_on, timeliness
from app.duties.december_report_figures import Attainment, Difference, difference, expected_ratio
from app.duties.duty import Duty

__all__ = [
    "DUTY",
    "OUTCOMES",
    "USER_TASKS",
    "Attainment",
    "Difference",
    "Missing",
    "Passage",
    "Timeliness",
    "completeness",
    "december_due",
    "difference",
    "expected_ratio",
    "is_repeated",
    "merge_measure",
    "outcomes_offered",
    "report_due_on",
    "timeliness",
    "unit_named",
    "unlocked_fields",
]

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "sign_report": ("yes", "no"),
    "decide_escalation": ("remind", "none"),
    "review_report": ("accepted", "returned"),
    "sign_annual_report": ("yes", "no"),
    "approve_annual_report": ("yes", "no"),
}

USER_TASKS = (
    "confirm_notice",
    "draft_report",
    "sign_report",
    "decide_escalation",
    "name_successor",
    "review_report",
    "edit_annual_report",
    "sign_annual_report",
    "approve_annual_report",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes the form may offer, in its order; empty for a form without a choice.

    After two returns the reviewer accepts, with a reservation.
    """
    if element_id == "review_report" and facts["round"] > LAST_RETURN_ROUND:
        return ("accepted",)
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="december_report",
    name="年度反馈",
    clause="P25",
    processes=("december_report", "december_report_unit"),
    forms={task: f"december_report.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
    is_yearly=True,
)
