"""How a duty takes the notice over: `noticing(CASEWORK, listed)` is its casework with the called process in it.

The caller hands in `notice_key` (`next_notice_key`) and `notice_days`, and finds `is_upheld` afterwards;
`results_of(case, current_notice(case))` says what became of each row. `listed(case)` gives the rows as they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from app.duties.public_notice import DUTY, ELEMENTS
from app.services.cases import Case, Casework, FormTask, Prefill
from app.services.parts import calling
from app.services.public_notice import forms
from app.services.public_notice.actions import ACTIONS, drop_notice, keep_draft
from app.services.public_notice.rows import NoticeList, current_notice, open_objections
from app.services.telling import tell
from app.terms import InstanceStatus

Listed = Callable[[Case], NoticeList]
SETTLED = "objections_settled"


def notice_part(listed: Listed) -> Casework:
    """The casework of the called process, for a caller with this list."""

    def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
        if element_id == "publish_notice":
            return forms.publish_notice(case, listed(case))
        return forms.press_objections(case)

    def receive(case: Case, task: FormTask, answers: Mapping[str, Any]) -> Mapping[str, Any]:
        if task.element_id == "publish_notice":
            keep_draft(case, listed(case), answers)
        else:
            _press(case, answers)
        return {}

    return Casework(
        duty=DUTY,
        facts=lambda case, element_id, item: forms.facts(case, lambda: listed(case)),
        prefill=prefill,
        receive=receive,
        actions=ACTIONS,
        messages=frozenset({SETTLED}),
        message_key=lambda case, message: current_notice(case).key,
        unheard=frozenset({SETTLED, "notice_dropped"}),
    )


def noticing(caller: Casework, listed: Listed) -> Casework:
    """The caller's casework with the notice in it; a caller that is cancelled takes its notice with it."""

    def ended(case: Case) -> None:
        if case.instance.status == InstanceStatus.CANCELLED:
            drop_notice(case)
        caller.ended(case)

    return replace(calling(caller, notice_part(listed), ELEMENTS), ended=ended)


def _nothing(case: Case) -> NoticeList:
    return NoticeList("public_notice", "", ())


def _press(case: Case, answers: Mapping[str, Any]) -> None:
    notice = current_notice(case)
    notice.pressed_on = case.today
    case.session.flush()
    numbers = [objection.number for objection in open_objections(case, notice.id)]
    if numbers:
        listed = "、".join(f"第{number}号" for number in numbers)
        text = f"{answers['text']}（未办结异议：{listed}）"
        tell(case, _investigators(case, notice.id), f"催办异议核查：{notice.subject}", text, f"press:{case.at}")


def _investigators(case: Case, notice_id: int) -> list[str]:
    ids = [objection.instance_id for objection in open_objections(case, notice_id) if objection.instance_id]
    return forms.inboxes_of(case, ids)


CASEWORK = notice_part(_nothing)
"""The process by itself, as the registry knows it; it never runs but inside a caller."""
