"""日历: what is due by month or week, with the days of the plan, holidays and make-up days; and as a calendar file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.documents import calendar_file
from app.documents.calendar_file import Event
from app.duties.registry import DUTIES
from app.errors import BadRequest, NotFound
from app.models.plan import CalendarDate
from app.queries import due_calendar, list_views, plan_browser, standings, units
from app.queries.actor import Actor
from app.queries.due_calendar import Entry, Scope
from app.queries.task_lines import Line
from app.services.house import House
from app.services.openings import rolled
from app.terms import Light
from app.views import formats, list_rows
from app.views.context import current_actor, current_house
from app.views.distances import distance_words
from app.views.inbox import days_today
from app.views.list_rows import Group
from app.workdays import holiday_name

bp = Blueprint("due_calendar", __name__, url_prefix="/calendar")

VIEWS = ("month", "week")
SHOWN = {"month": 4, "week": 30}  # entries of a day before «还有 n 项»
BACK, AHEAD = timedelta(days=31), timedelta(days=366)  # what a calendar file holds
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
ICS = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Day:
    """mark: 休 or 班 where it deviates from Monday to Friday; planned: what the plan's calendar says of it."""

    on: date
    is_free: bool
    mark: str
    holiday: str
    is_provisional: bool
    is_within: bool
    planned: Sequence[str]
    entries: Sequence[Entry]
    hidden: int

    @property
    def is_empty(self) -> bool:
        return not (self.entries or self.planned or self.mark)


@bp.get("")
def page() -> str:
    house, actor, today = current_house(), current_actor(), clock.today()
    view, on = _view(), _asked_day(request.args.get("on", ""), today)
    first, last = _span(view, on)
    with house.database.reading() as session:
        choices = _units(session, actor)
        scope = _scope(choices)
        found = due_calendar.entries(session, actor, scope, first, last, today)
        planned = _planned(session, house, first, last)
    within = [entry for entry in found if view == "week" or entry.day.month == on.month]
    by_day = {day: list(same) for day, same in groupby(found, key=lambda entry: entry.day)}
    days = [_day(house, first + timedelta(days=n), view, on, planned, by_day) for n in range((last - first).days + 1)]
    return render_template(
        "due_calendar/page.html",
        weeks=[days[at : at + 7] for at in range(0, len(days), 7)],
        view=view,
        views=_views(view, on, scope),
        title=_title(view, on, first, last),
        before=_href(view, _moved(view, on, -1), scope),
        after=_href(view, _moved(view, on, 1), scope),
        now=_href(view, today, scope),
        today=today,
        scope=scope,
        units=choices,
        duties={key: duty.name for key, duty in DUTIES.items()},
        total=sum(entry.count for entry in within),
        late=sum(entry.count for entry in within if entry.light is Light.RED),
    )


@bp.get("/<day>")
def day(day: str) -> str:
    """All that is due on one day."""
    house, actor, today = current_house(), current_actor(), clock.today()
    on = _asked_day(day, None)
    with house.database.reading() as session:
        choices = _units(session, actor)
        scope = _scope(choices)
        found = due_calendar.lines_of_day(session, actor, scope, on, today, request.args.get("cursor"))
        planned = _planned(session, house, on, on).get(on, ())
    rows = [list_rows.row(line, house, days_today(house)) for line in found.items]
    asked: dict[str, Any] = {"unit": scope.unit or None, "duty": scope.duty or None, "step": scope.step or None}
    context: dict[str, Any] = {
        "groups": [Group(None, rows)] if rows else [],
        "columns": list_views.USUAL[list_views.HANDED_ON],
        "headings": list_rows.headings(list_views.INBOX),
        "left": found.left,
        "more": url_for("due_calendar.day", day=day, cursor=found.next_cursor, **asked) if found.next_cursor else "",
    }
    if request.headers.get("HX-Request") and "cursor" in request.args:
        return render_template("inbox/_lines.html", **context)
    return render_template(
        "due_calendar/day.html", on=on, planned=planned, scope=scope, back=_href("month", on, scope), **context
    )


@bp.get("/due.ics")
def file() -> Response:
    """The same for the calendar of a telephone or of a mail program."""
    house, actor, today = current_house(), current_actor(), clock.today()
    first, last = today - BACK, today + AHEAD
    with house.database.reading() as session:
        choices = _units(session, actor)
        scope = _scope(choices)
        lines = due_calendar.coming(session, actor, scope, first, last, today)
        planned = _planned(session, house, today, last)
    events = [_event(line, house) for line in lines]
    events += [
        Event(f"plan-{on:%Y%m%d}-{number}@duban", on, title)
        for on, titles in planned.items()
        for number, title in enumerate(titles)
    ]
    name = _("督办日历 %(who)s", who=dict(choices).get(scope.unit) or actor.name)
    content = calendar_file.render(name, events, clock.now())
    return send_file(BytesIO(content), ICS, as_attachment=True, download_name=f"{name}.ics")


