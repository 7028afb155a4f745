"""What is ticked in the inbox, handled together: claimed, put back, or, after a look at what is done, agreed to."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.errors import BadRequest
from app.queries.batch import Ticked, ticked
from app.services import batch
from app.services.batch import MOST_TOGETHER, Item, Result
from app.services.registry import casework_of
from app.services.tasks import form_of
from app.terms import Light
from app.views.context import current_actor, current_house
from app.views.distances import distance_words
from app.views.formats import moment

bp = Blueprint("batch", __name__, url_prefix="/inbox")


@dataclass(frozen=True)
class Step:
    """Ticked tasks of one step, which are agreed to together. word: the outcome; verb: what the step is sent with."""

    name: str
    word: str
    verb: str
    rows: Sequence[Ticked]


@bp.post("/batch")
def act() -> str | Response:
    """Claim or put back at once; to agree, first the page that says what will be done."""
    verb, key = request.form.get("verb", ""), request.form.get("_key") or secrets.token_urlsafe(16)
    if verb not in batch.VERBS:
        raise BadRequest
    ids = request.form.getlist("task")[:MOST_TOGETHER]
    if verb == "agree":
        return _preview(ids, key)
    results = list(batch.each(current_house(), current_actor(), verb, [Item(id_) for id_ in ids], key))
    _tell(verb, results)
    return redirect(_back())


@bp.post("/agreement")
def agree() -> str | Response:
    """Agree to what was shown. A script sends one task at a time and is answered in JSON; else all come at once."""
    house, actor, key = current_house(), current_actor(), request.form.get("_key") or secrets.token_urlsafe(16)
    ids = request.form.getlist("task")[:MOST_TOGETHER]
    results = list(batch.each(house, actor, "agree", [Item(id_, _revision(id_)) for id_ in ids], key))
    if request.accept_mimetypes.best == "application/json":
        return jsonify([{"task": one.task_id, "is_done": one.is_done, "text": said(one)} for one in results])
    with house.database.reading() as session:
        lines = {one.line.task_id: one.line for one in ticked(session, actor, ids, clock.today())}
    rows = [(one, lines.get(one.task_id), said(one)) for one in results]
    done = sum(one.is_done for one in results)
    return render_template("inbox/agreed.html", rows=rows, done=done, left=len(rows) - done, back=_back())


def said(result: Result) -> str:
    """What became of one task, in a sentence: for one that came too late also who was first, and when."""
    if result.is_done:
        return _("已办理")
    if not result.by or not result.at:
        return result.text
    who = {"by": result.by, "at": moment(result.at)}
    first = {
        "already_completed": _("已由%(by)s在 %(at)s 办理", **who),
        "reassigned": _("已由%(by)s在 %(at)s 认领", **who),
        "stale": _("%(by)s在 %(at)s 有改动，请打开核对后办理", **who),
    }
    return first.get(result.code, result.text)


def _preview(ids: Sequence[str], key: str) -> str:
    house, actor, today = current_house(), current_actor(), clock.today()
    with house.database.reading() as session:
        found = ticked(session, actor, ids, today)
    able = sorted((one for one in found if not _obstacle(one)), key=lambda one: one.step)
    steps = [_step(list(rows)) for _key, rows in groupby(able, key=lambda one: one.step)]
    refused = [(one.line, _obstacle(one)) for one in found if _obstacle(one)]
    words = {one.line.task_id: distance_words(one.line.due_on, today, house.calendar) for one in found}
    gone = len(set(ids)) - len(found)
    return render_template(
        "inbox/agreement.html", steps=steps, refused=refused, gone=gone, words=words, key=key, back=_back(),
        query=request.form.get("query", ""),
    )  # fmt: skip


def _step(rows: Sequence[Ticked]) -> Step:
    definition_key, element_id = rows[0].step
    form: Mapping[str, Any] = form_of(casework_of(definition_key), element_id) or {}
    word: Mapping[str, Any] = batch.agreeing_at(definition_key, element_id) or {}
    return Step(rows[0].line.step, str(word.get("title", "")), str(form.get("x-verb", "")), rows)


def _obstacle(one: Ticked) -> str:
    """Why it cannot be agreed to together with others; empty where it can."""
    line = one.line
    if line.completed_at is not None:
        return _("已由%(by)s在 %(at)s 办理", by=one.completed_by or _("系统"), at=moment(line.completed_at))
    if line.light is None:
        return _("已取消，无需办理")
    if batch.agreeing_at(*one.step) is None:
        return _("这个环节须逐件填写")
    if line.light is Light.GREY:
        return _("正在等待延期答复")
    return _("有暂存的意见，请打开核对后办理") if one.has_draft else ""


def _tell(verb: str, results: Sequence[Result]) -> None:
    done_count = sum(one.is_done for one in results)
    if done_count:
        is_claim = verb == "claim"
        done = _("已认领 %(count)s 件", count=done_count) if is_claim else _("已放回 %(count)s 件", count=done_count)
        flash(done)
    for text, count in Counter(said(one) for one in results if not one.is_done).items():
        flash(_("%(count)s 件没有办成：%(text)s", count=count, text=text), "error")


def _revision(task_id: str) -> int | None:
    text = request.form.get(f"revision.{task_id}", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _back() -> str:
    return f"{url_for('inbox.page')}?{request.form.get('query', '')}".rstrip("?")
