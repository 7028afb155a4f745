"""逾期更新: yearly updates that lapsed, late data entered by the locality, and the right given back by the bureau."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import InvalidForm
from app.queries import title_updates
from app.services import late_updates
from app.views.context import current_actor, current_house
from app.views.forms import changes_rows, parse
from app.views.paging import next_page, wants_rows

bp = Blueprint("title_updates", __name__, url_prefix="/title-updates")

Answer = Response | str | tuple[str, int]


@bp.get("")
def page() -> str:
    with current_house().database.reading() as session:
        listed = title_updates.lapsed_updates(session, current_actor(), request.args.get("cursor"))
    return render_template(
        "title_updates/_rows.html" if wants_rows() else "title_updates/page.html",
        updates=listed.items,
        more=next_page("title_updates.page", listed.next_cursor),
        left=listed.left,
    )


@bp.get("/<instance_id>")
def one(instance_id: str) -> str:
    return _one(instance_id)


@bp.post("/<instance_id>")
def enter(instance_id: str) -> Answer:
    typed = parse(late_updates.late_form(), request.form)
    if changes_rows(request.form):
        return _one(instance_id, typed)
    try:
        late_updates.enter(current_house(), current_actor(), instance_id, typed, key=_key())
    except InvalidForm as refused:
        return _one(instance_id, typed, refused.errors), refused.status
    flash(_("数据已补录，逾期标记保留。"))
    return redirect(url_for("title_updates.one", instance_id=instance_id))


@bp.post("/<instance_id>/right")
def restore(instance_id: str) -> Answer:
    reason = request.form.get("reason", "")
    try:
        late_updates.restore_right(current_house(), current_actor(), instance_id, reason, key=_key())
    except InvalidForm as refused:
        return _one(instance_id, wrong_reason=refused.errors[0][1], reason=reason), refused.status
    flash(_("复核资格已恢复。"))
    return redirect(url_for("title_updates.one", instance_id=instance_id))


def _one(
    instance_id: str,
    typed: Mapping[str, Any] | None = None,
    errors: Iterable[tuple[str, str]] = (),
    wrong_reason: str = "",
    reason: str = "",
) -> str:
    house = current_house()
    with house.database.reading() as session:
        form = late_updates.form_of(house, session, current_actor(), instance_id)
    return render_template(
        "title_updates/one.html",
        instance_id=instance_id,
        form=form,
        data={**form.data, **(typed or {})},
        errors=list(errors),
        wrong_reason=wrong_reason,
        reason=reason,
        key=secrets.token_urlsafe(16),
    )


def _key() -> str:
    return request.form.get("_key") or secrets.token_urlsafe(16)
