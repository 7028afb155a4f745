"""The messages of one person, the latest first."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.notification import Notification
from app.queries.actor import Actor
from app.queries.paging import Descending, Page, page


def messages(
    session: Session, actor: Actor, *, unread_only: bool = False, cursor: str | None = None, limit: int = 50
) -> Page[Notification]:
    statement = select(Notification).where(Notification.person_id == actor.person_id)
    if unread_only:
        statement = statement.where(Notification.read_at.is_(None))
    order = [Descending(Notification.at), Descending(Notification.id)]
    return page(session, statement, order, cursor, limit, counts=True)


def unread_count(session: Session, actor: Actor) -> int:
    where = (Notification.person_id == actor.person_id, Notification.read_at.is_(None))
    return session.scalar(select(func.count()).select_from(Notification).where(*where)) or 0


def own_message(session: Session, actor: Actor, message_id: int) -> Notification:
    """Raises NotFound, also for somebody else's."""
    message = session.get(Notification, message_id)
    if message is None or message.person_id != actor.person_id:
        raise NotFound("没有找到这条消息。")
    return message
