"""Instances that nothing moves any more: one question for the oracle, the hourly sweep and the figures."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, exists, literal_column, or_, select
from sqlalchemy.orm import aliased

from app.models.outbox import OutboxRow
from app.models.process import Incident, ProcessInstance, Subscription
from app.models.timer import FOR_GOOD, Timer
from app.models.user_task import IS_OPEN, UserTask
from app.terms import IncidentStatus, InstanceStatus

# What has failed is kept by an incident of its own. Written out and one by one, so that the partial indexes serve.
NOT_DONE: tuple[ColumnElement[str], ...] = (literal_column("'pending'"), literal_column("'failed'"))


def stuck_instances() -> Select[str]:
    """Active instances with nobody and nothing to wait for, by id.

    Each active one has an open user task, a timer that will fire, an effect that is still to be done for it, an open
    incident, or a message it waits for whose sender is itself open or has sent it.
    """
    return select(ProcessInstance.id).where(*is_stuck()).order_by(ProcessInstance.id)


def is_stuck() -> tuple[ColumnElement[bool], ...]:
    id_ = ProcessInstance.id
    return (
        ProcessInstance.status == InstanceStatus.ACTIVE,
        ~exists().where(UserTask.instance_id == id_, IS_OPEN),
        ~exists().where(Timer.instance_id == id_, Timer.status == "waiting", _will_fire()),
        ~exists().where(Subscription.instance_id == id_, or_(*_may_come())),
        *(~wanted for wanted in _still_to_be_done(OutboxRow.payload["instance_id"].as_string() == id_)),
        ~exists().where(Incident.instance_id == id_, Incident.status == IncidentStatus.OPEN),
    )


def _will_fire() -> ColumnElement[bool]:
    return Timer.lease_until.is_(None) | (Timer.lease_until < FOR_GOOD)


def _may_come() -> tuple[ColumnElement[bool], ...]:
    """Within the question for a subscription: its sender is open, or the message is on its way."""
    child, parent = aliased(ProcessInstance), aliased(ProcessInstance)
    return (
        exists()
        .where(child.parent_id == ProcessInstance.id, child.status == InstanceStatus.ACTIVE)
        .correlate(ProcessInstance),
        exists()
        .where(parent.id == ProcessInstance.parent_id, parent.status == InstanceStatus.ACTIVE)
        .correlate(ProcessInstance),
        *_still_to_be_done(OutboxRow.kind == "message", OutboxRow.payload["key"].as_string() == Subscription.key),
    )


def _still_to_be_done(*where: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return tuple(exists().where(OutboxRow.status == status, *where) for status in NOT_DONE)
