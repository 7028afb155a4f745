"""The agency code that papers of the office bear, whatever the year they are written in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.plan import Plan


def agency_code(session: Session) -> str:
    """That of the newest plan."""
    return session.scalars(select(Plan.agency_code).order_by(Plan.last_year.desc()).limit(1)).one()
