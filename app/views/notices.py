"""公示: the notices that stand and stood, one of them with its list, objections to it, and its correction."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app import clock
from app.access import may_open
from app.errors import InvalidForm
from app.queries import notices
from app.services import notice_corrections, objections
from app.terms import Role
from app.views.context import current_actor, current_house
from app.views.paging import next_page, wants_rows

bp = Blueprint("notices", __name__, url_prefix="/notices")

Answer = Response | str | tuple[str, int]

WORDS = {
    "running": _l("公示中"),
    "waiting": _l("异议核查中"),
    "closed": _l("已结束"),
    "dropped": _l("已终止"),
}
MARKS = {"examining": _l("异议核查中"), "out": _l("异议成立"), "remark": _l("异议部分成立")}
STATUSES = {
    "received": _l("待受理"),
    "examining": _l("核查中"),
    "answered": _l("已答复"),
    "refused": _l("不予受理"),
    "dropped": _l("已终止"),
}
RESULTS = {"upheld": _l("成立"), "partly": _l("部分成立"), "dismissed": _l("不成立")}
ENTRY = ("facts", "proof", "name", "phone", "received_on")
CHANGE = ("published_on", "link", "text", "reason")


@bp.get("")
def page() -> str:
    with current_house().database.reading() as session:
        listed = notices.notices(session, request.args.get("cursor"))
        return render_template(
            "notices/_notices.html" if wants_rows() else "notices/page.html",
            notices=listed.items,
            more=next_page("notices.page", listed.next_cursor),
            left=listed.left,
            words=WORDS,
        )


@bp.get("/<int:notice_id>")
def one(notice_id: int) -> str:
    return _one(notice_id)


@bp.post("/<int:notice_id>/objections")
def object_to(notice_id: int) -> Answer:
    entry = {name: request.form.get(name, "") for name in ENTRY} | {"rows": request.form.getlist("rows")}
    try:
        objections.raise_objection(current_house(), current_actor(), notice_id, entry, key=_key())
    except InvalidForm as refused:
        return _one(notice_id, "objecting", refused.errors), refused.status
    flash(_("异议已登记，认定主管部门将依规定办理并答复。"))
    return redirect(url_for("notices.one", notice_id=notice_id))


@bp.post("/<int:notice_id>/correction")
def correct(notice_id: int) -> Answer:
    change = {name: request.form.get(name, "") for name in CHANGE}
    try:
        notice_corrections.correct_notice(current_house(), current_actor(), notice_id, change, key=_key())
    except InvalidForm as refused:
        return _one(notice_id, "correcting", refused.errors), refused.status
    flash(_("公示已更正，公示期重新计算。"))
    return redirect(url_for("notices.one", notice_id=notice_id))


@bp.post("/<int:notice_id>/objections/<int:objection_id>/withdrawal")
def take_back(notice_id: int, objection_id: int) -> Answer:
    objections.take_back_objection(current_house(), current_actor(), objection_id, key=_key())
    flash(_("异议已撤回。"))
    return redirect(url_for("notices.one", notice_id=notice_id))


def _one(notice_id: int, form: str = "", errors: Any = ()) -> str:
    house, actor, today = current_house(), current_actor(), clock.today()
    with house.database.reading() as session:
        shown = notices.notice_page(session, actor, notice_id, today)
        is_bureau = shown.is_bureau or actor.has(Role.OFFICE)
        return render_template(
            "notices/one.html",
            page=shown,
            words=WORDS,
            marks=MARKS,
            statuses=STATUSES,
            results=RESULTS,
            is_bureau=is_bureau,
            can_object=is_bureau or (actor.enterprise_id is not None and shown.takes_objections),
            can_correct=shown.notice.status == "running" and (shown.is_head or actor.has(Role.OFFICE)),
            shows_history=may_open("histories.one", actor) and is_bureau,
            today=today,
            form=form,
            errors=dict(errors),
            values=request.form,
            chosen=request.form.getlist("rows"),
            key=_key(),
        )


def _key() -> str:
    return request.form.get("_key") or secrets.token_urlsafe(16)
