"""Versions of recognition rules that the office made; the first version of each rule set ships with the product."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.db import Base
from app.models.two_persons import OfTwoPersons


class RuleSetVersion(OfTwoPersons, Base):
    """content: as duties/recognition reads it."""

    __tablename__ = "rule_set_version"
    __table_args__ = (UniqueConstraint("key", "version"), Index("ix_rule_set_version_status", "status", "id"))

    in_force_until: Mapped[date | None]
