"""事项台账: all user tasks of a duty, a year, a unit, open or over; on a page and as a spreadsheet."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.documents import ledger_sheet
from app.documents.ledger_sheet import TASK_HEADINGS, TaskRow
from app.duties.registry import DUTIES
from app.queries import board, task_ledger, units
from app.queries.task_ledger import MOST_ROWS, Filters, LedgerLine
from app.views.context import current_actor, current_house
from app.views.list_rows import duty_names
from app.views.paging import next_page, wants_rows

bp = Blueprint("task_ledger", __name__, url_prefix="/ledger")

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("")
def page() -> str:
    house, actor, filters, today = current_house(), current_actor(), _filters(), clock.today()
    with house.database.reading() as session:
        found = task_ledger.lines(session, actor, filters, today, house.calendar, request.args.get("cursor"))
        context = {
            "lines": found.items,
            "more": next_page("task_ledger.page", found.next_cursor),
            "left": found.left,
            "duties": duty_names(),
        }
        if wants_rows():
            return render_template("task_ledger/_rows.html", **context)
        standing = units.standing_units(session)
        years = board.years(session)
        total = task_ledger.count(session, actor, filters)
    return render_template(
        "task_ledger/page.html",
        filters=filters,
        years=sorted({*years, filters.year}, reverse=True),
        units=[(unit.id, unit.short_name) for unit in standing if actor.reads_all or unit.id in actor.unit_ids],
        total=total,
        **context,
    )


@bp.get("/tasks.xlsx")
def sheet() -> Response:
    house, actor, filters, today = current_house(), current_actor(), _filters(), clock.today()
    with house.database.reading() as session:
        is_too_much = task_ledger.is_too_much(session, actor, filters)
        lines = [] if is_too_much else task_ledger.all_lines(session, actor, filters, today, house.calendar)
    if is_too_much:
        flash(_("超过 %(most)s 件，请按职责事项或单位缩小范围后导出。", most=MOST_ROWS), "error")
        return redirect(url_for("task_ledger.page", year=filters.year, duty=filters.duty, unit=filters.unit))
    title = f"{filters.year}年事项台账"
    content = ledger_sheet.render(title, today, [_row(line) for line in lines], TASK_HEADINGS)
    return send_file(BytesIO(content), SHEET, as_attachment=True, download_name=f"{title} {today.isoformat()}.xlsx")


def _filters() -> Filters:
    """A year that is none is the present one; a duty or unit that is none finds nothing."""
    year = request.args.get("year", "")
    is_year = year.isdecimal() and len(year) == 4 and int(year) > 1
    return Filters(
        year=min(int(year), 9998) if is_year else clock.today().year,
        duty=request.args.get("duty", "")[:40],
        unit=request.args.get("unit", "")[:40],
    )


def _row(line: LedgerLine) -> TaskRow:
    return TaskRow(
        unit=line.unit,
        duty=DUTIES[line.duty].name,
        matter=line.title,
        step=line.step,
        person=line.person,
        state=line.state,
        received_on=line.received_on,
        first_due_on=line.first_due_on,
        extended_to=line.extended_to,
        due_on=line.due_on,
        done_on=line.done_on,
        days_late=line.days_late,
        times_urged=line.urged_count,
        orders="、".join(line.orders),
    )
