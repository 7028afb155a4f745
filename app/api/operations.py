"""For those who run the house: whether it is alive, whether it is ready, and how it is doing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app import clock
from app.api.problems import handle_errors, of_database
from app.queries.gauges import Gauges, gauges
from app.views.context import current_house

bp = Blueprint("operations", __name__)
handle_errors(bp)
bp.register_error_handler(ProgrammingError, of_database)  # PostgreSQL's word for a table that is not there yet

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
HELP = {
    "user_tasks_open": "User tasks that wait for a person.",
    "timers_due": "Drawn timers that should have fired by now.",
    "outbox_pending": "Effects that have not left yet.",
    "outbox_failed": "Effects that were given up.",
    "incidents_open": "Incidents that wait for a repair.",
    "heartbeat_seconds": "Seconds since a scheduler last ticked.",
    "backup_seconds": "Seconds since `duban backup` was last done.",
}


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers too; 503 when it does not."""
    with current_house().database.reading() as session:
        session.execute(text("SELECT 1 FROM person LIMIT 1"))
    return {"status": "ok"}


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """A few gauges in the text format of Prometheus; figures only, nothing of anybody."""
    with current_house().database.reading() as session:
        found = gauges(session, clock.now())
    return Response("".join(_lines(found)), content_type=EXPOSITION)


def _lines(found: Gauges) -> Iterator[str]:
    for name, value in asdict(found).items():
        if value is not None:
            yield f"# HELP duban_{name} {HELP[name]}\n# TYPE duban_{name} gauge\nduban_{name} {value}\n"
