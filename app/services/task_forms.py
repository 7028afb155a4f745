"""What stands in the form of a user task before it is sent: known values, over them the draft, and their sources."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.models.user_task import Draft, UserTask
from app.queries.actor import Actor
from app.services import form_rules
from app.services.form_rules import Schema
from app.services.house import House
from app.services.registry import casework_of
from app.services.tasks import form_of
from app.services.work import reading_case

Marks = Mapping[str, Mapping[str, Any]]

# For a process that was only uploaded: what is written goes to the process as a variable.
PLAIN_FORM: Schema = {
    "title": "办理",
    "x-verb": "办结上报",
    "x-sections": [{"title": "办理情况", "fields": ["remark"]}],
    "type": "object",
    "additionalProperties": False,
    "properties": {"remark": {"type": "string", "title": "办理情况", "x-widget": "longtext", "maxLength": 1000}},
}


@dataclass(frozen=True)
class TaskForm:
    """marks: dotted path -> {text: where it is from, value: what came}. offered, locked: as views.forms takes them."""

    schema: Schema
    data: Mapping[str, Any]
    marks: Marks = field(default_factory=dict)
    offered: Collection[str] = ()
    locked: Collection[str] = ()

    def with_typed(self, typed: Mapping[str, Any]) -> TaskForm:
        """The same form with what a person has typed, wrong or not, over what is known."""
        data = form_rules.overlay(self.schema, self.data, typed, self.locked)
        return TaskForm(self.schema, data, self.marks, self.offered, self.locked)


def schema_of(task: UserTask) -> Schema:
    """The form of a task's step."""
    return form_of(casework_of(task.definition_key), task.element_id) or PLAIN_FORM


def is_decision(schema: Schema) -> bool:
    """A form that decides on what another one says."""
    return form_rules.OUTCOME in schema["properties"]


def open_form(house: House, session: Session, actor: Actor, task: UserTask, draft: Draft | None) -> TaskForm:
    """The form of an open task as the page begins with it."""
    casework = casework_of(task.definition_key)
    schema = schema_of(task)
    if casework.duty is None or form_of(casework, task.element_id) is None:
        return TaskForm(schema, draft.data if draft else {})
    case = reading_case(house, session, actor, task.instance_id)
    facts = casework.facts(case, task.element_id, task.item)
    known, marks = casework.prefill(case, task.element_id, task.item)
    form = TaskForm(
        schema=schema,
        data=known,
        marks={path: {"value": _value(known, path), **mark} for path, mark in marks.items()},
        offered=casework.duty.offered(task.element_id, facts),
        locked=casework.locked(case, task.element_id, task.item),
    )
    return form.with_typed(draft.data) if draft else form


def _value(known: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(known, list) and step.isdecimal() and int(step) < len(known):
            known = known[int(step)]
        elif isinstance(known, Mapping):
            known = known.get(step)
        else:
            return None
    return known
