"""通报: those there are, one that is written, signed or read, and its paper."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.errors import InvalidForm, NotFound, RuleViolation
from app.queries import bulletins as found
from app.services import bulletin_papers, bulletins, pdf_files
from app.services.bulletins import TEXTS
from app.terms import Role
from app.views.context import current_actor, current_house
from app.views.paging import next_page, wants_rows
from app.views.paper_pages import sheets
from app.views.urging import WORD

bp = Blueprint("bulletins", __name__, url_prefix="/bulletins")

Answer = str | Response | tuple[str, int]
PDF = "application/pdf"


@bp.get("")
def page() -> str:
    actor = current_actor()
    with current_house().database.reading() as session:
        listed = found.listed(session, actor, request.args.get("cursor"))
        rows = {
            "rows": listed.items,
            "states": found.STATES,
            "left": listed.left,
            "more": next_page("bulletins.page", listed.next_cursor),
        }
        if wants_rows():
            return render_template("bulletins/_rows.html", **rows)
        return render_template("bulletins/page.html", **rows, may_write=found.may_write(actor))


@bp.get("/new")
def new() -> str:
    """The period is asked first: the month so far, unless the reader says another."""
    today = clock.today()
    return _new({"since": today.replace(day=1).isoformat(), "until": today.isoformat()})


@bp.post("/new")
def compose() -> Answer:
    typed = {name: request.form.get(name, "").strip() for name in ("since", "until")}
    house = current_house()
    try:
        since, until = _days(typed)
        with house.database.transaction() as session:
            row = bulletins.compose(session, current_actor(), house.calendar, since, until)
            number = row.id
    except RuleViolation as refused:
        return _new(typed, {error["field"]: error["text"] for error in refused.extra["errors"]}), refused.status
    flash(_("已按督办台账和督办单拟好初稿，请核对修改。"))
    return redirect(url_for("bulletins.one", bulletin_id=number))


@bp.get("/<int:bulletin_id>")
def one(bulletin_id: int) -> str:
    return _one(bulletin_id)


@bp.post("/<int:bulletin_id>")
def act(bulletin_id: int) -> Answer:
    """save, send, sign, send_back or drop, as the button says; what was typed is saved before it is sent."""
    verb, revision = request.form.get("verb", ""), request.form.get("revision", 0, type=int)
    try:
        return redirect(_done(bulletin_id, verb, revision))
    except InvalidForm as refused:
        errors = {error["field"]: error["text"] for error in refused.extra["errors"]}
        return _one(bulletin_id, _typed(), errors), refused.status
    except RuleViolation as refused:
        return _one(bulletin_id, None, {"reason": refused.extra["errors"][0]["text"]}), refused.status


@bp.get("/<int:bulletin_id>/paper.<ending>")
def paper(bulletin_id: int, ending: str) -> Response:
    """The Word file, or the PDF where one can be made."""
    with current_house().database.reading() as session:
        row = found.bulletin(session, current_actor(), bulletin_id)
        content, name = bulletin_papers.word_file(session, row), f"{row.title} {row.number}".strip()
    if ending == "docx":
        return send_file(BytesIO(content), WORD, as_attachment=True, download_name=f"{name}.docx")
    made = pdf_files.as_pdf(content) if ending == "pdf" else None
    if made is None:
        raise NotFound(_("这里不能生成 PDF，请下载 Word 文件。"))
    return send_file(BytesIO(made), PDF, as_attachment=True, download_name=f"{name}.pdf")


@bp.get("/<int:bulletin_id>/print")
def print_view(bulletin_id: int) -> str:
    with current_house().database.reading() as session:
        row = found.bulletin(session, current_actor(), bulletin_id)
        shown = bulletin_papers.paper_of(session, row)
    return render_template("bulletins/print.html", paper=shown, sheets=sheets(shown.opening, shown.written))


def _done(bulletin_id: int, verb: str, revision: int) -> str:
    """Do what the button says; where the reader goes on."""
    house, actor = current_house(), current_actor()
    here = url_for("bulletins.one", bulletin_id=bulletin_id)
    with house.database.transaction() as session:
        match verb:
            case "save":
                bulletins.save(session, actor, bulletin_id, revision, _typed())
                flash(_("已保存。"))
            case "send":
                row = bulletins.save(session, actor, bulletin_id, revision, _typed())
                bulletins.send(session, actor, bulletin_id, row.revision)
                flash(_("已送签发人签发。"))
            case "sign":
                number = bulletins.sign(session, actor, bulletin_id, revision)
                flash(_("%(number)s已签发，并告知各单位。", number=number))
            case "send_back":
                bulletins.send_back(session, actor, bulletin_id, revision, request.form.get("reason", ""))
                flash(_("已退回拟稿人。"))
            case "drop":
                bulletins.drop(session, actor, bulletin_id, revision)
                flash(_("已作废。"))
                here = url_for("bulletins.page")
            case _:
                raise NotFound
    return here


def _typed() -> dict[str, Any]:
    form = request.form
    remarks = {name.partition(".")[2]: text for name, text in form.items() if name.startswith("remark.")}
    return {**{name: form.get(name, "") for name in TEXTS}, "kept": form.getlist("kept"), "remarks": remarks}


def _one(bulletin_id: int, typed: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> str:
    actor = current_actor()
    with current_house().database.reading() as session:
        row = found.bulletin(session, actor, bulletin_id)
        may_edit = row.status == "drafting" and found.may_write(actor)
        return render_template(
            "bulletins/one.html",
            row=row,
            state=found.STATES[row.status],
            paper=bulletin_papers.paper_of(session, row),
            texts=TEXTS,
            typed=typed or {name: getattr(row, name) for name in TEXTS},
            errors=errors or {},
            may_edit=may_edit,
            may_sign=row.status == "signing" and actor.has(Role.OFFICE_SIGNER) and row.drafted_by != actor.person_id,
            is_own=row.status == "signing" and row.drafted_by == actor.person_id,
            has_pdf=pdf_files.program() is not None,
        )


def _new(typed: dict[str, str], errors: dict[str, str] | None = None) -> str:
    return render_template("bulletins/new.html", typed=typed, errors=errors or {})


def _days(typed: dict[str, str]) -> tuple[date, date]:
    """Raises RuleViolation for what is no day."""
    days = []
    for name in ("since", "until"):
        try:
            days.append(date.fromisoformat(typed[name]))
        except ValueError as error:
            raise RuleViolation(name, _("请填写日期，例如 2023-01-31")) from error
    return days[0], days[1]
