"""意见: what people say about a matter beside its forms, and whom they name in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.db import table_of
from app.errors import InvalidForm
from app.models.user_task import Comment, CommentMention
from app.queries.actor import Actor
from app.queries.mentionable import Mentionable, mentionable
from app.services import steps
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.mentions import mentioned
from app.services.messages import Message, put_messages
from app.services.tasks import readable_task
from app.services.work import Work
from app.terms import EventType

COMMENT, MENTION = table_of(Comment), table_of(CommentMention)


def comment(house: House, actor: Actor, task_id: str, text: str, *, key: str) -> Answer:
    """Say something about the matter; `@name` tells somebody who sees it. Raises InvalidForm("text")."""
    return run(house, actor, Command("comment", key, {"task_id": task_id, "text": text}))


@handles("comment")
def _comment(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = readable_task(work, payload["task_id"])
    text = str(payload["text"]).strip()
    if not 1 <= len(text) <= 1000:
        raise InvalidForm([("text", "请填写 1 至 1000 字的意见。")])
    case = work.case(task.instance_id)
    with Session(work.connection) as session:
        named = mentioned(text, mentionable(session, work.actor, task)) if "@" in text else []
    row = {"instance_id": task.instance_id, "task_id": task.id, "person_id": work.actor.person_id, "text": text}
    added = COMMENT.insert().values({**row, "at": work.at}).returning(COMMENT.c.id)
    _tell_mentioned(work, task, work.connection.execute(added).scalar_one(), text, named)
    told = {"element": task.element_id, "task": task.id, "name": task.name, "text": text}
    to = {"to": [one.login for one in named]} if named else {}
    steps.note(work, case, EventType.TASK_COMMENTED, {**told, **to})
    return {"id": task.id, "instance_id": task.instance_id, "mentioned": len(named)}


def _tell_mentioned(work: Work, task: Row[Any], comment_id: int, text: str, named: Sequence[Mentionable]) -> None:
    """Each gets a message that leads to the task; who has it in her inbox as well reads the comment there."""
    if not named:
        return
    work.connection.execute(
        MENTION.insert(), [{"comment_id": comment_id, "person_id": one.person_id} for one in named]
    )  # fmt: skip
    title = f"{work.actor.name}提到您：{task.title}（{task.name}）"
    put_messages(
        work.connection,
        [
            Message(one.person_id, "mention", title, text, f"mention:{comment_id}:{one.person_id}", work.at, task.id)
            for one in named
        ],
    )
