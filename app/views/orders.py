"""督办单: the register, one order, its letter as Word file, PDF and print view; and orders opened by the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.documents import ledger_sheet, order_notice
from app.documents.ledger_sheet import OrderRow
from app.duties.supervision_order import LEVEL_WORDS, SOURCES, STATES, WANTED_WORDS
from app.duties.supervision_order_levels import LAPSE_POINTS
from app.errors import BadRequest, RuleViolation
from app.models.supervision_order import OrderColour
from app.queries import orders, units
from app.queries.orders import SPANS, Filters, OrderLine
from app.queries.task_page import open_task_of
from app.services import pdf_files, processes, tasks
from app.services.projections import subject_key
from app.services.supervision_order import papers
from app.services.supervision_order.opening import open_order_of
from app.terms import Role
from app.views.board import SHEET
from app.views.context import current_actor, current_house
from app.views.distances import distance_words
from app.views.paging import next_page, wants_rows
from app.views.paper_pages import sheets
from app.views.task_view import new_key
from app.views.urging import WORD

bp = Blueprint("orders", __name__, url_prefix="/orders")

Answer = str | Response | tuple[str, int]

PDF = "application/pdf"
MATTER = ("title", "unit", "content", "source")


@bp.get("")
def page() -> str:
    house, actor, today, wanted = current_house(), current_actor(), clock.today(), _filters()
    with house.database.reading() as session:
        found = orders.listed(session, actor, wanted, today, house.calendar, request.args.get("cursor"))
        rows = {
            "lines": found.items,
            "more": next_page("orders.page", found.next_cursor),
            "left": found.left,
            "distance": lambda day: distance_words(day, today, house.calendar),
            **_words(),
        }
        if wants_rows():
            return render_template("orders/_rows.html", **rows)
        return render_template(
            "orders/page.html",
            **rows,
            wanted=wanted,
            counts=orders.counts(session, actor, today),
            href=_href,
            units=units.standing_units(session) if actor.reads_all else (),
            can_open=actor.has(Role.OFFICE),
        )


@bp.get("/ledger.xlsx")
def ledger() -> Response:
    """督办单台账, with the filters of the page."""
    house, actor, today = current_house(), current_actor(), clock.today()
    with house.database.reading() as session:
        lines = orders.all_listed(session, actor, _filters(), today, house.calendar)
        colours = orders.colours_of_orders(session, [line.order.number for line in lines])
        names = {unit.id: unit.short_name for unit in units.units(session)}
        rows = [_ledger_row(line, colours.get(line.order.number, []), names) for line in lines]
    content = ledger_sheet.render("督办单台账", today, rows, ledger_sheet.ORDER_HEADINGS)
    return send_file(BytesIO(content), SHEET, as_attachment=True, download_name=f"督办单台账 {today.isoformat()}.xlsx")


@bp.get("/<number>")
def one(number: str) -> str:
    house, actor, today = current_house(), current_actor(), clock.today()
    with house.database.reading() as session:
        shown = orders.order_page(session, actor, number, today, house.calendar)
        instance_id = shown.order.instance_id
        return render_template(
            "orders/one.html",
            page=shown,
            today=today,
            distance=lambda day: distance_words(day, today, house.calendar),
            open_task_id=open_task_of(session, actor, instance_id) if instance_id else None,
            has_pdf=pdf_files.program() is not None,
            **_words(),
        )


@bp.get("/new")
def new() -> str:
    return _new({})


@bp.post("/new")
def open_order() -> Answer:
    """Opened on a matter of the office's own; the draft is where it goes on."""
    typed = {name: request.form.get(name, "").strip() for name in MATTER}
    try:
        return redirect(_opened(typed))
    except RuleViolation as refused:
        return _new(typed, {error["field"]: error["text"] for error in refused.extra["errors"]}), refused.status


@bp.post("/late/<task_id>")
def order_late(task_id: str) -> Response:
    """From the list of what is late: one click leads to the draft, or to the order that runs already."""
    with current_house().database.reading() as session:
        running = open_order_of(session, subject_key(task_id))
    if running is not None:
        flash(_("该事项已有督办单%(number)s在办。", number=running.number))
        return redirect(url_for("orders.one", number=running.number))
    try:
        return redirect(_opened({"task_id": task_id}))
    except RuleViolation as refused:
        flash(refused.extra["errors"][0]["text"], "error")
        return redirect(url_for("board.page"))


