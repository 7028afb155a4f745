"""One evaluation: what a title, or a refusal, rests on."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.access import may_open
from app.queries.evaluations import evaluation_page
from app.services.enterprise_recognition.rows import batch_title
from app.terms import TitleLevel
from app.views.context import current_actor, current_house

bp = Blueprint("evaluations", __name__, url_prefix="/evaluations")


@bp.get("/<int:evaluation_id>")
def one(evaluation_id: int) -> str:
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        page = evaluation_page(session, actor, evaluation_id)
        return render_template(
            "evaluations/page.html",
            page=page,
            level=TitleLevel(page.stored.level).label,
            batch=batch_title(page.application.batch) if page.application else "",
            shows_rules=may_open("rule_sets.one", actor),
            shows_history=may_open("histories.one", actor),
            shows_batch=may_open("recognition.one", actor),
        )
