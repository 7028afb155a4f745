"""Events of a house with their lines, as a search finds them."""

from __future__ import annotations

from app.models.event_line import EventLine
from app.queries import event_search
from app.queries.event_search import Wanted
from app.services import event_lines
from app.services.house import House
from tests.factories import actor


def filled(house: House) -> int:
    """All lines are there; how many are new."""
    return event_lines.catch_up(house)


def found(house: House, wanted: Wanted, login: str = "auditor") -> list[EventLine]:
    """All pages of an answer."""
    lines: list[EventLine] = []
    cursor = None
    with house.database.reading() as session:
        while True:
            page = event_search.search(session, actor(house, login), wanted, cursor)
            lines += page.lines
            session.expunge_all()
            cursor = page.next_cursor
            if cursor is None:
                return lines
