"""消息: urgings, reminders and returns that were sent to the person."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.queries import notifications
from app.services import reading_marks
from app.views.context import current_actor, current_house
from app.views.paging import next_page, wants_rows

bp = Blueprint("notifications", __name__, url_prefix="/messages")

KINDS = {
    "urging": _l("催办"),
    "reminder": _l("提醒"),
    "digest": _l("每日摘要"),
    "returned": _l("退回"),
    "incident": _l("故障"),
    "notice": _l("告知"),
    "mention": _l("提到您"),
}


@bp.get("")
def page() -> str:
    unread_only = request.args.get("show") == "unread"
    with current_house().database.reading() as session:
        actor = current_actor()
        found = notifications.messages(session, actor, unread_only=unread_only, cursor=request.args.get("cursor"))
        unread = notifications.unread_count(session, actor)
    return render_template(
        "messages/_rows.html" if wants_rows() else "messages/page.html",
        messages=found.items,
        more=next_page("notifications.page", found.next_cursor),
        left=found.left,
        unread_count=unread,
        unread_only=unread_only,
        kinds=KINDS,
    )


@bp.post("/<int:message_id>")
def read(message_id: int) -> Response:
    """Mark as read and go where it leads."""
    task_id = reading_marks.read_message(current_house(), current_actor(), message_id)
    return redirect(url_for("tasks.page", task_id=task_id) if task_id else url_for("notifications.page"))


@bp.post("/all")
def read_all() -> Response:
    count = reading_marks.read_all_messages(current_house(), current_actor())
    flash(_("已将 %(count)s 条消息标为已读", count=count))
    return redirect(url_for("notifications.page"))
