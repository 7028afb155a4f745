"""督办单 and 延期申请: what was ordered and in which colours, and every due day that became another one."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant


class SupervisionOrder(Base):
    """One matter that is supervised, as its instance stands. number: 2022-17, year and running number of the matter.

    source, state, level: words of duties/supervision_order. subject_key: what is supervised; task_id: the user task,
    where it is one. caller_key: of the duty that wanted it. group_no: of orders to several units that were opened
    together. wanted: names of what the unit shall send. limit_on: of the present colour, None before it was issued.
    """

    __tablename__ = "supervision_order"
    __table_args__ = (
        Index("ix_supervision_order_subject_key", "subject_key", "state"),
        Index("ix_supervision_order_unit_id", "unit_id", "opened_on"),
        Index("ix_supervision_order_state", "state", "level"),
        Index("ix_supervision_order_task_id", "task_id"),
        Index("ix_supervision_order_opened_on", "opened_on", "number"),
    )

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int]
    source_key: Mapped[str] = mapped_column(String(200), unique=True)
    group_no: Mapped[str] = mapped_column(String(20), default="")
    instance_id: Mapped[str | None] = mapped_column(String(36))
    source: Mapped[str] = mapped_column(String(12))
    subject_key: Mapped[str] = mapped_column(String(160))
    task_id: Mapped[str | None] = mapped_column(ForeignKey("user_task.id"))
    caller_key: Mapped[str] = mapped_column(String(160), default="")
    joined_to: Mapped[str] = mapped_column(String(20), default="")
    subject: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(60))
    content: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    co_units: Mapped[list[str]] = mapped_column(JSON, default=list)
    level: Mapped[str] = mapped_column(String(8), default="blue")
    is_urgent: Mapped[bool] = mapped_column(default=False)
    urgent_reason: Mapped[str] = mapped_column(Text, default="")
    wanted: Mapped[list[str]] = mapped_column(JSON, default=list)
    instruction: Mapped[str] = mapped_column(Text, default="")
    drafted_by: Mapped[str] = mapped_column(String(80), default="")
    limit_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12), default="drafting")
    opened_on: Mapped[date]
    signed_for_on: Mapped[date | None]
    handler: Mapped[str] = mapped_column(String(80), default="")
    quality: Mapped[str] = mapped_column(String(12), default="")
    closed_on: Mapped[date | None]


class OrderColour(Base):
    """One colour of an order, from the day it was issued. document_no: 扬促中小办督〔2022〕3号.

    former_no: the document number of the colour before.
    first_limit_on stays what it was when the limit moves. lapsed_on: when the limit was over without a signed report.
    reported_on: the head's signature. is_void: the order was annulled, its number stays.
    """

    __tablename__ = "order_colour"
    __table_args__ = (
        UniqueConstraint("order_number", "position"),
        Index("ix_order_colour_issued_on", "issued_on", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("supervision_order.number"))
    position: Mapped[int]
    level: Mapped[str] = mapped_column(String(8))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    document_no: Mapped[str] = mapped_column(String(60))
    former_no: Mapped[str] = mapped_column(String(60), default="")
    issued_on: Mapped[date]
    issued_by: Mapped[str] = mapped_column(String(80), default="")
    contact: Mapped[str] = mapped_column(String(80), default="")
    is_urgent: Mapped[bool] = mapped_column(default=False)
    first_limit_on: Mapped[date]
    limit_on: Mapped[date]
    has_new_limit: Mapped[bool] = mapped_column(default=False)
    lapsed_on: Mapped[date | None]
    reported_on: Mapped[date | None]
    is_void: Mapped[bool] = mapped_column(default=False)


class ExtensionRequest(Base):
    """One request for more time, as its instance stands. position: which one on the task, from 1.

    state: drafting | signing | reviewing | deciding | granted | refused | not_asked | needless. granted_on: the day
    that was given; document_no: of the answer.
    """

    __tablename__ = "extension_request"
    __table_args__ = (
        UniqueConstraint("task_id", "position"),
        Index("ix_extension_request_unit_id", "unit_id", "asked_on"),
        Index("ix_extension_request_state", "state"),
    )

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("user_task.id"))
    position: Mapped[int]
    instance_id: Mapped[str | None] = mapped_column(String(36))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(String(12), default="drafting")
    asked_on: Mapped[date]
    old_due_on: Mapped[date]
    new_due_on: Mapped[date | None]
    granted_on: Mapped[date | None]
    reason_kind: Mapped[str] = mapped_column(String(16), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    progress: Mapped[str] = mapped_column(Text, default="")
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
    is_in_time: Mapped[bool | None]
    decided_on: Mapped[date | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decision: Mapped[str] = mapped_column(Text, default="")
    document_no: Mapped[str] = mapped_column(String(60), default="")


class DueDateChange(Base):
    """The due day of a user task became another one. cause: held | granted | refused | lifted | unit.

    is_in_time: the assessment takes the new day only then. For reading; the event of the instance is the proof.
    """

    __tablename__ = "due_date_change"
    __table_args__ = (Index("ix_due_date_change_task_id", "task_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("user_task.id"))
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    request_key: Mapped[str] = mapped_column(String(80), default="")
    old_on: Mapped[date]
    new_on: Mapped[date]
    cause: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    is_in_time: Mapped[bool] = mapped_column(default=True)
    by: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime] = mapped_column(Instant)
