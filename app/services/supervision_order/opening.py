"""How an order is opened: by the office, on a late user task or another matter; by a duty; by the reminder ladder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app import clock
from app.duties.lights import chinese_date, distance_text
from app.duties.supervision_order import OPEN_STATES, SOURCES, UNSUPERVISED, unit_of
from app.errors import RuleViolation
from app.models.organization import GROUP, OFFICE
from app.models.process import ProcessInstance
from app.models.supervision_order import SupervisionOrder
from app.models.user_task import IS_OPEN, NO_DUE_DATE, UserTask
from app.services.cases import Start
from app.services.document_numbers import next_serial
from app.services.house import House
from app.services.projections import subject_key
from app.services.supervision_order.rows import PROCESS, named_units, short_name

Told = Mapping[str, Any]

SERIAL = "督办事项"
SHORTEST_TITLE, LONGEST_TITLE = 5, 60


def opening(session: Session, house: House, variables: Told) -> Start:
    """variables: {task_id} or {title, unit, content?, source?}; group_no? where several are opened at once.

    The same matter twice on one day is one order. Raises RuleViolation.
    """
    source = str(variables.get("source") or "office")
    if source not in ("office", "instruction"):
        raise RuleViolation("source", "请选择督办事项来源")
    today = clock.today()
    if variables.get("task_id"):
        task = _task(session, str(variables["task_id"]))
        told = {**_of_task(session, house, task, today), **variables, "source": source}
    else:
        told = {**_of_matter(session, variables), "source": source}
    return _opened(session, told, f"{told['subject_key']}:{today}", today)


def wanted(session: Session, house: House, told: Told) -> Start | None:
    """The message `supervision_wanted`; its key is the subject. told: {task_id?, source?, subject?, unit?, reason?}.

    A duty that names no user task means the late one of its instance, where there is one.
    """
    today, task = clock.today(), _late_task(session, told)
    if task is None and told.get("task_id"):
        return None
    is_ladder = told.get("source") == "ladder"
    known: dict[str, Any] = {"subject_key": str(told["key"]), "caller_key": "" if is_ladder else str(told["key"])}
    if task is not None:
        known |= _of_task(session, house, task, today)
    else:
        subject = str(told.get("subject") or "督办事项")
        known |= {"subject": subject, "title": _short(subject), "content": "", "unit": OFFICE}
    if told.get("subject"):
        known |= {"subject": str(told["subject"]), "title": _short(str(told["subject"]))}
    if told.get("reason"):
        known["content"] = f"{told['reason']}\n{known['content']}".strip()
    source = "ladder" if is_ladder else "duty"
    unit = told.get("unit") or known["unit"]
    return _opened(session, {**known, "unit": unit, "source": source}, f"{source}:{told['key']}:{today}", today)


def is_supervisable(task: UserTask) -> bool:
    """Of a unit, with a limit that was meant: optional ones are reminded but never supervised."""
    is_of_unit = task.unit_id not in (OFFICE, GROUP)
    return is_of_unit and not task.is_optional and task.due_on != NO_DUE_DATE and task.duty not in UNSUPERVISED


def _task(session: Session, task_id: str) -> UserTask:
    task = session.scalars(select(UserTask).where(UserTask.id == task_id, IS_OPEN)).one_or_none()
    if task is None:
        raise RuleViolation("task_id", "该事项已办结或已取消，无须督办")
    if not is_supervisable(task):
        raise RuleViolation("task_id", "该事项不适用督办单")
    if task.is_held:
        raise RuleViolation("task_id", "该事项的延期申请尚未批复，请先批复，再决定是否督办")
    return task


def _late_task(session: Session, told: Told) -> UserTask | None:
    if told.get("task_id"):
        task = session.scalars(select(UserTask).where(UserTask.id == str(told["task_id"]), IS_OPEN)).one_or_none()
        return task if task is not None and is_supervisable(task) and not task.is_held else None
    of_sender = UserTask.instance_id == str(told.get("sender") or "")
    late = select(UserTask).where(of_sender, IS_OPEN, UserTask.due_on < clock.today(), ~UserTask.is_held)
    found = [task for task in session.scalars(late.order_by(UserTask.due_on, UserTask.id)) if is_supervisable(task)]
    return next((task for task in found if told.get("unit") in (None, task.unit_id)), None)


def _of_task(session: Session, house: House, task: UserTask, today: date) -> dict[str, Any]:
    """What is due, and how late it is."""
    late = f"，{distance_text(today, task.due_on, house.calendar)}" if task.due_on < today else ""
    subject = f"{task.title}（{task.name}），办理时限{chinese_date(task.due_on)}{late}"
    content = (
        f"“{task.title}”的“{task.name}”应于{chinese_date(task.due_on)}前完成{late}。"
        "请查明原因，落实责任，按要求办结并反馈办理情况。"
    )
    return {
        "subject_key": subject_key(task.id),
        "task_id": task.id,
        "subject": subject,
        "title": _short(task.title),
        "content": content,
        "unit": task.unit_id,
    }


def _of_matter(session: Session, variables: Told) -> dict[str, Any]:
    title = str(variables.get("title") or "").strip()
    if not SHORTEST_TITLE <= len(title) <= LONGEST_TITLE:
        raise RuleViolation("title", f"请填写督办事项，{SHORTEST_TITLE}至{LONGEST_TITLE}字")
    unit = unit_of({"units": named_units(session)}, str(variables.get("unit") or ""))
    if unit is None:
        raise RuleViolation("unit", "没有找到该单位，请填写单位全称或简称")
    said = sha256(f"{title}|{unit}".encode()).hexdigest()[:24]
    content = str(variables.get("content") or "")
    subject = str(variables.get("subject") or title)
    return {
        "subject_key": f"matter:{said}",
        "subject": subject,
        "title": title,
        "content": content,
        "unit": unit,
        "group_no": variables.get("group_no"),
    }


def _opened(session: Session, told: Told, source_key: str, today: date) -> Start:
    """Opened before, the same one is opened again, which gives the same instance."""
    known = session.scalars(select(SupervisionOrder).where(SupervisionOrder.source_key == source_key)).one_or_none()
    order = known or _written(session, told, source_key, today)
    key = f"{PROCESS}:{order.number}"
    data = {
        "subject_key": order.subject_key,
        "caller_key": order.caller_key,
        "level": "blue",
        "is_urgent": False,
        "is_duplicate": False,
        "may_set_limit": True,
        "outcome": "",
    }
    title = f"督办单{order.number}：{order.title}（{short_name(session, order.unit_id)}）"
    return Start(PROCESS, key, title, order.year, order.unit_id, data=data)


def _written(session: Session, told: Told, source_key: str, today: date) -> SupervisionOrder:
    order = SupervisionOrder(
        number=f"{today.year}-{next_serial(session.connection(), SERIAL, today.year)}",
        year=today.year,
        source_key=source_key,
        group_no=str(told.get("group_no") or ""),
        source=told["source"] if told["source"] in SOURCES else "office",
        subject_key=told["subject_key"],
        task_id=told.get("task_id"),
        caller_key=str(told.get("caller_key") or ""),
        subject=told["subject"],
        title=told["title"],
        content=told["content"],
        unit_id=told["unit"],
        opened_on=today,
        wanted=["wants_result"],
        co_units=[],
    )
    session.add(order)
    session.flush()
    return order


def open_order_of(session: Session, key: str) -> SupervisionOrder | None:
    """The order that is open on a subject."""
    where = (SupervisionOrder.subject_key == key, SupervisionOrder.state.in_(OPEN_STATES))
    return session.scalars(select(SupervisionOrder).where(*where).order_by(SupervisionOrder.opened_on).limit(1)).first()


def instance_of(session: Session, order: SupervisionOrder) -> ProcessInstance | None:
    found = select(ProcessInstance).options(defer(ProcessInstance.state))
    return session.scalars(found.where(ProcessInstance.id == order.instance_id)).one_or_none()


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}…"
