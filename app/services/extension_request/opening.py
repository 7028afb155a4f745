"""How more time is asked for: on any open user task of a unit, while nothing forbids it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.duties.extension_request import MOST_REQUESTS, max_extension, may_ask
from app.errors import RuleViolation
from app.models.organization import GROUP, OFFICE
from app.models.process import ProcessInstance
from app.models.supervision_order import ExtensionRequest
from app.models.timer import Timer
from app.models.user_task import IS_OPEN, NO_DUE_DATE, UserTask
from app.queries.actor import Actor
from app.services.cases import Start
from app.services.house import House
from app.services.projections import subject_key
from app.workdays import Calendar

PROCESS = "extension_request"
Told = Mapping[str, Any]

OPEN_STATES = ("drafting", "signing", "reviewing", "deciding")
COUNTED = ("granted", "refused", *OPEN_STATES)  # one that was never signed, or not needed, is no request
OF_UNITS = ("contact", "head")
FIXED = ("sign_for", "publish_notice", "write_extension", "sign_extension")  # an order is signed for, whoever is busy


def opening(session: Session, house: House, variables: Told) -> Start:
    """variables: {task_id, until?, reason?}. Raises RuleViolation where the task can have no more time."""
    task = session.scalars(select(UserTask).where(UserTask.id == str(variables.get("task_id") or ""))).one_or_none()
    if task is None:
        raise RuleViolation("task_id", "没有找到这件事")
    why_not = refusal(session, task, house.calendar)
    if why_not:
        raise RuleViolation("task_id", why_not)
    position = _last_position(session, task.id) + 1
    request = ExtensionRequest(
        key=f"{PROCESS}:{task.id}:{position}",
        task_id=task.id,
        position=position,
        unit_id=task.unit_id,
        asked_on=clock.today(),
        old_due_on=task.due_on,
        new_due_on=_day(variables.get("until")),
        reason=str(variables.get("reason") or "")[:500],
    )
    session.add(request)
    session.flush()
    data = {
        "subject_key": subject_key(task.id),
        "submission_key": request.key,
        "outcome": "",
        "needs_leader_flag": False,
        "is_in_time": False,
    }
    year = session.scalar(select(ProcessInstance.year).where(ProcessInstance.id == task.instance_id))
    title = f"延期申请：{task.title}（{task.name}）"[:200]
    return Start(PROCESS, request.key, title, year, task.unit_id, data=data)


def may_open(actor: Actor, start: Start) -> bool:
    return start.unit_id in actor.unit_ids


def refusal(session: Session, task: UserTask, calendar: Calendar) -> str:
    """Why no more time can be asked for; empty where it can."""
    if not is_extendable(task):
        return "该事项不能申请延期"
    if open_request(session, task.id) is not None:
        return "已有延期申请在办"
    if not may_ask(asked_before(session, task.id) + 1):
        return f"已达延期次数上限（{MOST_REQUESTS}次）"
    if latest_for(session, task, task.due_on, calendar) <= task.due_on:
        return "办理时限已是本项工作的截止日，不能再延期"
    return ""


def latest_for(session: Session, task: UserTask, due_on: date, calendar: Calendar) -> date:
    """The latest day that may be asked for; its collection waits no longer, as the timer of its campaign says."""
    parent = select(ProcessInstance.parent_id).where(ProcessInstance.id == task.instance_id).scalar_subquery()
    waiting = (Timer.instance_id == parent, Timer.status == "waiting")
    last = session.scalar(select(func.max(Timer.due_at)).where(*waiting))
    closes_on = None if last is None else clock.local(last - timedelta(seconds=1)).date()
    return max_extension(due_on, task.limit_days, calendar, closes_on)


def is_extendable(task: UserTask) -> bool:
    """An open step of a unit with a limit; not what is optional, and not what is signed for on receipt."""
    is_of_unit = task.unit_id not in (OFFICE, GROUP) and task.principal.partition(":")[0] in OF_UNITS
    is_open = task.status in ("open", "claimed")
    return (
        is_of_unit and is_open and not task.is_optional and task.due_on != NO_DUE_DATE and task.element_id not in FIXED
    )


def open_request(session: Session, task_id: str) -> ExtensionRequest | None:
    where = (ExtensionRequest.task_id == task_id, ExtensionRequest.state.in_(OPEN_STATES))
    return session.scalars(select(ExtensionRequest).where(*where).limit(1)).first()


def asked_before(session: Session, task_id: str) -> int:
    where = (ExtensionRequest.task_id == task_id, ExtensionRequest.state.in_(COUNTED))
    return session.scalars(select(func.count()).select_from(ExtensionRequest).where(*where)).one()


def open_tasks_beside(session: Session, task: UserTask) -> dict[str, list[str]]:
    """Open user tasks of other units in the same matter, by unit: what this one may wait for."""
    mine = select(ProcessInstance.parent_id).where(ProcessInstance.id == task.instance_id).scalar_subquery()
    siblings = select(ProcessInstance.id).where(ProcessInstance.parent_id == mine)
    in_matter = (UserTask.instance_id == task.instance_id) | UserTask.instance_id.in_(siblings)
    rows = session.execute(select(UserTask.unit_id, UserTask.id).where(in_matter, IS_OPEN))
    found: dict[str, list[str]] = {}
    for unit_id, task_id in rows:
        if unit_id != task.unit_id:
            found.setdefault(unit_id, []).append(task_id)
    return found


def _last_position(session: Session, task_id: str) -> int:
    found = select(func.max(ExtensionRequest.position)).where(ExtensionRequest.task_id == task_id)
    return session.scalar(found) or 0


def _day(text: Any) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise RuleViolation("until", "请填写日期，例如 2024-12-31") from error
