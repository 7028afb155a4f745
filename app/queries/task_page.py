"""What the page of one user task shows beside its form: where it stands, how it came there, what lies with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.organization import Unit
from app.models.person import Person
from app.models.plan import Measure, Plan, RecurringDuty
from app.models.process import Incident, ProcessInstance
from app.models.user_task import Comment, Draft, InboxEntry, UserTask
from app.queries import replay
from app.queries.actor import Actor
from app.queries.attachments import FileLine, files_of_instance
from app.queries.candidates import people_of
from app.queries.drawings import is_drawn
from app.queries.mergers import mergers
from app.queries.replay import Frame
from app.queries.sight import own_part, seen_task
from app.queries.standing import Standing, standing_of
from app.queries.task_lines import Line, lines_of_tasks
from app.queries.withdrawal import waiting_withdrawal
from app.terms import TaskStatus


@dataclass(frozen=True)
class Clause:
    """The measure behind the duty. quote: the plan's own words; text: in ours; at most one of them is filled."""

    number: int
    title: str
    quote: str
    text: str


@dataclass(frozen=True)
class Talk:
    """One comment."""

    name: str
    unit: str
    at: datetime
    text: str


@dataclass(frozen=True)
class TaskPage:
    """people: who may act on it now. drawn: the events, oldest first. completed_by, assignee: names, or empty.

    is_withdrawable: the reader's unit can still take back what it handed on. stopped_by: an open incident.
    An outsider finds her own part in frames, past and files, no talk and no drawing.
    """

    task: UserTask
    instance: ProcessInstance
    line: Line
    standing: Standing
    subject: str
    people: Sequence[str]
    assignee: str
    completed_by: str
    clause: Clause | None
    frames: Sequence[Frame]
    past: Sequence[UserTask]
    names: dict[int, str]
    files: Sequence[FileLine]
    talk: Sequence[Talk]
    draft: Draft | None
    draft_by: str
    stopped_by: int | None
    is_withdrawable: bool
    is_drawn: bool

    @property
    def is_stopped(self) -> bool:
        return self.stopped_by is not None

    @property
    def answers(self) -> replay.Answers | None:
        return self.sent_with(self.task.id)

    def sent_with(self, task_id: str) -> replay.Answers | None:
        """A task's form as it was sent; None while it is open, or where what was sent has been erased."""
        return next((frame.answers for frame in self.frames if frame.task_id == task_id and frame.answers), None)


def task_page(session: Session, actor: Actor, task_id: str, today: date) -> TaskPage:
    """Raises NotFound."""
    task = seen_task(session, actor, task_id)
    instance = session.get_one(ProcessInstance, task.instance_id)
    people, merged = people_of(session, [task.principal], today).get(task.principal, []), mergers(session.connection())
    people = [person for person in people if not merged.bar(task, person.unit_id)]
    own = own_part(session, actor, task.instance_id) if actor.is_outsider else None
    past = [one for one in _past(session, task.instance_id) if own is None or one.id in own]
    draft = session.get(Draft, task.id)
    names = _names(session, [*past, task], draft)
    return TaskPage(
        task=task,
        instance=instance,
        line=lines_of_tasks(session, [task.id], today)[0],
        standing=_standing(session, actor, task, people),
        subject=session.scalar(select(Unit.short_name).where(Unit.id == instance.unit_id)) or "",
        people=[person.name for person in people],
        assignee=names.get(task.assignee_id or 0, ""),
        completed_by=names.get(task.completed_by_id or 0, ""),
        clause=clause_of(session, task),
        frames=[frame for frame in replay.frames(session, task.instance_id) if own is None or frame.task_id in own],
        past=past,
        names=names,
        files=[
            file for file in files_of_instance(session, actor, task.instance_id) if own is None or file.task_id in own
        ],
        talk=_talk(session, task.instance_id) if own is None else (),
        draft=draft,
        draft_by=names.get(draft.saved_by_id, "") if draft else "",
        stopped_by=_stopped_by(session, task.instance_id),
        is_withdrawable=withdrawable(session, actor, instance.id),
        is_drawn=own is None and is_drawn(session, instance.definition_id),
    )


def withdrawable(session: Session, actor: Actor, instance_id: str) -> bool:
    """The matter is of one of the actor's units and waits for a withdrawal, and nobody has begun to act on it."""
    instance = session.get(ProcessInstance, instance_id)
    is_hers = instance is not None and instance.unit_id in actor.unit_ids
    return is_hers and waiting_withdrawal(session.connection(), instance_id) is not None


def open_task_of(session: Session, actor: Actor, instance_id: str) -> str | None:
    """A task of the instance that lies in one of the actor's inboxes."""
    where = (UserTask.instance_id == instance_id, InboxEntry.principal.in_(sorted(actor.principals)))
    tasks = select(UserTask.id).join(InboxEntry, InboxEntry.task_id == UserTask.id).where(*where)
    return session.scalar(tasks.order_by(UserTask.created_at.desc()).limit(1))


def clause_of(session: Session, task: UserTask) -> Clause | None:
    """The measure of the plan that the task serves: what the plan asks for again and again, else its title alone."""
    number = task.clause.removeprefix("P")
    if not number.isdecimal():
        return None
    measure = session.scalar(
        select(Measure).join(Plan, Plan.id == Measure.plan_id).where(Measure.number == int(number))
        .order_by(Plan.id.desc()).limit(1)
    )  # fmt: skip
    if measure is None:
        return None
    recurring = session.scalar(
        select(RecurringDuty).where(RecurringDuty.plan_id == measure.plan_id, RecurringDuty.duty == task.duty).limit(1)
    )
    return Clause(
        number=measure.number,
        title=measure.title,
        quote=recurring.due_as_written or "" if recurring else "",
        text=recurring.title if recurring else "",
    )


def _standing(session: Session, actor: Actor, task: UserTask, people: Sequence[Person]) -> Standing:
    standing = standing_of(session.connection(), actor, task)
    is_shared = task.assignee_id is None and len(people) > 1
    return Standing.CLAIM if standing is Standing.HANDLE and is_shared else standing


def _past(session: Session, instance_id: str) -> list[UserTask]:
    """The completed user tasks of the instance, in their order."""
    where = (UserTask.instance_id == instance_id, UserTask.status == TaskStatus.COMPLETED)
    return list(
        session.scalars(
            select(UserTask).where(*where).order_by(UserTask.completed_at, UserTask.created_at, UserTask.id)
        )
    )


def _names(session: Session, tasks: Sequence[UserTask], draft: Draft | None) -> dict[int, str]:
    ids = {id_ for task in tasks for id_ in (task.assignee_id, task.completed_by_id) if id_ is not None}
    if draft is not None:
        ids.add(draft.saved_by_id)
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _talk(session: Session, instance_id: str) -> list[Talk]:
    rows = session.execute(
        select(Comment, Person.name, Unit.short_name)
        .join(Person, Person.id == Comment.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Comment.instance_id == instance_id)
        .order_by(Comment.at, Comment.id)
    )
    return [Talk(name, unit, comment.at, comment.text) for comment, name, unit in rows]


def _stopped_by(session: Session, instance_id: str) -> int | None:
    """The incident of a fault that nobody has settled yet."""
    where = (Incident.instance_id == instance_id, Incident.status == "open", Incident.kind == "fault")
    return session.scalar(select(Incident.id).where(*where).order_by(Incident.id).limit(1))
