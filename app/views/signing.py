"""加签 and 减签: the page on which others are asked to sign with a user task; and who can be named in a comment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.duties import joint_signing as rules
from app.errors import AlreadyDone, InvalidForm, NotFound
from app.queries.mentionable import mentionable
from app.queries.sight import seen_task
from app.queries.signers import possible_signers, signings_of_task
from app.services import signers
from app.views.context import current_actor, current_house
from app.views.task_view import new_key

bp = Blueprint("signing", __name__, url_prefix="/tasks/<task_id>")

Answer = str | Response | tuple[str, int]


@bp.get("/signers")
def page(task_id: str) -> str:
    return _page(task_id, {"side": "before", "mode": "all", "share": "100", "text": ""}, {})


@bp.post("/signers")
def add(task_id: str) -> Answer:
    """Refused, the page comes back with what was chosen."""
    form = request.form
    share = form.get("share", "") or "100"
    side, mode, text = form.get("side", ""), form.get("mode", ""), form.get("text", "")
    try:
        signers.add_signers(
            current_house(), current_actor(), task_id, form.getlist("to"), side=side, mode=mode,
            share=int(share) if share.isdecimal() else 0, text=text, key=_key(),
        )  # fmt: skip
    except InvalidForm as refused:
        asked = {"side": side, "mode": mode, "share": share, "text": text}
        return _page(task_id, asked, dict(refused.errors)), 422
    flash(_("已加签，会签人会收到待办"))
    return redirect(url_for("tasks.page", task_id=task_id))


@bp.post("/signers/removal")
def remove(task_id: str) -> Response:
    who, reason = request.form.get("signer", ""), request.form.get("reason", "")
    try:
        signers.remove_signer(current_house(), current_actor(), task_id, who, reason, key=_key())
    except (InvalidForm, AlreadyDone, NotFound) as refused:
        flash(refused.text, "error")
    else:
        flash(_("已减签"))
    return redirect(url_for("signing.page", task_id=task_id))


@bp.post("/signers/urging")
def urge(task_id: str) -> Response:
    try:
        answer = signers.urge_signers(current_house(), current_actor(), task_id, "", key=_key())
    except InvalidForm as refused:
        flash(refused.errors[0][1], "error")
    else:
        flash(_("已催办 %(count)s 人", count=answer["urged"]))
    return redirect(url_for("tasks.page", task_id=task_id))


@bp.get("/mentionable")
def named(task_id: str) -> Response:
    """For the list that opens behind an @: {people: [{word, label, find}]}, the word being what is written."""
    with current_house().database.reading() as session:
        people = mentionable(session, current_actor(), seen_task(session, current_actor(), task_id))
    names = [one.name for one in people]
    return jsonify(people=[
        {
            "word": one.login if names.count(one.name) > 1 else one.name,
            "label": f"{one.name}（{one.unit}）",
            "find": f"{one.name} {one.pinyin} {one.login}".lower(),
        }
        for one in people
    ])  # fmt: skip


def _page(task_id: str, asked: Mapping[str, str], errors: Mapping[str, Any]) -> str:
    with current_house().database.reading() as session:
        task = seen_task(session, current_actor(), task_id)
        found = signings_of_task(session, task_id)
        people = possible_signers(session, current_actor(), task)
    return render_template(
        "task/signers.html",
        task=task,
        signings=found,
        people=[(one.principal, one.label, one.pinyin) for one in people],
        chosen=request.form.getlist("to"),
        asked=asked,
        errors=errors,
        rules=rules,
        key=new_key(),
    )


def _key() -> str:
    return request.form.get("_key") or new_key()
