"""Mail and chat by Huey: the queue is only a hint, the outbox row is the truth.

The scheduler queues a sweep when rows are due; a worker sends them under a lease. A worker that dies loses its hint,
the lease lapses, and the next sweep sends the row: at least once, with the effect key in the message.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import apprise
import structlog
from huey import Huey, PostgresHuey, SqliteHuey
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy.engine import make_url

from app.services import outbox
from app.services.house import House

log = structlog.get_logger()

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


def send_due(house: House, kind: str) -> int:
    """Send due rows of a kind, how many were tried; one that fails comes again after a pause that grows."""
    rows = outbox.take(house, kind)
    for row_id, effect_key, payload in rows:
        addresses = _addresses(house, kind, payload)
        if not addresses:
            outbox.put_off(house, row_id, "no address is configured", is_final=True)
        elif _send(addresses, payload):
            outbox.mark_done(house, row_id)
        else:
            log.warning("not sent", kind=kind, effect=effect_key)
            outbox.put_off(house, row_id, "the receiving server did not take it")
    return len(rows)


def _addresses(house: House, kind: str, payload: dict[str, Any]) -> list[str]:
    """Where it goes, as apprise writes addresses; the office sets the server, the row names the person."""
    settings = house.settings
    if kind == "chat":
        return list(settings.notify_urls)
    if not settings.mail_url:
        return []
    joint = "&" if "?" in settings.mail_url else "?"
    return [f"{settings.mail_url}{joint}from={quote(settings.mail_from)}&to={quote(payload['to'])}"]


def _send(addresses: list[str], payload: dict[str, Any]) -> bool:
    sender = apprise.Apprise()
    if not all(sender.add(address) for address in addresses):
        return False
    return bool(sender.notify(title=payload["subject"], body=payload["text"], body_format=apprise.NotifyFormat.TEXT))
