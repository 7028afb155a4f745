"""计划: the document as it runs the house: measures, indicators, matters, contradictions, calendar, and a search."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.access import may_open
from app.duties.registry import DUTIES
from app.errors import NotFound
from app.models.plan import CalendarDate, Plan
from app.queries import plan_browser, practical_matters, standings, units
from app.services.openings import rolled
from app.views.context import current_actor, current_house

bp = Blueprint("plan", __name__, url_prefix="/plan")


@bp.get("")
def page() -> str:
    with _reading() as (session, plan):
        actions = {action.number: action for action in plan_browser.actions(session, plan)}
        measures = plan_browser.measures(session, plan)
        by_action = groupby(measures, key=lambda row: (row.section, row.action_number))
        return _render(
            session,
            plan,
            "page",
            groups=[(section, actions.get(number or 0), list(rows)) for (section, number), rows in by_action],
            goals=plan_browser.goals(session, plan),
        )


@bp.get("/measures/<int:number>")
def measure(number: int) -> str:
    with _reading() as (session, plan):
        return _render(session, plan, "measure", found=plan_browser.measure(session, plan, number))


@bp.get("/indicators")
def indicators() -> str:
    with _reading() as (session, plan):
        actions = {action.number: action.name for action in plan_browser.actions(session, plan)}
        return _render(session, plan, "indicators", indicators=plan_browser.indicators(session, plan), actions=actions)


@bp.get("/matters")
def matters() -> str:
    with _reading() as (session, plan):
        return _render(session, plan, "matters", matters=plan_browser.matters(session, plan))


@bp.get("/matters/<int:year>/<int:number>")
def matter(year: int, number: int) -> str:
    with _reading() as (session, plan):
        found, promises = plan_browser.matter(session, plan, year, number)
        has_course = practical_matters.is_listed(session, year, number)
        can_follow = has_course and may_open("practical_matters.one", current_actor())
        return _render(session, plan, "matter", matter=found, promises=promises, can_follow=can_follow)


@bp.get("/discrepancies")
def discrepancies() -> str:
    with _reading() as (session, plan):
        return _render(session, plan, "discrepancies", discrepancies=plan_browser.discrepancies(session, plan))


@bp.get("/calendar")
def calendar() -> str:
    days, year = current_house().calendar, _calendar_year()
    with _reading() as (session, plan):
        rows = [
            (row, rolled(days, _day(row, year), row.rolls), days.is_provisional(_day(row, year)))
            for row in plan_browser.dates(session, plan)
        ]
        return _render(session, plan, "calendar", rows=rows, year=year)


@bp.get("/search")
def search() -> str:
    text = request.args.get("q", "").strip()
    with _reading() as (session, plan):
        return _render(session, plan, "search", found=plan_browser.search(session, plan, text), q=text)


@contextmanager
def _reading() -> Iterator[tuple[Session, Plan]]:
    """A session and the plan that was loaded last. Raises NotFound before any."""
    with current_house().database.reading() as session:
        plan = standings.newest_plan(session)
        if plan is None:
            raise NotFound(_("还没有载入计划。"))
        yield session, plan


def _render(session: Session, plan: Plan, name: str, **shown: Any) -> str:
    return render_template(
        f"plan/{name}.html",
        plan=plan,
        tabs=_tabs(plan_browser.counted(session, plan)),
        names={unit.id: unit.short_name for unit in units.units(session)},
        duties={key: duty.name for key, duty in DUTIES.items()},
        may_see_all=current_actor().reads_all,
        **shown,
    )


def _tabs(counts: plan_browser.Counted) -> list[dict[str, Any]]:
    entries = (
        ("plan.page", _("重点任务"), counts.measures),
        ("plan.indicators", _("指标"), counts.indicators),
        ("plan.matters", _("办实事"), counts.matters),
        ("plan.discrepancies", _("口径矛盾"), counts.discrepancies),
        ("plan.calendar", _("日程"), counts.dates),
    )
    current = {"plan.measure": "plan.page", "plan.matter": "plan.matters"}.get(request.endpoint or "", request.endpoint)
    return [
        {"href": url_for(endpoint), "label": label, "count": count, "is_current": endpoint == current}
        for endpoint, label, count in entries
    ]


def _calendar_year() -> int:
    asked = request.args.get("year", "")
    return int(asked) if asked.isdecimal() and len(asked) == 4 else clock.today().year


def _day(row: CalendarDate, year: int) -> date:
    return date(year, row.month, row.day)
