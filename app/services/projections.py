"""The tables follow the engine: user tasks and their inbox lines, timers and subscriptions, as a step leaves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import bindparam, select

from app.db import table_of
from app.engine import Advance, ClosedTask
from app.models.process import Subscription
from app.models.timer import Timer
from app.models.user_task import IS_OPEN, InboxEntry, UserTask
from app.prepared import Prepared
from app.services import light_changes, told_tasks
from app.services.cases import Effect
from app.services.effects import put_effects
from app.services.work import Work
from app.terms import TaskStatus

TASK, INBOX, TIMER = table_of(UserTask), table_of(InboxEntry), table_of(Timer)
SUBSCRIPTION = table_of(Subscription)
OF_THE_LINE = ("principal", "assignee_id", "due_on", "has_own_item_rule", "subject_unit_id")
SUBJECT_COMPLETED, SUBJECT_DROPPED = "subject_completed", "subject_dropped"
NEVER = 9000  # a timer of this year or later means «not again»: it has no row

LINE_OF = Prepared(
    select(
        TASK.c.id, TASK.c.principal, TASK.c.assignee_id, TASK.c.due_on, TASK.c.yellow_on, TASK.c.is_watched,
        TASK.c.is_optional, TASK.c.is_held, TASK.c.created_at,
    ).where(TASK.c.id == bindparam("task_id"))
)  # fmt: skip
CHANGE_TASK = Prepared(TASK.update().where(TASK.c.id == bindparam("of_task")))
ADD_TASK, ADD_LINE = Prepared(TASK.insert()), Prepared(INBOX.insert())
DROP_LINE = Prepared(
    INBOX.delete().where(
        INBOX.c.principal == bindparam("of_inbox"),
        INBOX.c.due_on == bindparam("of_day"),
        INBOX.c.task_id == bindparam("of_task"),
    )
)
ADD_TIMER, ADD_SUBSCRIPTION = Prepared(TIMER.insert()), Prepared(SUBSCRIPTION.insert())
CANCEL_TIMER = Prepared(
    TIMER.update().where(TIMER.c.task_id == bindparam("of_task"), TIMER.c.status != "fired").values(status="cancelled")
)
DROP_SUBSCRIPTION = Prepared(SUBSCRIPTION.delete().where(SUBSCRIPTION.c.task_id == bindparam("of_task")))


def follow(
    work: Work, instance_id: str, advance: Advance, opened: Sequence[Mapping[str, Any]], keys: Mapping[str, str]
) -> None:
    """opened: the rows of the user tasks that the step has opened (see assignment.task_row).

    keys: by task id, under which key its message is waited for.
    """
    _close(work, advance)
    _open(work, instance_id, advance, opened, keys)


def close_tasks(work: Work, closed: Sequence[ClosedTask]) -> None:
    """Out of every inbox; the completed one was marked by its command already."""
    watched = []
    for task in closed:
        line = work.lines.get(task.task_id) or LINE_OF.one_or_none(work.connection, task_id=task.task_id)
        _drop_line(work, line)
        if line is not None:
            light_changes.note_closed(work, line, task.how)
        if line is not None and line.is_watched:
            watched.append(subject_effect(task.task_id, is_done=task.how == "completed"))
    if watched:
        put_effects(work.connection, watched, work.at)
    for task in closed:
        if task.how == "cancelled":
            values = {"status": TaskStatus.CANCELLED.value, "changed_at": work.at, "completed_at": work.at}
            work.write(CHANGE_TASK, {**values, "of_task": task.task_id})


def subject_effect(task_id: str, *, is_done: bool, again: str = "") -> Effect:
    """Tells whoever watches a user task that it was done, or is no more. again: tells it once more."""
    name = SUBJECT_COMPLETED if is_done else SUBJECT_DROPPED
    return Effect(f"{task_id}:{name}{again}", "message", {"name": name, "key": subject_key(task_id)})


def subject_key(task_id: str) -> str:
    return f"task:{task_id}"


def change_task(work: Work, task: Any, changes: Mapping[str, Any]) -> Any:
    """Change an open task, count that, and let its line follow; the row as it will be. task: a row of UserTask."""
    values = {
        **changes,
        "revision": task.revision + 1,
        "changed_at": work.at,
        "changed_by_id": work.actor.person_id,
    }
    told_tasks.note_changed(work, task.instance_id, task.id, changes)
    changed = work.lines[task.id] = SimpleNamespace(**{**task._asdict(), **values})
    is_moved = any(getattr(task, name) != getattr(changed, name) for name in OF_THE_LINE)
    if is_moved:
        _drop_line(work, task)
    work.write(CHANGE_TASK, {**values, "of_task": task.id})
    if is_moved:
        barred = changed.subject_unit_id if changed.has_own_item_rule and not changed.assignee_id else None
        _put_line(work, inbox_of(changed), changed.due_on, changed.id, barred)
    return changed


def give_task(work: Work, instance_id: str, element_id: str, person_id: int, opened: Sequence[dict[str, Any]]) -> None:
    """The task of the element is this person's, whoever had it. opened: rows that are about to be written."""
    where = (TASK.c.instance_id == instance_id, TASK.c.element_id == element_id, IS_OPEN)
    for task in work.connection.execute(select(TASK).where(*where)).all():
        change_task(work, task, {**claimed_by(person_id), "delegated_by_id": None})
    for row in opened:
        if row["element_id"] == element_id:
            row |= claimed_by(person_id)


