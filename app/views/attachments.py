"""Files beside a user task: put there, taken out again, and read by whoever may see the matter."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import InvalidForm
from app.queries.attachments import seen_attachment
from app.services import attachments
from app.services.attachments import Upload
from app.views.context import current_actor, current_house

bp = Blueprint("attachments", __name__)


@bp.post("/tasks/<task_id>/attachments")
def upload(task_id: str) -> Response:
    files = [Upload(file.filename, file.stream) for file in request.files.getlist("file") if file.filename]
    try:
        stored = attachments.store(current_house(), current_actor(), task_id, files)
    except InvalidForm as refused:
        for error in refused.extra["errors"]:
            flash(error["text"], "error")
    else:
        flash(_("已上传 %(count)s 个文件", count=len(stored)) if stored else _("请先选择文件"))
    return redirect(url_for("tasks.page", task_id=task_id))


@bp.get("/attachments/<attachment_id>")
def download(attachment_id: str) -> Response:
    """Always as a file to be saved, never as a page of ours."""
    house = current_house()
    with house.database.reading() as session:
        file = seen_attachment(session, current_actor(), attachment_id)
    return send_file(
        attachments.content_of(house, file), mimetype=file.media_type, as_attachment=True, download_name=file.name
    )


@bp.post("/attachments/<attachment_id>/removal")
def remove(attachment_id: str) -> Response:
    task_id = attachments.remove(current_house(), current_actor(), attachment_id)
    flash(_("已删除附件"))
    return redirect(url_for("tasks.page", task_id=task_id))
