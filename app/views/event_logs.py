"""What an event log refers to: the file that says what the attributes of our own mean."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.ledger import xes

bp = Blueprint("event_logs", __name__, url_prefix="/xes")


@bp.get("/duban.xesext")
def extension() -> Response:
    return Response(xes.extension_file(request.base_url), mimetype="application/xml")
