"""Verbs about a practical matter that belong to no user task: the office drops one, an enterprise rates one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import table_of
from app.duties.practical_matter import GRADES
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted
from app.models.practical_matter import MatterRating
from app.models.process import Subscription
from app.queries.actor import Actor
from app.services import tasks
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.practical_matter.rows import ITEM
from app.services.work import Work
from app.terms import EventType, Role

SUBSCRIPTION, RATING = table_of(Subscription), table_of(MatterRating)
DROPPED = "matter_dropped"
SHORTEST_REASON, LONGEST_REASON, LONGEST_TEXT = 2, 500, 200


def drop_matter(house: House, actor: Actor, instance_id: str, reason: str, *, key: str) -> Answer:
    """Record the leading group's decision that a matter is no longer carried out.

    Raises NotPermitted, InvalidForm without a reason, NotFound for a matter that was accepted or dropped before.
    """
    return run(house, actor, Command("drop_matter", key, {"instance_id": instance_id, "reason": reason.strip()}))


def rate(house: House, actor: Actor, rating_id: int, grade: str, text: str, *, key: str) -> Answer:
    """Say what an enterprise that was asked thinks of a matter; once, until the day on which the question closes.

    Raises NotFound for a question to another enterprise, InvalidForm, AlreadyDone.
    """
    payload = {"rating_id": rating_id, "grade": grade, "text": text.strip()}
    return run(house, actor, Command("rate_matter", key, payload))


@handles("drop_matter")
def _drop_matter(work: Work, payload: Mapping[str, Any]) -> Answer:
    if not work.actor.has(Role.OFFICE):
        raise NotPermitted
    reason = payload["reason"]
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidForm([("reason", f"请写明调整的依据和理由，{SHORTEST_REASON} 至 {LONGEST_REASON} 字。")])
    case = work.case(payload["instance_id"])
    if case.instance.definition_key != ITEM:
        raise NotFound
    where = (SUBSCRIPTION.c.instance_id == case.instance.id, SUBSCRIPTION.c.message == DROPPED)
    waiting = work.connection.execute(select(SUBSCRIPTION.c.task_id).where(*where)).scalar_one_or_none()
    if waiting is None:
        raise NotFound("项目已验收或已终止。")
    today = clock.local(work.at).date().isoformat()
    case.put("drop", "", {"login": work.actor.login, "name": work.actor.name, "on": today, "reason": reason})
    return tasks.deliver_to(work, case, waiting, DROPPED, EventType.MESSAGE_DELIVERED, told={"reason": reason})


@handles("rate_matter")
def _rate_matter(work: Work, payload: Mapping[str, Any]) -> Answer:
    row = work.connection.execute(select(RATING).where(RATING.c.id == payload["rating_id"]).with_for_update()).first()
    if row is None or work.actor.enterprise_id != row.enterprise_id:
        raise NotFound
    if payload["grade"] not in GRADES:
        raise InvalidForm([("grade", "请选择评价等次。")])
    if len(payload["text"]) > LONGEST_TEXT:
        raise InvalidForm([("text", f"评价意见不超过 {LONGEST_TEXT} 字。")])
    if row.grade:
        raise AlreadyDone("贵企业已经评价过这个项目。")
    if clock.local(work.at).date() > row.closes_on:
        raise AlreadyDone("评价期已结束。")
    told = {"grade": payload["grade"], "text": payload["text"], "rated_at": work.at}
    work.connection.execute(RATING.update().where(RATING.c.id == row.id).values(told))
    return {"rating_id": row.id}
