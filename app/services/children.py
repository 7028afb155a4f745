"""How many children one command may start or end itself; more of them go by pages, each a transaction of its own.

A page is an effect of the outbox, so it is done exactly once, after the command that wanted it and not within it: a
campaign of ten thousand units keeps nobody waiting for longer than one of two hundred. child_pages.py does the pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, TextClause, exists, select

from app.db import table_of
from app.models.outbox import PAGE_LEFT, OutboxRow
from app.models.process import ProcessInstance
from app.services.cases import Case, Effect, Start
from app.terms import InstanceStatus

INSTANCE, OUTBOX = table_of(ProcessInstance), table_of(OutboxRow)

AT_ONCE = 200
PAGE = 200
START_PAGE, CANCEL_PAGE = "start", "cancel"
PAGES = (START_PAGE, CANCEL_PAGE)  # kinds of effects


def starts_at_once(case: Case) -> list[Start]:
    """Those this command starts itself; the others become effects of the case."""
    starts, case.starts = case.starts, []
    if len(starts) <= AT_ONCE:
        return starts
    beside = [start for start in starts if start.is_sibling]
    below = [_told(start) for start in starts if not start.is_sibling]
    case.effects += _pages(case, START_PAGE, "starts", below)
    return beside


def cancels_at_once(case: Case) -> list[tuple[str, str]]:
    """The same for children to be cancelled: id and reason."""
    cancels, case.cancels = case.cancels, []
    if len(cancels) <= AT_ONCE:
        return cancels
    case.effects += _pages(case, CANCEL_PAGE, "cancels", [list(cancel) for cancel in cancels])
    return []


def start_page(effect_key: str, parent_id: str, starts: Sequence[Start]) -> Effect:
    """Children that a service makes a page at a time, of its own accord and outside the parent's command."""
    return Effect(effect_key, START_PAGE, {"instance_id": parent_id, "starts": [_told(start) for start in starts]})


def start_of(told: Mapping[str, Any]) -> Start:
    """The start that a page tells of."""
    return Start(**{**told, "rows": {(kind, key): value for kind, key, value in told["rows"]}})


def is_open(connection: Connection, parent_id: str, definition_key: str) -> bool:
    """Whether a child of this kind is under way, or may still be started."""
    is_active, is_left = exists().where(*_active(parent_id, definition_key)), exists().where(*_page_left(parent_id))
    return bool(connection.execute(select(is_active | is_left)).scalar_one())


def _page_left(parent_id: str) -> tuple[TextClause, ColumnElement[bool]]:
    """A page that was not started yet; one that has failed is tried again by an operator."""
    return PAGE_LEFT, OUTBOX.c.payload["instance_id"].as_string() == parent_id


def done_effect(message: str, cause: str, parent_key: str, parent_id: str, definition_key: str) -> Effect:
    """Tell the parent that its children have ended, unless one is open by then. cause: what makes it be asked."""
    children = {"parent_id": parent_id, "definition_key": definition_key}
    return Effect(f"{message}:{cause}", "message", {"name": message, "key": parent_key, "unless_open": children})


def _active(parent_id: str, definition_key: str) -> Sequence[ColumnElement[bool]]:
    return (
        INSTANCE.c.parent_id == parent_id,
        INSTANCE.c.status == InstanceStatus.ACTIVE,
        INSTANCE.c.definition_key == definition_key,
    )


def _pages(case: Case, kind: str, name: str, listed: list[Any]) -> list[Effect]:
    """instance_id: of the parent, where an incident of the page is shown."""
    instance = case.instance
    return [
        Effect(
            f"{kind}:{instance.id}:{instance.version}:{first // PAGE}",
            kind,
            {"instance_id": instance.id, name: listed[first : first + PAGE]},
        )
        for first in range(0, len(listed), PAGE)
    ]


def _told(start: Start) -> dict[str, Any]:
    rows = [[kind, key, dict(value)] for (kind, key), value in start.rows.items()]
    return {**vars(start), "data": dict(start.data), "rows": rows}
