"""Process instances from outside: start, cancel, give a message, let a timer pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import table_of
from app.engine import Advance, Definition, Engine, Step
from app.errors import InvalidForm, NotFound, NotPermitted
from app.models.process import Subscription
from app.models.timer import Timer
from app.queries.actor import CLOCK, Actor
from app.services import children, incidents, plain_variables, steps, tasks
from app.services.cases import PLAIN, Casework, Effect, InstanceRow, Start
from app.services.commands import Answer, Command, handles, run
from app.services.effects import put_effects
from app.services.house import House
from app.services.incidents import Settlement
from app.services.registry import STARTED_BY, UNHEARD, casework_of
from app.services.work import Work
from app.terms import EventType, InstanceStatus, Resolution, Role

SUBSCRIPTION, TIMER = table_of(Subscription), table_of(Timer)


def start(
    house: House,
    actor: Actor,
    definition_key: str,
    variables: Mapping[str, Any],
    *,
    key: str,
    business_key: str | None = None,
) -> Answer:
    """Open a duty's main process, or an uploaded process. The same business key twice gives one instance.

    Raises RuleViolation for variables the duty cannot use, NotPermitted, NotFound. The answer is {id}.
    """
    payload = {"definition_key": definition_key, "variables": dict(variables), "business_key": business_key}
    return run(house, actor, Command("start", key, payload))


def cancel(house: House, actor: Actor, instance_id: str, reason: str, *, key: str) -> Answer:
    """作废: ends an instance and its children, with a reason."""
    return run(house, actor, Command("cancel", key, {"instance_id": instance_id, "reason": reason}))


def deliver(
    house: House,
    actor: Actor,
    name: str,
    correlation: str,
    *,
    key: str,
    told: Mapping[str, Any] | None = None,
    only: str | None = None,
) -> Answer:
    """Give a message to whoever waits for this name and key. Raises NotFound when nobody does. told: for the event.

    only: the one waiting task that is meant; nothing happens when it waits no longer.
    """
    payload = {"name": name, "correlation": correlation, "told": dict(told or {}), "unless_open": None, "only": only}
    return run(house, actor, Command("deliver", key, payload))


def deliver_when_all_done(
    house: House, name: str, correlation: str, unless_open: Mapping[str, Any], *, key: str
) -> Answer:
    """The same for the last child's end: nothing happens while another child of the kind is open, or nobody waits."""
    payload = {"name": name, "correlation": correlation, "told": {}, "unless_open": dict(unless_open), "only": None}
    return run(house, CLOCK, Command("deliver", key, payload))


def deliver_to_one(
    house: House, name: str, correlation: str, instance_id: str, *, key: str, told: Mapping[str, Any]
) -> Answer:
    """One instance's share of a message that several waited for; nothing happens when it waits no longer."""
    payload = {"name": name, "correlation": correlation, "told": dict(told), "instance_id": instance_id}
    return run(house, CLOCK, Command("deliver_to_one", key, payload))


def fire(house: House, timer_id: str, *, claim_token: str | None = None) -> Answer:
    """Let a drawn timer pass that is due; nothing happens when it fired already or another scheduler holds it now."""
    key = f"timer:{timer_id}:{claim_token or ''}"
    return run(house, CLOCK, Command("fire", key, {"timer_id": timer_id, "claim_token": claim_token}))


@handles("start")
def _start(work: Work, payload: Mapping[str, Any]) -> Answer:
    casework = casework_of(payload["definition_key"])
    if casework is PLAIN and not work.actor.has(Role.OFFICE):
        raise NotPermitted
    what = _opening(work, casework, payload)
    if not casework.may_open(work.actor, what):
        raise NotPermitted
    return {"id": steps.start(work, what)}


def _opening(work: Work, casework: Casework, payload: Mapping[str, Any]) -> Start:
    key, variables = payload["definition_key"], payload["variables"]
    if casework.duty is None:
        plain_variables.require_data(variables)
        return Start(key, payload["business_key"] or work.key, "", data=variables)
    opening = casework.opening if key == casework.duty.key else casework.openings.get(key)
    if opening is None:
        raise InvalidForm([("definition_key", "该流程由其主流程启动，不能单独启动。")])
    with Session(work.connection) as session:
        return opening(session, work.house, variables)


@handles("cancel")
def _cancel(work: Work, payload: Mapping[str, Any]) -> Answer:
    if not work.actor.has(Role.OFFICE):
        raise NotPermitted
    reason = str(payload["reason"]).strip()
    if not reason:
        raise InvalidForm([("reason", "请写明作废的原因。")])
    steps.cancel(work, payload["instance_id"], reason)
    settlement = Settlement(Resolution.CANCELLED, work.actor.login, work.key, work.at, reason)
    incidents.close_of_ended(work.connection, settlement)
    return {"id": payload["instance_id"], "status": InstanceStatus.CANCELLED.value}


