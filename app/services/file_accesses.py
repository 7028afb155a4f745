"""查阅记录: writes down who looked at whose file, and on which screen."""

from __future__ import annotations

from collections.abc import Iterable

from app import clock
from app.db import table_of
from app.models.enterprise import FileAccess
from app.queries.actor import Actor
from app.services.house import House

ACCESS = table_of(FileAccess)
PAGE = 1000

FILE, EXPORT, PROGRAM = "file", "export", "api"  # screens


def note(house: House, actor: Actor, enterprise_ids: Iterable[str], screen: str) -> None:
    """One line for each enterprise that was looked at; nothing for an actor without an account."""
    if actor.person_id is None:
        return
    at = clock.now()
    rows = [
        {"enterprise_id": id_, "person_id": actor.person_id, "unit_id": actor.home_unit_id, "screen": screen, "at": at}
        for id_ in enterprise_ids
    ]
    with house.database.writing() as connection:
        for begin in range(0, len(rows), PAGE):
            connection.execute(ACCESS.insert(), rows[begin : begin + PAGE])
