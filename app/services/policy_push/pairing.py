"""Which service specialist an enterprise is paired with."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection


def specialists_of(connection: Connection, enterprise_ids: Collection[str]) -> dict[str, int]:
    """Enterprise -> person, of those that have one."""
    return {}
