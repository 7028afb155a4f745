"""Messages in the house: each person is told once for one reason, whoever tells it, and however often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.db import insert_if_new, table_of
from app.models.notification import Notification

NOTIFICATION = table_of(Notification)
LONGEST_TITLE = 200
LONGEST_KEY = 160


@dataclass(frozen=True)
class Message:
    """key: the reason with the person in it. task_id: where the message leads. A title that is too long is cut."""

    person_id: int
    kind: str
    title: str
    text: str
    key: str
    at: datetime
    task_id: str | None = None

    def row(self) -> dict[str, Any]:
        return {
            "person_id": self.person_id,
            "kind": self.kind,
            "title": self.title[:LONGEST_TITLE],
            "text": self.text,
            "task_id": self.task_id,
            "dedup_key": self.key[:LONGEST_KEY],
            "at": self.at,
        }


def put_messages(connection: Connection, messages: Iterable[Message]) -> None:
    """With the transaction under way; who was told for this reason before is not told again."""
    if rows := [message.row() for message in messages]:
        connection.execute(insert_if_new(connection.dialect.name, NOTIFICATION), rows)
