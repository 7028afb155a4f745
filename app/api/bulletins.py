"""Bulletins for programs: what the office told all units about a period; drafts for who writes and signs them."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.api.resources import Reply, reads, resource
from app.api.shapes import ByNumber, Instant, Listing, Shape, listed
from app.models.bulletin import Bulletin as Row
from app.queries import bulletins
from app.views.context import current_actor, current_house

bp = resource("bulletins", "Bulletins")


class Bulletin(Shape):
    """status: drafting, signing, published or dropped. number: from the signature on."""

    id: int
    status: str
    number: str
    title: str
    since_on: date
    until_on: date
    signed_at: Instant | None


class BulletinList(Shape):
    items: list[Bulletin]
    next_cursor: str | None


class WholeBulletin(Bulletin):
    """good, bad, demands: the chapters. overdue: tasks that were named; units: what each did in the period."""

    opening: str
    good: str
    bad: str
    demands: str
    overdue: list[dict[str, Any]]
    units: list[dict[str, Any]]


@bp.get("/bulletins", responses=reads(BulletinList))
def list_bulletins(query: Listing) -> Reply:
    """The newest first."""
    with current_house().database.reading() as session:
        found = bulletins.listed(session, current_actor(), query.cursor, query.limit)
        return listed(map(Bulletin.model_validate, found.items), found.next_cursor)


@bp.get("/bulletins/<int:id>", responses=reads(WholeBulletin))
def get_bulletin(path: ByNumber) -> Reply:
    with current_house().database.reading() as session:
        row = bulletins.bulletin(session, current_actor(), path.id)
        return WholeBulletin.model_validate(row).model_copy(update={"overdue": _named(row)}).as_json()


def _named(row: Row) -> list[dict[str, Any]]:
    """Without what the office left out of a draft, which is nobody else's business."""
    return [item for item in row.overdue if not item.get("is_left_out")]
