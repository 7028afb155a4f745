"""Uploads of process definitions: what waits for a second person, and what became of the others."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.deployment import Deployment
from app.queries.paging import LARGEST_INT, Descending, Page, page
from app.terms import DeploymentStatus


def waiting(session: Session) -> Sequence[Deployment]:
    """Proposals that nobody has decided, the oldest first."""
    undecided = select(Deployment).where(Deployment.status == DeploymentStatus.PROPOSED.value)
    return session.scalars(undecided.order_by(Deployment.id).limit(200)).all()


def waiting_count(session: Session) -> int:
    undecided = select(func.count()).where(Deployment.status == DeploymentStatus.PROPOSED.value)
    return session.scalar(undecided) or 0


def deployments_page(session: Session, status: str, cursor: str | None, limit: int = 50) -> Page[Deployment]:
    """Uploads, the latest first."""
    statement = select(Deployment)
    if status:
        statement = statement.where(Deployment.status == status)
    return page(session, statement, (Descending(Deployment.id),), cursor, limit, counts=True)


def deployment(session: Session, id_: int) -> Deployment:
    """Raises NotFound."""
    found = session.get(Deployment, min(id_, LARGEST_INT))
    if found is None:
        raise NotFound("没有找到这次上传。")
    return found
