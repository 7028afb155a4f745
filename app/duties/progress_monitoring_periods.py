"""The periods of 运行监测 and until when each of its steps must be done.

A period is a quarter (Q1, Q2, Q3) or the whole year (12, with the final figures). The plan names none of these days:
they are proposals of the product (PP).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.duties.limits import end_of, explained, start_of, within
from app.workdays import Calendar

Facts = Mapping[str, Any]

FAR = datetime(9999, 12, 31, tzinfo=UTC)  # «not again»
WRITTEN = re.compile(r"([0-9]{4})-(Q[1-3]|12)")
QUARTERS = {"Q1": 1, "Q2": 2, "Q3": 3, "12": 4}
WITH_MEASURES = ("Q2", "12")  # PP: notes on measures twice a year

DUE_DAYS = 10
DRAFT_DAYS_BEFORE = 2
ESCALATION_DAYS = 3
CONSULTATION_GUARD_DAYS = 20

LIMITS: Mapping[str, tuple[int, str]] = {
    "decide_missing": (1, "监测报送逾期"),
    "verify_progress": (5, "监测数据报送"),
    "handle_lag": (3, "滞后事项确认"),
}
RETURNED: Mapping[str, tuple[int, str]] = {
    "fill_progress": (3, "监测数据退回补正"),
    "sign_progress": (1, "补正后报签"),
}


@dataclass(frozen=True, order=True)
class Period:
    """quarter: 1 to 4; the fourth is the whole year."""

    year: int
    quarter: int

    @classmethod
    def read(cls, text: str) -> Period:
        """2022-Q2 or 2022-12. Raises ValueError for any other text."""
        found = WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return cls(int(found[1]), QUARTERS[found[2]])

    @property
    def code(self) -> str:
        return next(code for code, quarter in QUARTERS.items() if quarter == self.quarter)

    @property
    def text(self) -> str:
        return f"{self.year}-{self.code}"

    @property
    def name(self) -> str:
        return f"{self.year}年全年" if self.is_final else f"{self.year}年第{'一二三'[self.quarter - 1]}季度"

    @property
    def is_final(self) -> bool:
        return self.quarter == 4

    @property
    def asks_for_measures(self) -> bool:
        return self.code in WITH_MEASURES

    @property
    def begins_on(self) -> date:
        """Its first own day; figures that are newly added count from 1 January all the same."""
        return date(self.year, self.quarter * 3 - 2, 1)

    @property
    def ends_on(self) -> date:
        after = date(self.year + 1, 1, 1) if self.is_final else date(self.year, self.quarter * 3 + 1, 1)
        return after - timedelta(days=1)

    @property
    def share(self) -> Decimal:
        """The part of the year that lies behind at its end."""
        return Decimal(self.quarter) / 4

    @property
    def before(self) -> Period | None:
        """The period before in the same year; None for the first."""
        return Period(self.year, self.quarter - 1) if self.quarter > 1 else None

    def opens_on(self, calendar: Calendar) -> date:
        return calendar.add(self.ends_on, 1)

    def due_on(self, calendar: Calendar) -> date:
        """The tenth working day after it."""
        return calendar.add(self.ends_on, DUE_DAYS)


def periods_of(year: int) -> list[Period]:
    return [Period(year, quarter) for quarter in range(1, 5)]


def report_due_on(facts: Facts) -> date:
    """The day as an extension moved it, else the rule's; a correction of a recorded figure has its own limit."""
    known: date | None = facts.get("report_due_on")
    period: Period = facts["period"]
    return known or period.due_on(facts["calendar"])


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id in RETURNED and (facts.get("is_returned") or facts.get("is_correction")):
        return _within(RETURNED[element_id], facts)
    if element_id in LIMITS:
        return _within(LIMITS[element_id], facts)
    if element_id not in RETURNED:
        return None
    calendar, last = facts["calendar"], report_due_on(facts)
    period: Period = facts["period"]
    sentence = f"期后第{DUE_DAYS}个工作日前报送，{period.name}的时限为{chinese_date(last)}"
    if element_id == "sign_progress":
        return explained(last, DUE_DAYS, sentence, calendar.is_provisional(last))
    day = calendar.add(last, -DRAFT_DAYS_BEFORE)
    why = f"{sentence}，填报提前{DRAFT_DAYS_BEFORE}个工作日完成，即{chinese_date(day)}"
    return explained(day, DUE_DAYS - DRAFT_DAYS_BEFORE, why, calendar.is_provisional(last))


def escalate_at(facts: Facts) -> datetime:
    """Only the first time the unit has the form: a correction or a withdrawal is not escalated again."""
    if facts["entries"] or facts["is_correction"]:
        return FAR
    return start_of(facts["calendar"].add(report_due_on(facts), ESCALATION_DAYS))


def consultation_guard_at(facts: Facts) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], CONSULTATION_GUARD_DAYS))


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {
    "escalate_at": escalate_at,
    "consultation_guard_at": consultation_guard_at,
}


def _within(limit: tuple[int, str], facts: Facts) -> Due:
    days, event = limit
    return within(event, facts["opened_on"], days, facts["calendar"])
