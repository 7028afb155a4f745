"""What a service month notes about itself while it runs, and the rows it has published.

Working rows of a month (key "" unless said):

    frame       {login, name, on, theme, from_on, to_on, kinds: {kind: int}, budget_note}
    offer       key: unit; {login, name, on, rows, none}
    calendar    {login, name, on, rows: [planned], offers, added: as typed}; a planned one is
                {no, unit, co_units, title, kind, on_day, place, number, chain, level, firms, contact}
    opinion     key: element; {login, name, on, outcome, opinion_text, mode, meeting_date, minutes_no}
    published   {number, on, invited}
    review      {login, name, on, text, lessons, figures, reach_words, open_words}
    closed      {on}

Working rows of an activity:

    confirmed   {login, name, on}
    report      {login, name, on, …}: what the form said, before the ratings are over
    moved       key: 01, 02; {from_on, to_on, reason}
    activity_cancelled, activity_unreported   {login, name, on, reason}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.lights import chinese_date
from app.duties.service_month import DUTY
from app.duties.service_month_counting import KINDS
from app.models.organization import Unit
from app.models.service_month import ServiceActivity, ServiceMonth
from app.services.case_notes import year_of
from app.services.cases import Case

MONTH, ACTIVITY = DUTY.processes
DONE = "activities_done"
CANCELLED, UNREPORTED = "activity_cancelled", "activity_unreported"  # messages, and the rows that say why

Row = dict[str, Any]


def is_activity(case: Case) -> bool:
    return case.instance.definition_key == ACTIVITY


def frame_of(case: Case) -> Row:
    return case.row("frame") or {}


def days_of(case: Case) -> dict[str, date]:
    """The first and the last day of the month, of the frame or, for an activity, as it was published."""
    if is_activity(case):
        month = case.session.get_one(ServiceMonth, year_of(case))
        return {"from_on": month.from_on, "to_on": month.to_on}
    frame = frame_of(case)
    return {name: date.fromisoformat(frame[name]) for name in ("from_on", "to_on")}


def activity_of(case: Case) -> ServiceActivity:
    where = ServiceActivity.key == case.instance.business_key
    return case.session.scalars(select(ServiceActivity).where(where)).one()


def planned_rows(case: Case) -> list[Row]:
    """The calendar as it was composed last."""
    return list((case.row("calendar") or {}).get("rows", ()))


def units_asked(case: Case) -> Sequence[str]:
    return list(case.instance.data.get("units") or {})


def short_names(case: Case) -> dict[str, str]:
    return {row.id: row.short_name for row in case.session.execute(select(Unit.id, Unit.short_name))}


def month_words(frame: Mapping[str, Any]) -> str:
    """主题“…”，9月1日至9月30日，拟举办融资对接10场、供需对接5场。"""
    from_on, to_on = (date.fromisoformat(frame[name]) for name in ("from_on", "to_on"))
    kinds = "、".join(f"{KINDS[kind]}{count}场" for kind, count in frame["kinds"].items() if count)
    return f"主题“{frame['theme']}”，{chinese_date(from_on)}至{chinese_date(to_on)}，拟举办{kinds}。"
