"""Sends what leaves the house, mail and chat, by apprise: to the servers that the settings name."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import apprise
import structlog

from app.services import outbox
from app.services.house import House

log = structlog.get_logger()


def send_due(house: House, kind: str, limit: int = outbox.BATCH) -> int:
    """Send due rows of a kind, how many were tried; one that fails comes again after a pause that grows."""
    rows = outbox.take(house, kind, limit)
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
