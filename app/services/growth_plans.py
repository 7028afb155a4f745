"""终止培育: the office ends the growth plan of an enterprise that gave up, closed, or lost its title by fraud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import table_of
from app.errors import InvalidForm, NotFound, NotPermitted
from app.models.process import Subscription
from app.queries.actor import Actor
from app.services import tasks
from app.services.commands import Answer, Command, handles, run
from app.services.growth_selection.rows import PLAN
from app.services.house import House
from app.services.work import Work
from app.terms import EventType, Role

SUBSCRIPTION = table_of(Subscription)
DROPPED = "plan_dropped"
SHORTEST_REASON, LONGEST_REASON = 2, 500


def drop_plan(house: House, actor: Actor, instance_id: str, reason: str, *, key: str) -> Answer:
    """Raises NotPermitted, InvalidForm without a reason, NotFound for a plan that is not under way."""
    return run(house, actor, Command("drop_plan", key, {"instance_id": instance_id, "reason": reason.strip()}))


@handles("drop_plan")
def _drop_plan(work: Work, payload: Mapping[str, Any]) -> Answer:
    if not work.actor.has(Role.OFFICE):
        raise NotPermitted
    reason = payload["reason"]
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidForm([("reason", f"请写明终止的理由，{SHORTEST_REASON} 至 {LONGEST_REASON} 字。")])
    case = work.case(payload["instance_id"])
    if case.instance.definition_key != PLAN:
        raise NotFound
    where = (SUBSCRIPTION.c.instance_id == case.instance.id, SUBSCRIPTION.c.message == DROPPED)
    waiting = work.connection.execute(select(SUBSCRIPTION.c.task_id).where(*where)).scalar_one_or_none()
    if waiting is None:
        raise NotFound("培育方案已完成或已终止。")
    today = clock.local(work.at).date().isoformat()
    case.put("drop", "", {"login": work.actor.login, "name": work.actor.name, "on": today, "reason": reason})
    return tasks.deliver_to(work, case, waiting, DROPPED, EventType.MESSAGE_DELIVERED, told={"reason": reason})
