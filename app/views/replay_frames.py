"""A history as the player of templates/replay.html takes it: one plain frame an event, in the words of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _

from app.clock import ZONE, local
from app.engine import Definition
from app.queries.replay import Answers, Frame, Waiting
from app.services.form_rules import OUTCOME, Schema
from app.services.registry import casework_of
from app.services.task_forms import PLAIN_FORM
from app.services.tasks import form_of
from app.terms import EventType
from app.views import formats
from app.views.typed_text import typed_pairs
from app.workdays import Calendar

USER_TASK, BOUNDARY, BOX = "userTask", "boundaryEvent", "subProcess"
APART = timedelta(milliseconds=1)  # what the slider can tell apart


@dataclass(frozen=True)
class Drawn:
    """A version in which the process ran for a while, and where its drawing is."""

    version: int
    url: str
    definition: Definition


@dataclass(frozen=True)
class Told:
    """An event in the words of the table. is_late: a drawn limit has lapsed. is_person: not the clock or the system."""

    frame: Frame
    drawn: Drawn
    text: str
    who: str
    is_late: bool

    @property
    def is_person(self) -> bool:
        return self.frame.is_person


@dataclass(frozen=True)
class Changed:
    """One line of the difference of two moments; before or after is empty where there was nothing."""

    word: str
    before: str
    after: str


def told(frames: Sequence[Frame], drawn: Sequence[Drawn]) -> list[Told]:
    """drawn: the versions that the process ran in, its present one last."""
    by_hash = {each.definition.hash: each for each in drawn}
    return [_told(frame, by_hash.get(frame.definition_hash, drawn[-1])) for frame in frames]


def _told(frame: Frame, drawn: Drawn) -> Told:
    definition = drawn.definition
    return Told(frame, drawn, text_of(frame, definition), who_of(frame), _is_late(frame, definition))


def text_of(frame: Frame, definition: Definition) -> str:
    """审核反馈：退回 for a form with an outcome, 认领：审核反馈 for an act that moves nothing."""
    element = definition.elements.get(frame.element_id or "")
    name = frame.name or (element.name if element else "")
    if frame.is_unreadable:
        return _("%(text)s（内容无法读取）", text=frame.text)
    if frame.versions is not None:
        before, after = frame.versions
        return _("%(text)s：第 %(before)s 版改为第 %(after)s 版", text=label_of(frame.type), before=before, after=after)
    is_form = frame.type == EventType.TASK_COMPLETED
    parts = (name, _outcome(frame, definition)) if is_form else (label_of(frame.type), name)
    return "：".join(part for part in parts if part)


def who_of(frame: Frame) -> str:
    """市工信局 陈晓岚, and for whom where she stood in for somebody."""
    if not frame.is_person:
        return _("系统时钟") if frame.actor.login == "clock" else _("系统")
    who = f"{frame.actor.unit} {frame.actor.name}"
    return who if frame.on_behalf_of is None else _("%(name)s（代%(other)s）", name=who, other=frame.on_behalf_of.name)


def schema_at(definition: Definition, element_id: str, answers: Answers) -> Schema:
    """The form of the step; for an uploaded process, which has none, a field for each value that was sent."""
    form = form_of(casework_of(definition.key), element_id)
    if form is not None:
        return form
    fields = {name: PLAIN_FORM["properties"].get(name, {"type": "string", "title": name}) for name in answers}
    return {**PLAIN_FORM, "x-sections": [{"title": _("办理情况"), "fields": list(fields)}], "properties": fields}


def player_frames(all_told: Sequence[Told]) -> list[dict[str, Any]]:
    """The frames as frontend/src/replay.js wants them; events of one instant are set apart, so that each is shown."""
    changes = _changes([_data(one) for one in all_told])
    return [
        {**_player_frame(one), "at": at.isoformat(), "data": changed}
        for at, one, changed in zip(_instants(all_told), all_told, changes, strict=True)
    ]


def _player_frame(one: Told) -> dict[str, Any]:
    frame, definition = one.frame, one.drawn.definition
    return {
        "event": frame.seq,
        "text": one.text,
        "actor": one.who,
        "drawing": one.drawn.url,
        "done": _within_boxes(frame.done, definition),
        "now": _within_boxes(frame.active, definition),
        "late": [id_ for id_ in frame.fired if _is_boundary(id_, definition)],
        "cancelled": frame.cancelled,
        "flows": frame.flows,
        "notes": dict(_notes(frame, definition)),
        "overdue": _overdue_from(frame),
    }


def element_names(drawn: Sequence[Drawn]) -> dict[str, str]:
    """By the latest version that has the element."""
    return {element.id: element.name for each in drawn for element in each.definition.elements.values()}


def changed(one: Told, other: Told, names: Mapping[str, str]) -> list[Changed]:
    """What frontend/src/replay/difference.js shows: from the earlier of the two to the later."""
    early, late = sorted((one, other), key=lambda each: each.frame.seq)
    before, after = _words_of(early, names), _words_of(late, names)
    rows = [Changed(word, before.get(word, ""), after.get(word, "")) for word in {**before, **after}]
    return [row for row in rows if row.before != row.after]


def _words_of(one: Told, names: Mapping[str, str]) -> dict[str, str]:
    frame, definition = one.frame, one.drawn.definition
    now = _within_boxes(frame.active, definition)
    of_drawing = {_("环节"): now, _("已取消"): list(frame.cancelled)}
    return {word: "、".join(names.get(id_, id_) for id_ in ids) for word, ids in of_drawing.items()} | _data(one)


def unusual_days(calendar: Calendar, first: datetime, last: datetime) -> dict[str, str]:
    """Days off and days of work that depart from Monday to Friday, as the player takes them."""
    from_on, until_on = local(first).date() - timedelta(days=31), local(last).date() + timedelta(days=31)
    near = {day: is_working for day, is_working in calendar.exceptions.items() if from_on <= day <= until_on}
    return {
        "off": " ".join(f"{day}" for day, is_working in sorted(near.items()) if not is_working),
        "on": " ".join(f"{day}" for day, is_working in sorted(near.items()) if is_working),
    }


def _changes(all_data: Sequence[Mapping[str, str]]) -> Iterator[dict[str, str | None]]:
    """What each holds that the one before did not, None for what is gone: a long form is sent once."""
    before: Mapping[str, str] = {}
    for data in all_data:
        gone: dict[str, str | None] = dict.fromkeys(before.keys() - data.keys())
        yield gone | {label: text for label, text in data.items() if before.get(label) != text}
        before = data


def _instants(all_told: Sequence[Told]) -> Iterator[datetime]:
    last: datetime | None = None
    for one in all_told:
        at = one.frame.at
        last = at if last is None or at - last >= APART else last + APART
        yield last


def label_of(type_: str) -> str:
    return _(EventType(type_).label) if type_ in set(EventType) else type_


def _outcome(frame: Frame, definition: Definition) -> str:
    """The word that the form shows for what was chosen."""
    answers = frame.answers or {}
    chosen = answers.get(OUTCOME)
    words = schema_at(definition, frame.element_id or "", answers)["properties"].get(OUTCOME, {}).get("oneOf", ())
    return next((str(word["title"]) for word in words if word["const"] == chosen), "")


def _is_late(frame: Frame, definition: Definition) -> bool:
    return frame.type == EventType.TIMER_FIRED and _is_boundary(frame.element_id or "", definition)


def _within_boxes(ids: Iterable[str], definition: Definition) -> list[str]:
    """Without sub-processes: what is drawn within them says more, and would lie on their colour."""
    return [id_ for id_ in ids if _type_of(id_, definition) != BOX]


def _is_boundary(element_id: str, definition: Definition) -> bool:
    return _type_of(element_id, definition) == BOUNDARY


def _notes(frame: Frame, definition: Definition) -> Iterator[tuple[str, dict[str, str]]]:
    """A badge at each user task that is open, was gone through again, or was cancelled."""
    at: dict[str, list[Waiting]] = {}
    for task in frame.waiting:
        at.setdefault(task.element_id, []).append(task)
    for id_, tasks in at.items():
        who = tasks[0].unit if len(tasks) == 1 else _("%(count)s 个单位", count=len({task.unit_id for task in tasks}))
        yield id_, {"text": " · ".join(part for part in (_round(frame, id_), who) if part), "cls": "blue"}
    for id_ in frame.done:
        if frame.rounds.get(id_, 0) > 1 and _is_user_task(id_, definition):
            yield id_, {"text": _("办理 %(count)s 次", count=frame.rounds[id_])}
    for id_ in frame.cancelled:
        if _is_user_task(id_, definition):
            yield id_, {"text": _("已取消"), "cls": "grey"}


def _round(frame: Frame, element_id: str) -> str:
    count = frame.rounds.get(element_id, 0)
    return _("第 %(count)s 次", count=count) if count > 1 else ""


def _is_user_task(element_id: str, definition: Definition) -> bool:
    return _type_of(element_id, definition) == USER_TASK


def _type_of(element_id: str, definition: Definition) -> str:
    element = definition.elements.get(element_id)
    return element.type if element else ""


def _overdue_from(frame: Frame) -> str | None:
    """The instant from which a task that is open after this event was, or will be, late; None without a limit."""
    limits = [task.due_on for task in frame.waiting if task.due_on]
    return datetime.combine(min(limits) + timedelta(days=1), time(0), ZONE).isoformat() if limits else None


def _data(one: Told) -> dict[str, str]:
    """What the difference of two moments is made from: who had to act by when, and what the forms said."""
    frame, definition = one.frame, one.drawn.definition
    data = {_("在办单位"): "、".join(dict.fromkeys(task.unit for task in frame.waiting))}
    for task in frame.waiting:
        if task.due_on:
            data[_("办理时限 %(name)s（%(unit)s）", name=task.name, unit=task.unit)] = formats.full_day(task.due_on)
    for (element_id, unit_id), answers in frame.forms.items():
        data |= _form_data(definition, element_id, unit_id, answers)
    return data


def _form_data(definition: Definition, element_id: str, unit_id: str, answers: Answers) -> Mapping[str, str]:
    element = definition.elements.get(element_id)
    name = element.name if element else element_id
    pairs = typed_pairs(schema_at(definition, element_id, answers), answers)
    return {f"{name} {title}": text for title, text in pairs}
