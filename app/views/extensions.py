"""申请延期: the button on the page of a user task opens the request, which is then written like any other form."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.errors import NotFound, RuleViolation
from app.models.supervision_order import ExtensionRequest
from app.queries.sight import seen_task
from app.queries.task_page import open_task_of
from app.services import processes
from app.services.extension_request import papers
from app.views.context import current_actor, current_house
from app.views.task_view import new_key
from app.views.urging import WORD

bp = Blueprint("extensions", __name__)


@bp.get("/tasks/<task_id>/extension/<int:position>.docx")
def answer_paper(task_id: str, position: int) -> Response:
    """延期批复."""
    with current_house().database.reading() as session:
        task = seen_task(session, current_actor(), task_id)
        where = (ExtensionRequest.task_id == task.id, ExtensionRequest.position == position)
        found = session.scalars(select(ExtensionRequest).where(*where)).one_or_none()
        if found is None:
            raise NotFound
        name, content = papers.draw(session, found)
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=name)


@bp.post("/tasks/<task_id>/extension")
def ask(task_id: str) -> Response:
    house, actor, key = current_house(), current_actor(), request.form.get("_key") or new_key()
    with house.database.reading() as session:
        seen_task(session, actor, task_id)
    try:
        answer = processes.start(house, actor, "extension_request", {"task_id": task_id}, key=key)
    except RuleViolation as refused:
        flash(refused.extra["errors"][0]["text"], "error")
        return redirect(url_for("tasks.page", task_id=task_id))
    with house.database.reading() as session:
        written_in = open_task_of(session, actor, answer["id"])
    if written_in is None:
        flash(_("延期申请已交本单位联络员填写。"))
    return redirect(url_for("tasks.page", task_id=written_in or task_id))
