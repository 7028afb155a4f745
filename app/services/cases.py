"""What a duty's casework is handed, and what it is made of: the seam between the pure rules and the tables.

A duty that runs needs, beside its pure rules, somebody who knows where its facts lie, what completing a form writes
down, and what its service tasks do. That is its Casework, one module a duty in this folder, named by the duty. A Case
is one instance while one command moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, delete, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.duty import Duty
from app.engine import Definition, OpenTask, Scalar
from app.models.process import WorkingRow
from app.queries.actor import Actor
from app.services.house import House
from app.terms import Role
from app.workdays import Calendar

ROWS = table_of(WorkingRow)


@dataclass
class InstanceRow:
    """An instance as the command path holds it; the fields are those of models.ProcessInstance."""

    id: str
    definition_id: int
    definition_key: str
    duty: str
    business_key: str
    title: str
    year: int | None
    unit_id: str | None
    enterprise_id: str | None
    parent_id: str | None
    status: str
    stage: str
    state: bytes
    state_hash: str
    version: int
    data: dict[str, Any]
    started_at: datetime
    head_seq: int
    head_hash: str


@dataclass(frozen=True)
class Start:
    """An instance to be started. unit_id: whom it is about; data: routing scalars; rows: its first working rows.

    enterprise_id: which enterprise it is about; unit_id is then its locality.
    is_sibling: it stands beside the instance that starts it, under the same parent.
    """

    definition_key: str
    business_key: str
    title: str
    year: int | None = None
    unit_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    is_sibling: bool = False
    enterprise_id: str | None = None


@dataclass(frozen=True)
class Effect:
    """Something to be done after the commit, once for its key. kind: message | mail | chat."""

    key: str
    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class NewDay:
    """The due day of an open user task that shall become another one (see due_dates.py).

    cause: of due_dates.CAUSES. is_held: its drawn timers stand still and nobody is late until it is moved again.
    request_key: of the extension that asked for it. is_in_time: whether it was asked for before the old day was over.
    element_id: instead of task_id, the one task of this element that is open in the instance after the step. due_on:
    None where the task keeps its day and only its drawn timers are reckoned anew.
    """

    cause: str
    reason: str
    due_on: date | None = None
    task_id: str = ""
    element_id: str = ""
    instance_id: str = ""
    is_held: bool = False
    request_key: str = ""
    is_in_time: bool = True


@dataclass(frozen=True)
class Responsible:
    """Whose a user task is. principal: the inbox (see InboxEntry); unit_id: whom the board holds responsible."""

    principal: str
    unit_id: str


@dataclass(frozen=True)
class Handed:
    """An open user task of another instance that shall be another unit's (see handed_tasks.py)."""

    instance_id: str
    task_id: str
    whose: Responsible
    reason: str


@dataclass(frozen=True)
class FormTask:
    """The user task that is being completed."""

    id: str
    element_id: str
    item: str | None
    unit_id: str
    created_at: datetime


class Transaction(Protocol):
    """What a case needs of the command that moves it (see work.Work)."""

    @property
    def house(self) -> House: ...
    @property
    def connection(self) -> Connection: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def at(self) -> datetime: ...
    @property
    def key(self) -> str: ...