def _event(line: Line, house: House) -> Event:
    today = clock.today()
    late = _("【逾期】") if line.light is Light.RED else ""
    told = [f"{_('责任单位')}：{line.unit}", distance_words(line.due_on, today, house.calendar)]
    href = url_for("tasks.page", task_id=line.task_id, _external=True)
    return Event(
        f"{line.task_id}@duban", line.due_on or today, f"{late}{line.title}：{line.step}", "\n".join(told), href
    )


def _day(
    house: House, on: date, view: str, asked: date, planned: Mapping[date, Sequence[str]],
    entries: Mapping[date, list[Entry]],
) -> Day:  # fmt: skip
    calendar = house.calendar
    works, is_weekday = calendar.is_working_day(on), on.weekday() < 5
    mark = "" if works == is_weekday else _("班") if works else _("休")
    found = entries.get(on, [])
    shown = found if len(found) <= SHOWN[view] else found[: SHOWN[view] - 1]
    return Day(
        on=on,
        is_free=not works,
        mark=mark,
        holiday=holiday_name(on) if mark else "",
        is_provisional=bool(mark) and calendar.is_provisional(on),
        is_within=view == "week" or on.month == asked.month,
        planned=planned.get(on, ()),
        entries=shown,
        hidden=sum(entry.count for entry in found[len(shown) :]),
    )


def _planned(session: Session, house: House, first: date, last: date) -> dict[date, list[str]]:
    """What opens or is due by the calendar of the plan, on the days it falls on."""
    plan = standings.newest_plan(session)
    found: dict[date, list[str]] = {}
    for row in plan_browser.dates(session, plan) if plan is not None else ():
        for year in range(first.year - 1, last.year + 2):
            if plan is not None and plan.first_year <= year <= plan.last_year:
                on = _falls_on(house, row, year)
                if first <= on <= last:
                    found.setdefault(on, []).append(row.title)
    return found


def _falls_on(house: House, row: CalendarDate, year: int) -> date:
    return rolled(house.calendar, date(year, row.month, row.day), row.rolls)


def _units(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Which units she may choose between; none where she has but one."""
    listed = units.standing_units(session)
    return [(unit.id, unit.short_name) for unit in listed if actor.reads_all or unit.id in actor.unit_ids]


def _scope(choices: Sequence[tuple[str, str]]) -> Scope:
    unit, asked = request.args.get("unit", ""), request.args
    if unit and unit not in dict(choices):
        raise NotFound(_("没有找到这个单位。"))
    return Scope(unit, asked.get("duty", "")[:40], asked.get("step", "")[:80])


def _view() -> str:
    view = request.args.get("view", VIEWS[0])
    if view not in VIEWS:
        raise BadRequest
    return view


def _asked_day(text: str, usual: date | None) -> date:
    if not text and usual is not None:
        return usual
    try:
        on = date.fromisoformat(text)
    except ValueError as error:
        raise (NotFound(_("没有这一天。")) if usual is None else BadRequest()) from error
    return min(max(on, EARLIEST), LATEST)


def _span(view: str, on: date) -> tuple[date, date]:
    """Whole weeks, from Monday to Sunday."""
    if view == "week":
        monday = on - timedelta(days=on.weekday())
        return monday, monday + timedelta(days=6)
    first = on.replace(day=1)
    last = _moved("month", first, 1) - timedelta(days=1)
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def _moved(view: str, on: date, step: int) -> date:
    if view == "week":
        return on + timedelta(days=7 * step)
    year, month = divmod(on.year * 12 + on.month - 1 + step, 12)
    return date(year, month + 1, 1)


def _title(view: str, on: date, first: date, last: date) -> str:
    if view == "month":
        return _("%(year)s年%(month)s月", year=on.year, month=on.month)
    return _("%(first)s至%(last)s", first=formats.full_day(first), last=formats.full_day(last))


def _views(view: str, on: date, scope: Scope) -> list[dict[str, Any]]:
    words = {"month": _("月"), "week": _("周")}
    return [{"href": _href(name, on, scope), "label": words[name], "is_current": name == view} for name in VIEWS]


def _href(view: str, on: date, scope: Scope) -> str:
    is_usual = view == VIEWS[0]
    return url_for("due_calendar.page", view=None if is_usual else view, on=on.isoformat(), unit=scope.unit or None)