@bp.get("/<number>/<int:position>.docx")
def word_file(number: str, position: int) -> Response:
    with current_house().database.reading() as session:
        _seen(session, number)
        name, content = papers.draw(session, number, position)
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=f"{name}.docx")


@bp.get("/<number>/<int:position>.pdf")
def pdf(number: str, position: int) -> Response:
    """Where no PDF can be made, the print view stands in for it."""
    with current_house().database.reading() as session:
        _seen(session, number)
        name, content = papers.draw(session, number, position)
    made = pdf_files.as_pdf(content)
    if made is None:
        return redirect(url_for("orders.print_view", number=number, position=position))
    return send_file(BytesIO(made), PDF, as_attachment=True, download_name=f"{name}.pdf")


@bp.get("/<number>/<int:position>/print")
def print_view(number: str, position: int) -> str:
    with current_house().database.reading() as session:
        _seen(session, number)
        notice = papers.notice_of(session, number, position)
    return render_template(
        "orders/print.html",
        notice=notice,
        sheets=sheets(order_notice.opening_text(notice), order_notice.chapters(notice)),
        slip=order_notice.slip_rows(notice),
        slip_heading=order_notice.SLIP,
        slip_note=order_notice.SLIP_NOTE,
        heading=order_notice.TITLE,
    )


def _ledger_row(line: OrderLine, colours: Sequence[OrderColour], names: Mapping[str, str]) -> OrderRow:
    order, last = line.order, colours[-1] if colours else None
    return OrderRow(
        number=order.number,
        document_no=line.document_no,
        source=f"{SOURCES[order.source]}：{order.subject}",
        title=order.title,
        content=order.content,
        unit=line.unit,
        co_units="、".join(names.get(unit, unit) for unit in order.co_units),
        level=LEVEL_WORDS[order.level],
        opened_on=order.opened_on,
        signed_for_on=order.signed_for_on,
        handler=order.handler,
        limit_on=last.first_limit_on if last else None,
        extended_to=last.limit_on if last and last.limit_on != last.first_limit_on else None,
        light=line.light.label,
        state=STATES[order.state],
        reported_on=last.reported_on if last else None,
        closed_on=order.closed_on,
        points=sum(LAPSE_POINTS[row.level] for row in colours if row.lapsed_on and not row.is_void),
    )


def _seen(session: Session, number: str) -> None:
    """Raises NotFound for an order that is not the reader's."""
    orders.order_page(session, current_actor(), number, clock.today(), current_house().calendar)


def _opened(variables: dict[str, Any]) -> str:
    """Where the draft is written, by who has opened it; an order that joined another has none."""
    house, actor, key = current_house(), current_actor(), request.form.get("_key") or new_key()
    answer = processes.start(house, actor, "supervision_order", variables, key=key)
    with house.database.reading() as session:
        task_id = open_task_of(session, actor, answer["id"])
    if task_id is None:
        return url_for("orders.page")
    tasks.claim(house, actor, task_id, key=f"{key}-claim")
    return url_for("tasks.page", task_id=task_id)


def _new(typed: dict[str, str], errors: dict[str, str] | None = None) -> str:
    with current_house().database.reading() as session:
        listed = [(unit.id, unit.short_name, unit.pinyin) for unit in units.standing_units(session) if unit.reports]
    return render_template("orders/new.html", typed=typed, errors=errors or {}, units=listed, key=new_key())


def _filters() -> Filters:
    asked = request.args
    wanted = Filters(asked.get("span", ""), asked.get("level", ""), asked.get("unit", ""))
    if wanted.span not in ("", *SPANS) or wanted.level not in ("", *LEVEL_WORDS):
        raise BadRequest
    return wanted


def _href(wanted: Filters, **changed: str) -> str:
    kept: dict[str, Any] = {"span": wanted.span, "level": wanted.level, "unit": wanted.unit} | changed
    return url_for("orders.page", **{name: value for name, value in kept.items() if value})


def _words() -> dict[str, Any]:
    return {"level_words": LEVEL_WORDS, "state_words": STATES, "source_words": SOURCES, "wanted_words": WANTED_WORDS}
