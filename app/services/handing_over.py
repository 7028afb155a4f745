"""Verbs that put a user task into other hands: 转办, 委派 with 交回 and 收回, and 抄送 for information.

转办 gives the task away; who gets it is its assignee. 委派 has a colleague prepare it: she fills the draft and hands it
back, and who delegated it sends it. The unit that is responsible stays the same, and so does the due day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import insert_if_new, table_of
from app.errors import InvalidForm, NotPermitted
from app.models.person import Person
from app.models.user_task import TaskCopy
from app.queries.actor import Actor
from app.queries.recipients import readers_of_copies, recipients
from app.queries.standing import Standing, standing_of
from app.services import steps
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.messages import Message, put_messages
from app.services.projections import change_task
from app.services.tasks import case_of, open_task, readable_task
from app.services.work import Work
from app.terms import EventType, TaskStatus

COPY, PERSON = table_of(TaskCopy), table_of(Person)
LONGEST_REASON = 300
MOST_COPIES = 50


def transfer(
    house: House, actor: Actor, task_id: str, to: str, reason: str, *, key: str, revision: int | None = None
) -> Answer:
    """Give the task to a colleague. to: her login. Raises InvalidForm("to" | "reason") and what open_task raises."""
    payload = {"task_id": task_id, "to": to, "reason": reason, "revision": revision}
    return run(house, actor, Command("transfer", key, payload))


def delegate(
    house: House, actor: Actor, task_id: str, to: str, reason: str, *, key: str, revision: int | None = None
) -> Answer:
    """Have a colleague prepare the task. Raises as transfer()."""
    payload = {"task_id": task_id, "to": to, "reason": reason, "revision": revision}
    return run(house, actor, Command("delegate", key, payload))


def hand_back(house: House, actor: Actor, task_id: str, note: str, *, key: str) -> Answer:
    """交回: what was prepared goes back to who delegated it."""
    return run(house, actor, Command("hand_back", key, {"task_id": task_id, "note": note}))


def take_back(house: House, actor: Actor, task_id: str, *, key: str) -> Answer:
    """收回: who delegated the task goes on with it herself."""
    return run(house, actor, Command("take_back", key, {"task_id": task_id}))


def copy_to(house: House, actor: Actor, task_id: str, to: Sequence[str], note: str = "", *, key: str) -> Answer:
    """抄送 the task and its matter to these logins; a second copy to the same person is none. Answers {copied}."""
    return run(house, actor, Command("copy", key, {"task_id": task_id, "to": list(to), "note": note}))


@handles("transfer")
def _transfer(work: Work, payload: Mapping[str, Any]) -> Answer:
    return _give(work, payload, EventType.TASK_HANDED_OVER, delegated_by_id=None)


@handles("delegate")
def _delegate(work: Work, payload: Mapping[str, Any]) -> Answer:
    return _give(work, payload, EventType.TASK_DELEGATED, delegated_by_id=work.actor.person_id)


@handles("hand_back")
def _hand_back(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = open_task(work, payload["task_id"], None, may_prepare=True)
    if standing_of(work.connection, work.actor, task) is not Standing.PREPARE:
        raise NotPermitted("这件事不是委派给您的，不能交回。")
    note = _short(payload["note"], "note")
    owner = _active_person(work, task.delegated_by_id)
    text = f"{work.actor.name}交回了“{task.title}”（{task.name}）。{note}"
    return _put(work, task, owner, None, EventType.TASK_HANDED_BACK, {"text": note}, text)


@handles("take_back")
def _take_back(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = open_task(work, payload["task_id"], None, may_take_back=True)
    if standing_of(work.connection, work.actor, task) is not Standing.DELEGATED:
        raise NotPermitted("这件事没有委派给他人，不能收回。")
    owner = _active_person(work, task.delegated_by_id)
    return _put(work, task, owner, None, EventType.TASK_TAKEN_BACK, {}, "")


@handles("copy")
def _copy(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = readable_task(work, payload["task_id"])
    note, wanted = _short(payload["note"], "note"), list(dict.fromkeys(payload["to"]))
    if not 1 <= len(wanted) <= MOST_COPIES:
        raise InvalidForm([("to", f"请选择 1 至 {MOST_COPIES} 位抄送对象。")])
    with Session(work.connection) as session:
        known = {person.login: person.id for person, _unit in readers_of_copies(session, work.actor)}
    if strangers := [login for login in wanted if login not in known]:
        raise InvalidForm([("to", f"不能抄送给：{'、'.join(strangers)}。")])
    case = work.case(task.instance_id)
    sent = {"task_id": task.id, "instance_id": task.instance_id, "by_id": work.actor.person_id, "note": note}
    rows = [{**sent, "person_id": known[login], "at": work.at} for login in wanted]
    work.connection.execute(insert_if_new(work.connection.dialect.name, COPY), rows)
    told = {"element": task.element_id, "task": task.id, "name": task.name, "to": wanted, "text": note}
    steps.note(work, case, EventType.TASK_COPIED, told)
    return {"id": task.id, "instance_id": task.instance_id, "copied": len(rows)}


def _give(work: Work, payload: Mapping[str, Any], type_: EventType, delegated_by_id: int | None) -> Answer:
    task = open_task(work, payload["task_id"], payload["revision"])
    reason = _short(payload["reason"], "reason")
    with Session(work.connection) as session:
        found = {person.login: person for person in recipients(session, work.actor, task)}
    person = found.get(payload["to"])
    if person is None:
        raise InvalidForm([("to", "请选择本单位可以办理此事项的人员。")])
    told = {"to": person.login, "text": reason}
    text = f"{work.actor.name}{type_.label}给您：“{task.title}”（{task.name}）。{reason}"
    return _put(work, task, person, delegated_by_id, type_, told, text)


def _put(
    work: Work,
    task: Any,
    person: Any,
    delegated_by_id: int | None,
    type_: EventType,
    told: Mapping[str, Any],
    text: str,
) -> Answer:
    """Into the person's inbox, or back to the group's where she has left; with an event and a message."""
    status = TaskStatus.CLAIMED if person is not None else TaskStatus.OPEN
    changes = {
        "assignee_id": None if person is None else person.id,
        "delegated_by_id": delegated_by_id,
        "status": status.value,
    }
    changed = change_task(work, task, changes)
    about = {"element": task.element_id, "task": task.id, "name": task.name}
    steps.note(work, case_of(work, task), type_, {**about, **told})
    if person is not None and text:
        title, reason = f"{type_.label}：{task.title}", f"{type_.value}:{task.id}:{changed.revision}"
        put_messages(work.connection, [Message(person.id, "notice", title, text, reason, work.at, task.id)])
    return {
        "id": task.id,
        "instance_id": task.instance_id,
        "status": status.value,
        "assignee": None if person is None else person.login,
        "revision": changed.revision,
    }


def _active_person(work: Work, person_id: int) -> Any:
    where = (PERSON.c.id == person_id, PERSON.c.is_active)
    return work.connection.execute(select(PERSON.c.id, PERSON.c.login).where(*where)).one_or_none()


def _short(text: str, field: str) -> str:
    tidy = str(text).replace("\0", "").strip()
    if len(tidy) > LONGEST_REASON:
        raise InvalidForm([(field, f"最多 {LONGEST_REASON} 字。")])
    return tidy
