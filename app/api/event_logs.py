"""Histories for process mining: the steps of one, or of all that are asked for, as an event log in XES or CSV."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import Response, url_for
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.resources import files, resource
from app.api.shapes import ById, Key, Name, Query
from app.errors import InvalidForm
from app.models.person import Person
from app.models.process import ProcessInstance
from app.queries.histories import Wanted
from app.queries.sight import seen_instance
from app.services import event_log_parts
from app.terms import InstanceStatus
from app.views.context import current_actor, current_house
from app.views.downloads import CSV, XES, sent

bp = resource("event_logs", "Histories")


class Chosen(Query):
    """unit: whom it is about, or who had a task in it. person: login of who began it or completed a task in it.

    from_on, until_on: days in China on one of which it ran. q: part of its title or business key. year: to which it
    belongs.
    """

    definition_key: Name | None = None
    year: int | None = Field(None, ge=1990, le=2999)
    unit: Name | None = None
    duty: Name | None = None
    person: Name | None = None
    status: InstanceStatus | None = None
    from_on: date | None = None
    until_on: date | None = None
    q: Key | None = None


@bp.get("/event-log.xes", responses=files(XES))
def export_event_log_as_xes(query: Chosen) -> Response:
    """The steps of all histories that are chosen, as an event log (XES, IEEE 1849)."""
    return _as_xes(_chosen(query), "histories.xes")


@bp.get("/event-log.csv", responses=files(CSV))
def export_event_log_as_csv(query: Chosen) -> Response:
    """The same, a line a step, under the names that XES gives its attributes."""
    return _as_csv(_chosen(query), "histories.csv")


@bp.get("/process-instances/<id>/event-log.xes", responses=files(XES))
def export_history_as_xes(path: ById) -> Response:
    """The steps of one history."""
    row = _seen(path.id)
    return _as_xes([row.id], f"{row.business_key}.xes")


@bp.get("/process-instances/<id>/event-log.csv", responses=files(CSV))
def export_history_as_csv(path: ById) -> Response:
    """The same, a line a step."""
    row = _seen(path.id)
    return _as_csv([row.id], f"{row.business_key}.csv")


def _as_xes(ids: Iterable[str], name: str) -> Response:
    uri = url_for("event_logs.extension", _external=True)
    return sent(event_log_parts.as_xes(current_house(), ids, uri), XES, name)


def _as_csv(ids: Iterable[str], name: str) -> Response:
    return sent(event_log_parts.as_csv(current_house(), ids), CSV, name)


def _seen(instance_id: str) -> ProcessInstance:
    """Raises NotFound, also for one that is not the caller's to see."""
    with current_house().database.reading() as session:
        return seen_instance(session, current_actor(), instance_id)


def _chosen(query: Chosen) -> Iterable[str]:
    """The ids of the histories. Raises InvalidForm."""
    house = current_house()
    with house.database.reading() as session:
        person_id = _person(session, query.person) if query.person else None
    wanted = Wanted(
        unit_id=query.unit or "",
        duty=query.duty or "",
        person_id=person_id,
        from_on=query.from_on,
        until_on=query.until_on,
        status=query.status or "",
        text=query.q or "",
        definition_key=query.definition_key or "",
        year=query.year,
    )
    return event_log_parts.listed(house, current_actor(), wanted)


def _person(session: Session, login: str) -> int:
    found = session.scalar(select(Person.id).where(Person.login == login))
    if found is None:
        raise InvalidForm([("person", "没有这个账号。")])
    return found
