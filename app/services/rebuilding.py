"""The rows of one instance built again from its events alone: user tasks, timers, subscriptions, and its own row.

A fold over the log that reads no table; rebuilt_rows.py holds the result against the tables. Rows are in the words of
the log (told_tasks.NAMES, USUAL). A column that an event of an earlier release did not tell of is not in its row.

What no log can give back, so that it is not compared:
    user_task   is_watched (told by the order or extension that watches, in a history of its own), read_at (looking at a
                task is no event)
    timer       claim_token, lease_until, attempts, failures: who is about to fire it
    instance    state and data (the engine gives them, by doing all again), and a stage that a campaign gives to what
                was never sent (SET_BY_OTHERS)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app import clock
from app.models.timer import HELD
from app.services.projections import NEVER
from app.services.told_tasks import USUAL
from app.terms import EventType, InstanceStatus, TaskStatus

Row = dict[str, Any]

SET_BY_OTHERS = frozenset({"missing"})
OPEN = (TaskStatus.OPEN.value, TaskStatus.CLAIMED.value)
NOT_YET = {"completed_at": None, "completed_by": None, "urged_at": None, "urged_count": 0, "reminded_on": None}
SURE = ("created_at", "completed_at", "completed_by", "title", "is_open")  # whatever an event did not tell of
OF_INCIDENTS = frozenset(type_ for type_ in EventType if type_.value.startswith("incident_"))  # they change no row
COMPLETING = (EventType.TASK_COMPLETED, EventType.TASK_RETURNED)
MIGRATING = (EventType.INSTANCE_MIGRATED, EventType.MIGRATION_UNDONE)


@dataclass(frozen=True)
class Happened:
    """One event. at: as it is sealed; told: None where what it says is gone."""

    seq: int
    type: str
    at: str
    actor: str | None
    definition_hash: str | None
    hash: str
    told: Mapping[str, Any] | None


@dataclass
class Rebuilt:
    """By id. is_whole: no step's words are gone. knows_waits: every step tells of timers and messages."""

    instance: Row = field(default_factory=dict)
    tasks: dict[str, Row] = field(default_factory=dict)
    timers: dict[str, Row] = field(default_factory=dict)
    messages: dict[str, Row] = field(default_factory=dict)
    completed: Sequence[str] = ()
    is_whole: bool = True
    knows_waits: bool = True

    def take(self, event: Happened) -> None:
        """Raises LookupError, TypeError or ValueError where the event has another shape than ours have."""
        told = event.told
        self.instance |= {"head_seq": event.seq, "head_hash": event.hash}
        if told is None:
            self._forget()
            self.is_whole = False
            return
        if event.type == EventType.INSTANCE_STARTED:
            self._begin(event, told)
        self.instance |= told.get("about", {})
        self._change(event, told)
        if "step" in told:
            self._step(event, told)
        self._note(event, told)

    def _begin(self, event: Happened, told: Mapping[str, Any]) -> None:
        self.instance |= {
            "title": told["title"],
            "business_key": told["business_key"],
            "started_at": event.at,
            "started_by": event.actor,
            "ended_at": None,
            "end_element": "",
        }
        if "about" in told:
            self.instance |= {"year": None, "unit": None, "enterprise": None, "parent": None, "stage": ""}

    def _change(self, event: Happened, told: Mapping[str, Any]) -> None:
        """What became of rows until this event. An event of an earlier release does not say."""
        if "tasks" not in told and event.type not in OF_INCIDENTS:
            self._forget()
        for task_id, values in told.get("tasks", ()):
            if task_id in self.tasks:
                _touch(self.tasks[task_id], event, values)

    def _forget(self) -> None:
        for row in self.tasks.values():
            if row["is_open"]:
                for name in set(row) - set(SURE):
                    del row[name]

    def _step(self, event: Happened, told: Mapping[str, Any]) -> None:
        status = told["status"]
        self.instance |= {"version": told["step"]["version"] + 1, "state_hash": told["step"]["state_hash"]}
        self.instance |= {"status": status, "definition_hash": event.definition_hash}
        if status != InstanceStatus.ACTIVE and self.instance.get("ended_at") is None:
            self.instance["ended_at"] = event.at
            self.completed = [row[0] for row in told["trace"] if row[1] == "completed"]
        for task_id, _element, how in told.get("closed", ()):
            self._close(event, told, task_id, how)
        for entry in told.get("opened", ()):
            self.tasks[entry["task"]] = self._opened(event, entry)
        for entry in told.get("waiting", ()):
            row = self.tasks.get(entry["task"], {})
            row |= {name: entry[name] for name in ("element", "name", "unit", "due_on")}
        self._waits(event, told)

    def _close(self, event: Happened, told: Mapping[str, Any], task_id: str, how: str) -> None:
        row = self.tasks.get(task_id)
        if row is None:
            return
        row |= {"is_open": False, "completed_at": event.at}
        if how == "completed" and event.type in COMPLETING and told["task"] == task_id:
            row |= {"status": TaskStatus.COMPLETED.value, "completed_by": event.actor}
        else:  # also who no longer has to sign: the engine completes her step to go on
            row |= {"status": TaskStatus.CANCELLED.value, "changed_at": event.at}

    def _opened(self, event: Happened, entry: Mapping[str, Any]) -> Row:
        told = {name: value for name, value in entry.items() if name != "task"}
        row = {**told, **NOT_YET, "title": self.instance.get("title"), "created_at": event.at, "is_open": True}
        if "principal" not in told:
            return row
        if "duty" in self.instance:
            row["duty"] = self.instance["duty"]
        return {**USUAL, **row, "revision": 1, "changed_at": event.at, "changed_by": None}

    def _waits(self, event: Happened, told: Mapping[str, Any]) -> None:
        if "waits" not in told:
            self.knows_waits = False
            return
        if event.type == EventType.TIMER_FIRED and told["timer"] in self.timers:
            self.timers[told["timer"]]["status"] = "fired"
        if event.type in MIGRATING:
            self.messages.clear()
        for kind, *said in told["waits"]:
            WAITS[kind](self, *said)
        if event.type in (EventType.TIMER_MOVED, EventType.DUE_DATE_MOVED):
            for moved in told["timers"]:
                self.timers[moved["timer"]] |= _pending(moved["to"])

    def _key(self, message: str, key: str) -> None:
        for row in self.messages.values():
            if row["message"] == message:
                row["key"] = key

    def _over(self, task_id: str) -> None:
        self.messages.pop(task_id, None)
        row = self.timers.get(task_id)
        if row is not None and row["status"] != "fired":
            row["status"] = "cancelled"

    def _timer(self, task_id: str, element: str, due_at: str) -> None:
        if task_id in self.timers or datetime.fromisoformat(due_at).year < NEVER:
            self.timers[task_id] = {"element": element, **_pending(due_at)}

    def _message(self, task_id: str, element: str, message: str, key: str) -> None:
        self.messages[task_id] = {"element": element, "message": message, "key": key}

    def _note(self, event: Happened, told: Mapping[str, Any]) -> None:
        row = self.tasks.get(str(told.get("task")))
        if row is None:
            return
        if event.type == EventType.TASK_URGED:
            row |= {"urged_at": event.at, "urged_count": told["times"]}
        if event.type == EventType.TASK_REMINDED:
            row["reminded_on"] = clock.local(datetime.fromisoformat(event.at)).date().isoformat()
        if event.type == EventType.INCIDENT_ASSIGNED:
            hers = {"assignee": told["person"], "delegated_by": None, "status": TaskStatus.CLAIMED.value}
            _touch(row, event, hers)


WAITS: Mapping[str, Callable[..., None]] = {
    "key": Rebuilt._key,
    "over": Rebuilt._over,
    "timer": Rebuilt._timer,
    "message": Rebuilt._message,
}


def rebuilt(events: Iterable[Happened]) -> Rebuilt:
    """events: of one instance, in their order. Raises as Rebuilt.take()."""
    whole = Rebuilt()
    for event in events:
        whole.take(event)
    return whole


def _touch(row: Row, event: Happened, values: Mapping[str, Any]) -> None:
    row |= {**values, "changed_at": event.at, "changed_by": event.actor}
    if "revision" in row:
        row["revision"] += 1


def _pending(due_at: str) -> Row:
    """A timer that waits; a far instant stands still."""
    at = datetime.fromisoformat(due_at)
    return {"due_at": at, "status": HELD if at.year >= NEVER else "waiting"}
