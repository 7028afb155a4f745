"""一企一档: an enterprise, its figures by year, its titles with what they rest on, and who looked at its file."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant
from app.models.organization import Unit

LISTED = ("pinyin", "id", "name", "locality_id", "chain", "library_since", "industry", "state")


class Enterprise(Base):
    """id: the unified social credit code (GB 32100), 18 characters, which an enterprise keeps for life.

    locality_id: place of registration. state: terms.EnterpriseState. industry: class of the size rule. profile: what
    the rules ask beside the figures of a year (see duties/enterprise_figures.py). is_demo: invented. successor_id:
    after a merger. library_since: since when it is in the upgrading library, None outside it; see LibraryStay.
    """

    __tablename__ = "enterprise"
    __table_args__ = (
        Index("ix_enterprise_locality_id", "locality_id", "id"),
        Index("ix_enterprise_name", "name", "id"),
        Index("ix_enterprise_chain", "chain", "id"),
        Index("ix_enterprise_library_since", "library_since", "id"),
        Index("ix_enterprise_changed_at", "changed_at", "id"),
        # the list, with all it is narrowed by; the ladder's numbers; where a title's holder belongs
        Index(
            "ix_enterprise_pinyin", "pinyin", "id", "name", "locality_id", "chain", "library_since", "industry", "state"
        ),
        Index("ix_enterprise_ladder", "locality_id", "chain", "library_since", "id"),
        Index("ix_enterprise_place", "id", "locality_id", "chain"),
    )

    id: Mapped[str] = mapped_column(String(18), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    pinyin: Mapped[str] = mapped_column(String(400), default="")
    locality_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(String(16), default="active")
    industry: Mapped[str] = mapped_column(String(40), default="")
    chain: Mapped[str] = mapped_column(String(40), default="")
    product: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    registered_on: Mapped[date | None]
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    profile: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    library_since: Mapped[date | None]
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("enterprise.id"))
    is_demo: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(40), default="")
    changed_at: Mapped[datetime] = mapped_column(Instant)

    locality: Mapped[Unit] = relationship()


class EnterpriseName(Base):
    """A name that the enterprise had up to a day."""

    __tablename__ = "enterprise_name"
    __table_args__ = (UniqueConstraint("enterprise_id", "until_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    name: Mapped[str] = mapped_column(String(120))
    until_on: Mapped[date]


class EnterpriseYear(Base):
    """The figures of one closed year. figures: key of the catalogue -> decimal text, whole number or word.

    as_of: the last day they speak of; source: terms.Source; instance_id: what they were given in. sources: key ->
    [source, day], of a figure that came otherwise than the row's last change.
    """

    __tablename__ = "enterprise_year"
    __table_args__ = (UniqueConstraint("enterprise_id", "year"), Index("ix_enterprise_year_year", "year"))

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    year: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    as_of: Mapped[date]
    source: Mapped[str] = mapped_column(String(20))
    sources: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict, server_default="{}")
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))


class Evaluation(Base):
    """What a rule set said of an enterprise on a day; never reckoned again. result: as duties/recognition gives it.

    level: terms.TitleLevel. rule_version: id of the rule set. inputs: every figure with its year and source.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        Index("ix_evaluation_enterprise_id", "enterprise_id", "level", "id"),
        Index("ix_evaluation_instance_id", "instance_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    level: Mapped[str] = mapped_column(String(20))
    rule_version: Mapped[str] = mapped_column(String(40))
    on: Mapped[date]
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_met: Mapped[bool]
    score: Mapped[int | None]
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class Title(Base):
    """A title from its announcement to its last day. status: terms.TitleStatus; level: terms.TitleLevel.

    until_on: last day of validity. ended_on, ended_because: when it ended otherwise than by time. is_renewal: given by
    re-verification, so it is not counted as new. right_lost_on: the right to re-verification is lost since.
    """

    __tablename__ = "title"
    __table_args__ = (
        Index("ix_title_enterprise_id", "enterprise_id", "level", "id"),
        Index("ix_title_level", "level", "status", "announced_on", "enterprise_id"),
        Index("ix_title_until_on", "status", "until_on"),
        Index("ix_title_status", "status", "enterprise_id", "level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    level: Mapped[str] = mapped_column(String(20))
    rule_version: Mapped[str] = mapped_column(String(40), default="")
    batch_key: Mapped[str] = mapped_column(String(120), default="")
    certificate: Mapped[str] = mapped_column(String(80), default="")
    announced_on: Mapped[date]
    from_on: Mapped[date]
    until_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(12), default="valid")
    ended_on: Mapped[date | None]
    ended_because: Mapped[str] = mapped_column(Text, default="")
    right_lost_on: Mapped[date | None]
    is_renewal: Mapped[bool] = mapped_column(default=False)
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"))
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))

    enterprise: Mapped[Enterprise] = relationship()


class Ban(Base):
    """禁报期: no application up to a day. levels: none for all levels."""

    __tablename__ = "ban"
    __table_args__ = (Index("ix_ban_enterprise_id", "enterprise_id", "until_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    levels: Mapped[list[str]] = mapped_column(JSON, default=list)
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))


class LibraryStay(Base):
    """千企升级 library: from the day of entry to the day of exit. locality_id: the one that nominated it."""

    __tablename__ = "library_stay"
    __table_args__ = (
        Index("ix_library_stay_enterprise_id", "enterprise_id", "entered_on"),
        Index("ix_library_stay_entered_on", "entered_on", "enterprise_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    locality_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    entered_on: Mapped[date]
    left_on: Mapped[date | None]
    exit_reason: Mapped[str] = mapped_column(String(40), default="")
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))

    enterprise: Mapped[Enterprise] = relationship()


class FileAccess(Base):
    """查阅记录: who looked at whose file, when, and on which screen."""

    __tablename__ = "file_access"
    __table_args__ = (
        Index("ix_file_access_enterprise_id", "enterprise_id", "at"),
        Index("ix_file_access_person_id", "person_id", "at"),
        Index("ix_file_access_at", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    screen: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Instant)
