"""服务月活动 in the enterprise's portal: the calendar of what it may come to; it registers, withdraws, rates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.duties.demand_response_rates import RATING_WORDS
from app.duties.service_month_counting import KINDS
from app.errors import AlreadyDone, InvalidForm, NotPermitted
from app.queries import activity_offers
from app.services import activity_registrations as verbs
from app.views.context import current_actor, current_house
from app.views.task_view import new_key

bp = Blueprint("activities", __name__, url_prefix="/portal/activities")


@bp.get("")
def page() -> str:
    code = current_actor().enterprise_id
    if code is None:
        raise NotPermitted(_("请使用企业账号。"))
    with current_house().database.reading() as session:
        offers = activity_offers.offers(session, code, clock.today())
        return render_template(
            "portal/activities.html",
            to_rate=[offer for offer in offers if offer.can_rate],
            coming=[offer for offer in offers if not offer.can_rate],
            attended=activity_offers.attended(session, code),
            kinds=KINDS,
            ratings=RATING_WORDS,
            key=new_key(),
        )


@bp.post("/<int:activity_id>/registration")
def register(activity_id: int) -> Response:
    return _act(activity_id, verbs.register, _("已报名"))


@bp.post("/<int:activity_id>/withdrawal")
def withdraw(activity_id: int) -> Response:
    return _act(activity_id, verbs.withdraw, _("已取消报名"))


@bp.post("/<int:activity_id>/rating")
def rate(activity_id: int) -> Response:
    typed = (request.form.get("rating", ""), request.form.get("comment", ""))
    return _act(activity_id, verbs.rate, _("已评价"), *typed)


def _act(activity_id: int, verb: Callable[..., Any], told: str, *arguments: str) -> Response:
    try:
        key = request.form.get("_key") or new_key()
        verb(current_house(), current_actor(), activity_id, *arguments, key=key)
    except AlreadyDone as late:
        flash(late.text, "error")
    except InvalidForm as refused:
        for one in refused.extra["errors"]:
            flash(one["text"], "error")
    else:
        flash(told)
    return redirect(url_for("activities.page"))
