"""The panels of a task page: strip of steps, cut-out of the drawing, deadline with its reason, course of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from app import clock
from app.access import may_open
from app.duties.lights import Explanation, explain
from app.engine import Definition
from app.models.user_task import NO_DUE_DATE
from app.queries.actor import Actor
from app.queries.due_days import DueDays
from app.queries.replay import Frame, Waiting
from app.queries.standing import Standing
from app.queries.steps_ahead import just_before, steps_ahead
from app.queries.task_page import TaskPage
from app.services.form_rules import Schema
from app.services.house import House
from app.services.task_forms import is_decision, schema_of
from app.terms import Light, TaskStatus
from app.views import formats
from app.views.distances import distance_words

MOST_BEHIND = 2
BOX = "subProcess"
OPINIONS = ("opinion_text", "opinion", "reason")
MEASURE, HISTORY, URGE, INCIDENT = "plan.measure", "histories.one", "urging.urge", "incidents.one"


@dataclass(frozen=True)
class Deadline:
    """light is None for a cancelled task; facts: (word, value)."""

    light: Light | None
    facts: Sequence[tuple[str, str]]
    title: str = ""
    text: str = ""
    rule: str = ""
    clock: str = ""


@dataclass(frozen=True)
class Material:
    """A form that was sent earlier in the matter, for those who go on with it."""

    title: str
    who: str
    at: datetime | None
    schema: Schema
    answers: Mapping[str, Any]
    is_open: bool


@dataclass(frozen=True)
class Happening:
    """One line of the course of the matter."""

    who: str
    unit: str
    text: str
    at: datetime
    said: str
    is_now: bool = False


def strip(page: TaskPage, definition: Definition) -> list[dict[str, str]]:
    """What was done, where it stands, what is to be expected; entries of the macro `steps`."""
    waiting = _waiting(page)
    open_ids = list(dict.fromkeys(task.element_id for task in waiting))
    behind = {task.element_id: task for task in page.past if task.element_id not in open_ids}
    done = [
        {"name": task.name, "text": _done_text(page, task), "state": "done"}
        for task in list(behind.values())[-MOST_BEHIND:]
    ]
    now = [{**_now(page, [task for task in waiting if task.element_id == id_]), "state": "now"} for id_ in open_ids]
    ahead = [
        {"name": element.name, "text": element.lane or "", "state": ""}
        for element in _ahead(page, definition, open_ids)
    ]
    return [*done, *now, *ahead]


def drawing(page: TaskPage, definition: Definition) -> dict[str, Any]:
    """The value of data-diagram: the steps before, here and after, with what happened on them."""
    last = page.frames[-1]
    here = page.task.element_id
    focus = [just_before(definition, here, [*last.done, *last.active]), here, *_next_in_view(page, definition)]
    steps = [id_ for id_ in last.active if definition.elements[id_].type != BOX]  # a box would colour all that is in it
    return {
        "url": url_for("diagrams.source", definition_id=page.instance.definition_id),
        "marks": {"done": last.done, "now": steps, "late": last.fired, "cancelled": last.cancelled,
                  "flows": last.flows},
        "focus": [id_ for id_ in focus if id_ is not None],
        "font": 14,
        "small": 14,
    }  # fmt: skip


def materials(page: TaskPage) -> list[Material]:
    """What the steps before this one have sent, the latest form of each step and unit; decisions stay folded."""
    latest = {(task.element_id, task.unit_id): task for task in page.past if task.id != page.task.id}
    listed = []
    for task in latest.values():
        answers, schema = page.sent_with(task.id), schema_of(task)
        if answers:
            who = page.names.get(task.completed_by_id or 0, "")
            listed.append(Material(task.name, who, task.completed_at, schema, answers, not is_decision(schema)))
    return listed


def deadline(page: TaskPage, house: House, days: DueDays) -> Deadline:
    task = page.task
    due_on = None if task.due_on == NO_DUE_DATE else task.due_on
    why = explain(
        TaskStatus(task.status), due_on, task.limit_days, clock.now(), house.calendar,
        house.rules().lights(clock.local(task.created_at).date()),
        why=task.due_rule, waiting=task.is_held, optional=task.is_optional,
    )  # fmt: skip
    if why is None:
        return Deadline(None, ())
    title, _colon, text = why.sentence.partition("：")
    facts = [*_facts(page, house, why), *_moved(days, is_held=task.is_held)]
    return Deadline(why.light, facts, f"{title}：", text, why.rule, why.clock)


def _moved(days: DueDays, *, is_held: bool) -> list[tuple[str, str]]:
    """Both days of an extension stay to be seen, and one that is not decided yet."""
    facts = []
    if days.first_on is not None and days.extended_on is not None:
        extended = formats.full_day(days.extended_on)
        late = _("（逾期后申请，考核仍按原时限）") if days.is_assessed_on_first else ""
        facts = [(_("原时限"), formats.full_day(days.first_on)), (_("延期至"), extended + late)]
    if days.order:
        facts.append((_("督办单"), days.order))
    if days.asked_on is not None:
        word = _("延期待批") if is_held else _("延期申请")
        facts.append((word, _("申请延至 %(day)s", day=formats.full_day(days.asked_on))))
    return facts


def course(page: TaskPage) -> list[Happening]:
    """What happened, the latest first, and on top where it stands."""
    told = [_happening(frame) for frame in reversed(page.frames)]
    now = [
        Happening(page.assignee, task.unit, _("待办：%(name)s", name=task.name), page.task.created_at, "", is_now=True)
        for task in _waiting(page)
        if task.task_id == page.task.id
    ]
    return [*now, *told]


def measure_href(number: int, actor: Actor) -> str:
    """The page of the plan's measure, where the house has one."""
    return _href(MEASURE, actor, number=number)


