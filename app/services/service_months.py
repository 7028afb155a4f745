"""What people do with activities outside of their forms: the organiser cancels, the office enters 未反馈."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import table_of
from app.duties.service_month_dates import is_unreported
from app.errors import InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.process import Subscription
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.queries.service_months import may_cancel, seen_activity
from app.queries.task_lights import OPEN
from app.services import tasks
from app.services.cases import Case
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.service_month.rows import CANCELLED, UNREPORTED
from app.services.work import Work
from app.terms import EventType, Role

SUBSCRIPTION, TASK = table_of(Subscription), table_of(UserTask)
SHORTEST_REASON, LONGEST_REASON = 2, 300


def cancel_activity(house: House, actor: Actor, activity_id: int, reason: str, *, key: str) -> Answer:
    """取消活动. Raises NotFound for one that is over, NotPermitted, InvalidForm without a reason."""
    return run(house, actor, Command("cancel_activity", key, {"activity": activity_id, "reason": reason.strip()}))


def mark_unreported(house: House, actor: Actor, activity_id: int, *, key: str) -> Answer:
    """登记未反馈, by the office. Raises RuleViolation while the report is not five working days late."""
    return run(house, actor, Command("mark_unreported", key, {"activity": activity_id}))


@handles("cancel_activity")
def _cancel_activity(work: Work, payload: Mapping[str, Any]) -> Answer:
    case, unit_id = _case(work, payload["activity"])
    if not may_cancel(work.actor, unit_id):
        raise NotPermitted("只有承办单位和办公室可以取消活动。")
    reason = payload["reason"]
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidForm([("reason", f"请写明取消的原因，{SHORTEST_REASON}至{LONGEST_REASON}字。")])
    return _deliver(work, case, CANCELLED, reason)


@handles("mark_unreported")
def _mark_unreported(work: Work, payload: Mapping[str, Any]) -> Answer:
    if not work.actor.has(Role.OFFICE):
        raise NotPermitted
    case, _ = _case(work, payload["activity"])
    where = (TASK.c.instance_id == case.instance.id, TASK.c.element_id == "report_activity", OPEN)
    due_on: date | None = work.connection.execute(select(TASK.c.due_on).where(*where)).scalar_one_or_none()
    if due_on is None or not is_unreported(due_on, case.today, case.calendar):
        raise RuleViolation("activity", "登记时限过后五个工作日仍未登记的，才可登记未反馈。")
    return _deliver(work, case, UNREPORTED, "逾期五个工作日未登记活动情况")


def _case(work: Work, activity_id: int) -> tuple[Case, str]:
    """The activity's case, with the unit that organises it now."""
    found = seen_activity(work.connection, activity_id)
    return work.case(found.instance_id), found.unit_id


def _deliver(work: Work, case: Case, message: str, reason: str) -> Answer:
    where = (SUBSCRIPTION.c.instance_id == case.instance.id, SUBSCRIPTION.c.message == message)
    waiting = work.connection.execute(select(SUBSCRIPTION.c.task_id).where(*where)).scalar_one_or_none()
    if waiting is None:
        raise NotFound("该活动已登记、已取消或已办结。")
    today = clock.local(work.at).date().isoformat()
    case.put(message, "", {"login": work.actor.login, "name": work.actor.name, "on": today, "reason": reason})
    return tasks.deliver_to(work, case, waiting, message, EventType.MESSAGE_DELIVERED, told={"reason": reason})
