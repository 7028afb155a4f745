"""What an enterprise does with activities in its portal: it registers, withdraws, and rates those it was at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app import clock
from app.db import table_of
from app.duties.demand_response_rates import RATING_WORDS
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted
from app.models.service_month import ActivityFirm, ServiceActivity
from app.queries.actor import Actor
from app.queries.service_months import seen_activity
from app.services import steps
from app.services.cases import Case
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.work import Work
from app.terms import EventType

FIRM, ACTIVITY = table_of(ActivityFirm), table_of(ServiceActivity)
LONGEST_COMMENT = 300
COMING = ("planned", "confirmed")


def register(house: House, actor: Actor, activity_id: int, *, key: str) -> Answer:
    """报名. Raises NotFound for one that is not for this enterprise, AlreadyDone without a seat or too late."""
    return run(house, actor, Command("register_for_activity", key, {"activity": activity_id}))


def withdraw(house: House, actor: Actor, activity_id: int, *, key: str) -> Answer:
    """取消报名. Raises NotFound where the enterprise has not registered, AlreadyDone too late."""
    return run(house, actor, Command("withdraw_from_activity", key, {"activity": activity_id}))


def rate(house: House, actor: Actor, activity_id: int, rating: str, comment: str, *, key: str) -> Answer:
    """评价. Raises NotFound for one it was not at, AlreadyDone after the end, InvalidForm."""
    told = {"activity": activity_id, "rating": rating, "comment": comment.strip()}
    return run(house, actor, Command("rate_activity", key, told))


@handles("register_for_activity")
def _register(work: Work, payload: Mapping[str, Any]) -> Answer:
    case, activity = _case(work, payload["activity"])
    code, own = _own(work, activity.id)
    if not (activity.is_open or (own and own.invited_on)):
        raise NotFound
    _still_coming(work, activity)
    if own is not None and own.registered_at is not None:
        raise AlreadyDone("贵企业已报名。")
    taken = select(func.count()).where(FIRM.c.activity_id == activity.id, FIRM.c.registered_at.is_not(None))
    if work.connection.execute(taken).scalar_one() >= activity.seats:
        raise AlreadyDone("名额已满，请选择其他活动。")
    _put(work, activity.id, code, own, registered_at=work.at)
    return _noted(work, case, f"{work.actor.name}报名")


@handles("withdraw_from_activity")
def _withdraw(work: Work, payload: Mapping[str, Any]) -> Answer:
    case, activity = _case(work, payload["activity"])
    code, own = _own(work, activity.id)
    if own is None or own.registered_at is None:
        raise NotFound
    _still_coming(work, activity)
    _put(work, activity.id, code, own, registered_at=None)
    return _noted(work, case, f"{work.actor.name}取消报名")


@handles("rate_activity")
def _rate(work: Work, payload: Mapping[str, Any]) -> Answer:
    case, activity = _case(work, payload["activity"])
    code, own = _own(work, activity.id)
    if own is None or not own.is_present:
        raise NotFound
    if activity.state != "rating":
        raise AlreadyDone("评价已截止。")
    if payload["rating"] not in RATING_WORDS:
        raise InvalidForm([("rating", "请选择满意、基本满意或不满意。")])
    if len(payload["comment"]) > LONGEST_COMMENT:
        raise InvalidForm([("comment", f"不超过{LONGEST_COMMENT}字。")])
    _put(work, activity.id, code, own, rating=payload["rating"], comment=payload["comment"], rated_at=work.at)
    return _noted(work, case, f"{work.actor.name}评价：{RATING_WORDS[payload['rating']]}")


def _case(work: Work, activity_id: int) -> tuple[Case, Any]:
    """Locked with its instance, so that seats are given one after the other."""
    case = work.case(seen_activity(work.connection, activity_id).instance_id)
    return case, work.connection.execute(select(ACTIVITY).where(ACTIVITY.c.id == activity_id)).one()


def _own(work: Work, activity_id: int) -> tuple[str, Any]:
    code = work.actor.enterprise_id
    if code is None:
        raise NotPermitted("请使用企业账号。")
    where = (FIRM.c.activity_id == activity_id, FIRM.c.code == code)
    return code, work.connection.execute(select(FIRM).where(*where)).one_or_none()


def _still_coming(work: Work, activity: Any) -> None:
    if activity.state not in COMING or activity.on_day < clock.local(work.at).date():
        raise AlreadyDone("该活动已举行或已取消。")


def _put(work: Work, activity_id: int, code: str, own: Any, **values: Any) -> None:
    if own is None:
        row = {"activity_id": activity_id, "code": code, "is_present": False, "comment": "", **values}
        work.connection.execute(FIRM.insert(), [row])
        return
    where = (FIRM.c.activity_id == activity_id, FIRM.c.code == code)
    work.connection.execute(FIRM.update().where(*where).values(values))


def _noted(work: Work, case: Case, text: str) -> Answer:
    steps.note(work, case, EventType.TASK_COMMENTED, {"element": "confirm_activity", "text": text})
    return {"id": case.instance.id}
