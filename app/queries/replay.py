"""What a process looked like at any past moment: its events folded, one frame each, into the marks of the diagram."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.event import PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.models.organization import Unit
from app.models.person import Person
from app.models.user_task import NO_DUE_DATE
from app.terms import EventType

Answers = Mapping[str, Any]
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
HOLD = "held"  # cause of a move: nobody is late until it is decided
FormKey = tuple[str, str]  # element id, unit id: several units may fill in one element's form


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Ids of elements and sequence flows, each in the order it came. An element is in one of the first three at most.

    active    one of its tasks is open
    done      in its last round a task was completed; cancelled: none was
    fired     timers that passed
    flows     taken at least once
    """

    done: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """A user task that was open at the moment. due_on: None without a limit; unit: its short name.

    is_held: an extension was asked for and not decided. moved: what was said each time its day was moved, and when.
    """

    task_id: str
    element_id: str
    name: str
    unit_id: str
    unit: str
    due_on: date | None
    is_held: bool = False
    moved: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True)
class Who:
    """An actor as history shows her: by name where the account is still known, else by login."""

    login: str
    name: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class Frame(Marks):
    """One event and the process after it.

    text: what happened, in Chinese; name: of the element. is_person: a person did it, not the clock or the system.
    opened, closed: (element id, task id). waiting: the open user tasks. rounds: how often each element was entered.
    answers_element: the user task whose form came with this event; its answers are in forms, with all earlier ones.
    is_unreadable: what the event said is erased or no longer of its form, so the marks are those of before.
    definition_hash: the version that the marks belong to. versions: numbers from and to, of a migration.
    """

    seq: int
    at: datetime
    type: str
    text: str
    name: str
    element_id: str | None
    task_id: str | None
    unit_id: str
    actor: Who
    on_behalf_of: Who | None
    is_person: bool
    is_step: bool
    is_unreadable: bool
    status: str
    opened: tuple[tuple[str, str], ...]
    closed: tuple[tuple[str, str], ...]
    waiting: tuple[Waiting, ...]
    rounds: Mapping[str, int]
    values: Mapping[str, Any]
    forms: Mapping[FormKey, Answers]
    answers_element: str | None
    said: str
    hash: str
    definition_hash: str
    versions: tuple[int, int] | None

    @property
    def answers(self) -> Answers | None:
        return self.forms.get((self.answers_element, self.unit_id)) if self.answers_element else None


@dataclass(frozen=True)
class Difference:
    """What changed from the earlier of two frames to the later; pairs are (before, after), None where there was none.

    waiting: tasks that were open only before, and only after. values, answers: by name, what is not the same.
    due_on: of tasks open at both.
    """

    done: tuple[str, ...]
    cancelled: tuple[str, ...]
    flows: tuple[str, ...]
    left: tuple[Waiting, ...]
    begun: tuple[Waiting, ...]
    due_on: tuple[tuple[Waiting, Waiting], ...]
    values: Mapping[str, tuple[Any, Any]]
    answers: Mapping[tuple[str, str, str], tuple[Any, Any]]
    status: tuple[str, str] | None


def frames(session: Session, instance_id: str) -> list[Frame]:
    """Every event of the instance, in order. Whether the reader may see it is the caller's question."""
    rows = session.execute(
        select(EventRow, EventPayload.body)
        .outerjoin(EventPayload, PAYLOAD_OF_EVENT)
        .where(EventRow.stream == instance_id)
        .order_by(EventRow.seq)
    ).all()
    people = _people(session, {login for row, _ in rows for login in (row.actor, row.on_behalf_of) if login})
    fold = _Fold({unit.id: unit.short_name for unit in session.execute(select(Unit.id, Unit.short_name))})
    return [_readable(row, body, fold, people) for row, body in rows]


def frame_at(all_frames: Iterable[Frame], at: datetime) -> Frame | None:
    """The last frame that was there at the instant; None before the first."""
    before = [frame for frame in all_frames if frame.at <= at]
    return before[-1] if before else None


def marks_at(session: Session, instance_id: str, at: datetime) -> Marks:
    """The marks of the diagram at the aware instant; empty before the instance began."""
    return frame_at(frames(session, instance_id), at) or Marks()


