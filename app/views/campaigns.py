"""报送批次: every campaign, one of them part by part, its papers, and the office's verbs on it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.duties.registry import DUTIES
from app.errors import InvalidForm, RuleViolation
from app.queries import campaigns as found_campaigns
from app.queries import standings
from app.services import campaign_papers, campaigns, processes
from app.terms import InstanceStatus, Progress, Role
from app.views.context import current_actor, current_house
from app.views.paging import next_page, wants_rows
from app.views.urging import WORD

bp = Blueprint("campaigns", __name__, url_prefix="/campaigns")

Answer = Response | str | tuple[str, int]

# The segments of a campaign's bar, from the end of the way to its beginning; each is a class of board.css.
BAR = (
    Progress.ACCEPTED,
    Progress.EXCUSED,
    Progress.SIGNED,
    Progress.RETURNED,
    Progress.DRAFTED,
    Progress.READ,
    Progress.UNREAD,
)
ADJUSTMENT = "adjustment"


@bp.app_template_global("campaign_bar")
def campaign_bar(campaign: found_campaigns.Campaign) -> list[tuple[int, str, str]]:
    """Number, class and word of each segment of a campaign's bar."""
    return [(campaign.counts.get(step, 0), f"bar-{step}", step.label) for step in BAR if campaign.counts.get(step)]


@bp.get("")
def page() -> str:
    return _page()


@bp.post("")
def open_campaign() -> Answer:
    try:
        answer = campaigns.open_campaign(
            current_house(), current_actor(), request.form.get("duty", ""), _variables(), key=_key()
        )
    except RuleViolation as refused:
        return _page({refused.field: refused.text}), refused.status
    return redirect(url_for("campaigns.one", instance_id=answer["id"]))


@bp.get("/<instance_id>")
def one(instance_id: str) -> str:
    return _one(instance_id)


@bp.post("/<instance_id>/closing")
def close_collection(instance_id: str) -> Answer:
    return _act(instance_id, campaigns.close_collection, _("已截止收集，流程已转入下一环节。"))


@bp.post("/<instance_id>/cancellation")
def cancel(instance_id: str) -> Answer:
    return _act(instance_id, processes.cancel, _("已作废，未办结的事项一并撤销。"))


@bp.get("/<instance_id>/papers/<key>.docx")
def paper(instance_id: str, key: str) -> Response:
    house = current_house()
    with house.database.reading() as session:
        name, content = campaign_papers.draw(session, house, instance_id, key, request.args.get("unit", ""))
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=name)


def _page(errors: dict[str, str] | None = None) -> str:
    with current_house().database.reading() as session:
        listed = found_campaigns.all_campaigns(session, request.args.get("cursor"))
        plan = standings.newest_plan(session)
        return render_template(
            "campaigns/_campaigns.html" if wants_rows() else "campaigns/page.html",
            campaigns=listed.items,
            more=next_page("campaigns.page", listed.next_cursor),
            left=listed.left,
            statuses={status.value: status.label for status in InstanceStatus},
            duties=[(duty.key, duty.name) for duty in DUTIES.values() if duty.is_yearly],
            year_options=[(year, year) for year in range(plan.first_year, plan.last_year + 1)] if plan else [],
            this_year=clock.today().year,
            can_open=current_actor().has(Role.OFFICE),
            errors=errors or {},
            values=request.form,
            key=_key(),
        )


def _one(instance_id: str, error: str = "") -> str:
    house, today = current_house(), clock.today()
    with house.database.reading() as session:
        kind, cursor = request.args.get("kind", ""), request.args.get("cursor", "")
        found = found_campaigns.campaign(session, instance_id, today, house.calendar, {kind: cursor})
        shown = next((shown for shown in found.kinds if shown.definition_key == kind), None)
        return render_template(
            "campaigns/_children.html" if shown and wants_rows() else "campaigns/one.html",
            kind=shown,
            campaign=found,
            duty=DUTIES[found.duty].name,
            papers=campaign_papers.offered(session, instance_id),
            can_act=current_actor().has(Role.OFFICE),
            error=error,
            key=_key(),
            here=url_for("campaigns.one", instance_id=instance_id),
        )


def _act(instance_id: str, verb: Callable[..., Any], told: str) -> Answer:
    """Both verbs take a reason, and say at the page what is wrong with it."""
    try:
        verb(current_house(), current_actor(), instance_id, request.form.get("reason", ""), key=_key())
    except InvalidForm as refused:
        return _one(instance_id, refused.errors[0][1]), refused.status
    flash(told)
    return redirect(url_for("campaigns.one", instance_id=instance_id))


def _variables() -> dict[str, Any]:
    """What was asked for: a year, and for a change within the year its indicators and reason."""
    posted = request.form
    if not posted.get("year", "").isdecimal():
        raise RuleViolation("year", _("请填写年度，例如 2023。"))
    asked: dict[str, Any] = {"year": int(posted["year"])}
    if posted.get("kind") == ADJUSTMENT:
        asked |= {"kind": ADJUSTMENT, "indicators": _numbers(posted.get("indicators", "")), "reason": posted["reason"]}
    return asked


def _numbers(text: str) -> list[int]:
    """2、19 or 2,19."""
    words = text.replace("、", " ").replace("，", " ").replace(",", " ").split()
    if not all(word.isdecimal() for word in words):
        raise RuleViolation("indicators", _("请填写指标序号，用逗号分开，例如 2，19。"))
    return [int(word) for word in words]


def _key() -> str:
    return request.form.get("_key") or secrets.token_urlsafe(16)
