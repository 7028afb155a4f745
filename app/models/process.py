"""What runs: versions of process definitions, their instances, and each instance's working rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant

IS_OPEN = text("status = 'open'")


class ProcessDefinition(Base):
    """One version, immutable: sources are file name -> BPMN text, hash is theirs."""

    __tablename__ = "process_definition"
    __table_args__ = (UniqueConstraint("key", "version"), UniqueConstraint("key", "hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    hash: Mapped[str] = mapped_column(String(64))
    sources: Mapped[dict[str, str]] = mapped_column(JSON)
    deployed_at: Mapped[datetime] = mapped_column(Instant)


class ProcessInstance(Base):
    """One running or ended process.

    state: the engine's sealed bytes; version counts its steps. data: the routing scalars, for reading only.
    unit_id: whom it is about; enterprise_id: which enterprise, where it is about one. stage: the duty's own word for
    how far it is (see its casework). head_seq, head_hash: the last event of its chain. title: Chinese, for lists.
    """

    __tablename__ = "process_instance"
    __table_args__ = (
        UniqueConstraint("definition_key", "business_key"),
        Index("ix_process_instance_parent_id", "parent_id", "status"),
        Index("ix_process_instance_definition_id", "definition_id", "status"),
        Index("ix_process_instance_started_at", "started_at", "id"),
        Index("ix_process_instance_status", "status", "started_at", "id"),
        Index("ix_process_instance_started_by", "started_by", "started_at"),
        Index("ix_process_instance_unit_id", "unit_id", "started_at", "status", "duty", "year", "id"),
        Index("ix_process_instance_enterprise_id", "enterprise_id", "started_at"),
        Index("ix_process_instance_year", "year"),
        Index("ix_process_instance_duty", "duty", "started_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    definition_key: Mapped[str] = mapped_column(String(60))
    duty: Mapped[str] = mapped_column(String(40))
    business_key: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(200))
    year: Mapped[int | None]
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    enterprise_id: Mapped[str | None] = mapped_column(ForeignKey("enterprise.id"))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))
    status: Mapped[str] = mapped_column(String(12))
    stage: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    state_hash: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    started_at: Mapped[datetime] = mapped_column(Instant)
    started_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    end_element: Mapped[str] = mapped_column(String(60), default="")
    head_seq: Mapped[int]
    head_hash: Mapped[str] = mapped_column(String(64))


class WorkingRow(Base):
    """What a duty notes about an instance while it runs: opinions, counters, proposals; one plain JSON object a row."""

    __tablename__ = "working_row"

    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)


class Subscription(Base):
    """A task that waits for a message with this name and key."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_message", "message", "key"),)

    task_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"), index=True)
    element_id: Mapped[str] = mapped_column(String(60))
    message: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(120))


class Incident(Base):
    """What was stopped, and how that was settled. payload: what was to be done, for the retry.

    kind, status, resolution: IncidentKind, IncidentStatus, Resolution or "". about: at most one is open for each.
    attempts: retries that failed. task_id: the user task, or the timer. resolved_by: a login; reason: in her words.
    """

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_status", "status", "at"),
        Index("uq_incident_about", "about", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"), index=True)
    task_id: Mapped[str | None] = mapped_column(String(36))
    command_key: Mapped[str] = mapped_column(String(160), default="")
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[str | None] = mapped_column(String(250))
    element_id: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(10), default="open")
    attempts: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_by: Mapped[str] = mapped_column(String(80), default="")
    resolution: Mapped[str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
