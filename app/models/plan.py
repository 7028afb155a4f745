"""The plan as it was issued: actions, measures, indicators, commitments, matters, discrepancies and its calendar."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant

Quantity = Numeric(20, 6)


class Plan(Base):
    """One plan document. key: that of its file. issue: the paper that issued it, as read."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    short_title: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(300), default="")
    number: Mapped[str] = mapped_column(String(60))
    issued_on: Mapped[date]
    agency_code: Mapped[str] = mapped_column(String(40))
    first_year: Mapped[int]
    last_year: Mapped[int]
    source_sha256: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime] = mapped_column(Instant)


class Action(Base):
    """行动."""

    __tablename__ = "action"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(200), default="")


class Measure(Base):
    """重点任务. action_number is None for a safeguard; responsible: unit ids in the plan's order."""

    __tablename__ = "measure"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    section: Mapped[str] = mapped_column(String(80))
    action_number: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(300), default="")
    lead_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    responsible: Mapped[list[str]] = mapped_column(JSON)
    responsible_as_written: Mapped[str] = mapped_column(Text)
    contents: Mapped[list[str]] = mapped_column(JSON)


class Indicator(Base):
    """A row of the target table. total: for the whole plan, or the value at its end; responsible: unit ids, lead first.

    kind: newly_added | period_end. comparator: eq | gt | gte | approx | range. precision: decimal places.
    """

    __tablename__ = "indicator"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    action_number: Mapped[int]
    measure_number: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    name_as_written: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    comparator: Mapped[str] = mapped_column(String(10))
    unit: Mapped[str] = mapped_column(String(20))
    precision: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Quantity)
    first_year_value: Mapped[Decimal] = mapped_column(Quantity)
    floor: Mapped[Decimal | None] = mapped_column(Quantity)
    is_divided: Mapped[bool]
    lead_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    responsible: Mapped[list[str]] = mapped_column(JSON)
    responsible_as_written: Mapped[str] = mapped_column(Text)

    @property
    def co_units(self) -> list[str]:
        return [unit for unit in self.responsible if unit != self.lead_id]


class Commitment(Base):
    """A number the text promises, of a measure, a matter or (neither) the plan's goals; quote: the plan's own words."""

    __tablename__ = "commitment"
    __table_args__ = (UniqueConstraint("plan_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    key: Mapped[str] = mapped_column(String(20))
    measure_number: Mapped[int | None]
    matter_number: Mapped[int | None]
    indicator_number: Mapped[int | None]
    subject: Mapped[str] = mapped_column(String(200))
    quote: Mapped[str] = mapped_column(Text)
    value: Mapped[Decimal] = mapped_column(Quantity)
    value_to: Mapped[Decimal | None] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(20))
    comparator: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    applies: Mapped[str] = mapped_column(String(20))


class Matter(Base):
    """办实事: a practical matter of one year."""

    __tablename__ = "matter"
    __table_args__ = (UniqueConstraint("plan_id", "year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    responsible: Mapped[list[str]] = mapped_column(JSON)
    responsible_as_written: Mapped[str] = mapped_column(Text)
    measures: Mapped[list[int]] = mapped_column(JSON)
    contents: Mapped[list[str]] = mapped_column(JSON)


class RecurringDuty(Base):
    """What the plan asks for again and again; duty: key of the process that serves it, where one does."""

    __tablename__ = "recurring_duty"
    __table_args__ = (UniqueConstraint("plan_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    duty: Mapped[str | None] = mapped_column(String(40))
    measure_number: Mapped[int]
    frequency: Mapped[str] = mapped_column(String(20))
    due_as_written: Mapped[str | None] = mapped_column(String(80))


class Discrepancy(Base):
    """A place where the plan contradicts itself, with both readings, and how it was settled.

    text_side, annex_side: {clause, says, value, first_year_value, lead}. binding: text | annex | other, once settled.
    """

    __tablename__ = "discrepancy"
    __table_args__ = (UniqueConstraint("plan_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    key: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(200))
    must_settle: Mapped[bool]
    measures: Mapped[list[int]] = mapped_column(JSON)
    indicators: Mapped[list[int]] = mapped_column(JSON)
    matters: Mapped[list[int]] = mapped_column(JSON)
    text_side: Mapped[dict[str, str | None]] = mapped_column(JSON)
    annex_side: Mapped[dict[str, str | None]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text)
    note_en: Mapped[str] = mapped_column(Text, default="")
    binding: Mapped[str | None] = mapped_column(String(10))
    binding_value: Mapped[Decimal | None] = mapped_column(Quantity)
    base_value: Mapped[Decimal | None] = mapped_column(Quantity)
    base_as_of: Mapped[date | None]
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    basis_text: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))


class CalendarDate(Base):
    """A day of each year on which something opens or is due. rolls: earlier | later | none."""

    __tablename__ = "calendar_date"
    __table_args__ = (UniqueConstraint("plan_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    key: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    duty: Mapped[str | None] = mapped_column(String(40))
    month: Mapped[int]
    day: Mapped[int]
    rolls: Mapped[str] = mapped_column(String(10))
    basis: Mapped[str] = mapped_column(String(10))


class WorkDay(Base):
    """A day that deviates from Monday to Friday, laid over the library's calendar."""

    __tablename__ = "work_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    note: Mapped[str] = mapped_column(String(80), default="")
