"""What the forms of 专精特新企业服务月 begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from sqlalchemy import func, select

from app.duties.lights import chinese_date
from app.duties.service_month_counting import KINDS
from app.models.demand import Demand
from app.models.organization import Unit
from app.models.plan import Measure
from app.queries.settled_indicators import plan_of_year
from app.services.case_notes import present, returned_opinion, year_of
from app.services.cases import Case, Prefill
from app.services.demand_routes import demand_routes
from app.services.service_month.offers import FIELDS, numbered_offers, summary
from app.services.service_month.rows import Row, activity_of, frame_of, month_words, planned_rows, short_names
from app.services.service_month.summary import figures_now
from app.services.service_month.taking_part import invited_codes, registered_codes

Filler = Callable[[Case, str | None], Prefill]
RELATED: Mapping[str, tuple[str, ...]] = {
    "policy": ("policy", "tax"),
    "finance": ("finance",),
    "supply": ("market",),
    "technology": ("technology",),
    "hiring": ("labour", "talent"),
}
MONTH_DAYS = (date(2000, 9, 1), date(2000, 9, 30))  # PP
MOST_IDEAS = 5


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    return FORMS[element_id](case, item)


def _frame(case: Case, item: str | None) -> Prefill:
    known, asked = frame_of(case), _demands(case)
    first, last = (day.replace(year=year_of(case)).isoformat() for day in MONTH_DAYS)
    rows = [
        {"name": name, "demands": sum(asked.get(category, 0) for category in RELATED.get(kind, ()))}
        | present(wanted=known.get("kinds", {}).get(kind))
        for kind, name in KINDS.items()
    ]
    days = {"from_on": known.get("from_on", first), "to_on": known.get("to_on", last)}
    words = "、".join(f"{demand_routes().categories[key].label}{count}件" for key, count in asked.items())
    told = present(theme=known.get("theme"), budget_note=known.get("budget_note"))
    return {"demand_words": words or "近十二个月没有诉求", "kinds": rows, **days, **told}, {}


def _demands(case: Case) -> dict[str, int]:
    """Category -> how many were raised in twelve months, the most frequent first."""
    since = case.today - timedelta(days=365)
    count = func.count()
    rows = case.session.execute(
        select(Demand.category, count).where(Demand.raised_on > since).group_by(Demand.category).order_by(count.desc())
    )
    known = demand_routes().categories
    return {category: number for category, number in rows if category in known}


def _offer(case: Case, item: str | None) -> Prefill:
    plan = plan_of_year(case.session, year_of(case))
    titles = case.session.scalars(
        select(Measure.title).where(Measure.plan_id == plan.id, Measure.lead_id == item).order_by(Measure.number)
    ).all()
    ideas = "；".join(titles[:MOST_IDEAS])
    own = case.rows("offer").get(item or "", {})
    return present(month_words=month_words(frame_of(case)), ideas=ideas, rows=own.get("rows")), {}


def _compose(case: Case, item: str | None) -> Prefill:
    names, known = short_names(case), case.row("calendar") or {}
    before = {row["no"]: row for row in known.get("offers", ())}
    offers = [
        {"no": offer["no"], "unit_name": names[offer["unit"]], "is_kept": True}
        | present(**{name: offer.get(name) for name in FIELDS})
        | before.get(offer["no"], {})
        for offer in numbered_offers(case)
    ]
    opinion = returned_opinion(case, "approve_month", "sign_month")
    return {"offers": offers} | present(returned_opinion=opinion, summary=summary(case), added=known.get("added")), {}


def _plan(case: Case) -> Row:
    names = short_names(case)
    rows = [
        {name: row[name] for name in ("no", "title", "place", "number")}
        | {"on_day": row["on_day"], "kind": KINDS[row["kind"]]}
        | {"unit_name": "、".join([names[row["unit"]], *row["co_units"]])}
        for row in planned_rows(case)
    ]
    return {"month_words": month_words(frame_of(case)), "summary": summary(case), "activities": rows}


def _sign(case: Case, item: str | None) -> Prefill:
    return _plan(case), {}


def _approve(case: Case, item: str | None) -> Prefill:
    return _plan(case) | {"mode": "online"}, {}


def _activity_words(case: Case) -> str:
    """第3项“…”（融资对接），原定9月14日，市金融监管局承办。"""
    activity = activity_of(case)
    unit = case.session.get_one(Unit, activity.unit_id).short_name
    beside = f"，{'、'.join(activity.co_units)}联合承办" if activity.co_units else ""
    moved = f"，已改期{activity.moves}次" if activity.moves else ""
    return (
        f"第{activity.number}项“{activity.title}”（{KINDS[activity.kind]}），"
        f"{chinese_date(activity.on_day)}{activity.on_time}，{activity.place}，{unit}承办{beside}{moved}。"
    )


def _confirm(case: Case, item: str | None) -> Prefill:
    activity = activity_of(case)
    told = {"on_day": activity.on_day.isoformat(), "on_time": activity.on_time, "place": activity.place}
    return {"activity_words": _activity_words(case), **told, "manner": "open", "seats": activity.seats}, {}


def _report(case: Case, item: str | None) -> Prefill:
    """With the list of who registered, else of who was invited: striking out is easier than typing."""
    activity = activity_of(case)
    codes = registered_codes(case, activity) or invited_codes(case, activity)
    return {"activity_words": _activity_words(case)} | present(firms="\n".join(codes)), {}


def _review(case: Case, item: str | None) -> Prefill:
    known = case.row("review") or {}
    opinion = returned_opinion(case, "sign_month_summary")
    return figures_now(case) | present(
        returned_opinion=opinion, text=known.get("text"), lessons=known["lessons"] if known else None
    ), {}


def _sign_summary(case: Case, item: str | None) -> Prefill:
    known = case.row("review") or {}
    names = ("figures", "reach_words", "open_words", "text", "lessons")
    return present(**{name: known.get(name) for name in names}), {}


FORMS: Mapping[str, Filler] = {
    "frame_month": _frame,
    "offer_activities": _offer,
    "compose_month": _compose,
    "sign_month": _sign,
    "approve_month": _approve,
    "confirm_activity": _confirm,
    "report_activity": _report,
    "review_month": _review,
    "sign_month_summary": _sign_summary,
}
