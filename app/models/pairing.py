"""服务专员: who may serve enterprises, who serves which since when, who declined, and every visit with its rating."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant
from app.models.enterprise import Enterprise
from app.models.person import Person

LASTS = text("to_on IS NULL")


class Specialist(Base):
    """What is known of a person with the role specialist. kinds: service | financing | listing.

    chains, industries: her field. load_limit: firms she serves at most. conflicts: credit codes of firms of a relative
    or former employer, as she declared. leave_from, leave_until: 请假; retires_on: her last day.
    """

    __tablename__ = "specialist"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    kinds: Mapped[list[str]] = mapped_column(JSON, default=lambda: ["service"])
    post: Mapped[str] = mapped_column(String(80), default="")
    chains: Mapped[list[str]] = mapped_column(JSON, default=list)
    industries: Mapped[list[str]] = mapped_column(JSON, default=list)
    load_limit: Mapped[int] = mapped_column(default=5)
    conflicts: Mapped[list[str]] = mapped_column(JSON, default=list)
    leave_from: Mapped[date | None]
    leave_until: Mapped[date | None]
    retires_on: Mapped[date | None]
    changed_at: Mapped[datetime] = mapped_column(Instant)

    person: Mapped[Person] = relationship()


class Pairing(Base):
    """One specialist for one enterprise, from its activation until it ends; one of a kind lasts at a time.

    key: business key of the instance that made it. unit_id: the person's home unit then. is_appointed: by the office,
    without her acceptance. explanation: her score by part, as it was when she was chosen. ended_because: Chinese.
    """

    __tablename__ = "pairing"
    __table_args__ = (
        Index("uq_pairing_lasting", "enterprise_id", "kind", unique=True, sqlite_where=LASTS, postgresql_where=LASTS),
        Index("ix_pairing_enterprise_id", "enterprise_id", "kind", "id"),
        Index("ix_pairing_person_id", "person_id", "to_on"),
        Index("ix_pairing_key", "key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120))
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    kind: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    ended_because: Mapped[str] = mapped_column(String(200), default="")
    is_appointed: Mapped[bool] = mapped_column(default=False)
    explanation: Mapped[str] = mapped_column(Text, default="")
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))

    enterprise: Mapped[Enterprise] = relationship()
    person: Mapped[Person] = relationship()


class PairingRefusal(Base):
    """A person whom an enterprise did not get, or lost. entry: how often the box of the choice was entered then."""

    __tablename__ = "pairing_refusal"
    __table_args__ = (
        Index("ix_pairing_refusal_enterprise_id", "enterprise_id", "on"),
        Index("ix_pairing_refusal_instance_id", "instance_id", "entry"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    entry: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    on: Mapped[date]


class Visit(Base):
    """A visit as the specialist registered it, and how the enterprise rated it. manner: onsite | video | phone.

    quarter: of the duty it fulfils. counts: whether it does. answers: what was written down beside the columns.
    ratings: {timely, professional, solved, comment}; score: 20 to 100, None where it was not rated. One visit of
    several bodies on one day is one visit with several names in people.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_instance_id", "instance_id"),
        Index("ix_visit_enterprise_id", "enterprise_id", "visited_on"),
        Index("ix_visit_person_id", "person_id", "visited_on"),
        Index("ix_visit_year", "year", "quarter"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    year: Mapped[int]
    quarter: Mapped[int]
    is_first: Mapped[bool] = mapped_column(default=False)
    visited_on: Mapped[date]
    manner: Mapped[str] = mapped_column(String(8))
    people: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    state_text: Mapped[str] = mapped_column(Text)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    counts: Mapped[bool] = mapped_column(default=True)
    late_reason: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    ratings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    score: Mapped[int | None]
    wants_change: Mapped[bool] = mapped_column(default=False)
    rated_on: Mapped[date | None]

    person: Mapped[Person] = relationship()
    enterprise: Mapped[Enterprise] = relationship()
