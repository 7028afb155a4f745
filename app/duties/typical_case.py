"""The face of 典型案例 (P26): a case of development or of service is collected, checked, edited and published.

All rules take `facts`, plain rows that the services supply; a rule reads only the keys it needs.

    Dates of user tasks, and the drawn timers lead_closes_at, consent_closes_at, facts_close_at
        calendar            workdays.Calendar
        opened_on           date; the day on which the task was opened or the timer began to wait
        is_returned         bool; the case came back to its author
    write_case
        today               date
        units               every unit {unit, name, short_name}
        firm_named          text -> {holds_title, held_title} of the enterprise, or None
        published           [(title, whole text)] of published cases
    review_case
        units
        round               int; 1 at the first review
        has_figures         bool; the case quotes figures
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.duty import Duty
from app.duties.typical_case_checks import (
    LAST_RETURN_ROUND,
    MOST_UNITS,
    PARTS,
    TEXTS,
    WITHOUT_FIRM,
    check,
    unit_named,
    unlocked_parts,
    whole_text,
)
from app.duties.typical_case_dates import DEADLINES, call_day, due_on
from app.duties.typical_case_figures import has_unsourced_number, settled_text
from app.duties.typical_case_score import (
    BONUS,
    MOST_BONUS,
    POINTS,
    TOP,
    TOP_OF_A_UNIT,
    Published,
    bonus,
    proposal,
    score,
    too_many_of_a_unit,
    top_cases,
    views_in_30_days,
)

__all__ = [
    "BONUS",
    "DUTY",
    "KINDS",
    "MOST_BONUS",
    "MOST_UNITS",
    "OUTCOMES",
    "PARTS",
    "POINTS",
    "START_FORM",
    "STATES",
    "TEXTS",
    "TOP",
    "TOP_OF_A_UNIT",
    "USER_TASKS",
    "WITHOUT_FIRM",
    "Published",
    "bonus",
    "call_day",
    "has_unsourced_number",
    "outcomes_offered",
    "proposal",
    "score",
    "settled_text",
    "too_many_of_a_unit",
    "top_cases",
    "unit_named",
    "unlocked_parts",
    "views_in_30_days",
    "whole_text",
]

KINDS: Mapping[str, str] = {
    "growth": "企业成长",
    "technology": "技术创新",
    "digital": "数字转型",
    "green": "绿色低碳",
    "finance": "融资上市",
    "service": "服务机制",
    "other": "其他",
}

STATES: Mapping[str, str] = {
    "writing": "撰写中",
    "signing": "单位审签中",
    "confirming": "企业确认中",
    "reviewing": "审核中",
    "checking": "核实数据中",
    "approving": "待签发",
    "published": "已发布",
    "taken_down": "已下架",
    "unused": "未采用",
    "withdrawn": "已撤回",
}

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "sign_case": ("yes", "no"),
    "confirm_by_firm": ("yes", "changes", "no"),
    "review_case": ("yes", "returned", "no"),
    "approve_publishing": ("yes", "no"),
}

START_FORM = "offer_case"  # of no user task: a case is offered with it

USER_TASKS = (
    "write_case",
    "sign_case",
    "confirm_by_firm",
    "review_case",
    "check_facts",
    "approve_publishing",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes the form may offer, in its order; empty for a form without a choice."""
    if element_id == "review_case" and facts["round"] > LAST_RETURN_ROUND:
        return ("yes", "no")
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="typical_case",
    name="典型案例",
    clause="P26",
    processes=("typical_case",),
    forms={task: f"typical_case.{task}" for task in (*USER_TASKS, START_FORM)},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
)
