"""服务月: the calendar of a year's activities, one of them with who comes, and the verbs on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app import clock
from app.duties.demand_response_rates import RATING_WORDS
from app.duties.service_month_counting import KINDS, LEAST_FIRMS
from app.errors import InvalidForm, NotFound, RuleViolation
from app.queries import service_months
from app.services import service_months as verbs
from app.terms import Role
from app.views.context import current_actor, current_house
from app.views.paging import next_page, wants_rows
from app.views.task_view import new_key

bp = Blueprint("service_months", __name__, url_prefix="/service-months")

STATES = {
    "planned": _l("待确认"),
    "confirmed": _l("已确认"),
    "rating": _l("评价中"),
    "held": _l("已办结"),
    "unreported": _l("未反馈"),
    "cancelled": _l("已取消"),
}


@bp.get("")
def page() -> str:
    """The newest month, or the one of the year that was asked for."""
    kind, state = _chosen("kind", KINDS), _chosen("state", STATES)
    with current_house().database.reading() as session:
        months = service_months.months(session)
        month = next((one for one in months if str(one.year) == request.args.get("year")), next(iter(months), None))
        if month is None:
            return render_template("service_months/page.html", month=None)
        found = service_months.calendar(session, month.year, kind, state, request.args.get("cursor"))
        rows = {
            "found": found,
            "more": next_page("service_months.page", found.next_cursor),
            "kinds": KINDS,
            "states": STATES,
        }
        if wants_rows():
            return render_template("service_months/_rows.html", **rows)
        counts = service_months.states(session, month.year)
        return render_template(
            "service_months/page.html",
            **rows,
            month=month,
            years=[
                {"href": url_for("service_months.page", year=one.year), "label": _("%(year)s年", year=one.year),
                 "is_current": one is month}
                for one in months
            ],
            counts=counts,
            total=sum(counts.values()),
            totals=service_months.totals(session, month.year),
            kind=kind,
            state=state,
            sees_campaign=current_actor().reads_all,
        )  # fmt: skip


@bp.get("/activities/<int:activity_id>")
def activity(activity_id: int) -> str:
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        line = service_months.line(session, activity_id)
        is_organiser = service_months.may_cancel(actor, line.unit_id)
        sees_firms = is_organiser or actor.reads_all
        return render_template(
            "service_months/activity.html",
            line=line,
            activity=line.activity,
            firms=service_months.firms_of(session, activity_id) if sees_firms else [],
            sees_firms=sees_firms,
            can_cancel=is_organiser and line.activity.state in service_months.COMING,
            can_mark=actor.has(Role.OFFICE)
            and service_months.is_report_late(session, line.instance_id, clock.today(), house.calendar),
            sees_process=actor.reads_all,
            kinds=KINDS,
            states=STATES,
            ratings=RATING_WORDS,
            least_firms=LEAST_FIRMS,
            key=new_key(),
        )


@bp.post("/activities/<int:activity_id>/cancellation")
def cancel(activity_id: int) -> Response:
    reason = request.form.get("reason", "")
    return _act(activity_id, verbs.cancel_activity, _("活动已取消，已告知受邀和报名的企业。"), reason)


@bp.post("/activities/<int:activity_id>/unreported")
def mark_unreported(activity_id: int) -> Response:
    return _act(activity_id, verbs.mark_unreported, _("已登记未反馈，该活动不计入指标。"))


def _act(activity_id: int, verb: Callable[..., Any], told: str, *arguments: str) -> Response:
    try:
        key = request.form.get("_key") or new_key()
        verb(current_house(), current_actor(), activity_id, *arguments, key=key)
    except (InvalidForm, RuleViolation) as refused:
        for one in refused.extra["errors"]:
            flash(one["text"], "error")
    else:
        flash(told)
    return redirect(url_for("service_months.activity", activity_id=activity_id))


def _chosen(name: str, words: Any) -> str:
    """What the list is narrowed to; raises NotFound for a word that there is not."""
    wanted = request.args.get(name, "")
    if wanted and wanted not in words:
        raise NotFound
    return wanted
