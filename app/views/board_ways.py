"""Where the board leads: its filter as an address and in words, its views, and the list behind each cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app import clock
from app.errors import BadRequest
from app.models.user_task import NO_DUE_DATE
from app.queries import board_weeks
from app.queries.board import Board, Cell
from app.queries.board_filters import Filters, Span
from app.terms import Light
from app.views.formats import day

VIEWS = ("lights", "heat", "list")
COLUMNS = ("duty", "week")  # of the heat


def word_asked(name: str, words: Sequence[str]) -> str:
    """One of these words, the first where none was asked for. Raises BadRequest for another."""
    word = request.args.get(name, words[0])
    if word not in words:
        raise BadRequest
    return word


def filters_asked() -> Filters:
    """What the address narrows the board to; raises BadRequest for a word that is none."""
    asked = request.args
    try:
        return Filters(
            unit=asked.get("unit", ""),
            duty=asked.get("duty", ""),
            light=Light(asked["light"]) if asked.get("light") else None,
            year=int(asked["year"]) if asked.get("year") else None,
            span=Span(asked["span"]) if asked.get("span") else None,
            due_from=date.fromisoformat(asked["from"]) if asked.get("from") else None,
            due_to=date.fromisoformat(asked["to"]) if asked.get("to") else None,
        )
    except ValueError as error:
        raise BadRequest from error


def views(view: str, by: str, filters: Filters) -> list[dict[str, Any]]:
    entries = (("lights", _("灯色"), "table"), ("heat", _("热力"), "grid-dots"), ("list", _("清单"), "list"))
    return [
        {"href": href(filters, view=name, by=by), "label": label, "icon": icon, "is_current": name == view}
        for name, label, icon in entries
    ]


def column_choices(by: str, filters: Filters) -> list[dict[str, Any]]:
    """By what the heat is shown."""
    entries = (("duty", _("按职责事项")), ("week", _("按到期周")))
    return [
        {"href": href(filters, view="heat", by=name), "label": label, "is_current": name == by}
        for name, label in entries
    ]


def ledger_href(filters: Filters) -> str:
    """The list as a spreadsheet."""
    return url_for("board.ledger", **{name: value for name, value in _asked(filters).items() if value})


def href(filters: Filters, **changed: Any) -> str:
    if changed.get("by") == COLUMNS[0]:
        changed = {**changed, "by": ""}
    return url_for("board.page", **{name: value for name, value in (_asked(filters) | changed).items() if value})


def _asked(filters: Filters) -> dict[str, Any]:
    """The filter as the address has it."""
    return {
        "unit": filters.unit,
        "duty": filters.duty,
        "light": filters.light,
        "year": filters.year,
        "span": filters.span,
        "from": filters.due_from,
        "to": filters.due_to,
    }


def cell_href(unit: str, column: str, cell: Cell, filters: Filters, *, is_by_week: bool = False) -> str:
    """The list behind a cell: all that is open, else what waits, else what is done."""
    light = filters.light or (None if cell.open or filters.span else cell.light)
    found = replace(filters, unit=unit or filters.unit, light=light)
    if not is_by_week:
        return href(replace(found, duty=column or filters.duty), view="list")
    week = next((week for week in board_weeks.weeks_around(clock.today()) if week.key == column), None)
    if week is None:
        return href(found, view="list")
    begins = [day for day in (week.begin, filters.due_from) if day]
    ends = [day for day in (week.end, filters.due_to) if day]
    begin, end = max(begins, default=None), min(ends, default=None)
    return href(replace(found, due_from=begin, due_to=end), view="list")


def why_href(unit: str, duty: str, filters: Filters) -> str:
    """Why the light of a cell is what it is."""
    asked = _asked(replace(filters, unit=unit or filters.unit, duty=duty or filters.duty))
    return url_for("lights.of_cell", **{name: value for name, value in asked.items() if value})


def week_heads(today: date) -> dict[str, str]:
    """What stands above each week: its Monday, by which it is known."""
    words = {board_weeks.EARLIER: _("更早"), board_weeks.LATER: _("以后"), board_weeks.NO_LIMIT: _("无时限")}
    return {
        week.key: words.get(week.key) or (_("本周") if week.is_now else _monday(week.begin))
        for week in board_weeks.weeks_around(today)
    }


def _monday(begin: date | None) -> str:
    """Without its year: a column of a few weeks has little room, and needs none."""
    return _("%(month)s月%(day)s日", month=begin.month, day=begin.day) if begin else ""


def chosen_words(found: Board, filters: Filters) -> list[str]:
    """The filters of the list, said in words."""
    duties, rows = dict(found.duties), {row.unit_id: row.name for row in found.rows}
    spans = {Span.SOON: _("5 个工作日内到期"), Span.THIS_MONTH: _("本月办结")}
    words = [
        rows.get(filters.unit, filters.unit),
        duties.get(filters.duty, filters.duty),
        filters.light.label if filters.light else "",
        str(filters.year or ""),
        spans[filters.span] if filters.span else "",
        _due_words(filters),
    ]
    return [word for word in words if word]


def _due_words(filters: Filters) -> str:
    begin, end = filters.due_from, filters.due_to
    if begin == NO_DUE_DATE:
        return _("未规定时限")
    if begin and end:
        return _("%(begin)s至%(end)s到期", begin=day(begin), end=day(end))
    if begin:
        return _("%(begin)s以后到期", begin=day(begin))
    return _("%(end)s以前到期", end=day(end)) if end else ""
