"""The approved calendar becomes activities: one child each, the portal's calendar, and invitations by matching."""

from __future__ import annotations

from datetime import date

from app.models.service_month import ServiceActivity, ServiceMonth
from app.services.case_notes import year_of
from app.services.cases import Case, Data, Start
from app.services.document_numbers import FORMAL, next_numbers
from app.services.plan_codes import agency_code
from app.services.service_month.matching import invitations
from app.services.service_month.rows import ACTIVITY, Row, frame_of, planned_rows
from app.services.service_month.taking_part import invite, tell_firms


def publish_month(case: Case, data: Data) -> None:
    """The number of the plan, the month with its activities, who is invited to which, a child for each."""
    number = next_numbers(case.connection, agency_code(case.session), FORMAL, case.today.year)[0]
    case.session.add(_month(case, number))
    case.session.flush()
    activities = [_activity(case, row) for row in planned_rows(case)]
    case.session.add_all(activities)
    case.session.flush()
    chosen = invitations(case, activities)
    invite(case, chosen)
    codes = sorted({code for codes in chosen.values() for code in codes})
    text = "专精特新企业服务月的活动日历已经公布，邀请贵企业参加的活动见企业首页“服务月活动”，可以在线报名。"
    tell_firms(case, codes, f"{year_of(case)}年服务月活动日历", text, "calendar")
    told = {"number": number, "on": case.today.isoformat(), "invited": len(codes)}
    case.put("published", "", told)
    for activity in activities:
        case.start(_start(activity))


def _month(case: Case, number: str) -> ServiceMonth:
    frame = frame_of(case)
    return ServiceMonth(
        year=year_of(case),
        instance_id=case.instance.id,
        theme=frame["theme"],
        from_on=date.fromisoformat(frame["from_on"]),
        to_on=date.fromisoformat(frame["to_on"]),
        wanted=frame["kinds"],
        budget=frame["budget_note"],
        number=number,
        published_on=case.today,
        summary={},
    )


def _activity(case: Case, row: Row) -> ServiceActivity:
    day, year = date.fromisoformat(row["on_day"]), year_of(case)
    told = {name: row[name] for name in ("title", "kind", "place", "chain", "level", "firms", "contact", "co_units")}
    return ServiceActivity(
        **told,
        key=f"{ACTIVITY}:{year}:{row['no']:02}",
        year=year,
        number=row["no"],
        unit_id=row["unit"],
        planned_on=day,
        on_day=day,
        seats=row["number"],
        report={},
    )


def _start(activity: ServiceActivity) -> Start:
    data = {"activity_key": activity.key, "outcome": "", "moves": 0}
    title = f"{activity.year}年服务月活动：{activity.title}"
    return Start(ACTIVITY, activity.key, title, activity.year, activity.unit_id, data=data)
