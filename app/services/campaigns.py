"""Campaigns from the office's side: opened out of turn, and their collection closed while some are still missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.db import table_of
from app.duties.registry import DUTIES
from app.errors import InvalidForm, NotFound, NotPermitted
from app.models.process import Subscription
from app.queries.actor import Actor
from app.queries.campaigns import CLOSING
from app.services import processes, tasks
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.work import Work
from app.terms import EventType, Role

SUBSCRIPTION = table_of(Subscription)

SHORTEST_REASON, LONGEST_REASON = 2, 500


def open_campaign(house: House, actor: Actor, duty: str, variables: Mapping[str, Any], *, key: str) -> Answer:
    """Start the duty's main process for a year, or find the one that was started; {id}.

    variables: {year}, and what else the duty's opening takes. Raises NotPermitted, NotFound, RuleViolation.
    """
    if duty not in DUTIES:
        raise NotFound
    return processes.start(house, actor, DUTIES[duty].processes[0], variables, key=key)


def close_collection(house: House, actor: Actor, instance_id: str, reason: str, *, key: str) -> Answer:
    """截止收集, 截止汇总: wait no longer for those that are missing. The reason stays with the campaign and its event.

    Raises NotPermitted, InvalidForm without a reason, NotFound where nothing is being collected.
    """
    return run(house, actor, Command("close_collection", key, {"instance_id": instance_id, "reason": reason.strip()}))


@handles("close_collection")
def _close_collection(work: Work, payload: Mapping[str, Any]) -> Answer:
    if not work.actor.has(Role.OFFICE):
        raise NotPermitted
    reason = payload["reason"]
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidForm([("reason", f"请写明截止的理由，{SHORTEST_REASON} 至 {LONGEST_REASON} 字。")])
    case = work.case(payload["instance_id"])
    message = CLOSING.get(case.instance.definition_key, "")
    where = (SUBSCRIPTION.c.instance_id == case.instance.id, SUBSCRIPTION.c.message == message)
    waiting = work.connection.execute(select(SUBSCRIPTION.c.task_id).where(*where)).scalar_one_or_none()
    if waiting is None:
        raise NotFound("现在没有正在进行的收集。")
    case.put("collection", "", {"reason": reason})
    return tasks.deliver_to(work, case, waiting, message, EventType.MESSAGE_DELIVERED, told={"reason": reason})
