"""Which service specialist an enterprise is paired with."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from app.db import table_of
from app.models.pairing import Pairing

PAIRING = table_of(Pairing)
SERVICE = "service"
PAGE = 1000


def specialists_of(connection: Connection, enterprise_ids: Collection[str]) -> dict[str, int]:
    """Enterprise -> person, of those that have one now."""
    ids = sorted(enterprise_ids)
    found: dict[str, int] = {}
    columns = select(PAIRING.c.enterprise_id, PAIRING.c.person_id)
    lasting = columns.where(PAIRING.c.kind == SERVICE, PAIRING.c.to_on.is_(None))
    for first in range(0, len(ids), PAGE):
        rows = connection.execute(lasting.where(PAIRING.c.enterprise_id.in_(ids[first : first + PAGE])))
        found.update({row.enterprise_id: row.person_id for row in rows})
    return found
