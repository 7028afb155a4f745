"""Files that people put beside their work: what lies with an instance, and their hashes for the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.errors import NotFound
from app.models.person import Person
from app.models.user_task import Attachment
from app.queries.actor import Actor
from app.queries.sight import own_part, seen_instance
from app.terms import Scan

ATTACHMENT = table_of(Attachment)
SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png"})  # what a browser shows by itself, without a script


@dataclass(frozen=True)
class FileLine:
    """field: the part of the form it was put into, empty beside the form. is_mine: the reader has uploaded it.

    scan: what the search for viruses found.
    """

    id: str
    task_id: str | None
    field: str
    name: str
    size: int
    sha256: str
    person: str
    at: datetime
    is_mine: bool
    media_type: str = ""
    scan: Scan = Scan.NONE

    @property
    def is_shown(self) -> bool:
        """A browser can show it beside its download."""
        return self.media_type in SHOWN and not self.is_shut

    @property
    def is_shut(self) -> bool:
        """Nobody may read it, or not yet."""
        return self.scan in (Scan.WAITING, Scan.INFECTED)


def files_of_instance(session: Session, actor: Actor, instance_id: str) -> list[FileLine]:
    """The oldest first. Whether the actor may see the instance is the caller's question."""
    rows = session.execute(
        select(Attachment, Person.name)
        .outerjoin(Person, Person.id == Attachment.person_id)
        .where(Attachment.instance_id == instance_id)
        .order_by(Attachment.at, Attachment.id)
    )
    return [
        FileLine(
            id=file.id,
            task_id=file.task_id,
            field=file.field,
            name=file.name,
            size=file.size,
            sha256=file.sha256,
            person=name or "",
            at=file.at,
            is_mine=file.person_id is not None and file.person_id == actor.person_id,
            media_type=file.media_type,
            scan=Scan(file.scan),
        )
        for file, name in rows
    ]


def seen_attachment(session: Session, actor: Actor, attachment_id: str) -> Attachment:
    """Raises NotFound, also for a file of an instance that is not the actor's to see."""
    file = session.get(Attachment, attachment_id)
    if file is None:
        raise NotFound("没有找到这个文件。")
    seen_instance(session, actor, file.instance_id)
    if actor.is_outsider and file.task_id not in own_part(session, actor, file.instance_id):
        raise NotFound("没有找到这个文件。")
    return file


def hashes_of_task(connection: Connection, task_id: str) -> Sequence[str]:
    """SHA-256 of the task's files, in the order they came, for the event that completes it."""
    rows = select(ATTACHMENT.c.sha256).where(ATTACHMENT.c.task_id == task_id).order_by(ATTACHMENT.c.at, ATTACHMENT.c.id)
    return list(connection.execute(rows).scalars())
