"""故障处理: everything that was stopped, and one of them with what may be done about it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.engine import Definition, EngineError
from app.errors import AlreadyDone, AppError, InvalidForm, NotPermitted, ProcessFault
from app.models.organization import Unit
from app.models.person import Person
from app.models.user_task import UserTask
from app.queries import incidents
from app.queries.actor import Actor
from app.queries.assignable import assignable_people
from app.queries.drawings import is_drawn
from app.queries.incidents import Line, Wanted
from app.queries.replay import Marks, frames
from app.services import repairs, task_forms
from app.services.incidents import reference
from app.services.reexecution import is_damaged
from app.terms import IncidentKind, IncidentStatus, Resolution, Role
from app.views.context import current_actor, current_house
from app.views.incident_words import words_of
from app.views.paging import next_page, wants_rows
from app.views.typed_text import typed_pairs

bp = Blueprint("incidents", __name__, url_prefix="/incidents")

Answer = Response | str | tuple[str, int]

ALL = "all"
SKIPPABLE = (IncidentKind.FAULT, IncidentKind.TIMER, IncidentKind.EFFECT)


@bp.app_template_filter("reference")
def as_reference(number: int) -> str:
    return reference(number)


@bp.get("")
def page() -> str:
    wanted = _wanted()
    with current_house().database.reading() as session:
        found = incidents.incidents_page(session, wanted, request.args.get("cursor"))
        lines = incidents.lines(session, found.items)
        names = {line.incident.id: _element_name(_definition_of(session, line), line) for line in lines}
        return render_template(
            "incidents/_rows.html" if wants_rows() else "incidents/page.html",
            lines=lines,
            names=names,
            left=found.left,
            more=next_page("incidents.page", found.next_cursor),
            wanted=wanted,
            is_filtered=bool(request.args.keys() - {"cursor"}),
            kinds={kind.value: _(kind.label) for kind in IncidentKind},
            statuses={status.value: _(status.label) for status in IncidentStatus},
            processes=incidents.processes_with_incidents(session),
        )


@bp.get("/<int:incident_id>")
def one(incident_id: int) -> str:
    return _one(incident_id)


@bp.post("/<int:incident_id>/retry")
def retry(incident_id: int) -> Answer:
    return _act(incident_id, repairs.retry, _("已重新执行，流程继续办理。"))


@bp.post("/<int:incident_id>/alike")
def retry_alike(incident_id: int) -> Response:
    """All open ones of the same element of the same version."""
    house = current_house()
    with house.database.reading() as session:
        line = incidents.incident_line(session, incident_id)
    if line.instance is None:
        raise NotPermitted
    answer = repairs.retry_all(
        house, current_actor(), line.instance.definition_id, line.incident.element_id, key=_key()
    )
    flash(_("已重新执行 %(count)s 件。", count=len(answer["retried"])))
    if answer["failed"]:
        flash(_("还有 %(count)s 件没有成功，仍列在下面。", count=len(answer["failed"])), "error")
    return redirect(url_for("incidents.page"))


@bp.post("/<int:incident_id>/repair")
def repair(incident_id: int) -> Answer:
    """The incident stays open, so the way leads back to it."""
    here = url_for("incidents.one", incident_id=incident_id)
    return _act(incident_id, repairs.repair, _("状态已按记录恢复，可以重新执行。"), onward=here)


@bp.post("/<int:incident_id>/skip")
def skip(incident_id: int) -> Answer:
    return _act(incident_id, repairs.skip, _("已跳过，理由记入流程历史。"), _reason())


@bp.post("/<int:incident_id>/assignment")
def assign(incident_id: int) -> Answer:
    chosen = request.form.get("person_id", "")
    person_id = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0
    return _act(incident_id, repairs.assign, _("已指定办理人。"), person_id, _reason())


@bp.post("/<int:incident_id>/cancellation")
def cancel(incident_id: int) -> Answer:
    return _act(incident_id, repairs.cancel, _("流程已作废，未办结的事项一并撤销。"), _reason())


def _act(incident_id: int, verb: Callable[..., Any], told: str, *arguments: Any, onward: str = "") -> Answer:
    """What is wrong with it is said at the page; the incident is as it was."""
    try:
        verb(current_house(), current_actor(), incident_id, *arguments, key=_key())
    except InvalidForm as refused:
        return _one(incident_id, refused.errors[0][1]), refused.status
    except ProcessFault as fault:
        return _one(incident_id, _("原因还没有排除，重新执行时再次出现故障。")), fault.status
    except (AlreadyDone, NotPermitted) as refused:
        return _one(incident_id, refused.text), refused.status
    except AppError as error:
        if error.status >= 500:
            raise
        return _one(incident_id, _("不能重新执行：%(text)s", text=error.text)), error.status
    flash(told)
    return redirect(onward or url_for("incidents.page"))


def _one(incident_id: int, error: str = "") -> str:
    actor = current_actor()
    with current_house().database.reading() as session:
        line = incidents.incident_line(session, incident_id)
        incident, instance = line.incident, line.instance
        definition = _definition_of(session, line)
        task = session.get(UserTask, incident.task_id) if incident.task_id else None
        element = _element_name(definition, line)
        alike = incidents.open_at_element(session, instance.definition_id, incident.element_id) if instance else []
        is_open = incident.status == IncidentStatus.OPEN
        is_office = actor.has(Role.OFFICE)
        names_people = is_open and is_office and incident.kind == IncidentKind.NO_CANDIDATE and task is not None
        return render_template(
            "incidents/one.html",
            line=line,
            incident=incident,
            instance=instance,
            kind=_(IncidentKind(incident.kind).label),
            element=element,
            words=words_of(
                incident, element, task.name if task else "", _who(session, str(incident.payload.get("actor", "")))
            ),
            typed=_typed(actor, task, incident.payload),
            drawing=_drawing(session, actor, line, definition),
            resolution=_(Resolution(incident.resolution).label) if incident.resolution else "",
            settled_by=_who(session, incident.resolved_by),
            people=_people(session, task) if names_people else None,
            alike=len(alike) if incident.element_id else 0,
            is_open=is_open,
            can_repair=is_open and _can_repair(session, line, definition),
            can_skip=is_open and incident.kind in SKIPPABLE,
            can_cancel=is_open and is_office and instance is not None,
            can_read=instance is not None and actor.reads_all,
            error=error,
            values=request.form,
            key=_key(),
        )


def _definition_of(session: Session, line: Line) -> Definition | None:
    """None where there was no instance yet, or where the drawing itself can no longer be read."""
    if line.instance is None:
        return None
    try:
        return current_house().definition(session.connection(), line.instance.definition_id)
    except EngineError:
        return None


def _can_repair(session: Session, line: Line, definition: Definition | None) -> bool:
    return (
        line.instance is not None and definition is not None and is_damaged(session, current_house(), line.instance.id)
    )


def _element_name(definition: Definition | None, line: Line) -> str:
    """As it is drawn; the process's own name where the fault belongs to none of its elements."""
    if definition is None:
        return line.definition.name if line.definition else _started(line.incident.payload)
    element = definition.elements.get(line.incident.element_id)
    return (element.name or element.id) if element else definition.name


