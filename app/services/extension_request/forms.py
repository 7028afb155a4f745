"""What each form of 延期申请 begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from app import clock
from app.duties.extension_request import REASONS
from app.duties.lights import chinese_date
from app.models.supervision_order import ExtensionRequest
from app.models.user_task import UserTask
from app.queries.task_lines import open_light
from app.services.cases import Case, Prefill
from app.services.extension_request.facts import ExtensionFacts, request_of

Row = dict[str, Any]


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    values = FORMS[element_id](case)
    return {name: value for name, value in values.items() if value not in (None, "", [])}, {}


def _write(case: Case) -> Row:
    request, facts = request_of(case), ExtensionFacts(case)
    return {
        "subject": _subject(case),
        "old_due_note": chinese_date(request.old_due_on),
        "number_note": _number_note(case),
        "latest_note": chinese_date(facts.latest_on),
        "new_due_on": request.new_due_on.isoformat() if request.new_due_on else None,
        "reason": request.reason,
    }


def _asked(case: Case) -> Row:
    request = request_of(case)
    days = case.calendar.count(request.old_due_on, request.new_due_on) if request.new_due_on else 0
    return {
        "subject": _subject(case),
        "old_due_note": chinese_date(request.old_due_on),
        "asked_note": f"{chinese_date(request.new_due_on)}，延{days}个工作日" if request.new_due_on else "",
        "reason_note": f"{REASONS.get(request.reason_kind, '')}：{request.reason}",
        "progress": request.progress,
        "number_note": _number_note(case),
        "late_note": _late_note(case),
    }


def _late_note(case: Case) -> str:
    """A request that came too late says so; it then changes no assessment."""
    request = request_of(case)
    signed = clock.local(request.signed_at).date() if request.signed_at else case.today
    return f"{chinese_date(signed)}，{'逾期后申请' if signed > request.old_due_on else '时限内申请'}"


def _review(case: Case) -> Row:
    facts = ExtensionFacts(case)
    leader = "须由领导小组批准" if facts.needs_leader else "办公室可以批准"
    return {**_asked(case), **_beside(case), "leader_note": leader}


def _decide(case: Case) -> Row:
    passed = case.row("passed") or {}
    note = "，".join(filter(None, [passed.get("name"), passed.get("text")]))
    return {**_asked(case), **_beside(case), "office_note": note or "转领导小组"}


def _beside(case: Case) -> Row:
    request, task = request_of(case), _task(case)
    light = open_light(task, case.today)
    others = case.session.scalars(
        select(ExtensionRequest)
        .join(UserTask, UserTask.id == ExtensionRequest.task_id)
        .where(UserTask.duty == task.duty, UserTask.element_id == task.element_id, UserTask.id != task.id)
        .where(ExtensionRequest.state == "granted")
    ).all()
    return {
        "light_note": light.label,
        "earlier_note": _earlier(case, request),
        "others_note": f"{len({row.unit_id for row in others})}个单位已获延期" if others else "其他单位没有延期",
    }


def _earlier(case: Case, request: ExtensionRequest) -> str:
    where = (ExtensionRequest.task_id == request.task_id, ExtensionRequest.position < request.position)
    rows = case.session.scalars(select(ExtensionRequest).where(*where).order_by(ExtensionRequest.position))
    lines = [
        f"{chinese_date(row.old_due_on)}申请延至{chinese_date(row.new_due_on)}，{_result(row)}"
        for row in rows
        if row.new_due_on is not None
    ]
    return "\n".join(lines) or "没有"


def _result(row: ExtensionRequest) -> str:
    if row.state == "granted" and row.granted_on is not None:
        return f"批准延至{chinese_date(row.granted_on)}"
    return {"refused": "未批准", "not_asked": "未报送", "needless": "已注销"}.get(row.state, "在办")


def _subject(case: Case) -> str:
    task = _task(case)
    return f"{task.title}：{task.name}"


def _number_note(case: Case) -> str:
    return f"第{ExtensionFacts(case).number}次申请"


def _task(case: Case) -> UserTask:
    return case.session.get_one(UserTask, request_of(case).task_id)


FORMS: Mapping[str, Callable[[Case], Row]] = {
    "write_extension": _write,
    "sign_extension": _asked,
    "review_extension": _review,
    "press_review": _asked,
    "decide_extension": _decide,
}
