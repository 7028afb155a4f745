"""For those who run the house: whether it is alive, whether it is ready, and how it is doing."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.api import exposition
from app.api.problems import handle_errors, of_database
from app.errors import DatabaseAway, NotReady
from app.queries.clock_stops import is_stopped
from app.queries.gauges import Remembered, count_open_tasks, gauges
from app.services import schema
from app.views.context import current_house

bp = Blueprint("operations", __name__)
handle_errors(bp)
bp.register_error_handler(ProgrammingError, of_database)  # PostgreSQL's word for a table that is not there yet


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers; nothing else is asked, so that a database that is away does not restart everything."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers, with the tables of this program; else 503 and what is missing.

    A stopped clock is told, and no reason to send people elsewhere: they work on.
    """
    try:
        with current_house().database.reading() as session:
            found = schema.revision(session)
            if found != schema.head():
                raise NotReady(missing=["schema"], revision=found, expected=schema.head())
            return {"status": "ok", "revision": found, "clock": "stopped" if is_stopped(session) else "ok"}
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise DatabaseAway(missing=["database"]) from error


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """The text format of Prometheus; figures only, nothing of anybody."""
    with current_house().database.reading() as session:
        found = gauges(session, current_app.extensions.setdefault("open_tasks", Remembered(count_open_tasks)))
    return Response(exposition.page(found), content_type=exposition.CONTENT_TYPE)
