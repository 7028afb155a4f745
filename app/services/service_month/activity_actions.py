"""The service tasks of one activity: moved, cancelled, rated, and at last recorded with its figures and demands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.duties.credit_code import normalised
from app.duties.lights import chinese_date
from app.duties.quantity import to_decimal
from app.duties.service_month_calendar import codes_in, moment
from app.duties.service_month_counting import is_counted
from app.models.organization import Unit
from app.models.service_month import ServiceActivity
from app.services.cases import Action, Case, Data
from app.services.library_counts import count_after
from app.services.service_month.publishing import publish_month
from app.services.service_month.rows import CANCELLED, UNREPORTED, Row, activity_of
from app.services.service_month.taking_part import invited_codes, mark_present, present_codes, tell_firms

DEMAND_RAISED = "demand_raised"
OF_THE_REPORT = ("result", "scan", "photos", "evidence", "problems")


def move_activity(case: Case, data: Data) -> dict[str, Any]:
    """A new day and one more move, told to all that were invited or have registered."""
    activity, told = activity_of(case), _report(case)
    before, activity.on_day = activity.on_day, date.fromisoformat(told["new_day"])
    activity.on_time, activity.moves = told["new_time"], activity.moves + 1
    days = {"from_on": before.isoformat(), "to_on": told["new_day"]}
    case.put("moved", f"{activity.moves:02}", {**days, "reason": told["moved_reason"]})
    text = f"“{activity.title}”改期至{chinese_date(activity.on_day)}{activity.on_time}，{activity.place}。"
    tell_firms(case, invited_codes(case, activity), f"活动改期：{activity.title}", text, f"moved:{activity.moves}")
    return {"moves": activity.moves, "activity_at": moment(activity.on_day, activity.on_time).isoformat()}


def tell_cancelled(case: Case, data: Data) -> None:
    activity, told = activity_of(case), case.row(CANCELLED) or {}
    activity.state, activity.cancel_reason = "cancelled", told.get("reason", "")
    text = f"原定{chinese_date(activity.on_day)}举行的“{activity.title}”已取消。{activity.cancel_reason}"
    tell_firms(case, invited_codes(case, activity), f"活动取消：{activity.title}", text, "cancelled")


def collect_ratings(case: Case, data: Data) -> None:
    """What was reported is written down, and whoever was there is asked for a rating in the portal."""
    activity, told = activity_of(case), _report(case)
    codes = codes_in(told.get("firms"))
    mark_present(case, activity, codes)
    activity.people, activity.firm_count = told["people"], len(codes)
    activity.amount_wan = to_decimal(told.get("amount_wan") or 0)
    activity.contracts, activity.reported_on = told.get("contracts") or 0, date.fromisoformat(told["on"])
    activity.report = {name: told[name] for name in OF_THE_REPORT if told.get(name)}
    activity.state = "rating"
    text = f"贵企业参加了“{activity.title}”，请在企业首页“服务月活动”中评价。"
    tell_firms(case, present_codes(case, activity), f"请评价活动：{activity.title}", text, "rating")


def record_activity(case: Case, data: Data) -> None:
    """Counted if it counts; every problem becomes a demand of its enterprise. What nobody reported counts nowhere."""
    activity = activity_of(case)
    if case.row(UNREPORTED) is not None:
        activity.state = "unreported"
        return
    activity.state = "held"
    activity.is_counted = is_counted(activity.kind, activity.firm_count, is_reported=True)
    _raise_demands(case, activity)
    if activity.is_counted:
        count_after(case)


def _raise_demands(case: Case, activity: ServiceActivity) -> None:
    organiser = case.session.get_one(Unit, activity.unit_id).short_name
    for number, row in enumerate(activity.report.get("problems", ()), 1):
        key = f"activity:{activity.key}:{number}"
        told = {
            "enterprise_id": normalised(row["credit_code"]),
            "channel": "activity",
            "category": row["category"],
            "title": row["title"],
            "text": row["text"],
            "raised_by": organiser,
        }
        case.effect(f"{case.instance.id}:{key}", "message", **told, name=DEMAND_RAISED, key=key)


def _report(case: Case) -> Row:
    return case.row("report") or {}


ACTIONS: Mapping[str, Action] = {
    "service_month.publish_month": publish_month,
    **{
        f"service_month_activity.{action.__name__}": action
        for action in (move_activity, tell_cancelled, collect_ratings, record_activity)
    },
}