def claimed_by(person_id: int) -> dict[str, Any]:
    return {"assignee_id": person_id, "status": TaskStatus.CLAIMED.value}


def _drop_line(work: Work, task: Any) -> None:
    """task: a row with id, principal, assignee_id, due_on."""
    work.write(DROP_LINE, {"of_inbox": inbox_of(task), "of_day": task.due_on, "of_task": task.id})


def inbox_of(task: Any) -> str:
    """Where the task's line lies: with its group, or with the person who claimed it."""
    return f"person:{task.assignee_id}" if task.assignee_id else str(task.principal)


def _put_line(work: Work, principal: str, due_on: Any, task_id: str, barred_unit_id: str | None) -> None:
    line = {"principal": principal, "due_on": due_on, "task_id": task_id, "barred_unit_id": barred_unit_id}
    work.write(ADD_LINE, line)


def _close(work: Work, advance: Advance) -> None:
    close_tasks(work, advance.closed)
    for task_id in advance.timers_closed:
        work.write(CANCEL_TIMER, {"of_task": task_id})
    for task_id in advance.subscriptions_closed:
        work.write(DROP_SUBSCRIPTION, {"of_task": task_id})


def _open(
    work: Work, instance_id: str, advance: Advance, opened: Sequence[Mapping[str, Any]], keys: Mapping[str, str]
) -> None:
    for row in opened:
        work.write(ADD_TASK, row)
        assignee_id = row.get("assignee_id")
        barred = row["subject_unit_id"] if row["has_own_item_rule"] and not assignee_id else None
        principal = f"person:{assignee_id}" if assignee_id else row["principal"]
        _put_line(work, principal, row["due_on"], row["id"], barred)
    for timer in advance.timers:
        if timer.due_at.year < NEVER:
            row = {"task_id": timer.task_id, "instance_id": instance_id, "element_id": timer.element_id}
            begun = {"due_at": timer.due_at, "status": "waiting", "attempts": 0, "failures": 0}
            work.write(ADD_TIMER, {**row, **begun})
    for wait in advance.subscriptions:
        row = {"task_id": wait.task_id, "instance_id": instance_id, "element_id": wait.element_id}
        work.write(ADD_SUBSCRIPTION, {**row, "message": wait.message, "key": keys[wait.task_id]})
