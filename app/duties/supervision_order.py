"""督办单办理: one matter, one order, one unit that answers; it is carried through its colours by one instance.

Facts:
    opened_on, today, calendar
    limit_on        date; the limit in the order's row, before it is issued the one proposed
    source          office | instruction | ladder | duty
    is_urgent       bool
    history         tuple[Colour, …]: what was issued so far
    open_order      number of another order that is open on the subject; "" without one
    units           every unit {unit, name, short_name}
    unit            id of the unit that answers
    may_set_limit   bool; no new limit was given yet in this colour
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.duty import Duty
from app.duties.supervision_order_checks import WANTED, check, unit_of
from app.duties.supervision_order_dates import DEADLINES, LADDER, due_on
from app.duties.supervision_order_levels import (
    LEVEL_WORDS,
    LEVELS,
    Colour,
    Point,
    breaks_ladder,
    correction_limit,
    duplicate_of,
    is_lapsed,
    latest_limit,
    may_close,
    needs_leader,
    next_level,
    order_limit,
    points,
)

__all__ = [
    "DUTY",
    "LADDER",
    "LEVELS",
    "LEVEL_WORDS",
    "OPEN_STATES",
    "OUTCOMES",
    "SOURCES",
    "STATES",
    "UNSUPERVISED",
    "USER_TASKS",
    "WANTED",
    "WANTED_WORDS",
    "Colour",
    "Point",
    "breaks_ladder",
    "correction_limit",
    "duplicate_of",
    "is_lapsed",
    "latest_limit",
    "may_close",
    "needs_leader",
    "next_level",
    "order_limit",
    "points",
    "unit_of",
]

SOURCES: Mapping[str, str] = {
    "office": "办公室立项",
    "instruction": "领导批示",
    "ladder": "提醒阶梯",
    "duty": "业务事项",
}
STATES: Mapping[str, str] = {
    "drafting": "拟办",
    "signing": "待签发",
    "issued": "待签收",
    "working": "办理中",
    "lapsed": "已逾期",
    "verifying": "核验中",
    "closed": "已办结",
    "not_issued": "未发出",
    "joined": "已并入",
    "needless": "无需督办",
    "transferred": "已移送",
    "void": "作废",
}
UNSUPERVISED = ("supervision_order", "extension_request")  # they have limits and reminders of their own
OPEN_STATES = ("drafting", "signing", "issued", "working", "lapsed", "verifying")
WANTED_WORDS: Mapping[str, str] = {
    "wants_result": "办理结果",
    "wants_evidence": "佐证材料",
    "wants_plan": "整改计划",
    "wants_statement": "情况说明",
}

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "draft_order": ("issue", "drop"),
    "sign_order": ("yes", "no"),
    "approve_order": ("yes", "no"),
    "sign_for": ("yes", "no"),
    "sign_report": ("yes", "no"),
    "verify_report": ("accepted", "returned"),
    "decide_next": ("raise", "new_limit", "done"),
    "decide_final": ("new_limit", "explain", "transfer"),
    "confirm_closing": ("yes", "no"),
}

USER_TASKS = (
    "draft_order",
    "sign_order",
    "approve_order",
    "sign_for",
    "settle_unit",
    "report_back",
    "sign_report",
    "verify_report",
    "decide_next",
    "decide_final",
    "explain_in_writing",
    "confirm_closing",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes a form may offer, in its order; a new limit once in a colour."""
    offered = OUTCOMES.get(element_id, ())
    if element_id == "decide_next" and not facts["may_set_limit"]:
        return tuple(outcome for outcome in offered if outcome != "new_limit")
    return offered


DUTY = Duty(
    key="supervision_order",
    name="督办单办理",
    clause="P25",
    processes=("supervision_order",),
    forms={task: f"supervision_order.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
)
