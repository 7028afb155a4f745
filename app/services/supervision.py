"""催办: the office tells those who have an open task to get on with it, once a day a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.lights import chinese_date, distance_text
from app.errors import AlreadyDone, Conflict, Gone, InvalidForm, NotFound, NotPermitted
from app.models.organization import Unit
from app.models.person import Person
from app.models.process import ProcessInstance
from app.models.user_task import NO_DUE_DATE, UserTask
from app.queries.actor import Actor
from app.queries.candidates import people_of
from app.queries.mergers import mergers
from app.services import steps
from app.services.cases import Effect
from app.services.commands import Answer, Command, handles, run
from app.services.effects import put_effects
from app.services.house import House
from app.services.messages import Message, put_messages
from app.services.projections import inbox_of
from app.services.work import Work
from app.terms import EventType, Role, TaskStatus

TASK, INSTANCE, UNIT = table_of(UserTask), table_of(ProcessInstance), table_of(Unit)

LONGEST_TEXT = 300
URGED_TODAY = "今天已催办"


def urge(house: House, actor: Actor, task_ids: Sequence[str], text: str, *, key: str) -> Answer:
    """Urge each task; {urged: how many, skipped: [{id, why}]}. Raises NotPermitted, InvalidForm for a text too long.

    text: what the office adds in its own words, may be empty. One command a task, so that one that was done meanwhile
    stops no other.
    """
    if not actor.has(Role.OFFICE):
        raise NotPermitted
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise InvalidForm([("text", f"请填写不超过 {LONGEST_TEXT} 字的催办意见。")])
    urged, skipped = 0, []
    for task_id in dict.fromkeys(task_ids):
        try:
            run(house, actor, Command("urge", f"{key}:{task_id}", {"task_id": task_id, "text": text}))
        except (NotFound, Conflict, Gone) as error:
            skipped.append({"id": task_id, "why": error.text})
        else:
            urged += 1
    return {"urged": urged, "skipped": skipped}


@handles("urge")
def _urge(work: Work, payload: Mapping[str, Any]) -> Answer:
    if not work.actor.has(Role.OFFICE):
        raise NotPermitted
    task = locked_task(work, payload["task_id"])
    if was_urged_today(work, task):
        raise Conflict(URGED_TODAY)
    times = note_urging(work, task, payload["text"])
    return {"id": task.id, "instance_id": task.instance_id, "urged_count": times}


def locked_task(work: Work, task_id: str) -> Row[Any]:
    """The open task, locked with its instance. Raises NotFound, AlreadyDone, Gone."""
    task = work.connection.execute(
        select(TASK, UNIT.c.short_name.label("unit"))
        .join(INSTANCE, INSTANCE.c.id == TASK.c.instance_id)
        .join(UNIT, UNIT.c.id == TASK.c.unit_id)
        .where(TASK.c.id == task_id)
        .with_for_update(of=[INSTANCE, TASK])
    ).one_or_none()
    if task is None:
        raise NotFound
    if task.status == TaskStatus.COMPLETED:
        raise AlreadyDone("这件事已办理，无需催办。")
    if task.status == TaskStatus.CANCELLED:
        raise Gone
    return task


def was_urged_today(work: Work, task: Row[Any]) -> bool:
    return task.urged_at is not None and clock.local(task.urged_at).date() == clock.local(work.at).date()


def note_urging(work: Work, task: Row[Any], text: str, **told: Any) -> int:
    """Count the urging, write its event, and tell those who can act; which urging of the task it was, from 1."""
    times = task.urged_count + 1
    work.connection.execute(TASK.update().where(TASK.c.id == task.id).values(urged_at=work.at, urged_count=times))
    people = _people_to_tell(work, task)
    happening = {"element": task.element_id, "task": task.id, "name": task.name, "text": text, "times": times}
    to = [person.login for person in people]
    steps.note(work, work.case(task.instance_id), EventType.TASK_URGED, {**happening, "to": to, **told})
    _tell(work, task, times, text, people)
    return times


def _people_to_tell(work: Work, task: Row[Any]) -> list[Person]:
    """The assignee or the candidates, with their substitutes; not those whose unit's item it is."""
    inbox = inbox_of(task)
    with Session(work.connection) as session:
        people = people_of(session, [inbox], clock.local(work.at).date()).get(inbox, [])
    merged = mergers(work.connection)
    return [person for person in people if not merged.bar(task, person.unit_id)]


def _tell(work: Work, task: Row[Any], times: int, text: str, people: Sequence[Person]) -> None:
    """A message in the house for each person, and a mail to those who want one."""
    subject, body = f"催办：{task.title}", _body(work, task, times, text)
    title, reason = f"{subject}（{task.name}）", f"urge:{task.id}:{times}"
    told = [Message(one.id, "urging", title, body, f"{reason}:{one.id}", work.at, task.id) for one in people]
    put_messages(work.connection, told)
    mails = [
        Effect(f"{reason}:{person.id}", "mail", {"to": person.email, "subject": subject, "text": body})
        for person in people
        if person.email and person.wants_mail
    ]
    put_effects(work.connection, mails, work.at)


def _body(work: Work, task: Row[Any], times: int, text: str) -> str:
    lines = [f"{task.unit}承办的“{task.title}”，环节“{task.name}”，请尽快办理。"]
    if task.due_on != NO_DUE_DATE:
        today = clock.local(work.at).date()
        distance = distance_text(today, task.due_on, work.house.calendar)
        lines.append(f"办理时限 {chinese_date(task.due_on)}，{distance}。")
    if text:
        lines.append(f"催办意见：{text}")
    office = "领导小组办公室 " if work.actor.has(Role.OFFICE) else ""  # a signer is urged by who asked her
    lines.append(f"{office}{work.actor.name}，第 {times} 次催办。")
    return "\n".join(lines)
