"""The page of one user task, put together: what was read, its form, its panels, and what the reader may do."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from app import clock
from app.access import may_open
from app.duties import joint_signing
from app.engine import Outcome
from app.errors import StaleProcess
from app.queries import inbox
from app.queries.actor import Actor
from app.queries.due_days import DueDays, due_days
from app.queries.standing import Standing
from app.queries.task_lines import Line
from app.queries.task_page import TaskPage, task_page
from app.services import reading_marks, task_forms
from app.services.extension_request.opening import refusal
from app.services.form_rules import Schema
from app.services.house import House
from app.services.returning import WayBack, returning_outcomes, ways_back
from app.services.supervision_order.opening import is_supervisable
from app.services.task_forms import TaskForm
from app.terms import Light
from app.views import light_panels, signing_panels, task_panels
from app.views.context import current_actor, current_house
from app.views.inbox import days_today

Errors = Iterable[tuple[str, str]]

URGEABLE = (Standing.WATCH, Standing.BARRED, Standing.TAKEN)


def render_task(
    task_id: str,
    typed: Mapping[str, Any] | None = None,
    errors: Errors = (),
    stale: StaleProcess | None = None,
    comment: tuple[str, str] = ("", ""),
) -> str:
    """typed: what stood in the form when it was refused. comment: a refused comment, and why."""
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        shown = task_page(session, actor, task_id, clock.today())
        signings = signing_panels.signings(session, actor, shown)
        form = None if signing_panels.is_sealed(signings) else _form(house, session, actor, shown)
        signed = signing_panels.signed(session, actor, shown)
        ways_back = _ways_back(house, session, actor, shown) if form is not None else []
        definition = house.definition(session.connection(), shown.instance.definition_id)
        neighbours = _neighbours(session, actor, house, shown)
        days = due_days(session, task_id)
        explained = light_panels.of_task(session, house, actor, shown.task)
        may_extend = _may_extend(session, actor, shown)
    if shown.standing in (Standing.HANDLE, Standing.CLAIM) and shown.task.read_at is None:
        reading_marks.note_opened(house, actor, task_id)
    schema = task_forms.schema_of(shown.task)
    return render_template(
        "task/page.html",
        page=shown,
        standing=shown.standing.name,
        schema=schema,
        form=form.with_typed(typed) if form and typed is not None else form,
        errors=list(errors),
        stale=stale,
        files=task_panels.marks_of_files(shown.files),
        steps=[] if actor.is_outsider else task_panels.strip(shown, definition),
        drawing=task_panels.drawing(shown, definition) if shown.is_drawn else None,
        deadline=task_panels.deadline(shown, house, days),
        explained=explained,
        course=task_panels.course(shown),
        materials=task_panels.materials(shown),
        previous=neighbours[0],
        following=neighbours[1],
        measure_href=task_panels.measure_href(shown.clause.number, actor) if shown.clause else "",
        history_href=task_panels.history_href(shown, actor),
        incident_href=task_panels.incident_href(shown, actor),
        file_size=task_panels.file_size,
        can_send_back=_can_send_back(schema) and signed is None,
        ways_back=ways_back,
        signings=signings,
        signing_words=joint_signing,
        signed=signed,
        may_sign=shown.standing is Standing.HANDLE and not actor.is_outsider and signed is None,
        comment=comment,
        urge_href=task_panels.urge_href(actor) if shown.standing in URGEABLE else "",
        order_href=_order_href(actor, shown, days),
        page_has_order=bool(days.order),
        answered=days.answered,
        sees_reading=actor.reads_all,
        may_comment=not actor.is_outsider,
        may_extend=may_extend,
        may_hand_over=shown.standing is Standing.HANDLE and not actor.is_outsider,
        key=request.form.get("_key") or new_key(),
    )


def _form(house: House, session: Session, actor: Actor, shown: TaskPage) -> TaskForm | None:
    """For who may act now. A draft is nobody else's business, and an empty form tells nobody anything."""
    if shown.standing not in (Standing.HANDLE, Standing.PREPARE) or shown.is_stopped:
        return None
    return task_forms.open_form(house, session, actor, shown.task, shown.draft)


def _ways_back(house: House, session: Session, actor: Actor, shown: TaskPage) -> list[WayBack]:
    """For who sends it. Where the form itself returns, it does so with all that it asks for."""
    if shown.standing is not Standing.HANDLE or actor.is_outsider:
        return []
    found = ways_back(house, session, actor, shown.task)
    by_form = bool(returning_outcomes(task_forms.schema_of(shown.task)))
    return [way for way in found if not (by_form and way.outcome is Outcome.DRAWN)]


def _may_extend(session: Session, actor: Actor, shown: TaskPage) -> bool:
    """For who is to act on it, while a request is still possible."""
    is_hers = shown.standing is Standing.HANDLE and shown.task.unit_id in actor.unit_ids
    return is_hers and may_open("extensions.ask", actor) and not refusal(session, shown.task, current_house().calendar)


def _order_href(actor: Actor, shown: TaskPage, days: DueDays) -> str:
    """Where the office drafts an order on what is late, or finds the one that runs."""
    if days.order:
        return url_for("orders.one", number=days.order) if may_open("orders.one", actor) else ""
    is_late = shown.line.light is Light.RED and is_supervisable(shown.task)
    return (
        url_for("orders.order_late", task_id=shown.task.id) if is_late and may_open("orders.order_late", actor) else ""
    )


def _neighbours(session: Session, actor: Actor, house: House, shown: TaskPage) -> tuple[Line | None, Line | None]:
    if shown.standing not in (Standing.HANDLE, Standing.CLAIM):
        return None, None
    days, place = days_today(house), inbox.place_of(shown.line)
    before = inbox.previous_line(session, actor, days, place)
    return before, inbox.next_line(session, actor, days, place)


def _can_send_back(schema: Schema) -> bool:
    """There is an outcome that returns the matter, and a reason is all it takes."""
    outcomes = schema["properties"].get("outcome", {}).get("oneOf", ())
    points = schema["properties"].get("return_points")
    has_opinion = "opinion_text" in schema["properties"] and (
        points is None or "field" in points["items"]["properties"]
    )
    return has_opinion and schema.get("required") == ["outcome"] and any(one.get("x-danger") for one in outcomes)


def new_key() -> str:
    """The idempotency key of one rendered form: sent twice, it is done once."""
    return secrets.token_urlsafe(16)
