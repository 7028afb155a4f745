"""Versions of the rules of lights, pace and reminders that the office made; the first version of each is a file's."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint

from app.db import Base
from app.models.two_persons import OfTwoPersons


class RuleTableVersion(OfTwoPersons, Base):
    """key: of duties/rule_tables.KINDS. content: as its form fills it.

    in_force_from: the day that was asked for until it is approved, then the day from which it holds: never before
    the day after the approval, so that what was reckoned by the old rules stays as it was.
    """

    __tablename__ = "rule_table_version"
    __table_args__ = (UniqueConstraint("key", "version"), Index("ix_rule_table_version_status", "status", "id"))
