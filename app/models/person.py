"""People, what they may be, who stands in for whom, and how they are signed in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant
from app.models.organization import Unit
from app.terms import Role


class Person(Base):
    """unit: the home unit; an office person never reviews its items. locked_until: after failed sign-ins.

    enterprise_id: whose account it is, for a person of an enterprise; her unit is then the enterprise's locality.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    pinyin: Mapped[str] = mapped_column(String(200), default="")
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    enterprise_id: Mapped[str | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    password_changed_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    locale: Mapped[str] = mapped_column(String(20), default="")
    has_single_keys: Mapped[bool] = mapped_column(default=True)
    has_compact_rows: Mapped[bool] = mapped_column(default=False)
    wants_mail: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit] = relationship()
    roles: Mapped[list[PersonRole]] = relationship(back_populates="person", cascade="all, delete-orphan")


class PastPassword(Base):
    """A password a person had, so that it is not chosen again soon."""

    __tablename__ = "past_password"
    __table_args__ = (Index("ix_past_password_person_id", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    password_hash: Mapped[str] = mapped_column(String(200))


class PersonRole(Base):
    """A role a person has, of a unit where the role belongs to one."""

    __tablename__ = "person_role"
    __table_args__ = (UniqueConstraint("person_id", "role", "unit_id"), Index("ix_person_role_role", "role", "unit_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))

    person: Mapped[Person] = relationship(back_populates="roles")

    @property
    def label(self) -> str:
        return Role(self.role).label


class Substitution(Base):
    """请假代理: while it lasts, the substitute sees and does what the absent person would."""

    __tablename__ = "substitution"
    __table_args__ = (Index("ix_substitution_substitute_id", "substitute_id", "until_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    absent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]

    absent: Mapped[Person] = relationship(foreign_keys=[absent_id])
    substitute: Mapped[Person] = relationship(foreign_keys=[substitute_id])


class UserSession(Base):
    """A sign-in; the browser holds the key, we its SHA-256. A new one at each sign-in."""

    __tablename__ = "user_session"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    address: Mapped[str] = mapped_column(String(60), default="")

    person: Mapped[Person] = relationship()


class SignInFailure(Base):
    """Failed sign-ins by address, so that one address cannot try many names."""

    __tablename__ = "sign_in_failure"

    address: Mapped[str] = mapped_column(String(60), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(Instant)


class ApiToken(Base):
    """A bearer token of a program; we keep its SHA-256."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    person: Mapped[Person] = relationship()
