"""Everything that was ever done, as auditors search it; and who has looked at what. Each search is itself recorded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from flask import url_for
from flask_babel import gettext as _
from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.api.resources import Reply, files, reads, resource
from app.api.shapes import Instant, Listing, Query, Shape, normal
from app.errors import InvalidForm
from app.models.event import ACCESS, ADMINISTRATION
from app.queries import event_lines, event_search
from app.queries.event_lines import Line
from app.queries.event_search import MANY, Find, Found, Wanted
from app.queries.event_verbs import VERBS
from app.services import event_log_parts
from app.views.context import current_actor, current_house
from app.views.downloads import CSV, XES, sent
from app.views.event_rows import MOST, as_file, too_many

bp = resource("event_search", "Histories")


def _known(verb: str) -> str:
    """Raises what pydantic raises for a word that is not on a closed list."""
    if verb and verb not in VERBS:
        raise PydanticCustomError("enum", "no such verb")
    return verb


Words = Annotated[str, Field(max_length=80), AfterValidator(normal)]
Verb = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": sorted(VERBS)})]


class Sought(Query):
    """person: login of who acted, for whom, or to whom it was done. unit: in whose name, or about whom.

    enterprise: credit code, or part of a name. from_on, until_on: days in China, both included. q: words, all of which
    are there; said: also in what the events say.
    """

    person: Words = ""
    unit: Words = ""
    enterprise: Words = ""
    duty: Words = ""
    verb: Verb = ""
    kind: Literal["business", "administration"] | None = None
    from_on: date | None = None
    until_on: date | None = None
    q: Words = ""
    said: bool = False

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            person=self.person,
            unit_id=self.unit,
            enterprise=self.enterprise,
            duty=self.duty,
            verb=self.verb,
            kind=self.kind or "",
            from_on=self.from_on,
            until_on=self.until_on,
            text=self.q,
            in_payloads=self.said,
        )


class SoughtPage(Sought, Listing):
    """One page of what is found."""


class Looked(Listing):
    """person: login of who looked. verb: what was looked at. q: words of the matter's title, all of which are there."""

    person: Words = ""
    verb: Verb = ""
    from_on: date | None = None
    until_on: date | None = None
    q: Words = ""


class FoundEvent(Shape):
    """stream, seq: where the event stands. actor, on_behalf_of, concerned: logins; name: the actor's.

    unit: in whose name; subject_unit: about whom. instance: the process instance that it belongs to, or that was
    looked at. told: what the event says, of administration and accesses only.
    """

    stream: str
    seq: int
    kind: str
    at: Instant
    verb: str
    actor: str | None
    name: str
    on_behalf_of: str | None
    concerned: str | None
    unit: str | None
    subject_unit: str | None
    enterprise: str | None
    duty: str | None
    instance: str | None
    business_key: str
    title: str
    step: str
    told: dict[str, Any] | None


class FoundEventList(Shape):
    """looked_until: how far back was looked, where a page is not full and older events are left behind next_cursor."""

    items: list[FoundEvent]
    next_cursor: str | None
    looked_until: Instant | None


@bp.get("/events", responses=reads(FoundEventList))
def search_events(query: SoughtPage) -> Reply:
    """Events of business and administration, the newest first, as far as the caller may search."""
    with current_house().database.reading() as session:
        found = event_search.search(session, current_actor(), query.wanted, query.cursor, query.limit)
        return _page(session, found)


@bp.get("/events.csv", responses=files(CSV))
def export_found_events(query: Sought) -> Response:
    """All that the search finds, as a table."""
    with current_house().database.reading() as session:
        lines = event_lines.everything(session, _finding(session, query), MOST)
    if len(lines) > MOST:
        raise _refused()
    return as_file(_("检索结果"), "csv", lines)


@bp.get("/events.xes", responses=files(XES))
def export_found_histories(query: Sought) -> Response:
    """The histories in which the search finds something, each whole, as an event log (XES, IEEE 1849)."""
    house = current_house()
    with house.database.reading() as session:
        ids = event_lines.matters(session, _finding(session, query), MOST)
    if ids is None:
        raise _refused()
    uri = url_for("event_logs.extension", _external=True)
    return sent(event_log_parts.as_xes(house, ids, uri), XES, f"{_('事件日志')}.xes")


@bp.get("/accesses", responses=reads(FoundEventList))
def list_accesses(query: Looked) -> Reply:
    """Who has looked at what, the newest first: all of it for the audit administrator, an auditor's own for her."""
    wanted = Wanted(person=query.person, verb=query.verb, from_on=query.from_on, until_on=query.until_on, text=query.q)
    with current_house().database.reading() as session:
        return _page(session, event_search.accesses(session, current_actor(), wanted, query.cursor, query.limit))


def _finding(session: Session, query: Sought) -> Find:
    return partial(event_search.search, session, current_actor(), query.wanted, limit=MANY)


def _refused() -> InvalidForm:
    return InvalidForm([("from_on", too_many())])


def _page(session: Session, found: Found) -> Reply:
    lines = event_lines.lines(session, found.lines)
    told = event_lines.told(session, [line for line in lines if line.kind in (ADMINISTRATION, ACCESS)])
    return FoundEventList(
        items=list(_shapes(found, lines, told)), next_cursor=found.next_cursor, looked_until=found.looked_until
    ).as_json()


def _shapes(found: Found, lines: Iterable[Line], told: Any) -> Iterable[FoundEvent]:
    for row, line in zip(found.lines, lines, strict=True):
        yield FoundEvent(
            stream=row.stream,
            seq=row.seq,
            kind=row.kind,
            at=row.at,
            verb=row.verb,
            actor=row.actor,
            name=line.who,
            on_behalf_of=row.on_behalf_of,
            concerned=row.concerned,
            unit=row.unit_id,
            subject_unit=row.subject_unit_id,
            enterprise=row.enterprise_id,
            duty=row.duty,
            instance=row.matter,
            business_key=row.business_key,
            title=row.title,
            step=row.step,
            told=told.get((row.stream, row.seq)),
        )
