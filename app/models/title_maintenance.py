"""What 称号动态管理 leaves behind: yearly updates, major changes, re-verifications, cases against titles."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class TitleUpdate(Base):
    """The yearly update an enterprise owes for all its titles. year: in which it is made, about the year before.

    due_on: the legal date. status: open | filed | lapsed | late (data came after the right was lost). is_in_time: None
    until it is known; it stays False when data come late.
    """

    __tablename__ = "title_update"
    __table_args__ = (UniqueConstraint("enterprise_id", "year"), Index("ix_title_update_year", "year", "status"))

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    year: Mapped[int]
    version: Mapped[str] = mapped_column(String(40))
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(8), default="open")
    filed_on: Mapped[date | None]
    is_in_time: Mapped[bool | None]
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))


class TitleChange(Base):
    """A major change of an enterprise with titles. effect: carry_over | move_out | doubt, empty until it is decided."""

    __tablename__ = "title_change"
    __table_args__ = (UniqueConstraint("enterprise_id", "event_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    event_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20), default="")
    noticed_by: Mapped[str] = mapped_column(String(12))
    reported_on: Mapped[date | None]
    is_in_time: Mapped[bool | None]
    effect: Mapped[str] = mapped_column(String(12), default="")
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))


class TitleRenewal(Base):
    """The re-verification of a title before it ends.

    status: open | applied | passed | failed | not_wanted | no_right | needless (its title ended otherwise meanwhile).
    key: business key of its instance, under which the batch answers. valid_to: the end that is to be prolonged.
    batch_key: the batch that took it. is_granted, reason: what that batch decided, None before.
    """

    __tablename__ = "title_renewal"
    __table_args__ = (UniqueConstraint("title_id", "valid_to"), Index("ix_title_renewal_status", "status", "level"))

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("title.id"))
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    level: Mapped[str] = mapped_column(String(20))
    valid_to: Mapped[date]
    status: Mapped[str] = mapped_column(String(12), default="open")
    applied_on: Mapped[date | None]
    batch_key: Mapped[str] = mapped_column(String(120), default="")
    is_granted: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None]


class TitleCase(Base):
    """A case against titles of one enterprise. status: open | dismissed | revoked.

    source: where the lead came from; ground: a word of duties/title_maintenance.GROUNDS, once it is decided.
    """

    __tablename__ = "title_case"
    __table_args__ = (UniqueConstraint("enterprise_id", "year", "serial"), Index("ix_title_case_status", "status"))

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    year: Mapped[int]
    serial: Mapped[int]
    source: Mapped[str] = mapped_column(String(16), default="")
    status: Mapped[str] = mapped_column(String(12), default="open")
    ground: Mapped[str] = mapped_column(String(16), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    opened_on: Mapped[date]
    decided_on: Mapped[date | None]
