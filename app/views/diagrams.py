"""The drawing of a version of a process, as its BPMN text; bpmn-js draws it on the page."""

from __future__ import annotations

from flask import Blueprint, Response

from app.queries.drawings import seen_drawing
from app.views.context import current_actor, current_house

bp = Blueprint("diagrams", __name__)

DAY = 24 * 3600


@bp.get("/definitions/<int:definition_id>/diagram.bpmn")
def source(definition_id: int) -> Response:
    """A version never changes, so the reader's browser may keep it."""
    with current_house().database.reading() as session:
        text = seen_drawing(session, current_actor(), definition_id)
    return Response(text, mimetype="application/xml", headers={"Cache-Control": f"private, max-age={DAY}"})
