"""The service tasks of a request: the limit is held, moved, or stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.db import table_of
from app.duties.extension_request import is_in_time
from app.duties.lights import chinese_date
from app.models.supervision_order import ExtensionRequest
from app.models.user_task import IS_OPEN, UserTask
from app.services.cases import Action, Case, Data, NewDay
from app.services.document_numbers import give_number
from app.services.extension_request.facts import ExtensionFacts, request_of
from app.services.plan_codes import agency_code
from app.services.telling import tell
from app.terms import TaskStatus

TASK = table_of(UserTask)
KIND = "延"


def end_unsigned(case: Case, data: Data) -> None:
    """Taken back, or not signed: it is no request, and nothing was held."""
    request_of(case).state = "not_asked"
    case.session.flush()


def hold_deadline(case: Case, data: Data) -> Mapping[str, Any]:
    """Asked for in time, nobody is late until it is decided; asked for too late, everything stays as it is."""
    request = request_of(case)
    assert request.signed_at is not None
    assert request.new_due_on is not None
    request.is_in_time = is_in_time(request.signed_at, request.old_due_on)
    request.state = "reviewing"
    case.session.flush()
    if request.is_in_time:
        reason = f"申请延至{chinese_date(request.new_due_on)}，批复前暂缓计时。"
        case.move_due_date(
            NewDay("held", reason, request.new_due_on, request.task_id, is_held=True, request_key=request.key)
        )
    return {"is_in_time": request.is_in_time, "needs_leader_flag": ExtensionFacts(case).needs_leader}


def grant_extension(case: Case, data: Data) -> None:
    request = request_of(case)
    assert request.granted_on is not None
    request.state = "granted"
    _answer(case, request)
    new_day = NewDay(
        "granted",
        f"{request.document_no}",
        request.granted_on,
        request.task_id,
        request_key=request.key,
        is_in_time=bool(request.is_in_time),
    )
    case.move_due_date(new_day)


def keep_deadline(case: Case, data: Data) -> None:
    request = request_of(case)
    request.state = "refused"
    _answer(case, request)
    if request.is_in_time:
        reason = f"{request.document_no}，维持原时限。"
        case.move_due_date(NewDay("refused", reason, request.old_due_on, request.task_id, request_key=request.key))


def _answer(case: Case, request: ExtensionRequest) -> None:
    """延期批复 has a number of its own, whatever it says."""
    request.document_no = give_number(case.connection, agency_code(case.session), KIND, case.today.year)
    case.session.flush()
    day = request.granted_on if request.state == "granted" else None
    said = f"批准延至{chinese_date(day)}" if day else f"不予延期，办理时限仍为{chinese_date(request.old_due_on)}"
    text = "。".join(filter(None, [f"{request.document_no}：{said}", request.decision]))
    tell(case, [f"contact:{request.unit_id}", f"head:{request.unit_id}"], case.instance.title, text, "answered")


def close_extension(case: Case, data: Data) -> None:
    """The task was done or dropped meanwhile; a hold on one that is still open would be lifted."""
    request = request_of(case)
    request.state = "needless"
    case.session.flush()
    if request.is_in_time:
        reason = "延期申请已注销，恢复原时限。"
        case.move_due_date(NewDay("lifted", reason, request.old_due_on, request.task_id, request_key=request.key))


def watch(case: Case) -> None:
    """From here on the end of the task is told."""
    where = (TASK.c.id == request_of(case).task_id, IS_OPEN)
    case.connection.execute(TASK.update().where(*where).values(is_watched=True))


def is_still_held(case: Case) -> bool:
    task = case.session.get_one(UserTask, request_of(case).task_id)
    return task.is_held and task.status in (TaskStatus.OPEN, TaskStatus.CLAIMED)


ACTIONS: Mapping[str, Action] = {
    "extension_request.end_unsigned": end_unsigned,
    "extension_request.hold_deadline": hold_deadline,
    "extension_request.grant_extension": grant_extension,
    "extension_request.keep_deadline": keep_deadline,
    "extension_request.close_extension": close_extension,
}
