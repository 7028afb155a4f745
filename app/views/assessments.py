"""年度考核: the rankings of a year, and one unit's score with the cause and the proof of every point."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.access import may_open
from app.duties.assessment import PARTS
from app.errors import NotFound
from app.queries import assessments
from app.queries.assessments import RANKINGS, ScorePage, ShownLine, total_text
from app.queries.task_page import open_task_of
from app.services import pdf_files
from app.services.assessment import papers
from app.services.assessment.scores import differences
from app.views.context import current_actor, current_house
from app.views.urging import WORD

bp = Blueprint("assessments", __name__, url_prefix="/assessments")

PDF = "application/pdf"
PAGE = 100  # items of one part on a page
PAGES: Mapping[str, str] = {"indicator": "indicators.one", "measure": "plan.measure"}
REASONS: Mapping[str, Any] = {
    "computed": _l("首次计算"),
    "appeal": _l("申诉更正"),
    "ruling": _l("领导小组裁定"),
    "adjustment": _l("人工加减分"),
}


@bp.get("")
def page() -> Response | str:
    """The last year there is."""
    with current_house().database.reading() as session:
        years = assessments.years(session)
    if years:
        return redirect(url_for("assessments.year_page", year=years[0]))
    return render_template("assessments/none.html")


@bp.get("/<int:year>")
def year_page(year: int) -> str:
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        shown = assessments.year_page(session, actor, year)
        task_id = open_task_of(session, actor, shown.assessment.instance_id)
        return render_template(
            "assessments/page.html",
            page=shown,
            year=year,
            ranking_words=RANKINGS,
            part_words=PARTS,
            total_text=total_text,
            years=[_segment(each, year) for each in shown.years],
            open_task_id=task_id,
            may_see_campaign=may_open("campaigns.one", actor) and actor.reads_all,
            has_pdf=pdf_files.program() is not None,
        )


@bp.get("/<int:year>/bulletin.<ending>")
def bulletin(year: int, ending: str) -> Response:
    """考核通报, once it was published. ending: docx | pdf."""
    with current_house().database.reading() as session:
        paper = papers.bulletin_of(session, year)
        content = papers.circular.render(paper)
    return _sent(content, f"考核通报 {paper.letterhead.number}", ending)


@bp.get("/<int:year>/<unit_id>")
def one(year: int, unit_id: str) -> str:
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        shown = assessments.score_page(session, actor, year, unit_id, request.args.get("revision", type=int))
        again = list(differences(session, year)) if request.args.get("again") else None
        own = None if again is None else [found for found in again if found.unit_id == unit_id]
        return render_template(
            "assessments/one.html",
            page=shown,
            year=year,
            parts=_parts(shown),
            proof=_proof if actor.reads_all or unit_id in actor.unit_ids else _no_proof,
            total_text=total_text,
            reasons=REASONS,
            again=own,
            has_pdf=pdf_files.program() is not None,
        )


@bp.get("/<int:year>/<unit_id>/sheet.<ending>")
def sheet(year: int, unit_id: str, ending: str) -> Response:
    """得分明细单. ending: docx | pdf."""
    with current_house().database.reading() as session:
        shown = assessments.score_page(session, current_actor(), year, unit_id)
        content = papers.sheet_of(session, shown)
    return _sent(content, f"{year}年度考核得分明细单 {shown.unit.short_name}", ending)


def _segment(each: int, year: int) -> dict[str, Any]:
    return {"label": each, "href": url_for("assessments.year_page", year=each), "is_current": each == year}


def _parts(page: ScorePage) -> list[dict[str, Any]]:
    """Each part with its lines: first what cost something, then a page of what brought all it could."""
    made = []
    for part, word in assessments.PART_WORDS.items():
        lines = page.of(part)
        lost, full = [line for line in lines if line.has_effect], [line for line in lines if not line.has_effect]
        at = max(request.args.get(part, 0, type=int), 0)
        made.append(
            {
                "key": part,
                "word": word,
                "points": page.parts[part],
                "weight": page.weights.get(part, ""),
                "lost": lost,
                "full": full[at : at + PAGE],
                "full_count": len(full),
                "next": at + PAGE if at + PAGE < len(full) else None,
            }
        )
    return made


def _proof(line: ShownLine) -> str:
    """Where the item is proved: its event in the history, the order's page, else what the plan says."""
    at = line.at
    if "order" in at:
        return url_for("orders.one", number=at["order"])
    if "instance" in at:
        anchor = f"event-{at['seq']}" if "seq" in at else None
        return url_for("histories.one", instance_id=at["instance"], _anchor=anchor)
    if "matter" in at:
        return url_for("plan.matter", year=at["year"], number=at["matter"])
    name = next((name for name in PAGES if name in at), None)
    return url_for(PAGES[name], number=at[name]) if name else ""


def _no_proof(line: ShownLine) -> str:
    """Another unit's matters are not opened to a reader of its score."""
    return ""


def _sent(content: bytes, name: str, ending: str) -> Response:
    if ending == "docx":
        return send_file(BytesIO(content), WORD, as_attachment=True, download_name=f"{name}.docx")
    made = pdf_files.as_pdf(content) if ending == "pdf" else None
    if made is None:
        raise NotFound(_("这里不能生成 PDF，请下载 Word 文件。"))
    return send_file(BytesIO(made), PDF, as_attachment=True, download_name=f"{name}.pdf")
