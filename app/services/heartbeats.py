"""Signs of life: each process that nobody talks to, a scheduler or a worker, writes down that it still turns."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, select

from app import clock
from app.db import table_of
from app.models.timer import Heartbeat
from app.services.house import House

HEARTBEAT = table_of(Heartbeat)
KEPT = timedelta(hours=1)


def beat(house: House, name: str) -> None:
    """Say by the system's clock that the process `host:pid:kind` is alive; the traces of long dead ones go."""
    at = clock.system_now()
    with house.database.writing() as connection:
        done = connection.execute(HEARTBEAT.update().where(HEARTBEAT.c.name == name).values(at=at))
        if done.rowcount == 0:
            connection.execute(HEARTBEAT.insert(), [{"name": name, "at": at}])
            _sweep(connection)


def forget_future(connection: Connection) -> None:
    """After a wrong clock was set right: what was written by it would look like a clock that went back."""
    connection.execute(HEARTBEAT.delete().where(HEARTBEAT.c.at > clock.system_now()))


def _sweep(connection: Connection) -> None:
    """Drop what is older than KEPT. The newest of each kind stays: it says since when there is none."""
    before = clock.system_now() - KEPT
    rows = connection.execute(select(HEARTBEAT.c.name, HEARTBEAT.c.at).order_by(HEARTBEAT.c.at)).all()
    newest = {kind_of(row.name): row.name for row in rows}
    dead = [row.name for row in rows if row.at < before and newest[kind_of(row.name)] != row.name]
    if dead:
        connection.execute(HEARTBEAT.delete().where(HEARTBEAT.c.name.in_(dead)))


def kind_of(name: str) -> str:
    """scheduler or worker, the last part of the name."""
    return name.rpartition(":")[2]