class Case:
    """One instance in the hands of one command. What the casework writes goes through the same transaction."""

    def __init__(self, work: Transaction, instance: InstanceRow, definition: Definition) -> None:
        self._work = work
        self._session: Session | None = None
        self.house = work.house
        self.actor = work.actor
        self.at = work.at
        self.command_key = work.key
        self.instance = instance
        self.definition = definition
        self.starts: list[Start] = []
        self.cancels: list[tuple[str, str]] = []
        self.effects: list[Effect] = []
        self.new_days: list[NewDay] = []
        self.given: list[tuple[str, int]] = []
        self.handed: list[Handed] = []
        self._told = self._about()
        self.rekeyed: list[tuple[str, str]] = []  # messages that are waited for under another key from now on

    @property
    def connection(self) -> Connection:
        return self._work.connection

    @property
    def session(self) -> Session:
        """Mapped objects in the same transaction; a duty's table is seldom hot enough to do without."""
        connection = self._work.connection
        if self._session is None:
            self._session = Session(connection, expire_on_commit=False)
        return self._session

    def write_down(self) -> None:
        """Let the mapped objects that were made or changed be written."""
        objects = self._session
        if objects is not None and (objects.new or objects.dirty or objects.deleted):
            self.session.flush()

    def _about(self) -> dict[str, Any]:
        row = self.instance
        return {"unit": row.unit_id, "enterprise": row.enterprise_id, "stage": row.stage}

    def changed(self) -> dict[str, Any]:
        """What of the instance's row has become another since it was read or an event told of it."""
        before, self._told = self._told, self._about()
        return {name: value for name, value in self._told.items() if value != before[name]}

    @property
    def today(self) -> date:
        return clock.local(self.at).date()

    @property
    def calendar(self) -> Calendar:
        return self.house.calendar

    def start(self, start: Start) -> None:
        """Start a child after this step, in the same transaction; one that exists by its business key is left alone."""
        self.starts.append(start)

    def cancel_child(self, instance_id: str, reason: str) -> None:
        """Cancel an open child after this step, in the same transaction."""
        self.cancels.append((instance_id, reason))

    def give_task(self, element_id: str, person_id: int) -> None:
        """Put the open user task of this element into a person's hands with this step, in the transaction."""
        self.given.append((element_id, person_id))

    def hand_task(self, handed: Handed) -> None:
        """Give an open user task of another instance to another unit after this step, in the transaction."""
        self.handed.append(handed)

    def move_due_date(self, new_day: NewDay) -> None:
        """Move the due day of an open user task, of this or another instance, after this step, in the transaction."""
        self.new_days.append(replace(new_day, instance_id=self.instance.id))

    def effect(self, effect_key: str, kind: str, /, **payload: Any) -> None:
        """Have something done after the commit, once for its effect_key; payload as outbox.py reads it for the kind."""
        self.effects.append(Effect(effect_key, kind, payload))

    def row(self, kind: str, key: str = "", instance_id: str | None = None) -> dict[str, Any] | None:
        """The working row, of this instance or another one of the duty; None when it was not written."""
        where = (ROWS.c.instance_id == (instance_id or self.instance.id), ROWS.c.kind == kind, ROWS.c.key == key)
        found = self.connection.execute(select(ROWS.c.value).where(*where)).scalar_one_or_none()
        return None if found is None else dict(found)

    def rows(self, kind: str, instance_id: str | None = None) -> dict[str, dict[str, Any]]:
        """All working rows of a kind, by key, in the order of the keys."""
        where = (ROWS.c.instance_id == (instance_id or self.instance.id), ROWS.c.kind == kind)
        found = self.connection.execute(select(ROWS.c.key, ROWS.c.value).where(*where).order_by(ROWS.c.key))
        return {row.key: dict(row.value) for row in found}

    def put(self, kind: str, key: str, value: Mapping[str, Any], instance_id: str | None = None) -> None:
        """Write a working row, over the one that is there."""
        self.drop(kind, key, instance_id)
        row = {"instance_id": instance_id or self.instance.id, "kind": kind, "key": key, "value": dict(value)}
        self.connection.execute(ROWS.insert(), [row])

    def put_all(self, kind: str, values: Mapping[str, Mapping[str, Any]]) -> None:
        """Write working rows of this instance by key, over those that are there."""
        if not values:
            return
        where = (ROWS.c.instance_id == self.instance.id, ROWS.c.kind == kind, ROWS.c.key.in_(values))
        self.connection.execute(delete(ROWS).where(*where))
        rows = [{"instance_id": self.instance.id, "kind": kind, "key": key, "value": dict(value)}
                for key, value in values.items()]  # fmt: skip
        self.connection.execute(ROWS.insert(), rows)

    def drop(self, kind: str, key: str, instance_id: str | None = None) -> None:
        self.connection.execute(
            delete(ROWS).where(
                ROWS.c.instance_id == (instance_id or self.instance.id), ROWS.c.kind == kind, ROWS.c.key == key
            )
        )


