"""Mail and chat by Huey: the queue is only a hint, the outbox row is the truth.

The scheduler queues a sweep when rows are due; a worker sends them under a lease. A worker that dies loses its hint,
the lease lapses, and the next sweep sends the row: at least once, with the effect key in the message.
"""

from __future__ import annotations

from typing import Any

from huey import Huey, PostgresHuey, SqliteHuey
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy.engine import make_url

from app.services import outbox
from app.services.house import House
from app.services.posting import send_due

OUTWARD = ("mail", "chat")


def make_queue(house: House) -> Huey:
    """The queue beside the database: a file of its own with SQLite, the same server with PostgreSQL."""
    serializer = SignedSerializer(house.settings.secret_key, "duban-outbox")
    options: dict[str, Any] = {"results": False, "serializer": serializer}
    url = make_url(house.settings.database_url)
    if url.get_backend_name() == "sqlite":
        house.settings.instance.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("duban", filename=str(house.settings.instance / "queue.sqlite3"), **options)
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresHuey("duban", dsn=dsn, **options)


class Worker:
    """The queue of one house with the one job it knows."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.queue = make_queue(house)
        self._send = self.queue.task(name="send_due")(self._send_all)

    def enqueue_due(self, house: House) -> None:
        """Queue a sweep when something is due and none is queued yet."""
        if self.queue.pending_count() == 0 and any(outbox.is_due(house, kind) for kind in OUTWARD):
            self._send()

    def consumer(self) -> EmbeddedConsumer:
        return EmbeddedConsumer(self.queue, workers=1, periodic=False, max_delay=2.0)

    def _send_all(self) -> None:
        for kind in OUTWARD:
            send_due(self.house, kind)


class EmbeddedConsumer(Consumer):
    """A consumer that leaves the signals to the process it lives in."""

    def _set_signal_handlers(self) -> None:
        return
