"""Mail and chat by Huey: the queue is only a hint, the outbox row is the truth.

The scheduler queues a sweep when rows are due; a worker sends them under a lease. A worker that dies loses its hint,
the lease lapses, and the next sweep sends the row: at least once, with the effect key in the message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from huey import Huey, PostgresHuey, SqliteHuey, consumer
from huey.serializer import SignedSerializer
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app.services import outbox
from app.services.house import House
from app.services.posting import send_due
from scheduler.pulse import Pulse

OUTWARD = ("mail", "chat")
TABLES_LOCK = 0x0D0BA9  # the key of the advisory lock under which the tables of the queue are made

log = structlog.get_logger()


def make_queue(house: House) -> Huey:
    """The queue beside the database: a file of its own with SQLite, the same server with PostgreSQL."""
    serializer = SignedSerializer(house.settings.secret_key, "duban-outbox")
    options: dict[str, Any] = {"results": False, "serializer": serializer}
    url = make_url(house.settings.database_url)
    if url.get_backend_name() == "sqlite":
        house.settings.instance.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("duban", filename=str(house.settings.instance / "queue.sqlite3"), **options)
    options["dsn"] = url.set(drivername="postgresql").render_as_string(hide_password=False)
    # Two processes that make its tables at one moment would refuse each other; IF NOT EXISTS does not help there.
    with house.database.writing() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": TABLES_LOCK})
        return PostgresHuey("duban", **options)


class Worker:
    """The queue of one house with the one job it knows."""

    def __init__(self, house: House, pulse: Pulse | None = None) -> None:
        self.house = house
        self._pulse = pulse
        self.queue = make_queue(house)
        self._send = self.queue.task(name="send_due")(self._send_all)

    def enqueue_due(self, house: House) -> None:
        """Queue a sweep when something is due and none is queued yet."""
        if self.queue.pending_count() == 0 and any(outbox.is_due(house, kind) for kind in OUTWARD):
            self._send()

    def consumer(self) -> EmbeddedConsumer:
        """One thread that sends. It has not started yet."""
        return EmbeddedConsumer(self.turn, self.queue, workers=1, periodic=False, max_delay=2.0)

    def turn(self) -> None:
        """Tell the watchdog that the thread does not hang."""
        if self._pulse is not None:
            self._pulse.turn()

    def _send_all(self) -> None:
        """One letter at a time: its lease covers just this one, and a worker that is killed doubles at most one."""
        for kind in OUTWARD:
            while send_due(self.house, kind, limit=1):
                self.turn()


class TurningWorker(consumer.Worker):
    """Huey's thread, which looks into the queue again and again."""

    turn: Callable[[], None]

    def loop(self, now: Any = None) -> None:
        super().loop(now)
        try:
            self.turn()
        except DBAPIError as error:  # the database is away: the next turn writes again
            log.warning("heartbeat not written", error=str(error.orig))


class EmbeddedConsumer(consumer.Consumer):
    """A consumer that leaves the signals to the process it lives in, and tells when its thread turns."""

    worker_class = TurningWorker

    def __init__(self, turn: Callable[[], None], queue: Huey, **options: Any) -> None:
        self._turn = turn
        super().__init__(queue, **options)

    def _set_signal_handlers(self) -> None:
        return

    def _create_worker(self) -> TurningWorker:
        worker: TurningWorker = super()._create_worker()
        worker.turn = self._turn
        return worker
