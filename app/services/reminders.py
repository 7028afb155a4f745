"""The reminder ladder at work: each open task is held against it once a working day; a person gets one digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.lights import chinese_date, distance_text
from app.duties.reminders import Channel, Ladder, Recipient, Rung, due_rung_since
from app.duties.reminders import Effect as Rise
from app.errors import NotFound
from app.models.notification import Notification
from app.models.person import Person
from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import CLOCK
from app.queries.candidates import people_of
from app.services import steps
from app.services.cases import Effect
from app.services.commands import Answer, Command, handles, run
from app.services.effects import put_effects
from app.services.house import House
from app.services.projections import inbox_of, subject_key
from app.services.work import Work
from app.terms import EventType, Role

TASK, NOTIFICATION = table_of(UserTask), table_of(Notification)

ORDER = "supervision_wanted"
PAGE = 1000  # rows at a time: most open tasks owe nothing today, and are not kept in memory
WANTED: Select[*tuple[Any, ...]] = select(
    UserTask.id, UserTask.title, UserTask.name, UserTask.unit_id, UserTask.principal, UserTask.assignee_id,
    UserTask.due_on, UserTask.limit_days, UserTask.is_optional, UserTask.created_at, UserTask.reminded_on,
    UserTask.element_id,
)  # fmt: skip


@dataclass(frozen=True)
class Reminder:
    """One task (a row of WANTED) whose rung falls on this day, and the inboxes of those to be told."""

    task: Row[*tuple[Any, ...]]
    rung: Rung
    principals: tuple[str, ...]


def remind(house: House) -> int:
    """Send what the ladder owes today; how many people got a digest. A second run on the same day sends nothing.

    Written first, recorded afterwards: after a death in between it is owed again, and each line and letter has a key.
    """
    today = clock.today()
    with house.database.reading() as session:
        reminders = owed(house, session, today)
        people = people_of(session, {name for reminder in reminders for name in reminder.principals}, today)
    told = _send_digests(house, reminders, people, today)
    for reminder in reminders:
        _record(house, reminder, today)
    return told


def owed(
    house: House, session: Session, today: date, ladder: Ladder | None = None, sent_until: date | None = None
) -> list[Reminder]:
    """Open tasks with a rung between the last reminder and today, the latest due first.

    ladder: another than that of the day. sent_until: what falls on a day up to then is taken as sent.
    """
    ladder = ladder or house.rules(session.connection()).ladder(today)
    until = house.calendar.add(today, ladder.farthest)
    tasks = session.execute(
        WANTED.where(IS_OPEN, UserTask.due_on <= until, ~UserTask.is_held)
        .where((UserTask.reminded_on.is_(None)) | (UserTask.reminded_on < today))
        .order_by(UserTask.due_on, UserTask.id),
        execution_options={"yield_per": PAGE},
    )
    found = []
    for task in tasks:
        rung = _rung(house, ladder, task, today, sent_until)
        if rung is not None:
            found.append(Reminder(task, rung, tuple(_principals(task, rung))))
    return found


def _rung(
    house: House, ladder: Ladder, task: Row[*tuple[Any, ...]], today: date, sent_until: date | None
) -> Rung | None:
    last = task.reminded_on or clock.local(task.created_at).date()
    last = max(last, sent_until or last)
    return due_rung_since(
        ladder, task.limit_days or 0, task.due_on, last, today, house.calendar,
        optional=task.is_optional, step=task.element_id,
    )  # fmt: skip


def inboxes(task: Row[*tuple[Any, ...]]) -> Mapping[Recipient, str]:
    """By whom the ladder names, the principal."""
    return {
        Recipient.ASSIGNEE: inbox_of(task),
        Recipient.UNIT_HEAD: f"head:{task.unit_id}",
        Recipient.OFFICE: Role.OFFICE.value,
        Recipient.LEADER: Role.LEADER.value,
    }


def _principals(task: Row[*tuple[Any, ...]], rung: Rung) -> Iterable[str]:
    names = inboxes(task)
    return dict.fromkeys(names[recipient] for recipient in rung.recipients)


def _record(house: House, reminder: Reminder, today: date) -> None:
    """One event a reminder, in the history of its instance; a task that was closed meanwhile has none."""
    payload = {
        "task_id": reminder.task.id,
        "rung": reminder.rung.offset_days,
        "to": list(reminder.principals),
        "drafts_order": Rise.ORDER_DRAFT in reminder.rung.effects,
    }
    try:
        run(house, CLOCK, Command("remind", f"remind:{reminder.task.id}:{today}", payload))
    except NotFound:
        return


@handles("remind")
def _remind(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = work.connection.execute(select(TASK).where(TASK.c.id == payload["task_id"], IS_OPEN)).one_or_none()
    if task is None:
        raise NotFound
    case = work.case(task.instance_id)
    today = clock.local(work.at).date()
    work.connection.execute(TASK.update().where(TASK.c.id == task.id).values(reminded_on=today))
    told = {"element": task.element_id, "task": task.id, "name": task.name}
    steps.note(work, case, EventType.TASK_REMINDED, {**told, "rung": payload["rung"], "to": payload["to"]})
    if payload.get("drafts_order"):
        put_effects(work.connection, [_order_draft(task.id)], work.at)
    return {"id": task.id}


def _order_draft(task_id: str) -> Effect:
    """A blue order is drafted for the office, which decides; once for a task, whatever the ladder says later."""
    told = {"task_id": task_id, "source": "ladder"}
    return Effect(f"{task_id}:{ORDER}", "message", {"name": ORDER, "key": subject_key(task_id), **told})


def _send_digests(house: House, reminders: list[Reminder], people: Mapping[str, list[Person]], today: date) -> int:
    """In the office a line a matter; by mail one letter a person. A transaction for each person."""
    mine = by_person(reminders, people)
    for person, own in mine:
        with house.database.writing() as connection:
            for reminder in own:
                if Channel.MESSAGE in reminder.rung.channels:
                    _notify(connection, person.id, line(house, reminder, today), today, reminder)
            mailed = [reminder for reminder in own if Channel.MAIL in reminder.rung.channels]
            if mailed and gets_mail(person):
                letter = _letter(house, mailed, today)
                effect = Effect(f"digest:{person.id}:{today}", "mail", {"to": person.email, **letter})
                put_effects(connection, [effect], clock.now())
    return len(mine)


def by_person(reminders: list[Reminder], people: Mapping[str, list[Person]]) -> list[tuple[Person, list[Reminder]]]:
    """Who is told of what; a person once of each task, in whichever inboxes it reaches her."""
    mine: dict[int, list[Reminder]] = defaultdict(list)
    known: dict[int, Person] = {}
    for reminder in reminders:
        for person in {p.id: p for name in reminder.principals for p in people.get(name, ())}.values():
            mine[person.id].append(reminder)
            known[person.id] = person
    return [(known[id_], own) for id_, own in mine.items()]


def gets_mail(person: Person) -> bool:
    return bool(person.email and person.wants_mail)


def _notify(connection: Connection, person_id: int, title: str, today: date, reminder: Reminder) -> None:
    row = {
        "person_id": person_id,
        "kind": "reminder",
        "title": title,
        "text": reminder.rung.text,
        "task_id": reminder.task.id,
        "dedup_key": f"remind:{reminder.task.id}:{today}:{person_id}",
        "at": clock.now(),
    }
    try:
        with connection.begin_nested():
            connection.execute(NOTIFICATION.insert(), [row])
    except IntegrityError:
        return


def line(house: House, reminder: Reminder, today: date) -> str:
    task = reminder.task
    return f"{task.title}：{task.name}，{distance_text(today, task.due_on, house.calendar)}"


def _letter(house: House, own: list[Reminder], today: date) -> dict[str, str]:
    late = sum(1 for reminder in own if reminder.task.due_on < today)
    subject = f"督办提醒：{len(own)} 件待办" + (f"，其中逾期 {late} 件" if late else "")
    lines = [
        f"{number}. {line(house, reminder, today)}（办理时限 {chinese_date(reminder.task.due_on)}）"
        for number, reminder in enumerate(own, start=1)
    ]
    return {"subject": subject, "text": "\n".join([f"{chinese_date(today)}，您有以下事项需要办理：", "", *lines])}
