"""Who must act: user tasks, the inbox they lie in, and what people put beside them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant

NO_DUE_DATE = date(9999, 12, 31)
OPEN_ROWS = text("status IN ('open', 'claimed')")
CLOSED_ROWS = text("status NOT IN ('open', 'claimed')")
DELEGATED = text("delegated_by_id IS NOT NULL")
WAITING_FILES = text("scan = 'waiting'")


def _of_open(name: str, *columns: str) -> Index:
    """Board and inboxes look at open tasks only, however many have been completed over the years.

    SQLite counts from an index alone only where the column of its own condition stands in it too.
    """
    return Index(name, *columns, sqlite_where=OPEN_ROWS, postgresql_where=OPEN_ROWS)


def _of_closed(name: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=CLOSED_ROWS, postgresql_where=CLOSED_ROWS)


class UserTask(Base):
    """A step that waits, or waited, for a person; the id is the engine's.

    principal: the candidate group as the inbox knows it (see InboxEntry). unit_id: whom the board holds responsible.
    subject_unit_id: whom the instance is about; its people may not act where has_own_item_rule.
    due_on, yellow_on: days in China; NO_DUE_DATE without a limit. due_rule: the Chinese sentence behind the date.
    is_optional: reminded but never red. revision counts changes that a form must not overlook.
    delegated_by_id: who has the assignee prepare it, and gets it back. is_watched: an order or an extension is told of
    its end. is_held: an extension was asked for in time and is not decided; due_on is then the day that was asked for.
    """

    __tablename__ = "user_task"
    __table_args__ = (
        Index("ix_user_task_instance_id", "instance_id", "created_at"),
        _of_open("ix_user_task_board", "unit_id", "due_on", "duty", "yellow_on", "is_optional", "status", "id"),
        _of_open("ix_user_task_waits", "instance_id", "unit_id", "duty", "status"),
        _of_open("ix_user_task_principal", "principal", "created_at", "id"),
        _of_open("ix_user_task_due_on", "due_on", "id"),
        _of_open("ix_user_task_assignee_id", "assignee_id"),
        _of_closed("ix_user_task_closed", "unit_id", "completed_at", "due_on", "status"),
        Index("ix_user_task_completed_by", "completed_by_id", "completed_at"),
        Index("ix_user_task_delegated_by", "delegated_by_id", sqlite_where=DELEGATED, postgresql_where=DELEGATED),
        Index("ix_user_task_completed_at", "completed_at", "due_on", "status"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    definition_key: Mapped[str] = mapped_column(String(60))
    duty: Mapped[str] = mapped_column(String(40))
    element_id: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    item: Mapped[str | None] = mapped_column(String(80))
    clause: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(12))
    group: Mapped[str] = mapped_column(String(40))
    principal: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    subject_unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    has_own_item_rule: Mapped[bool] = mapped_column(default=False)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    delegated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    yellow_on: Mapped[date]
    limit_days: Mapped[int | None]
    due_rule: Mapped[str] = mapped_column(Text, default="")
    is_provisional: Mapped[bool] = mapped_column(default=False)
    is_optional: Mapped[bool] = mapped_column(default=False)
    is_watched: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_held: Mapped[bool] = mapped_column(default=False, server_default=false())
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    completed_at: Mapped[datetime | None] = mapped_column(Instant)
    completed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str] = mapped_column(String(20), default="")
    reminded_on: Mapped[date | None]
    urged_at: Mapped[datetime | None] = mapped_column(Instant)
    urged_count: Mapped[int] = mapped_column(default=0)


IS_OPEN = UserTask.status.in_([literal_column("'open'"), literal_column("'claimed'")])
"""Condition of the partial indexes: written out, so that both databases see that the indexes serve it."""


class InboxEntry(Base):
    """One line of one inbox. The key is in the order it is read: a page of a person's lines is one range a principal.

    principal: `contact:<unit>`, `head:<unit>`, `office`, `office_signer`, `leader`, or `person:<id>` once claimed.
    barred_unit_id: whose people do not see the line in the office's inbox (own-item rule).
    """

    __tablename__ = "inbox_entry"

    principal: Mapped[str] = mapped_column(String(80), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    barred_unit_id: Mapped[str | None] = mapped_column(String(40))


class TaskCopy(Base):
    """抄送: somebody is to know of a user task and its matter. by_id: who sent the copy."""

    __tablename__ = "task_copy"
    __table_args__ = (
        UniqueConstraint("task_id", "person_id"),
        Index("ix_task_copy_person_id", "person_id", "at", "id"),
        Index("ix_task_copy_instance_id", "instance_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("user_task.id"))
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)


class Draft(Base):
    """What was typed into a form and not yet sent. It belongs to the task, so that a substitute goes on with it."""

    __tablename__ = "draft"

    task_id: Mapped[str] = mapped_column(ForeignKey("user_task.id"), primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Comment(Base):
    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_instance_id", "instance_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    task_id: Mapped[str | None] = mapped_column(ForeignKey("user_task.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class CommentMention(Base):
    """@: somebody was named in a comment and told of it."""

    __tablename__ = "comment_mention"
    __table_args__ = (Index("ix_comment_mention_person_id", "person_id", "comment_id"),)

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class Attachment(Base):
    """A file, stored under its random id; sha256 in hex. label: public | internal | sensitive.

    scan: what the search for viruses found (terms.Scan); nobody gets to read a file that waits for it.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_instance_id", "instance_id", "at"),
        Index("ix_attachment_waiting", "at", sqlite_where=WAITING_FILES, postgresql_where=WAITING_FILES),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    task_id: Mapped[str | None] = mapped_column(ForeignKey("user_task.id"))
    field: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(10), default="internal")
    scan: Mapped[str] = mapped_column(String(10), default="none", server_default="none")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)
