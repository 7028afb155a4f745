"""已读: that somebody has opened a task, her messages or her copies. Nobody's act on the matter, so no event."""

from __future__ import annotations

from app import clock
from app.db import table_of
from app.models.notification import Notification
from app.models.user_task import TaskCopy, UserTask
from app.queries.actor import Actor
from app.queries.notifications import own_message
from app.services.house import House

TASK, NOTIFICATION, COPY = table_of(UserTask), table_of(Notification), table_of(TaskCopy)


def note_opened(house: House, actor: Actor, task_id: str) -> None:
    """The first opening of a task by somebody who may act on it; it also answers her messages about it."""
    at = clock.now()
    with house.database.writing() as connection:
        first = TASK.update().where(TASK.c.id == task_id, TASK.c.read_at.is_(None)).values(read_at=at)
        connection.execute(first)
        hers = (NOTIFICATION.c.person_id == actor.person_id, NOTIFICATION.c.task_id == task_id)
        connection.execute(NOTIFICATION.update().where(*hers, NOTIFICATION.c.read_at.is_(None)).values(read_at=at))


def read_message(house: House, actor: Actor, message_id: int) -> str | None:
    """Mark one message; the id of the task it speaks of. Raises NotFound."""
    with house.database.transaction() as session:
        message = own_message(session, actor, message_id)
        message.read_at = message.read_at or clock.now()
        return message.task_id


def read_all_messages(house: House, actor: Actor) -> int:
    """Mark all that the person has not read; how many there were."""
    with house.database.writing() as connection:
        unread = (NOTIFICATION.c.person_id == actor.person_id, NOTIFICATION.c.read_at.is_(None))
        return connection.execute(NOTIFICATION.update().where(*unread).values(read_at=clock.now())).rowcount


def note_copies(house: House, actor: Actor) -> None:
    """The person has seen the list of what she was sent a copy of."""
    with house.database.writing() as connection:
        unread = (COPY.c.person_id == actor.person_id, COPY.c.read_at.is_(None))
        connection.execute(COPY.update().where(*unread).values(read_at=clock.now()))
