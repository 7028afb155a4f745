"""催办: one thing at once, several after a page that names them; and the letter that goes with it."""

from __future__ import annotations

import secrets
from collections import Counter
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.errors import InvalidForm
from app.queries import board_list
from app.services import supervision, urging_letters
from app.views.addresses import inside
from app.views.board import MOST_UNITS
from app.views.context import current_actor, current_house
from app.views.distances import distance_words

bp = Blueprint("urging", __name__, url_prefix="/urging")

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.post("")
def urge() -> Response | str | tuple[str, int]:
    """First the page that names what is to be urged, then, confirmed, the act itself."""
    task_ids = _asked()
    if not request.form.get("confirmed"):
        return _confirmation(task_ids)
    units = _units(task_ids)
    if len(units) > MOST_UNITS and request.form.get("count", "").strip() != str(len(task_ids)):
        return _confirmation(task_ids, _("请输入 %(count)s，确认催办的件数。", count=len(task_ids))), 422
    try:
        _urge(task_ids, request.form.get("text", ""))
    except InvalidForm as refused:
        return _confirmation(task_ids, refused.errors[0][1]), 422
    return redirect(_back())


@bp.post("/<task_id>")
def urge_one(task_id: str) -> Response:
    _urge([task_id], "")
    return redirect(_back())


@bp.post("/<task_id>/letter")
def issue_letter(task_id: str) -> Response:
    answer = urging_letters.issue(current_house(), current_actor(), task_id, None, key=secrets.token_urlsafe(16))
    return redirect(url_for("urging.letter", task_id=task_id, times=answer["times"]))


@bp.get("/<task_id>/letter/<int:times>.docx")
def letter(task_id: str, times: int) -> Response:
    with current_house().database.reading() as session:
        name, content = urging_letters.draw(session, task_id, times)
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=name)


def _asked() -> list[str]:
    """The tasks that were ticked, or all that is late at this moment."""
    if request.form.get("all"):
        with current_house().database.reading() as session:
            return list(board_list.overdue(session, clock.today()))
    return list(dict.fromkeys(request.form.getlist("task")))


def _units(task_ids: list[str]) -> set[str]:
    house = current_house()
    with house.database.reading() as session:
        return {line.unit for line in board_list.named(session, task_ids, clock.today(), house.calendar)}


def _confirmation(task_ids: list[str], error: str = "") -> str:
    house, today = current_house(), clock.today()
    with house.database.reading() as session:
        lines = board_list.named(session, task_ids, today, house.calendar)
    units = {line.unit for line in lines}
    return render_template(
        "board/urging.html",
        lines=lines,
        words={line.task_id: distance_words(line.due_on, today, house.calendar) for line in lines},
        units=units,
        typed=len(lines) if len(units) > MOST_UNITS else None,
        error=error,
        text=request.form.get("text", ""),
        key=request.form.get("_key") or secrets.token_urlsafe(16),
        back=_back(),
    )


def _urge(task_ids: list[str], text: str) -> None:
    key = request.form.get("_key") or secrets.token_urlsafe(16)
    answer = supervision.urge(current_house(), current_actor(), task_ids, text, key=key)
    told = [_("已催办 %(count)s 件。", count=answer["urged"])] if answer["urged"] else []
    for why, count in Counter(skipped["why"].rstrip("。") for skipped in answer["skipped"]).items():
        told.append(_("%(count)s 件未催办：%(why)s。", count=count, why=why))
    flash("".join(told) or _("没有选择事项。"))


def _back() -> str:
    return inside(request.form.get("back", ""), url_for("board.page"))
