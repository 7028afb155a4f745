"""办理: the page of one user task, and the verbs on it. What somebody has typed comes back whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.errors import (
    AppError,
    Conflict,
    Gone,
    IncidentOpen,
    InvalidForm,
    NotFound,
    ProcessFault,
    RuleViolation,
    StaleProcess,
)
from app.models.user_task import UserTask
from app.queries import inbox
from app.queries.actor import Actor
from app.queries.inbox import Filters
from app.queries.recipients import readers_of_copies, recipients
from app.queries.sight import seen_task
from app.queries.task_lines import Line, lines_of_tasks
from app.queries.task_page import open_task_of, task_page, withdrawable
from app.services import attachments, comments, handing_over, returning, task_forms, tasks
from app.services.attachments import Upload
from app.services.form_rules import Schema
from app.services.house import House
from app.terms import TaskStatus
from app.views import task_panels
from app.views.context import current_actor, current_house
from app.views.formats import time_of_day
from app.views.forms import changes_rows, parse, uploads
from app.views.inbox import days_today
from app.views.task_view import new_key, render_task
from app.views.toasts import toast
from app.views.typed_text import as_comment, typed_pairs

bp = Blueprint("tasks", __name__)

HANDING_OVER = ("transfer", "delegation", "copies")

Answer = str | Response | tuple[str, int]


@bp.get("/tasks/<task_id>")
def page(task_id: str) -> str:
    return render_task(task_id)


@bp.post("/tasks/<task_id>")
def complete(task_id: str) -> Answer:
    """Send the form. Refused by its rules or overtaken by somebody, it comes back with all that was typed."""
    house, actor = current_house(), current_actor()
    schema, line = _schema_and_line(house, actor, task_id)
    typed = parse(schema, request.form)
    if changes_rows(request.form):
        return render_task(task_id, typed)
    try:
        typed = _with_files(house, actor, task_id, typed)
        answer = tasks.complete(house, actor, task_id, typed, key=_key(), revision=_revision())
    except (InvalidForm, RuleViolation) as refused:
        return render_task(task_id, typed, [(error["field"], error["text"]) for error in refused.extra["errors"]]), 422
    except StaleProcess as stale:
        return render_task(task_id, typed, stale=stale), stale.status
    except Conflict as conflict:
        return _overtaken(task_id, conflict), conflict.status
    except (Gone, IncidentOpen, ProcessFault) as error:
        page_name = "410" if isinstance(error, Gone) else "423"
        kept = typed_pairs(schema, typed)
        return render_template(f"errors/{page_name}.html", error=error, kept=kept), error.status
    if answer["status"] != TaskStatus.COMPLETED:
        flash(_("已提交会签，通过后自动报送"))
    else:
        _tell_sent(house, actor, schema, answer)
    return redirect(_onward(house, actor, line))


@bp.route("/tasks/<task_id>/draft", methods=["POST", "PUT"])
def save_draft(task_id: str) -> Answer:
    """Keep what was typed. A script is answered in JSON; without one the page comes back."""
    house, actor = current_house(), current_actor()
    schema, _line = _schema_and_line(house, actor, task_id)
    by_script = request.accept_mimetypes.best == "application/json"
    try:
        at = tasks.save_draft(house, actor, task_id, parse(schema, request.form), revision=_revision())
    except AppError as error:
        if not by_script:
            raise
        return _json({"text": error.text}, error.status)
    text = _("%(time)s 已自动暂存", time=time_of_day(at))
    if by_script:
        return _json({"text": text})
    flash(_("已暂存"))
    return redirect(url_for("tasks.page", task_id=task_id))


@bp.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> Response:
    tasks.claim(current_house(), current_actor(), task_id, key=_key())
    toast(_("已认领"), url_for("tasks.unclaim", task_id=task_id), _("放回"))
    return redirect(url_for("tasks.page", task_id=task_id))


@bp.post("/tasks/<task_id>/unclaim")
def unclaim(task_id: str) -> Response:
    tasks.unclaim(current_house(), current_actor(), task_id, key=_key())
    flash(_("已放回，本组其他人员可以办理"))
    return redirect(url_for("inbox.page"))


@bp.get("/tasks/<task_id>/hand-over/<verb>")
def hand_over(task_id: str, verb: str) -> str:
    """To whom: a page of its own, so that a long list of people burdens no task."""
    if verb not in HANDING_OVER:
        raise NotFound
    with current_house().database.reading() as session:
        task = seen_task(session, current_actor(), task_id)
        people = _people_for(session, task, verb)
    return render_template("task/hand_over.html", task=task, verb=verb, people=people, key=new_key())


@bp.post("/tasks/<task_id>/transfer")
def transfer(task_id: str) -> Response:
    """To a colleague; the list is where the person goes on."""
    return _hand_over(task_id, handing_over.transfer, _("已转办"))


@bp.post("/tasks/<task_id>/delegation")
def delegate(task_id: str) -> Response:
    return _hand_over(task_id, handing_over.delegate, _("已委派，对方交回后由您报送"))


@bp.post("/tasks/<task_id>/delegation/return")
def hand_back(task_id: str) -> Response:
    handing_over.hand_back(current_house(), current_actor(), task_id, request.form.get("reason", ""), key=_key())
    flash(_("已交回委派人"))
    return redirect(url_for("inbox.page"))


@bp.post("/tasks/<task_id>/delegation/end")
def take_back(task_id: str) -> Response:
    handing_over.take_back(current_house(), current_actor(), task_id, key=_key())
    flash(_("已收回，由您继续办理"))
    return redirect(url_for("tasks.page", task_id=task_id))


@bp.post("/tasks/<task_id>/copies")
def copy_to(task_id: str) -> Response:
    to, note = request.form.getlist("to"), request.form.get("reason", "")
    try:
        handing_over.copy_to(current_house(), current_actor(), task_id, to, note, key=_key())
    except InvalidForm as refused:
        flash(refused.extra["errors"][0]["text"], "error")
    else:
        flash(_("已抄送 %(count)s 人", count=len(to)))
    return redirect(url_for("tasks.page", task_id=task_id))


@bp.post("/tasks/<task_id>/return")
def send_back(task_id: str) -> Answer:
    house, actor = current_house(), current_actor()
    _schema, line = _schema_and_line(house, actor, task_id)
    reason, to_element = request.form.get("reason", "").strip(), request.form.get("to_element", "")
    try:
        if to_element:
            returning.return_to(house, actor, task_id, to_element, reason, key=_key())
        else:
            tasks.send_back(house, actor, task_id, reason, key=_key())
    except (InvalidForm, RuleViolation) as refused:
        return render_task(task_id, errors=[(error["field"], error["text"]) for error in refused.extra["errors"]]), 422
    flash(_("已退回"))
    return redirect(_onward(house, actor, line))


@bp.post("/tasks/<task_id>/comments")
def comment(task_id: str) -> Answer:
    """Say something about the matter; also with a form that came too late, whose content then becomes the comment."""
    house, actor = current_house(), current_actor()
    schema, _line = _schema_and_line(house, actor, task_id)
    text = request.form.get("comment", "") or as_comment(schema, parse(schema, request.form))
    try:
        comments.comment(house, actor, task_id, text, key=_key())
    except InvalidForm as refused:
        return render_task(task_id, comment=(text, refused.errors[0][1])), 422
    flash(_("意见已记入办理过程"))
    return redirect(url_for("tasks.page", task_id=task_id))


@bp.post("/tasks/<task_id>/comparison")
def compare(task_id: str) -> str:
    """Side by side: what was sent by whoever was first, and what this person had typed."""
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        shown = task_page(session, actor, task_id, clock.today())
    schema = task_forms.schema_of(shown.task)
    return render_template(
        "task/comparison.html",
        page=shown,
        schema=schema,
        theirs=shown.answers or {},
        mine=parse(schema, request.form),
        files=task_panels.marks_of_files(shown.files),
        key=new_key(),
        posted=_posted(),
    )


@bp.post("/instances/<instance_id>/withdrawal")
def withdraw(instance_id: str) -> Response:
    """Take back what was handed on, and go on with it."""
    house, actor = current_house(), current_actor()
    tasks.withdraw(house, actor, instance_id, key=_key())
    flash(_("已撤回，可以修改后再次报送"))
    with house.database.reading() as session:
        task_id = open_task_of(session, actor, instance_id)
    return redirect(url_for("tasks.page", task_id=task_id) if task_id else url_for("inbox.page"))


def _people_for(session: Session, task: UserTask, verb: str) -> list[tuple[str, str, str]]:
    """login, name with her unit, pinyin."""
    if verb == "copies":
        found = readers_of_copies(session, current_actor())
        return [(person.login, f"{person.name}（{unit}）", person.pinyin) for person, unit in found]
    return [(person.login, person.name, person.pinyin) for person in recipients(session, current_actor(), task)]


def _hand_over(task_id: str, verb: Callable[..., Any], text: str) -> Response:
    to, reason = request.form.get("to", ""), request.form.get("reason", "")
    try:
        verb(current_house(), current_actor(), task_id, to, reason, key=_key(), revision=_revision())
    except InvalidForm as refused:
        flash(refused.extra["errors"][0]["text"], "error")
        return redirect(url_for("tasks.page", task_id=task_id))
    flash(text)
    return redirect(url_for("inbox.page"))


def _schema_and_line(house: House, actor: Actor, task_id: str) -> tuple[Schema, Line]:
    with house.database.reading() as session:
        task = seen_task(session, actor, task_id)
        return task_forms.schema_of(task), lines_of_tasks(session, [task.id], clock.today())[0]


def _with_files(house: House, actor: Actor, task_id: str, typed: dict[str, Any]) -> dict[str, Any]:
    """What was typed, with the ids of the files that came along in the lists of their fields."""
    new = [Upload(file.filename or "", file.stream, path) for path, file in uploads(request.files)]
    for stored in attachments.store(house, actor, task_id, new) if new else ():
        _list_at(typed, stored.field).append(stored.id)
    return typed


def _list_at(typed: Any, path: str) -> list[str]:
    """The list under a dotted path; made where nothing was ticked before."""
    *steps, name = path.split(".")
    for step in steps:
        typed = typed[int(step)] if isinstance(typed, list) else typed.setdefault(step, {})
    found: list[str] = typed.setdefault(name, [])
    return found


def _onward(house: House, actor: Actor, line: Line) -> str:
    """To the next one of the same kind, so that a pile is worked off in one go; else back to the list."""
    kind, days = Filters(duty=line.duty, step=line.step), days_today(house)
    with house.database.reading() as session:
        following = inbox.next_line(session, actor, days, inbox.place_of(line), kind)
        following = following or inbox.next_line(session, actor, days, filters=kind)
    return url_for("tasks.page", task_id=following.task_id) if following else url_for("inbox.page")


def _tell_sent(house: House, actor: Actor, schema: Schema, answer: Mapping[str, Any]) -> None:
    """With the receipt, and where it is still possible with the way to take it back."""
    text, event = _("已%(verb)s", verb=schema.get("x-verb", _("办理"))), answer.get("receipt")
    receipt = url_for("receipts.one", instance_id=event["stream"], seq=event["seq"]) if event else ""
    with house.database.reading() as session:
        is_withdrawable = withdrawable(session, actor, str(answer["instance_id"]))
    undo = (url_for("tasks.withdraw", instance_id=answer["instance_id"]), _("撤回（对方处理前有效）"))
    toast(text, *(undo if is_withdrawable else ()), href=receipt, label=_("回执"))


def _overtaken(task_id: str, conflict: Conflict) -> str:
    """Who was first and when; where she has sent the form, both contents can be compared."""
    ways: dict[str, str] = {}
    if conflict.code == "already_completed":
        ways = {"compare_url": url_for("tasks.compare", task_id=task_id),
                "comment_url": url_for("tasks.comment", task_id=task_id)}  # fmt: skip
    conflict.extra = {**conflict.extra, **ways}
    return render_template("errors/409.html", error=conflict, answers=_posted())


def _posted() -> dict[str, str]:
    """The form as it came, to be sent once more; what was a key of that sending is left behind."""
    return {name: text for name, text in request.form.items() if name not in ("csrf_token", "_key", "revision")}


def _key() -> str:
    return request.form.get("_key") or new_key()


def _revision() -> int | None:
    text = request.form.get("revision", "")
    return int(text) if text.isdecimal() else None


def _json(content: Mapping[str, Any], status: int = 200) -> Response:
    response = jsonify(content)
    response.status_code = status
    return response