@handles("deliver")
def _deliver(work: Work, payload: Mapping[str, Any]) -> Answer:
    """To the process it opens, and to the one instance that waits; to several by the outbox, one command for each.

    Two messages that lock the same instances in another order would wait for each other, and one broken instance would
    keep the message from all.
    """
    unless_open = payload["unless_open"]
    if unless_open and children.is_open(work.connection, **unless_open):
        return {"delivered": 0}
    opened = _opened_by(work, payload)
    waiting = sorted({row.instance_id for row in _waiting(work, payload)})
    if len(waiting) + len(opened) > 1:
        put_effects(work.connection, [_to_one(work, payload, instance_id) for instance_id in waiting], work.at)
        return {"delivered": len(waiting), **opened}
    delivered = sum(_give(work, payload, instance_id) for instance_id in waiting)
    may_miss = unless_open or payload.get("only") is not None or payload["name"] in STARTED_BY.keys() | UNHEARD
    if not delivered and not may_miss:
        raise NotFound("没有流程在等待这条消息。")
    return {"delivered": delivered, **opened}


def _opened_by(work: Work, payload: Mapping[str, Any]) -> dict[str, str]:
    """{opened: id} of the process that this message opens, or opened before; empty when it opens none."""
    opener = STARTED_BY.get(payload["name"])
    if opener is None:
        return {}
    with Session(work.connection) as session:
        what = opener(session, work.house, {**payload["told"], "key": payload["correlation"]})
    return {} if what is None else {"opened": steps.start(work, what)}


@handles("deliver_to_one")
def _deliver_to_one(work: Work, payload: Mapping[str, Any]) -> Answer:
    return {"delivered": _give(work, payload, payload["instance_id"])}


def _give(work: Work, payload: Mapping[str, Any], instance_id: str) -> int:
    """How many tasks of the instance took it: what waits is read again under its lock."""
    case = work.case(instance_id)
    waiting = [row.task_id for row in _waiting(work, payload) if row.instance_id == instance_id]
    for task_id in waiting:
        tasks.deliver_to(work, case, task_id, payload["name"], EventType.MESSAGE_DELIVERED, told=payload["told"])
    return len(waiting)


def _waiting(work: Work, payload: Mapping[str, Any]) -> Sequence[Any]:
    where = [SUBSCRIPTION.c.message == payload["name"], SUBSCRIPTION.c.key == payload["correlation"]]
    if payload.get("only") is not None:
        where.append(SUBSCRIPTION.c.task_id == payload["only"])
    columns = select(SUBSCRIPTION.c.task_id, SUBSCRIPTION.c.instance_id)
    return work.connection.execute(columns.where(*where).order_by(SUBSCRIPTION.c.task_id)).all()


def _to_one(work: Work, payload: Mapping[str, Any], instance_id: str) -> Effect:
    """The key comes from the message's own, so that an instance gets it once."""
    key = str(uuid5(NAMESPACE_URL, f"duban:{work.key}:{instance_id}"))
    told = {**payload["told"], "sent_by": work.actor.login}
    share = {"name": payload["name"], "key": payload["correlation"], "told": told, "only_instance": instance_id}
    return Effect(f"deliver:{key}", "message", share)


@handles("fire")
def _fire(work: Work, payload: Mapping[str, Any]) -> Answer:
    """The instance is locked before its timer, as every command does that closes timers."""
    timer = work.connection.execute(select(TIMER).where(TIMER.c.task_id == payload["timer_id"])).one_or_none()
    if timer is None:
        return {"fired": False}
    case = work.case(timer.instance_id)
    where = [TIMER.c.task_id == timer.task_id, TIMER.c.status == "waiting", TIMER.c.due_at <= work.at]
    if payload["claim_token"] is not None:
        where.append(TIMER.c.claim_token == payload["claim_token"])
    fired = work.connection.execute(TIMER.update().where(*where).values(status="fired", lease_until=None))
    if fired.rowcount != 1:
        work.instance_id = None  # a command that moved nothing belongs to no instance
        return {"fired": False}

    def pass_(engine: Engine, definition: Definition, row: InstanceRow, step: Step, host: steps.Host) -> Advance:
        return engine.fire(definition, row.state, step, timer.task_id, host)

    element = case.definition.elements[timer.element_id]
    told = {"element": timer.element_id, "task": timer.task_id, "name": element.name, "timer": timer.task_id}
    steps.move(work, case, EventType.TIMER_FIRED, told, pass_)
    return {"fired": True, "instance_id": case.instance.id}
