"""The tables follow a migration: user tasks keep rows and days, with the name, place and people of the new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select

from app.db import table_of
from app.engine import Advance, OpenTask
from app.models.process import Subscription
from app.models.timer import HELD, Timer
from app.models.user_task import UserTask
from app.services import projections, steps
from app.services.cases import Case, Casework
from app.services.projections import NEVER
from app.services.work import Work
from app.terms import TaskStatus

TASK, TIMER, SUBSCRIPTION = table_of(UserTask), table_of(Timer), table_of(Subscription)
WHOSE = ("group", "principal", "unit_id", "subject_unit_id", "has_own_item_rule")


def follow(
    work: Work, case: Case, casework: Casework, advance: Advance
) -> tuple[list[dict[str, Any]], Mapping[str, str]]:
    """Gives what the event says of the user tasks that wait, and under which keys messages are waited for.

    advance: of Engine.migrate, so it names all that waits.
    """
    waiting = [_task(work, case, casework, task) for task in advance.opened]
    _timers(work, case, advance)
    return waiting, _subscriptions(work, case, casework, advance)


def _task(work: Work, case: Case, casework: Casework, task: OpenTask) -> dict[str, Any]:
    row = work.connection.execute(select(TASK).where(TASK.c.id == task.task_id)).one()
    changed = {**_described(row, casework, task), **_whose(row, case, casework, task)}
    changed = {name: value for name, value in changed.items() if getattr(row, name) != value}
    if changed:
        projections.change_task(work, row, changed)
    return {
        "task": task.task_id,
        "element": task.element_id,
        "name": task.name,
        "unit": changed.get("unit_id", row.unit_id),
        "due_on": row.due_on.isoformat(),
    }


def _described(row: Row[Any], casework: Casework, task: OpenTask) -> dict[str, Any]:
    """Where the element is another one, its own remark on being optional holds."""
    is_optional = task.element_id in casework.optional if row.element_id != task.element_id else row.is_optional
    return {"element_id": task.element_id, "name": task.name, "is_optional": is_optional}


def _whose(row: Row[Any], case: Case, casework: Casework, task: OpenTask) -> dict[str, Any]:
    """A task goes to other people only where its lane is another one; who claimed it then gives it back."""
    if row.group == task.group:
        return {}
    fresh = steps.row_of_task(case, casework, task)
    given = {name: fresh[name] for name in WHOSE}
    if given["principal"] == row.principal:
        return given
    return {**given, "assignee_id": None, "delegated_by_id": None, "status": TaskStatus.OPEN.value}


def _timers(work: Work, case: Case, advance: Advance) -> None:
    """One that waits again on the way back, or under another element's name, keeps its row."""
    ids = [timer.task_id for timer in advance.timers]
    known = set(work.connection.execute(select(TIMER.c.task_id).where(TIMER.c.task_id.in_(ids))).scalars())
    for timer in advance.timers:
        status = HELD if timer.due_at.year >= NEVER else "waiting"
        values = {"element_id": timer.element_id, "due_at": timer.due_at, "status": status}
        if timer.task_id in known:
            work.connection.execute(TIMER.update().where(TIMER.c.task_id == timer.task_id).values(values))
        elif timer.due_at.year < NEVER:
            row = {"task_id": timer.task_id, "instance_id": case.instance.id, "attempts": 0, **values}
            work.connection.execute(TIMER.insert(), [row])
    if advance.timers_closed:
        gone = TIMER.c.task_id.in_(advance.timers_closed) & (TIMER.c.status == "waiting")
        work.connection.execute(TIMER.update().where(gone).values(status="cancelled"))


def _subscriptions(work: Work, case: Case, casework: Casework, advance: Advance) -> Mapping[str, str]:
    """One for the same message keeps its key. Gives the keys by task id."""
    where = SUBSCRIPTION.c.instance_id == case.instance.id
    known = {row.task_id: row for row in work.connection.execute(select(SUBSCRIPTION).where(where))}
    work.connection.execute(SUBSCRIPTION.delete().where(where))
    rows = []
    for wait in advance.subscriptions:
        row = known.get(wait.task_id)
        is_same = row is not None and row.message == wait.message
        key = row.key if row is not None and is_same else casework.message_key(case, wait.message)
        rows.append(
            {
                "task_id": wait.task_id,
                "instance_id": case.instance.id,
                "element_id": wait.element_id,
                "message": wait.message,
                "key": key,
            }
        )
    if rows:
        work.connection.execute(SUBSCRIPTION.insert(), rows)
    return {str(row["task_id"]): str(row["key"]) for row in rows}
