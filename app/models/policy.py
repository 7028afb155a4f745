"""The policy library, the service resources, the rounds in which policies are pushed, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.models.plan import Quantity


class Policy(Base):
    """A policy, kept by the department that issued it. level: terms.PolicyLevel, kind: terms.PolicyKind.

    version: the one of its conditions that counts. windows: days on which one may apply {from_on, to_on}; none when one
    may always. amount_wan: the most it brings. checked_on: of the yearly check. repealed_on: ended before its time.
    """

    __tablename__ = "policy"
    __table_args__ = (Index("ix_policy_owner_id", "owner_id", "id"), Index("ix_policy_valid_to", "valid_to", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(80), default="")
    issuer: Mapped[str] = mapped_column(String(80))
    owner_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    level: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(12))
    benefit: Mapped[str] = mapped_column(String(100))
    amount_wan: Mapped[Decimal | None] = mapped_column(Quantity)
    link: Mapped[str] = mapped_column(String(300), default="")
    contact: Mapped[str] = mapped_column(String(120), default="")
    how: Mapped[str] = mapped_column(String(300), default="")
    windows: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    checked_on: Mapped[date | None]
    checked_by: Mapped[str] = mapped_column(String(80), default="")
    repealed_on: Mapped[date | None]
    repealed_because: Mapped[str] = mapped_column(String(200), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(80))

    owner: Mapped[Unit] = relationship()


class PolicyVersion(Base):
    """The conditions of a policy from one moment on: rows {group, figure, operator, value}. reason: of the change."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("policy_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    version: Mapped[int]
    conditions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(80))


class ServiceResource(Base):
    """工具箱: a service that enterprises may use. kind: terms.ResourceKind. ended_on: no longer offered."""

    __tablename__ = "service_resource"
    __table_args__ = (Index("ix_service_resource_owner_id", "owner_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    provider: Mapped[str] = mapped_column(String(120))
    owner_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    content: Mapped[str] = mapped_column(String(500), default="")
    contact: Mapped[str] = mapped_column(String(120), default="")
    link: Mapped[str] = mapped_column(String(300), default="")
    is_free: Mapped[bool] = mapped_column(default=False)
    checked_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(80))

    owner: Mapped[Unit] = relationship()


class PolicyRound(Base):
    """A round of pushing. key: 2022-3. tools: ids of service resources; titles, localities: the target, all if none.

    with_all: enterprises without a specialist get packages as well. is_packing: the departments have answered, and
    packages are being made, or will be when all is matched.
    """

    __tablename__ = "policy_round"

    key: Mapped[str] = mapped_column(String(20), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    message: Mapped[str] = mapped_column(String(200), default="")
    tools: Mapped[list[int]] = mapped_column(JSON, default=list)
    titles: Mapped[list[str]] = mapped_column(JSON, default=list)
    localities: Mapped[list[str]] = mapped_column(JSON, default=list)
    with_all: Mapped[bool] = mapped_column(default=True)
    is_packing: Mapped[bool] = mapped_column(default=False)


class PolicyRoundLine(Base):
    """A policy in a round: how many enterprises it fits, and what its department said of that.

    decision: confirmed | adjusted | left_out, empty until it is made. samples: verdict -> {enterprise, why} of up to
    ten. shut_out: condition in words -> how many it excludes. is_matched: all enterprises of the target were looked at.
    """

    __tablename__ = "policy_round_line"
    __table_args__ = (
        UniqueConstraint("round_key", "policy_id"),
        Index("ix_policy_round_line_policy_id", "policy_id", "round_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_key: Mapped[str] = mapped_column(ForeignKey("policy_round.key"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    version: Mapped[int]
    met: Mapped[int] = mapped_column(default=0)
    nearly: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    excluded: Mapped[int] = mapped_column(default=0)
    shut_out: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    samples: Mapped[dict[str, list[dict[str, str]]]] = mapped_column(JSON, default=dict)
    is_matched: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    decided_by: Mapped[str] = mapped_column(String(80), default="")

    policy: Mapped[Policy] = relationship()

    @property
    def hint(self) -> str:
        """The condition that shuts out most, for the department that wrote it; empty where none does."""
        sentence, count = max(self.shut_out.items(), key=lambda item: item[1], default=("", 0))
        return f"{sentence}：{count}家不满足" if count else ""


class PolicyMatch(Base):
    """An enterprise that a policy fits in a round; why it does is said when its package is made."""

    __tablename__ = "policy_match"
    __table_args__ = (
        UniqueConstraint("round_key", "policy_id", "enterprise_id"),
        Index("ix_policy_match_round_key", "round_key", "enterprise_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_key: Mapped[str] = mapped_column(ForeignKey("policy_round.key"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))


class PolicyPackage(Base):
    """What one enterprise gets. key: business key of its instance. state: terms.PackageState.

    round_key: none for a single package. is_unconfirmed: 未经专员确认. specialist: who confirmed it. read_at: when the
    enterprise answered. stars: 1 to 5.
    """

    __tablename__ = "policy_package"
    __table_args__ = (
        Index("ix_policy_package_enterprise_id", "enterprise_id", "id"),
        Index("ix_policy_package_round_key", "round_key", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    round_key: Mapped[str | None] = mapped_column(ForeignKey("policy_round.key"))
    year: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="prepared")
    message: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    specialist: Mapped[str] = mapped_column(String(80), default="")
    is_unconfirmed: Mapped[bool] = mapped_column(default=False)
    tools: Mapped[list[int]] = mapped_column(JSON, default=list)
    made_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    stars: Mapped[int | None]
    demand_key: Mapped[str] = mapped_column(String(80), default="")

    enterprise: Mapped[Enterprise] = relationship()


class PackageLine(Base):
    """A policy in a package. drop_reason: why the specialist ticked it off; use: what the enterprise said of it."""

    __tablename__ = "package_line"
    __table_args__ = (
        UniqueConstraint("package_id", "policy_id"),
        Index("ix_package_line_policy_id", "policy_id", "use"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("policy_package.id"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    version: Mapped[int]
    position: Mapped[int]
    closes_on: Mapped[date | None]
    why: Mapped[list[str]] = mapped_column(JSON)
    drop_reason: Mapped[str] = mapped_column(String(16), default="")
    use: Mapped[str] = mapped_column(String(16), default="")
    text: Mapped[str] = mapped_column(Text, default="")

    policy: Mapped[Policy] = relationship()
