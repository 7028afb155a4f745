"""督办台账: who is late, seen as lights, as heat or as a list; and the same as a spreadsheet."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.documents import ledger_sheet
from app.documents.ledger_sheet import LedgerRow
from app.duties.registry import DUTIES
from app.duties.supervision_order import LEVEL_WORDS
from app.queries import board, board_list, board_weeks, campaigns, monitoring, orders, pairings, standings, units
from app.queries.board_filters import Filters
from app.queries.board_list import Line
from app.services.house import House
from app.terms import Light, Role
from app.views.board_ways import (
    COLUMNS,
    VIEWS,
    cell_href,
    chosen_words,
    column_choices,
    filters_asked,
    href,
    ledger_href,
    views,
    week_heads,
    why_href,
    word_asked,
)
from app.views.context import current_actor, current_house
from app.views.distances import distance_words
from app.views.formats import day, full_day, number, time_of_day
from app.views.paging import next_page, wants_rows

bp = Blueprint("board", __name__, url_prefix="/board")

LATE_SHOWN, ORDERS_SHOWN = 6, 6
RED = Filters(light=Light.RED)
MOST_UNITS = 5  # an urging of more units than this asks for its number to be typed
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("")
def page() -> str:
    """Three views of one filter: what a cell counts is what the list behind it holds."""
    house, filters, today = current_house(), filters_asked(), clock.today()
    view, by = word_asked("view", VIEWS), word_asked("by", COLUMNS)
    with house.database.reading() as session:
        listed = _listed(session, house, filters) if view == "list" else {}
        if listed and wants_rows():
            return render_template("board/_rows.html", **listed)
        whole = board.board(session, today, house.calendar)
        is_by_week = view == "heat" and by == "week"
        shown = _shown(session, house, filters, whole, is_by_week=is_by_week)
        late = board_list.lines(session, RED, today, house.calendar, limit=LATE_SHOWN, counts=False)
        return render_template(
            "board/page.html",
            whole=whole,
            board=shown,
            view=view,
            by=by,
            is_by_week=is_by_week,
            heads=week_heads(today) if is_by_week else {},
            views=views(view, by, filters),
            columns=column_choices(by, filters),
            filters=filters,
            chosen=chosen_words(whole, filters),
            ledger_href=ledger_href(filters),
            clear_href=href(Filters(), view=view, by=by),
            years=board.years(session),
            units=[(unit.id, unit.short_name) for unit in units.standing_units(session)],
            figures=_figures(session, house, whole),
            late=late.items,
            words=_words(late.items, house),
            running=orders.running(session, today, house.calendar, ORDERS_SHOWN),
            level_words=LEVEL_WORDS,
            distance=lambda on: distance_words(on, today, house.calendar),
            campaigns=campaigns.recent(session, today, house.calendar),
            monitored=monitoring.last_period(session, today),
            covered=pairings.covered(session, today, house.calendar),
            urging=_urging(session) if current_actor().has(Role.OFFICE) else None,
            as_of=f"{full_day(today)} {time_of_day(clock.now())}",
            here=request.full_path.rstrip("?"),
            cell_href=lambda row, key, cell: cell_href(row.unit_id, key, cell, filters, is_by_week=is_by_week),
            why_href=lambda row, key: why_href(row.unit_id, key, filters),
            **listed,
        )


def _shown(session: Session, house: House, filters: Filters, whole: board.Board, *, is_by_week: bool) -> board.Board:
    """The board as it is narrowed; the whole one where it is not."""
    if is_by_week:
        return board_weeks.weeks(session, clock.today(), house.calendar, filters)
    return whole if filters.is_empty else board.board(session, clock.today(), house.calendar, filters)


@bp.get("/ledger.xlsx")
def ledger() -> Response:
    house, today = current_house(), clock.today()
    with house.database.reading() as session:
        lines = board_list.all_lines(session, filters_asked(), today, house.calendar)
    content = ledger_sheet.render("督办台账", today, [_ledger_row(line, house) for line in lines])
    return send_file(BytesIO(content), SHEET, as_attachment=True, download_name=f"督办台账 {today.isoformat()}.xlsx")


def _listed(session: Session, house: House, filters: Filters) -> dict[str, Any]:
    today = clock.today()
    found = board_list.lines(session, filters, today, house.calendar, request.args.get("cursor"))
    return {
        "lines": found.items,
        "list_words": _words(found.items, house),
        "more": next_page("board.page", found.next_cursor),
        "left": found.left,
        "duty_names": _duty_names(),
        "total": None if wants_rows() else board_list.count(session, filters, today, house.calendar),
        "can_urge": current_actor().has(Role.OFFICE),
    }


def _words(lines: Sequence[Line], house: House) -> Mapping[str, str]:
    """How far each line's due day is, by task."""
    today = clock.today()
    return {line.task_id: distance_words(line.due_on, today, house.calendar) for line in lines}


def _figures(session: Session, house: House, found: board.Board) -> list[dict[str, Any]]:
    """The five figures on top; each opens to what it counts."""
    today, total, done = clock.today(), found.total, board.month_done(session, clock.today())
    since, plan = board.office_since(session), standings.newest_plan(session)
    shown = standings.counts(standings.standings(session, plan, today.year, today)) if plan else {}
    timely = done.timely_percent
    return [
        _figure(
            Light.RED, _("逾期"), total.overdue, _("件，涉及 %(count)s 个单位", count=found.late_units), light="red"
        ),
        _figure(
            Light.YELLOW,
            _("5 个工作日内到期"),
            total.soon,
            _("件，其中本周 %(count)s 件", count=total.this_week),
            span="soon",
        ),
        _figure(
            Light.GREY,
            _("待办公室办理"),
            found.with_office.open,
            _("件，最早 %(day)s", day=day(since)) if since else _("件"),
            unit="office",
        ),
        _figure(
            Light.BLUE,
            _("本月办结"),
            done.done,
            _("件，及时率 %(share)s%%", share=number(round(timely, 1))) if timely is not None else _("件"),
            span="month",
        ),
        {
            "light": Light.RED,
            "label": _("指标落后"),
            "value": shown.get(Light.RED, 0),
            "text": _("项，偏慢 %(count)s 项", count=shown.get(Light.YELLOW, 0)),
            "href": url_for("cockpit.page", order="worst"),
        },
    ]


def _figure(sign: Light, label: str, value: int, text: str, **asked: Any) -> dict[str, Any]:
    """asked: the filters of the list that holds what is counted."""
    href = url_for("board.page", view="list", **asked)
    return {"light": sign, "label": label, "value": value, "text": text, "href": href}


def _urging(session: Session) -> dict[str, Any]:
    """What the dialog of 催办逾期 names: how many things of which units."""
    late = board_list.overdue_by_unit(session, clock.today())
    named = "、".join(_("%(unit)s %(count)s 件", unit=unit, count=count) for unit, count in late.items())
    count = sum(late.values())
    return {
        "count": count,
        "units": len(late),
        "typed": count if len(late) > MOST_UNITS else None,
        "named": named,
        "key": secrets.token_urlsafe(16),
    }


def _ledger_row(line: Line, house: House) -> LedgerRow:
    return LedgerRow(
        unit=line.unit,
        duty=_duty_names().get(line.duty, line.duty),
        matter=line.title,
        step=line.step,
        person=line.assignee,
        due_on=line.due_on,
        distance=distance_words(line.due_on, clock.today(), house.calendar),
        light=line.light.label if line.light else "",
        times_urged=line.urged_count,
    )


def _duty_names() -> dict[str, str]:
    return {key: duty.name for key, duty in DUTIES.items()}
