"""认定批次: opened by the bureau, followed to the announcement; the list with all that was said of it."""

from __future__ import annotations

import secrets
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app import clock
from app.access import may_open
from app.duties.enterprise_recognition import CHECKS
from app.errors import RuleViolation
from app.queries import recognition
from app.queries.recognition import BatchLine
from app.services import processes
from app.services.enterprise_recognition import papers
from app.services.enterprise_recognition.opening import bureau_for
from app.services.enterprise_recognition.rows import BATCH, batch_title
from app.terms import Role, TitleLevel
from app.views.context import current_actor, current_house
from app.views.paging import next_page, wants_rows
from app.views.urging import WORD

bp = Blueprint("recognition", __name__, url_prefix="/recognition")

Answer = Response | str | tuple[str, int]

BATCH_WORDS = {
    "planned": _l("筹备中"),
    "open": _l("申报中"),
    "reviewing": _l("审核中"),
    "deciding": _l("拟定名单"),
    "notice": _l("公示中"),
    "upper": _l("等待上级"),
    "announced": _l("已公布"),
    "empty": _l("无企业申报"),
    "cancelled": _l("已作废"),
}
APPLICATION_WORDS = {
    "draft": _l("填报中"),
    "submitted": _l("属地审核"),
    "returned": _l("退回补正"),
    "reviewed": _l("属地已报送"),
    "granted": _l("已认定"),
    "refused": _l("未通过"),
    "lapsed": _l("未按期提交"),
    "withdrawn": _l("已撤回"),
    "fraud": _l("作假终止"),
    "postponed": _l("转入下一批次"),
    "cancelled": _l("已作废"),
}
LEVELS = [(level.value, level.label) for level in TitleLevel]


@bp.get("")
def page() -> str:
    return _page()


@bp.post("")
def open_batch() -> Answer:
    told = {name: request.form.get(name, "") for name in ("level", "year", "number", "kind")}
    try:
        answer = processes.start(current_house(), current_actor(), BATCH, told, key=_key())
    except RuleViolation as refused:
        return _page({refused.field: refused.text}), refused.status
    flash(_("批次已启动，请在待办中拟定申报通知。"))
    return redirect(url_for("histories.one", instance_id=answer["id"]))


@bp.get("/<int:batch_id>")
def one(batch_id: int) -> str:
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        shown = recognition.batch_page(session, actor, batch_id)
        return render_template(
            "recognition/one.html",
            page=shown,
            title=batch_title(shown.batch),
            words=BATCH_WORDS,
            application_words=APPLICATION_WORDS,
            check_names=CHECKS,
            papers=papers.offered(session, shown.batch) if shown.sees_all else [],
            shows_history=may_open("histories.one", actor),
            today=clock.today(),
        )


@bp.get("/<int:batch_id>/papers/<key>.docx")
def paper(batch_id: int, key: str) -> Response:
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        shown = recognition.batch_page(session, actor, batch_id)
        name, content = papers.draw(session, shown, key, request.args.get("about", ""))
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=name)


def _page(errors: dict[str, str] | None = None) -> str:
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        listed = recognition.batches(session, actor, request.args.get("cursor"))
        levels = [
            (value, label)
            for value, label in LEVELS
            if actor.has(Role.OFFICE) or bureau_for(session, value) in actor.unit_ids
        ]
        return render_template(
            "recognition/_batches.html" if wants_rows() else "recognition/page.html",
            lines=listed.items,
            more=next_page("recognition.page", listed.next_cursor),
            left=listed.left,
            words=BATCH_WORDS,
            title_of=_title,
            levels=levels,
            this_year=clock.today().year,
            errors=errors or {},
            values=request.form,
            key=_key(),
        )


def _title(line: BatchLine) -> str:
    return batch_title(line.batch)


def _key() -> str:
    return request.form.get("_key") or secrets.token_urlsafe(16)
