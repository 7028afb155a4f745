"""The ledger for witnesses: every event as it was sealed, without what it says."""

from __future__ import annotations

from pydantic import Field

from app.api.resources import Reply, reads, resource
from app.api.shapes import LARGEST_INT, Query, Shape
from app.errors import BadRequest
from app.models.event import EventRow
from app.queries import events
from app.views.context import current_house

bp = resource("audit", "Audit")


class After(Query):
    """after: the `id` of the last event that one has; from the beginning without it."""

    after: str | None = Field(None, max_length=60)
    limit: int = Field(200, ge=1, le=1000)


class SealedFields(Shape):
    """The fields of an event that its hash is over. payload_commitment proves what was said."""

    stream: str
    seq: int
    type: str
    actor: str | None
    on_behalf_of: str | None
    at: str
    at_raw: str
    command_key: str
    definition_hash: str | None
    payload_commitment: str
    attachments: list[str]
    alg: str
    prev: str


class SealedEvent(SealedFields):
    """An event with its hash. id: stream and seq."""

    id: str
    hash: str


class SealedEventList(Shape):
    """next_cursor: what to send as `after`, null when there is nothing yet behind it."""

    items: list[SealedEvent]
    next_cursor: str | None


@bp.get("/audit/events", responses=reads(SealedEventList))
def list_audit_events(query: After) -> Reply:
    """Events of all streams, in the order in which the system's clock saw them."""
    with current_house().database.reading() as session:
        rows = events.events_after(session, _place(query.after), query.limit + 1)
        shown = [_sealed(row) for row in rows[: query.limit]]
    more = len(rows) > query.limit
    return SealedEventList(items=shown, next_cursor=shown[-1].id if more else None).as_json()


def _place(after: str | None) -> tuple[str, int] | None:
    if after is None:
        return None
    stream, _, seq = after.rpartition(":")
    if not (seq.isascii() and seq.isdecimal() and int(seq) <= LARGEST_INT):
        raise BadRequest
    return stream, int(seq)


def _sealed(row: EventRow) -> SealedEvent:
    names = SealedEvent.model_fields.keys() - {"id"}
    return SealedEvent(id=f"{row.stream}:{row.seq}", **{name: getattr(row, name) for name in names})