Data = Mapping[str, Scalar]
Action = Callable[[Case, Data], Mapping[str, Any] | None]
Prefill = tuple[dict[str, Any], dict[str, dict[str, str]]]


def _no_facts(case: Case, element_id: str, item: str | None) -> dict[str, Any]:
    return {}


def _no_prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    return {}, {}


def _nothing_locked(case: Case, element_id: str, item: str | None) -> Collection[str]:
    return ()


def _scalars(case: Case, task: FormTask, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a form without casework hands to the process: its flat values."""
    return {name: value for name, value in answers.items() if isinstance(value, str | int | float | bool)}


def _no_stage(case: Case, open_elements: frozenset[str]) -> str:
    return ""


def _business_key(case: Case, message: str) -> str:
    return case.instance.business_key


def _no_end(case: Case) -> None:
    return None


def _by_its_lane(case: Case, task: OpenTask) -> Responsible | None:
    return None


def _office(actor: Actor, start: Start) -> bool:
    return actor.has(Role.OFFICE)


def _stores_no_day(case: Case, element_id: str, old: date, new_day: NewDay) -> None:
    return None


def _tells_nothing(case: Case, message: str) -> dict[str, Any]:
    return {}


Opener = Callable[[Session, House, Mapping[str, Any]], Start]
Opened = Callable[[Session, House, Mapping[str, Any]], Start | None]


@dataclass(frozen=True)
class Casework:
    """How a duty works on its tables.

    duty           the pure rules; None for a process that was only uploaded
    opening        (session, house, variables) -> Start of the main process; raises RuleViolation
    openings       the same for other processes of the duty that nobody's instance starts, by process
    may_open       whether this actor may open what an opening gave; the office may by default
    started_by     message -> (session, house, told) -> the Start it means, or None; told has `key` and what was told
    unheard        messages that nobody need wait for
    messages       those a called process waits for or sends, for its callers (see parts.py)
    told           what a message that the drawing sends brings along, beside its sender
    responsible    whose a user task is where its lane does not say it; None: as the lane says
    facts          what the rules need for an element, and for one item of a multi-instance
    prefill        what a form begins with, and by dotted path where each value comes from: {"text": …}
    locked         dotted paths of a form that may not be changed now
    receive        writes down what completing a form means, and gives the routing scalars
    actions        service and rule tasks, by operator
    stage          how far the instance is, one word, from the elements that are open
    message_key    the key under which this instance waits for a message
    ended          after a child has ended; done_message says what its parent then waits for
    done_message   process key of a child -> the message sent to the parent when none of that kind is open
    optional       user tasks that are reminded but never red
    timers_with    user task -> drawn timers, with their due rules, that move with its due day
    day_moved      stores another due day of a user task where the due rules will look for it
    withheld       user task -> fields that no event tells, because not all who may read the history may see them
    """

    duty: Duty | None
    opening: Opener | None = None
    openings: Mapping[str, Opener] = field(default_factory=dict)
    may_open: Callable[[Actor, Start], bool] = _office
    started_by: Mapping[str, Opened] = field(default_factory=dict)
    unheard: frozenset[str] = frozenset()
    messages: frozenset[str] = frozenset()
    told: Callable[[Case, str], Mapping[str, Any]] = _tells_nothing
    responsible: Callable[[Case, OpenTask], Responsible | None] = _by_its_lane
    facts: Callable[[Case, str, str | None], Mapping[str, Any]] = _no_facts
    prefill: Callable[[Case, str, str | None], Prefill] = _no_prefill
    locked: Callable[[Case, str, str | None], Collection[str]] = _nothing_locked
    receive: Callable[[Case, FormTask, Mapping[str, Any]], Mapping[str, Any]] = _scalars
    actions: Mapping[str, Action] = field(default_factory=dict)
    stage: Callable[[Case, frozenset[str]], str] = _no_stage
    message_key: Callable[[Case, str], str] = _business_key
    ended: Callable[[Case], None] = _no_end
    done_message: Mapping[str, str] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    timers_with: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    day_moved: Callable[[Case, str, date, NewDay], None] = _stores_no_day
    withheld: Mapping[str, frozenset[str]] = field(default_factory=dict)


PLAIN = Casework(duty=None)
