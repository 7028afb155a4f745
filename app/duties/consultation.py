"""The rules of 会商 (P25): when written answers agree, who signs, and what binds the process that asked.

The face `DUTY` gathers them with the checks of the forms and the deadlines. All take `facts`, plain rows that the
services supply; a rule reads only the keys it needs.

    calendar, today, opened_on
    questions       rows {no, text, kind, concerns, precision}: kind of `KINDS`, concerns of `CONCERNS`, precision: the
                    decimal places of a figure; a question is known by its number, from 1
    units           units that exist and may be named {unit, name, short_name}
    meeting         {meeting_on, meeting_time} of the meeting that was called last
    is_refused      bool; the office takes no consultation up (decide_directly only)
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.duties.consultation_answers import (
    KINDS,
    Answer,
    Opinion,
    agreed_values,
    answers_to,
    is_agreed,
    silent,
    typed,
)
from app.duties.consultation_checks import check, unit_named
from app.duties.consultation_dates import DEADLINES, due_on, meeting_moment
from app.duties.duty import Duty

__all__ = [
    "CONCERNS",
    "DUTY",
    "KINDS",
    "USER_TASKS",
    "Opinion",
    "agreed_values",
    "answers_to",
    "binding",
    "is_agreed",
    "meeting_moment",
    "needs_leader",
    "silent",
    "typed",
    "unit_named",
]

CONCERNS: Mapping[str, str] = {
    "target": "年度目标",
    "lead_unit": "牵头单位",
    "money": "资金安排",
    "basis": "统计口径",
    "other": "其他",
}
LEADER_CONCERNS = frozenset({"target", "lead_unit", "money"})

USER_TASKS = (
    "set_consultation",
    "decide_directly",
    "answer_consultation",
    "call_meeting",
    "hold_meeting",
    "draft_minutes",
    "sign_minutes",
    "approve_minutes",
)


def needs_leader(concerns: Iterable[str], objections: Sequence[Any]) -> bool:
    """Whether the leading group signs: a target, a lead unit or money changes, or a unit keeps its objection."""
    return bool(objections) or not LEADER_CONCERNS.isdisjoint(concerns)


def binding(
    questions: Iterable[Mapping[str, Any]], decision: Mapping[int, Any], units: Iterable[Mapping[str, Any]] = ()
) -> dict[int, Answer]:
    """The typed decision by question number, as the caller reads it. decision: number -> what the minutes say.

    A question without a decision is left out: the caller then decides itself.
    """
    known = list(units)
    answers = {question["no"]: typed(question["kind"], decision.get(question["no"]), known) for question in questions}
    return {no: answer for no, answer in answers.items() if answer is not None}


DUTY = Duty(
    key="consultation",
    name="会商",
    clause="P25",
    processes=("consultation",),
    forms={task: f"consultation.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
)
