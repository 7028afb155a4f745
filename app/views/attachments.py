"""Files beside a user task: put there, taken out again, and read by whoever may see the matter."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.errors import InvalidForm, NotFound
from app.models.user_task import Attachment, UserTask
from app.queries.attachments import SHOWN, seen_attachment
from app.services import attachments
from app.services.attachments import Upload
from app.views.context import current_actor, current_house
from app.views.task_panels import file_size

bp = Blueprint("attachments", __name__)

SANDBOX = "; ".join((
    "sandbox",
    "default-src 'none'",
    "style-src 'unsafe-inline'",  # the browser's own page around a picture or a PDF
    "img-src 'self'",
    "object-src 'self'",
    "frame-ancestors 'self'",
))  # fmt: skip


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
    house, file = current_house(), _seen(attachment_id)
    return send_file(
        attachments.content_of(house, file), mimetype=file.media_type, as_attachment=True, download_name=file.name
    )


@bp.get("/attachments/<attachment_id>/preview")
def preview(attachment_id: str) -> str | Response:
    """A PDF or a picture on a page of ours; what no browser shows is sent as a file."""
    file = _seen(attachment_id)
    if file.media_type not in SHOWN:
        return redirect(url_for("attachments.download", attachment_id=file.id))
    with attachments.content_of(current_house(), file):  # refused here, and not inside of the frame
        pass
    with current_house().database.reading() as session:
        title = session.scalar(select(UserTask.title).where(UserTask.id == file.task_id)) or ""
    return render_template("attachments/preview.html", file=file, title=title, size=file_size(file.size))


@bp.get("/attachments/<attachment_id>/content")
def content(attachment_id: str) -> Response:
    """What the preview shows: in a sandbox of its own, without scripts, and in no page of others."""
    house, file = current_house(), _seen(attachment_id)
    if file.media_type not in SHOWN:
        raise NotFound(_("这种文件请下载后查看。"))
    response = send_file(attachments.content_of(house, file), mimetype=file.media_type, download_name=file.name)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@bp.post("/attachments/<attachment_id>/removal")
def remove(attachment_id: str) -> Response:
    task_id = attachments.remove(current_house(), current_actor(), attachment_id)
    flash(_("已删除附件"))
    return redirect(url_for("tasks.page", task_id=task_id))


def _seen(attachment_id: str) -> Attachment:
    """Raises NotFound."""
    with current_house().database.reading() as session:
        return seen_attachment(session, current_actor(), attachment_id)
