"""企业认定: batches with their lists, what departments and experts said, notices, objections."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant
from app.models.enterprise import Enterprise, Evaluation


class RecognitionBatch(Base):
    """One round of one level. key: business key of its instance. number: of the year, as in 2022-2.

    kind: recognition | reverification. status: planned | open | reviewing | deciding | notice | upper | announced |
    empty | cancelled. checks: functions of the departments asked. visit_share: percent. plan: the answers of its form,
    for papers.
    """

    __tablename__ = "recognition_batch"
    __table_args__ = (Index("ix_recognition_batch_status", "status", "level", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(16), default="recognition")
    level: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    number: Mapped[int]
    decision_level: Mapped[str] = mapped_column(String(12))
    rule_version: Mapped[str] = mapped_column(String(40), default="")
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    status: Mapped[str] = mapped_column(String(12), default="planned")
    window_from: Mapped[date | None]
    window_to: Mapped[date | None]
    expected_on: Mapped[date | None]
    upper_due_on: Mapped[date | None]
    visit_share: Mapped[int] = mapped_column(default=20)
    is_scored: Mapped[bool] = mapped_column(default=False)
    checks: Mapped[list[str]] = mapped_column(JSON, default=list)
    notice_text: Mapped[str] = mapped_column(Text, default="")
    documents: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    published_on: Mapped[date | None]
    announced_on: Mapped[date | None]
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))


class Application(Base):
    """One enterprise in one batch. key: business key of its instance; is_renewal: it asks for re-verification.

    status: draft | submitted | returned | reviewed | lapsed | withdrawn | fraud | postponed | granted | refused |
    cancelled. applied_on: first submission, which chooses the rules. locality_opinion: pass | reject, empty before it
    is signed. is_taken_over: the bureau does what the locality did not. decision: granted | refused, empty before the
    list is decided; reasons: what a refusal says. upper: what the upper level said of a recommended one. told_at: when
    its instance was told the decision.
    """

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("batch_id", "enterprise_id"),
        Index("ix_application_enterprise_id", "enterprise_id", "id"),
        Index("ix_application_batch_id", "batch_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("recognition_batch.id"))
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    locality_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))
    is_renewal: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(12), default="draft")
    applied_on: Mapped[date | None]
    correction_on: Mapped[date | None]
    round: Mapped[int] = mapped_column(default=1)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"))
    asks_manual_check: Mapped[bool] = mapped_column(default=False)
    is_visited: Mapped[bool] = mapped_column(default=False)
    locality_opinion: Mapped[str] = mapped_column(String(8), default="")
    locality_reason: Mapped[str] = mapped_column(Text, default="")
    is_taken_over: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str] = mapped_column(String(8), default="")
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    place: Mapped[int | None]
    upper: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    told_at: Mapped[datetime | None] = mapped_column(Instant)

    batch: Mapped[RecognitionBatch] = relationship()
    enterprise: Mapped[Enterprise] = relationship()
    evaluation: Mapped[Evaluation | None] = relationship()


class DepartmentCheck(Base):
    """What a department said of one application. function: as in UnitFunction, such as check.tax."""

    __tablename__ = "department_check"
    __table_args__ = (UniqueConstraint("application_id", "function"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    function: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    has_problem: Mapped[bool]
    fact: Mapped[str] = mapped_column(Text, default="")
    fact_on: Mapped[date | None]
    document_no: Mapped[str] = mapped_column(String(100), default="")
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)


class ExpertSheet(Base):
    """One expert's part in one application. draw: number of the drawing that chose her.

    status: drawn | given | recused | replaced | waived. points: part -> points; total: their sum.
    """

    __tablename__ = "expert_sheet"
    __table_args__ = (
        UniqueConstraint("application_id", "person_id"),
        Index("ix_expert_sheet_person_id", "person_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    draw: Mapped[int]
    status: Mapped[str] = mapped_column(String(8), default="drawn")
    points: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    total: Mapped[int | None]
    remark: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime | None] = mapped_column(Instant)


class PublicNotice(Base):
    """One 公示, frozen as it was published. key: <caller's business key>:notice:<n>. kind: duty of the caller.

    rows: [{key, name, locality, remark}]. status: running | waiting (for objections) | closed | dropped. earlier: what
    stood in it before it was corrected: [{published_on, ends_on, link, text, reason, by, at}].
    """

    __tablename__ = "public_notice"
    __table_args__ = (
        UniqueConstraint("instance_id", "number"),
        Index("ix_public_notice_status", "status", "published_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(8), default="running")
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    days: Mapped[int]
    published_on: Mapped[date]
    ends_on: Mapped[date]
    link: Mapped[str] = mapped_column(String(300), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    earlier: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    is_upheld: Mapped[bool] = mapped_column(default=False)
    pressed_on: Mapped[date | None]
    closed_on: Mapped[date | None]


class Objection(Base):
    """Somebody objects to rows of a notice. key: objection:<notice key>:<n>. name, phone: only for who investigates.

    rows: [{key, result, kind, remark}], results empty before the decision. status: received | examining | answered |
    refused | dropped. result: upheld | partly | dismissed, empty before.
    """

    __tablename__ = "objection"
    __table_args__ = (UniqueConstraint("notice_id", "number"), Index("ix_objection_status", "notice_id", "status"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(180), unique=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("public_notice.id"))
    number: Mapped[int]
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))
    name: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(80), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[datetime] = mapped_column(Instant)
    facts: Mapped[str] = mapped_column(Text)
    proof_list: Mapped[str] = mapped_column(Text, default="")
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(10), default="received")
    result: Mapped[str] = mapped_column(String(10), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    ended_on: Mapped[date | None]

    notice: Mapped[PublicNotice] = relationship()
