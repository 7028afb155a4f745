"""What the calendar owes many at once, opened page by page: each page is a command, done once however often asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import structlog

from app.errors import AppError
from app.queries.actor import CLOCK
from app.services.commands import Command, run
from app.services.house import House

log = structlog.get_logger()


def open_page(house: House, kind: str, ids: Sequence[Any], told: Mapping[str, Any]) -> int:
    """How many the command of this kind has opened for the ids. One that fails stops no other of its page.

    The key is made of what the page holds, so that the same page is done once.
    """
    key = str(uuid5(NAMESPACE_URL, f"duban:{kind}:{sorted(told.items())}:{','.join(map(str, ids))}"))
    try:
        return int(run(house, CLOCK, Command(kind, key, {**told, "ids": list(ids)}))["opened"])
    except AppError as error:
        if len(ids) == 1:
            log.warning("not opened", kind=kind, id=ids[0], error=error.text)
            return 0
    return sum(open_page(house, kind, [id_], told) for id_ in ids)
