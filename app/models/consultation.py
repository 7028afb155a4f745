"""What 会商 leaves behind: who asked, what was decided for each question, what is to be done, who did not come."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Consultation(Base):
    """key: the business key of its instance. status: open | decided | refused | dropped. number: of the minutes."""

    __tablename__ = "consultation"
    __table_args__ = (UniqueConstraint("year", "serial"), Index("ix_consultation_status", "status", "subject"))

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    subject: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(12), default="open")
    number: Mapped[str] = mapped_column(String(60), default="")
    opened_on: Mapped[date]
    decided_on: Mapped[date | None]


class ConsultationCaller(Base):
    """A process that waits for the decision. caller_key: under which it waits; sender: its instance, where known."""

    __tablename__ = "consultation_caller"
    __table_args__ = (
        UniqueConstraint("consultation_key", "caller_key"),
        Index("ix_consultation_caller_caller_key", "caller_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_key: Mapped[str] = mapped_column(ForeignKey("consultation.key"))
    caller_key: Mapped[str] = mapped_column(String(160))
    sender: Mapped[str] = mapped_column(String(36), default="")


class ConsultationDecision(Base):
    """The binding answer to one question, for one caller; caller_key is empty where the office asked itself.

    kind, concerns: words of duties/consultation. value: typed, as duties/consultation.binding gives it.
    """

    __tablename__ = "consultation_decision"
    __table_args__ = (
        UniqueConstraint("consultation_key", "caller_key", "question_no"),
        Index("ix_consultation_decision_caller_key", "caller_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_key: Mapped[str] = mapped_column(ForeignKey("consultation.key"))
    caller_key: Mapped[str] = mapped_column(String(160))
    question_no: Mapped[int]
    question: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(12))
    concerns: Mapped[str] = mapped_column(String(12))
    value: Mapped[Any] = mapped_column(JSON)
    number: Mapped[str] = mapped_column(String(60), default="")
    decided_on: Mapped[date]


class DecidedAction(Base):
    """What a unit must do by the minutes, reported with its progress. state: open | done."""

    __tablename__ = "decided_action"
    __table_args__ = (Index("ix_decided_action_unit_id", "unit_id", "state", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_key: Mapped[str] = mapped_column(ForeignKey("consultation.key"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    content: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(8), default="open")


class MeetingAttendance(Base):
    """How a unit came to a meeting, for the assessment. state: attended | excused | absent (without notice)."""

    __tablename__ = "meeting_attendance"
    __table_args__ = (
        UniqueConstraint("consultation_key", "unit_id", "met_on"),
        Index("ix_meeting_attendance_unit_id", "unit_id", "met_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_key: Mapped[str] = mapped_column(ForeignKey("consultation.key"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    met_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
