"""Behind one event of a history: the lights of what was open then, and the rules that decided what the event did."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import clock
from app.duties.light_changes import CAUSES, TIME
from app.duties.lights import Explanation, explain
from app.duties.rule_tables import LIGHTS
from app.engine import Definition
from app.engine.decisions import Decision, Told, decisions, told_by_host
from app.engine.outline import outline
from app.models.assessment import Assessment
from app.models.enterprise import Evaluation
from app.models.event import EventPayload
from app.models.outlook import TASK, LightChange
from app.models.process import ProcessDefinition, ProcessInstance
from app.models.timer import ClockStop
from app.models.user_task import UserTask
from app.queries import rule_tables
from app.queries.events import told_in
from app.queries.replay import Frame, Waiting
from app.terms import Light, TaskStatus
from app.workdays import Calendar

ASSESSMENT = "assessment"  # begins the keys of its processes
_DAY = r"\d+年\d+月\d+日"
MOVED = re.compile(rf"{_DAY}(?:{'|'.join(map(re.escape, CAUSES.values()))})，办理时限为{_DAY}。")


@dataclass(frozen=True)
class ThenLight:
    """An open task as its light was. rule_number: version of the table of lights. turned: how it came to be so.

    moved: what was said each time its day was moved, up to then.
    """

    waiting: Waiting
    why: Explanation
    rule_number: int
    turned: Sequence[LightChange]
    moved: Sequence[str]


@dataclass(frozen=True)
class Due:
    """A user task with the rule of its day as it was opened. due_on: None without a limit; clause: as UserTask has it.

    group, principal: whose inbox; item: of the multi-instance. is_own_item: the reviewer must be of another unit.
    """

    task_id: str
    element_id: str
    name: str
    unit_id: str
    due_on: date | None
    rule: str
    clause: str
    group: str
    principal: str
    is_own_item: bool


@dataclass(frozen=True)
class Basis:
    """What decided an event. done: the task that was completed; opened: those that it opened.

    timer_rule: due rule of the drawn timer that passed. points_rules: by which version scores were reckoned.
    """

    done: Due | None
    opened: Sequence[Due]
    decisions: Sequence[Decision]
    told: Sequence[Told]
    timer_rule: str
    evaluations: Sequence[Evaluation]
    points_rules: str = ""


def lights_then(session: Session, frame: Frame, at: datetime, calendar: Calendar) -> list[ThenLight]:
    """In the order in which the tasks were opened; in three queries."""
    rows = _tasks(session, [waiting.task_id for waiting in frame.waiting])
    turned = _turned(session, list(rows), at)
    tables = rule_tables.in_force(session)
    found = []
    for waiting in frame.waiting:
        task = rows.get(waiting.task_id)
        if task is not None:
            known = tables.known(LIGHTS, clock.local(task.created_at).date())
            moved = [said for said, moved_at in waiting.moved if moved_at <= at]
            why = explain(
                TaskStatus.OPEN, waiting.due_on, task.limit_days, at, calendar, known.table,
                why=" ".join([first_rule(task.due_rule), *moved]).strip(), waiting=waiting.is_held,
                optional=task.is_optional,
            )  # fmt: skip
            assert why is not None
            found.append(ThenLight(waiting, why, known.number, turned.get(task.id, ()), moved))
    return found


def first_rule(due_rule: str) -> str:
    """The sentence behind a due day as it was first, without what was added as the day was moved."""
    return MOVED.sub("", due_rule)


def stopped_clocks(session: Session, at: datetime) -> list[ClockStop]:
    """The clock was not believed at that instant."""
    is_open = or_(ClockStop.confirmed_at.is_(None), ClockStop.confirmed_at > at)
    return list(session.scalars(select(ClockStop).where(ClockStop.noticed_at <= at, is_open).order_by(ClockStop.id)))


def basis(session: Session, instance_id: str, definition: Definition, frame: Frame, before: Frame | None) -> Basis:
    """before: the frame of the event before it. definition: the version in which the step was made."""
    told = _told(session, instance_id, frame.seq)
    host = told_by_host(told.get("step", {}).get("answers", ()))
    values = {**(before.values if before else {}), **told.get("values", {})}
    text = _outline_of(session, definition)
    opened = {one["task"]: one for one in told.get("opened", ())}
    rows = _tasks(session, [*opened, *([frame.task_id] if frame.task_id else [])])
    then = {waiting.task_id: waiting for waiting in (before.waiting if before else ())}
    return Basis(
        done=_due(rows.get(frame.task_id or ""), then.get(frame.task_id or "")),
        opened=[due for waiting in frame.waiting if waiting.task_id in opened
                if (due := _due(rows.get(waiting.task_id), waiting)) is not None],
        decisions=decisions(definition, text, values, told.get("trace", ()), host) if text else (),
        told=host,
        timer_rule=text.said.get(frame.element_id or "", {}).get("timer", "") if text else "",
        evaluations=_evaluations(session, instance_id, frame.at),
        points_rules=_points_rules(session, instance_id) if definition.key.startswith(ASSESSMENT) else "",
    )  # fmt: skip


def _tasks(session: Session, ids: Iterable[str]) -> dict[str, UserTask]:
    return {row.id: row for row in session.scalars(select(UserTask).where(UserTask.id.in_(set(ids))))}


def _turned(session: Session, task_ids: Sequence[str], at: datetime) -> dict[str, list[LightChange]]:
    """What the calendar did is written down the night after, what people did at once."""
    day = clock.local(at).date()
    is_known = or_(LightChange.at <= at, LightChange.cause == TIME)
    asked = select(LightChange).where(
        LightChange.subject == TASK, LightChange.ref.in_(task_ids), LightChange.on <= day, is_known
    )
    found: dict[str, list[LightChange]] = {}
    for row in session.scalars(asked.order_by(LightChange.id)):
        if row.after in set(Light):
            found.setdefault(row.ref, []).append(row)
    return found


def _told(session: Session, instance_id: str, seq: int) -> Mapping[str, Any]:
    body = session.scalar(select(EventPayload.body).where(EventPayload.stream == instance_id, EventPayload.seq == seq))
    return told_in(body)


def _outline_of(session: Session, definition: Definition) -> Any:
    row = ProcessDefinition
    sources = session.scalar(select(row.sources).where(row.key == definition.key, row.hash == definition.hash))
    if sources is None:
        return None
    return outline({name: text.encode() for name, text in sources.items()}, definition.key)


def _due(task: UserTask | None, waiting: Waiting | None) -> Due | None:
    if task is None or waiting is None:
        return None
    return Due(
        task_id=task.id,
        element_id=task.element_id,
        name=task.name,
        unit_id=waiting.unit_id,
        due_on=waiting.due_on,
        rule=" ".join([first_rule(task.due_rule), *(said for said, _at in waiting.moved)]).strip(),
        clause=task.clause,
        group=task.group,
        principal=task.principal,
        is_own_item=task.has_own_item_rule,
    )


def _evaluations(session: Session, instance_id: str, at: datetime) -> list[Evaluation]:
    """What a rule set said of an enterprise in this very step."""
    asked = select(Evaluation).where(Evaluation.instance_id == instance_id, Evaluation.at == at)
    return list(session.scalars(asked.order_by(Evaluation.id)))


def _points_rules(session: Session, instance_id: str) -> str:
    """Of the year's assessment, or of the one that a unit's part belongs to."""
    parent = select(ProcessInstance.parent_id).where(ProcessInstance.id == instance_id).scalar_subquery()
    asked = select(Assessment.rules_id).where(
        or_(Assessment.instance_id == instance_id, Assessment.instance_id == parent)
    )
    return session.scalar(asked) or ""