def history_href(page: TaskPage, actor: Actor) -> str:
    return _href(HISTORY, actor, instance_id=page.instance.id)


def incident_href(page: TaskPage, actor: Actor) -> str:
    """To the incident that stopped the process, for those who repair."""
    return _href(INCIDENT, actor, incident_id=page.stopped_by) if page.is_stopped else ""


def urge_href(actor: Actor) -> str:
    return _href(URGE, actor)


def file_size(size: int) -> str:
    """48 KB, 2.3 MB."""
    return f"{size / 1_048_576:.1f} MB" if size >= 1_048_576 else f"{max(1, round(size / 1024))} KB"


def _href(endpoint: str, actor: Actor, **values: Any) -> str:
    is_there = endpoint in current_app.view_functions and may_open(endpoint, actor)
    return url_for(endpoint, **values) if is_there else ""


def _waiting(page: TaskPage) -> Sequence[Waiting]:
    return page.frames[-1].waiting if page.frames else ()


def _ahead(page: TaskPage, definition: Definition, open_ids: Sequence[str]) -> list[Any]:
    behind = {task.element_id for task in page.past}
    return steps_ahead(definition, open_ids[0], behind) if open_ids else []


def _next_in_view(page: TaskPage, definition: Definition) -> list[str]:
    """The next user task where it is drawn beside this one, else what the arrow leads to."""
    here = definition.elements[page.task.element_id]
    ahead = [element.id for element in _ahead(page, definition, [here.id])[:1] if element.parent == here.parent]
    return ahead or [flow.target for flow in definition.flows.values() if flow.source == here.id]


def _done_text(page: TaskPage, task: Any) -> str:
    return " · ".join(
        part for part in (page.names.get(task.completed_by_id, ""), formats.day(task.completed_at)) if part
    )


def _now(page: TaskPage, tasks: Sequence[Waiting]) -> dict[str, str]:
    """One step, which several units may have open."""
    dates = [task.due_on for task in tasks if task.due_on]
    is_hers = page.standing in (Standing.HANDLE, Standing.CLAIM) and page.task.id in {task.task_id for task in tasks}
    one = _("您") if is_hers else tasks[0].unit
    who = one if len(tasks) == 1 else _("%(count)s 个单位", count=len(tasks))
    when = _("%(day)s前", day=formats.day(min(dates))) if dates else ""
    return {"name": tasks[0].name, "text": " · ".join(part for part in (who, when) if part)}


def _facts(page: TaskPage, house: House, why: Explanation) -> list[tuple[str, str]]:
    task, today = page.task, clock.today()
    if task.due_on == NO_DUE_DATE:
        facts = [(_("本环节"), _("未规定时限"))]
    else:
        day = f"{formats.full_day(task.due_on)}（{formats.weekday(task.due_on)}）"
        is_open = why.light is not Light.BLUE
        facts = [(_("本环节"), f"{day}，{distance_words(task.due_on, today, house.calendar)}" if is_open else day)]
    if task.limit_days is not None:
        facts.append((_("限办"), _("%(days)s 个工作日", days=task.limit_days)))
    if task.completed_at is not None:
        facts.append((_("办结"), formats.moment(task.completed_at)))
    if task.urged_count and task.urged_at is not None:
        facts.append(
            (_("催办"), _("%(count)s 次，最近 %(at)s", count=task.urged_count, at=formats.moment(task.urged_at)))
        )
    return facts


def _happening(frame: Frame) -> Happening:
    who = frame.actor.name if frame.is_person else _("系统")
    if frame.on_behalf_of is not None:
        who = _("%(name)s（代%(other)s）", name=who, other=frame.on_behalf_of.name)
    text = _("（内容已按规定清除）") if frame.is_unreadable else ""
    return Happening(who, frame.actor.unit, frame.text + text, frame.at, frame.said or _opinion(frame))


def _opinion(frame: Frame) -> str:
    """What was written beside a decision."""
    answers = frame.answers or {}
    return next((str(answers[name]) for name in OPINIONS if isinstance(answers.get(name), str) and answers[name]), "")


def marks_of_files(files: Sequence[Any]) -> Mapping[str, Mapping[str, str]]:
    """Attachment id -> {name, size, href}, as the form shows them."""
    return {
        file.id: {"name": file.name, "size": file_size(file.size),
                  "href": url_for("attachments.download", attachment_id=file.id)}
        for file in files
    }  # fmt: skip