def _started(wanted: Mapping[str, Any]) -> str:
    """The key of the process that was to be started."""
    return str(wanted.get("payload", {}).get("definition_key", ""))


def _typed(actor: Actor, task: UserTask | None, wanted: Mapping[str, Any]) -> list[tuple[str, str]] | None:
    """What somebody had filled in, for whoever reads all; None where nothing was, or it is not hers to read."""
    if not actor.reads_all or wanted.get("kind") not in ("complete", "start"):
        return None
    payload = wanted["payload"]
    if wanted["kind"] == "start":
        return [(name, str(value)) for name, value in payload["variables"].items()]
    pairs = typed_pairs(task_forms.schema_of(task), payload["answers"]) if task else []
    return pairs or [(name, str(value)) for name, value in payload["answers"].items()]


def _drawing(session: Session, actor: Actor, line: Line, definition: Definition | None) -> dict[str, Any] | None:
    """The element on the diagram, for whoever may see the instance."""
    if line.instance is None or definition is None or not actor.reads_all:
        return None
    if not is_drawn(session, line.instance.definition_id):
        return None
    past = frames(session, line.instance.id)
    marks: Marks = past[-1] if past else Marks()
    here = line.incident.element_id
    return {
        "url": url_for("diagrams.source", definition_id=line.instance.definition_id),
        "marks": {"done": marks.done, "now": marks.active, "late": [*marks.fired, *([here] if here else [])],
                  "cancelled": marks.cancelled, "flows": marks.flows},
        "focus": [here] if here in definition.elements else [],
        "font": 14,
        "small": 13,
    }  # fmt: skip


def _people(session: Session, task: UserTask | None) -> list[tuple[int, str, str]]:
    """(id, name with unit, pinyin), as a field of choices takes them."""
    units = {unit.id: unit.short_name for unit in session.scalars(select(Unit))}
    found = assignable_people(session, task) if task else []
    return [(person.id, f"{person.name}（{units.get(person.unit_id, '')}）", person.pinyin) for person in found]


def _who(session: Session, login: str) -> str:
    """The person's name with her unit; the system for what nobody asked for."""
    row = session.execute(
        select(Person.name, Unit.short_name).join(Unit, Unit.id == Person.unit_id).where(Person.login == login)
    ).one_or_none()
    return f"{row.short_name} {row.name} " if row else _("系统")


def _wanted() -> Wanted:
    status = request.args.get("status", IncidentStatus.OPEN.value)
    return Wanted("" if status == ALL else status, request.args.get("kind", ""), request.args.get("process", ""))


def _reason() -> str:
    return request.form.get("reason", "")


def _key() -> str:
    return request.form.get("_key") or secrets.token_urlsafe(16)
