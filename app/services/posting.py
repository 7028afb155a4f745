"""Sends what leaves the house, mail and chat, by apprise: to the servers that the settings name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import apprise
import structlog

from app.services import outbox
from app.services.house import House
from app.services.outbox import Taken

log = structlog.get_logger()


def send_due(house: House, kind: str, limit: int = outbox.BATCH) -> int:
    """Send due rows of a kind, how many were tried; one that fails comes again after a pause that grows."""
    rows = outbox.take(house, (kind,), limit)
    for row in rows:
        try:
            _post(house, row)
        except Exception as error:  # the sweep: one letter that cannot be written must not keep back the others
            log.warning("letter failed", kind=kind, effect=row.effect_key, exc_info=error)
            outbox.put_off(house, row, f"{type(error).__name__}: {error}")
    return len(rows)


def _post(house: House, row: Taken) -> None:
    addresses = _addresses(house, row.kind, row.payload)
    if not addresses:  # an office without a server reads its messages on the screen
        outbox.drop(house, row, "no address is configured")
    elif _send(addresses, row.payload):
        outbox.mark_done(house, row)
    else:
        log.warning("not sent", kind=row.kind, effect=row.effect_key)
        outbox.put_off(house, row, "the receiving server did not take it")


def _addresses(house: House, kind: str, payload: Mapping[str, Any]) -> list[str]:
    """Where it goes, as apprise writes addresses; the office sets the server, the row names the person."""
    settings = house.settings
    if kind == "chat":
        return list(settings.notify_urls)
    if not settings.mail_url:
        return []
    joint = "&" if "?" in settings.mail_url else "?"
    return [f"{settings.mail_url}{joint}from={quote(settings.mail_from)}&to={quote(payload['to'])}"]


def _send(addresses: list[str], payload: Mapping[str, Any]) -> bool:
    sender = apprise.Apprise()
    if not all(sender.add(address) for address in addresses):
        return False
    return bool(sender.notify(title=payload["subject"], body=payload["text"], body_format=apprise.NotifyFormat.TEXT))
