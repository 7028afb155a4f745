"""An event log on its way to a browser: read some histories at a time, so that no transaction waits for the network.

Each history is whole and of one moment; those of a long log are read one group after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import select

from app.ledger import xes
from app.models.process import ProcessInstance
from app.queries import histories
from app.queries.actor import Actor
from app.queries.histories import Wanted
from app.services import event_log
from app.services.event_log import Choice
from app.services.house import House

AT_ONCE = 100  # histories


def as_xes(house: House, ids: Iterable[str], extension_uri: str = xes.OWN_URI) -> Iterator[bytes]:
    """ids: of instances. extension_uri: where the own extension's file can be had."""
    return xes.parts(_traces(house, ids), extension_uri)


def as_csv(house: House, ids: Iterable[str]) -> Iterator[bytes]:
    return event_log.table(_traces(house, ids))


def listed(house: House, actor: Actor, wanted: Wanted) -> Iterator[str]:
    """The ids of all histories that the list would show, page after page."""
    cursor = None
    while True:
        with house.database.reading() as session:
            found = histories.ids(session, actor, wanted, cursor)
        yield from found.items
        cursor = found.next_cursor
        if cursor is None:
            return


def _traces(house: House, ids: Iterable[str]) -> Iterator[xes.Trace]:
    rest = iter(ids)
    while some := list(islice(rest, AT_ONCE)):
        chosen = Choice(instances=select(ProcessInstance.id).where(ProcessInstance.id.in_(some)))
        with house.database.reading() as session:
            found = list(event_log.traces(house, session, chosen))
        yield from found