def difference(before: Frame, after: Frame) -> Difference:
    """From the earlier frame to the later one of the same instance."""
    old, new = ({task.task_id: task for task in frame.waiting} for frame in (before, after))
    return Difference(
        done=_added(before.done, after.done),
        cancelled=_added(before.cancelled, after.cancelled),
        flows=_added(before.flows, after.flows),
        left=tuple(task for id_, task in old.items() if id_ not in new),
        begun=tuple(task for id_, task in new.items() if id_ not in old),
        due_on=tuple((old[id_], new[id_]) for id_ in old if id_ in new and old[id_].due_on != new[id_].due_on),
        values=_changed(before.values, after.values),
        answers=_changed(dict(_fields(before.forms)), dict(_fields(after.forms))),
        status=(before.status, after.status) if before.status != after.status else None,
    )


def _added(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    known = frozenset(before)
    return tuple(id_ for id_ in after if id_ not in known)


def _changed(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> dict[Any, tuple[Any, Any]]:
    names = {**before, **after}
    pairs = {name: (before.get(name), after.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _fields(forms: Mapping[FormKey, Answers]) -> Iterator[tuple[tuple[str, str, str], Any]]:
    for (element_id, unit_id), answers in forms.items():
        for name, value in answers.items():
            yield (element_id, unit_id, name), value


@dataclass
class _Fold:
    """The process while its events are read one after another."""

    units: Mapping[str, str]
    open: dict[str, set[str]] = field(default_factory=dict)  # element -> its open tasks, elements in order of entry
    ended: dict[str, bool] = field(default_factory=dict)  # element -> whether its last round completed something
    fired: dict[str, None] = field(default_factory=dict)
    flows: dict[str, None] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    forms: dict[FormKey, Answers] = field(default_factory=dict)
    status: str = ""
    at: datetime = BEFORE_ALL

    def instant(self, text: str) -> datetime:
        """When the event was; one whose time was spoilt stands beside the one before it."""
        with suppress(ValueError):
            self.at = datetime.fromisoformat(text).astimezone(UTC)
        return self.at

    def take(self, event_type: str, told: Mapping[str, Any]) -> None:
        for element_id, state, task_id, flow_id in told.get("trace", ()):
            self._change(element_id, state, task_id)
            if flow_id:
                self.flows[flow_id] = None
        if event_type == EventType.TIMER_FIRED:
            self.fired[told["element"]] = None
        for task_id, _, _ in told.get("closed", ()):
            self.waiting.pop(task_id, None)
        self._move(dict(told.get("moved", ())), told.get("mapping", {}))
        for task in (*told.get("opened", ()), *told.get("waiting", ())):
            self.waiting[task["task"]] = self._opened(task)
        if event_type == EventType.DUE_DATE_MOVED and told["task"] in self.waiting:
            self.waiting[told["task"]] = self._moved(self.waiting[told["task"]], told)
        self.values |= told.get("values", {})
        for said in told.get("step", {}).get("answers", ()):
            if said["ask"] == "act":
                self.values |= said["answer"]
        self.status = told.get("status", self.status)

    def keep_form(self, key: FormKey, answers: Answers) -> None:
        self.forms = {**self.forms, key: answers}  # earlier frames hold the earlier mapping

    def _change(self, element_id: str, state: str, task_id: str) -> None:
        if state == "entered":
            if element_id not in self.open:
                self.rounds[element_id] = self.rounds.get(element_id, 0) + 1
                self.ended.pop(element_id, None)
            self.open.setdefault(element_id, set()).add(task_id)
            return
        self.ended[element_id] = self.ended.get(element_id, False) or state == "completed"
        tasks = self.open.get(element_id, set())
        tasks.discard(task_id)
        if not tasks:
            self.open.pop(element_id, None)

    def _move(self, moved: Mapping[str, str], mapping: Mapping[str, str]) -> None:
        """A migration: what is open goes on as another element, and was not left; what was done is done as that one."""
        self.open = {moved.get(id_, id_): tasks for id_, tasks in self.open.items()}
        self.ended = {mapping.get(id_, id_): was_done for id_, was_done in self.ended.items()}
        self.rounds |= {new: self.rounds[old] for old, new in mapping.items() if old in self.rounds}

    def _moved(self, task: Waiting, told: Mapping[str, Any]) -> Waiting:
        said = *task.moved, (told.get("reason", ""), self.at)
        is_held = told.get("cause") == HOLD
        return replace(task, due_on=date.fromisoformat(told["new_day"]), is_held=is_held, moved=said)

    def _opened(self, task: Mapping[str, Any]) -> Waiting:
        due_on = date.fromisoformat(task["due_on"])
        return Waiting(
            task["task"],
            task["element"],
            task["name"],
            task["unit"],
            self.units.get(task["unit"], task["unit"]),
            None if due_on == NO_DUE_DATE else due_on,
        )

    def marks(self) -> dict[str, tuple[str, ...]]:
        ended = {id_: was_done for id_, was_done in self.ended.items() if id_ not in self.open}
        return {
            "done": tuple(id_ for id_, was_done in ended.items() if was_done),
            "active": tuple(self.open),
            "cancelled": tuple(id_ for id_, was_done in ended.items() if not was_done),
            "fired": tuple(self.fired),
            "flows": tuple(self.flows),
        }


def _readable(row: EventRow, body: str | None, fold: _Fold, people: Mapping[str, Who]) -> Frame:
    """The frame of an event; one that somebody has spoilt is shown all the same, by what is left of it."""
    try:
        return _frame(row, orjson.loads(body or ""), fold, people)
    except (ValueError, TypeError, LookupError, AttributeError):
        return replace(_frame(row, {}, fold, people), is_unreadable=True)


def _frame(row: EventRow, told: Mapping[str, Any], fold: _Fold, people: Mapping[str, Who]) -> Frame:
    task = fold.waiting.get(told.get("task", ""))
    unit_id = task.unit_id if task else ""
    has_form = row.type == EventType.TASK_COMPLETED and "answers" in told
    if has_form:
        fold.keep_form((told["element"], unit_id), told["answers"])
    at = fold.instant(row.at)
    fold.take(row.type, told)
    return Frame(
        **fold.marks(),
        seq=row.seq,
        at=at,
        type=row.type,
        text="：".join(part for part in (_label(row.type), told.get("name", "")) if part),
        name=told.get("name", ""),
        element_id=told.get("element") or _first_completed(told),
        task_id=told.get("task"),
        unit_id=unit_id,
        actor=_who(row.actor, people),
        on_behalf_of=_who(row.on_behalf_of, people) if row.on_behalf_of else None,
        is_person=row.actor in people,
        is_step="step" in told,
        is_unreadable=False,
        status=fold.status,
        opened=tuple((opened["element"], opened["task"]) for opened in told.get("opened", ())),
        closed=tuple((element_id, task_id) for task_id, element_id, _ in told.get("closed", ())),
        waiting=tuple(fold.waiting.values()),
        rounds=dict(fold.rounds),
        values=dict(fold.values),
        forms=fold.forms,
        answers_element=told["element"] if has_form else None,
        said=told.get("reason") or told.get("text") or "",
        hash=row.hash,
        definition_hash=row.definition_hash or "",
        versions=(told["from"]["version"], told["to"]["version"]) if isinstance(told.get("to"), Mapping) else None,
    )


def _label(type_: str) -> str:
    return EventType(type_).label if type_ in set(EventType) else type_


def _first_completed(told: Mapping[str, Any]) -> str | None:
    """Where a message arrived or a process began."""
    return next((element_id for element_id, state, _, _ in told.get("trace", ()) if state == "completed"), None)


def _who(login: str | None, people: Mapping[str, Who]) -> Who:
    return people.get(login or "") or Who(login or "", login or "", "")


def _people(session: Session, logins: set[str]) -> dict[str, Who]:
    """Those of the logins that are accounts, in one query."""
    rows = session.execute(
        select(Person.login, Person.name, Unit.short_name)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.login.in_(logins))
    )
    return {login: Who(login, name, unit) for login, name, unit in rows}
