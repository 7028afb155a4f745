"""The figures in the frame of every page: the plan's name, what is open, unread and stopped."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.notification import Notification
from app.models.plan import Plan
from app.queries import inbox, incidents
from app.queries.actor import Actor


@dataclass(frozen=True)
class Figures:
    """plan_title: name and years of the plan that was loaded last, None before any. incident_count: for repairers."""

    plan_title: tuple[str, str] | None
    open_count: int = 0
    unread_count: int = 0
    incident_count: int = 0


def figures(session: Session, actor: Actor | None) -> Figures:
    title = _plan_title(session)
    if actor is None or actor.person_id is None:
        return Figures(title)
    return Figures(
        title,
        inbox.open_count(session, actor),
        _unread_count(session, actor.person_id),
        incidents.count_open(session) if actor.has(*incidents.MAY_REPAIR) else 0,
    )


def _plan_title(session: Session) -> tuple[str, str] | None:
    """专精特新三年行动计划 and （2022—2024年）."""
    title = session.scalar(select(Plan.short_title).order_by(Plan.id.desc()).limit(1))
    if title is None:
        return None
    name, bracket, years = title.partition("（")
    return name, bracket + years


def _unread_count(session: Session, person_id: int) -> int:
    where = (Notification.person_id == person_id, Notification.read_at.is_(None))
    return session.scalar(select(func.count()).select_from(Notification).where(*where)) or 0
