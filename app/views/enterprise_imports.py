"""导入企业: the file is uploaded, checked while one looks on, shown row by row, and taken in when it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.documents.enterprise_sheet_writing import error_list, template
from app.errors import RuleViolation
from app.models.enterprise_import import EnterpriseImport, EnterpriseImportRow
from app.queries import enterprise_imports as queries
from app.queries.enterprises import locality_names
from app.services import enterprise_imports as services
from app.services.enterprise_columns import columns
from app.terms import ImportKind, ImportStatus, Source
from app.views.context import current_actor, current_house
from app.views.enterprises import SHEET
from app.views.paging import next_page, wants_rows

bp = Blueprint("enterprise_imports", __name__, url_prefix="/enterprises/imports")

Answer = str | Response | tuple[str, int]

AT_WORK = (ImportStatus.UPLOADED, ImportStatus.CHECKING, ImportStatus.CONFIRMED, ImportStatus.RUNNING)
LIGHTS = {
    ImportStatus.CHECKED: "yellow",
    ImportStatus.STALE: "yellow",
    ImportStatus.REFUSED: "red",
    ImportStatus.DONE: "blue",
}


@bp.get("")
def page() -> str:
    return _page({})


@bp.post("")
def upload() -> Answer:
    sent = request.files.get("file")
    name, content = (sent.filename or "", sent.read()) if sent is not None else ("", b"")
    adds_only = bool(request.form.get("adds_only"))
    source = request.form.get("source", "")
    try:
        import_id = services.upload(current_house(), current_actor(), name, content, source, adds_only=adds_only)
    except RuleViolation as refused:
        return _page({refused.field: refused.text}), refused.status
    return redirect(url_for("enterprise_imports.one", import_id=import_id))


@bp.get("/template.xlsx")
def blank() -> Response:
    with current_house().database.reading() as session:
        content = template(columns(session, clock.today().year - 1, current_house().chains.choices))
    return send_file(BytesIO(content), SHEET, as_attachment=True, download_name="企业导入模板.xlsx")


@bp.get("/<int:import_id>")
def one(import_id: int) -> str:
    with current_house().database.reading() as session:
        row = queries.one_import(session, import_id)
        kind = _kind(row)
        found = queries.rows(session, import_id, kind, request.args.get("cursor"))
        following = url_for("enterprise_imports.one", import_id=import_id, kind=kind, cursor=found.next_cursor)
        shown: dict[str, Any] = {
            "row": row,
            "kind": kind,
            "found": found,
            "more": following if found.next_cursor else "",
            "words": _Words(session),
        }
        if wants_rows():
            return render_template("enterprise_imports/_rows.html", **shown)
        return render_template("enterprise_imports/one.html", kinds=_kinds(row, kind), **shown, **_state(row))


@bp.get("/<int:import_id>/progress")
def progress(import_id: int) -> Response | str:
    """How far it is, for htmx; when there is nothing to wait for, the page is loaded anew."""
    with current_house().database.reading() as session:
        row = queries.one_import(session, import_id)
        answer = render_template("enterprise_imports/_progress.html", row=row, **_state(row))
    if ImportStatus(row.status) in AT_WORK:
        return answer
    return Response(answer, headers={"HX-Refresh": "true"})


@bp.get("/<int:import_id>/errors.xlsx")
def errors(import_id: int) -> Response:
    with current_house().database.reading() as session:
        row = queries.one_import(session, import_id)
        content = error_list(queries.errors(session, import_id))
    return send_file(BytesIO(content), SHEET, as_attachment=True, download_name=f"错误清单 {row.id}.xlsx")


@bp.post("/<int:import_id>/confirmation")
def confirm(import_id: int) -> Response:
    services.confirm(current_house(), current_actor(), import_id)
    return redirect(url_for("enterprise_imports.one", import_id=import_id))


@bp.post("/<int:import_id>/check")
def check_again(import_id: int) -> Response:
    services.check_again(current_house(), current_actor(), import_id)
    return redirect(url_for("enterprise_imports.one", import_id=import_id))


@bp.post("/<int:import_id>/withdrawal")
def withdraw(import_id: int) -> Response:
    services.withdraw(current_house(), current_actor(), import_id)
    flash(_("已放弃这次导入，企业库没有变动。"))
    return redirect(url_for("enterprise_imports.page"))


def _page(errors_: Mapping[str, str]) -> str:
    with current_house().database.reading() as session:
        found = queries.imports(session, request.args.get("cursor"))
        shown = {
            "found": found,
            "more": next_page("enterprise_imports.page", found.next_cursor),
            "statuses": {status.value: status.label for status in ImportStatus},
            "lights": {status.value: light for status, light in LIGHTS.items()},
        }
        if wants_rows():
            return render_template("enterprise_imports/_list.html", **shown)
        sources = [(source.value, source.label) for source in Source]
        return render_template(
            "enterprise_imports/page.html", **shown, sources=sources, errors=errors_, values=request.form
        )


def _kind(row: EnterpriseImport) -> ImportKind:
    """Which rows are shown: those asked for, else what needs looking at first."""
    asked = request.args.get("kind", "")
    if asked in set(ImportKind):
        return ImportKind(asked)
    order = (ImportKind.WRONG, ImportKind.CHANGED, ImportKind.NEW, ImportKind.UNCHANGED)
    return next((kind for kind in order if row.counts.get(kind.value)), ImportKind.NEW)


def _kinds(row: EnterpriseImport, chosen: ImportKind) -> list[dict[str, Any]]:
    return [
        {
            "href": url_for("enterprise_imports.one", import_id=row.id, kind=kind.value),
            "label": kind.label,
            "count": row.counts.get(kind.value, 0),
            "is_current": kind is chosen,
        }
        for kind in ImportKind
    ]


def _state(row: EnterpriseImport) -> dict[str, Any]:
    status = ImportStatus(row.status)
    is_reading = status in (ImportStatus.UPLOADED, ImportStatus.CHECKING)
    return {
        "status": status,
        "light": LIGHTS.get(status, "grey"),
        "is_at_work": status in AT_WORK,
        "work": _("正在核对") if is_reading else _("正在写入企业库"),
        "percent": min(100 * row.done // row.about, 100) if row.about and is_reading else 0,
        "source": Source(row.source).label,
    }


class _Words:
    """What a change is called, and how its values are written."""

    def __init__(self, session: Session) -> None:
        shown = columns(session, clock.today().year, ())
        self._labels = {column.key: column.label for column in shown}
        self._choices = {column.key: {value: word for word, value in column.choices.items()} for column in shown}
        self._choices["locality_id"] = dict(locality_names(session))

    def field(self, name: str) -> str:
        year, dot, key = name.rpartition(".")
        return f"{year}年{self._labels.get(key, key)}" if dot else self._labels.get(key, key)

    def value(self, name: str, value: Any) -> str:
        words = self._choices.get(name.rpartition(".")[2], {})
        return "–" if value in (None, "") else str(words.get(value, value))

    def given(self, row: EnterpriseImportRow) -> str:
        """What a new row says, in short."""
        place = self.value("locality_id", row.given.get("locality_id"))
        parts = [place, row.given.get("chain", ""), row.given.get("product", "")]
        return "　".join(part for part in parts if part)
