"""When a year's report is due, whether it came in time, and until when each step of 年度反馈 must be done.

P25 says 12月底; that a free 31 December moves the day forward is a proposal of the product (PP), and so are all limits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.duties.limits import end_of, explained, start_of, within
from app.workdays import Calendar

Facts = Mapping[str, Any]
Mode = Literal["earlier", "later"]

FAR = datetime(9999, 12, 31, tzinfo=UTC)  # «not again»

LIMITS: Mapping[str, tuple[int, str]] = {
    "decide_escalation": (1, "年度反馈逾期"),
    "name_successor": (3, "单位撤并"),
    "review_report": (5, "年度反馈报送"),
    "sign_annual_report": (2, "年度总结报签"),
    "approve_annual_report": (5, "年度总结上报"),
}
RETURNED: Mapping[str, tuple[int, str]] = {
    "draft_report": (3, "年度反馈退回补正"),
    "sign_report": (1, "补正后报签"),
}

NOTICE_DAYS = 5
DRAFT_DAYS_BEFORE = 5
ESCALATION_DAYS = 3
COLLECTION_GUARD_DAYS = 15
EDIT_DAYS = 10
LEAST_EDIT_DAYS = 3  # PP: for a report sent back, or a collection that ended late


@dataclass(frozen=True)
class Timeliness:
    """When a report came. extended_on: the day an extension granted, None without one; both days are kept.

    late_days: working days too late, 0 in time, for the assessment; light_late_days: the same for the light.
    """

    due_on: date
    extended_on: date | None
    late_days: int
    light_late_days: int

    @property
    def is_on_time(self) -> bool:
        return self.late_days == 0


def december_due(year: int, calendar: Calendar, mode: Mode = "earlier") -> date:
    """The last working day on or before 31 December; with the mode later, the first one on or after it."""
    last = date(year, 12, 31)
    return calendar.last_on_or_before(last) if mode == "earlier" else calendar.first_on_or_after(last)


def timeliness(
    first_submitted_on: date,
    due_on: date,
    extended_on: date | None,
    calendar: Calendar,
    *,
    is_asked_late: bool = False,
) -> Timeliness:
    """Judges the first submission, which is the head's signature and not the draft; corrections never change it.

    is_asked_late: the extension was asked for after the due day; it then calms the light but not the assessment.
    """
    extended = extended_on or due_on
    return Timeliness(
        due_on=due_on,
        extended_on=extended_on,
        late_days=_late_days(first_submitted_on, due_on if is_asked_late else extended, calendar),
        light_late_days=_late_days(first_submitted_on, extended, calendar),
    )


def opening_day(facts: Facts) -> date:
    return date(facts["year"], 12, 1)


def report_due_on(facts: Facts) -> date:
    """The due day of the report, as the office set it or as an extension moved it, else the rule's."""
    return facts.get("report_due_on") or december_due(facts["year"], facts["calendar"])


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if facts.get("is_returned") and element_id in RETURNED:
        return _within(RETURNED[element_id], facts)
    if element_id in LIMITS:
        return _within(LIMITS[element_id], facts)
    rule = BY_THE_YEAR.get(element_id)
    return rule(facts) if rule else None


def opens_at(facts: Facts) -> datetime:
    """1 December, working day or not."""
    return start_of(opening_day(facts))


def escalate_at(facts: Facts) -> datetime:
    """Only the first time the unit has the report: a correction or a withdrawal is not escalated again."""
    if facts["entries"]:
        return FAR
    return start_of(facts["calendar"].add(report_due_on(facts), ESCALATION_DAYS))


def collection_due_at(facts: Facts) -> datetime:
    return end_of(report_due_on(facts))


def collection_guard_at(facts: Facts) -> datetime:
    return start_of(facts["calendar"].add(report_due_on(facts), COLLECTION_GUARD_DAYS))


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {
    "opens_at": opens_at,
    "escalate_at": escalate_at,
    "collection_due_at": collection_due_at,
    "collection_guard_at": collection_guard_at,
}


def _late_days(submitted_on: date, limit: date, calendar: Calendar) -> int:
    """A free day counts with the working day after it, so that nothing late is 0 days late."""
    if submitted_on <= limit:
        return 0
    return calendar.count(limit, calendar.first_on_or_after(submitted_on))


def _within(limit: tuple[int, str], facts: Facts) -> Due:
    days, event = limit
    return within(event, facts["opened_on"], days, facts["calendar"])


def _notice_due(facts: Facts) -> Due:
    """Five working days, at the latest the last one of November; a campaign opened later is due at once."""
    calendar, opened = facts["calendar"], facts["opened_on"]
    last = max(opened, calendar.last_on_or_before(date(facts["year"], 11, 30)))
    if calendar.add(opened, NOTICE_DAYS) <= last:
        return within("报送清单生成", opened, NOTICE_DAYS, calendar)
    why = f"填报通知须在12月1日前确认，至迟{chinese_date(last)}办理"
    return explained(last, calendar.count(opened, last), why, calendar.is_provisional(last))


def _draft_due(facts: Facts) -> Due:
    day = facts["calendar"].add(report_due_on(facts), -DRAFT_DAYS_BEFORE)
    why = f"{_report_sentence(facts)}，填报提前{DRAFT_DAYS_BEFORE}个工作日完成，即{chinese_date(day)}"
    return _report_due(day, why, facts)


def _sign_due(facts: Facts) -> Due:
    return _report_due(report_due_on(facts), _report_sentence(facts), facts)


def _report_due(day: date, why: str, facts: Facts) -> Due:
    """Drafting and signing share the limit of the whole report, from 1 December on, and so its ladder of reminders."""
    calendar, last = facts["calendar"], report_due_on(facts)
    return explained(day, calendar.count(opening_day(facts), last), why, calendar.is_provisional(last))


def _report_sentence(facts: Facts) -> str:
    return f"计划规定每年12月底前报送，{facts['year']}年度反馈的时限为{chinese_date(report_due_on(facts))}"


def _edit_due(facts: Facts) -> Due:
    calendar, last = facts["calendar"], report_due_on(facts)
    day = calendar.add(last, EDIT_DAYS)
    least = within("材料汇总或退回", facts["opened_on"], LEAST_EDIT_DAYS, calendar)
    if day < least.on:
        return least
    why = f"年度反馈时限（{chinese_date(last)}）后{EDIT_DAYS}个工作日内完成，即{chinese_date(day)}"
    return explained(day, EDIT_DAYS, why, calendar.is_provisional(last) or calendar.is_provisional(day))


BY_THE_YEAR: Mapping[str, Callable[[Facts], Due]] = {
    "confirm_notice": _notice_due,
    "draft_report": _draft_due,
    "sign_report": _sign_due,
    "edit_annual_report": _edit_due,
}
