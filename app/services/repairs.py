"""What one may do with an incident. Each is a command and an event; a retry in vain is the fault's event once more.

         fault, timer             effect                  no_candidate          stuck
retry    the same command, under  it goes out again       settled when there    settled when it moves
         its own key                                      is somebody by now    again by now
skip     a timer never fires, a   it never arrives        -                     -
         form becomes a draft
repair   a damaged state is made  -                       -                     -
         again by the record
assign   -                        -                       one person has it     -
cancel   the instance ends, whatever the incident is about

The office and the system administrator retry, skip and repair; to name a person or to end a matter is the office's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.errors import AlreadyDone, AppError, InvalidForm, NotFound, NotPermitted
from app.models.process import Incident, ProcessInstance
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.queries.assignable import assignable_people
from app.queries.incidents import MAY_REPAIR, open_at_element
from app.services import incidents, remedies, steps, tasks
from app.services import title_calendar as title_calendar  # so that its commands can be tried again
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.incidents import AT_INCIDENT, Settlement
from app.services.reexecution import is_damaged, state_by_record
from app.services.rerun import Departed
from app.services.work import Work
from app.terms import EventType, IncidentKind, IncidentStatus, Resolution, Role

INCIDENT, INSTANCE, TASK = table_of(Incident), table_of(ProcessInstance), table_of(UserTask)

SHORTEST_REASON, LONGEST_REASON = 2, 500


def retry(house: House, actor: Actor, incident_id: int, *, key: str) -> Answer:
    """Carry out what was stopped, as the person who wanted it and under its own key. The answer is {id, instance_id}.

    Raises what it would have raised then; ProcessFault with the same reference when it meets a fault again.
    """
    return run(house, actor, Command("retry_incident", key, {AT_INCIDENT: incident_id}))


def retry_all(house: House, actor: Actor, definition_id: int, element_id: str, *, key: str) -> Answer:
    """All open incidents of one element of one version, each in a transaction of its own; after a cause was mended.

    {retried: [id], failed: [{id, code, text}]}.
    """
    _require_repairer(actor)
    with house.database.reading() as session:
        ids = open_at_element(session, definition_id, element_id)
    retried, failed = [], []
    for id_ in ids:
        try:
            retry(house, actor, id_, key=f"{key}:{id_}")
        except AppError as error:
            failed.append({"id": id_, "code": error.code, "text": error.text})
        else:
            retried.append(id_)
    return {"retried": retried, "failed": failed}


def skip(house: House, actor: Actor, incident_id: int, reason: str, *, key: str) -> Answer:
    """What was stopped shall not be done. Raises InvalidForm without a reason, NotPermitted if nothing can be."""
    return run(house, actor, Command("skip_incident", key, {AT_INCIDENT: incident_id, "reason": reason.strip()}))


def repair(house: House, actor: Actor, incident_id: int, *, key: str) -> Answer:
    """Make a damaged state again from the instance's record; the incident stays open for its retry.

    Raises NotPermitted where the state is whole, or where the record does not lead to it.
    """
    return run(house, actor, Command("repair_incident", key, {AT_INCIDENT: incident_id}))


def assign(house: House, actor: Actor, incident_id: int, person_id: int, reason: str, *, key: str) -> Answer:
    """Give a task for which there is nobody to one person. Raises InvalidForm for somebody who could not do it."""
    payload = {AT_INCIDENT: incident_id, "person_id": person_id, "reason": reason.strip()}
    return run(house, actor, Command("assign_incident", key, payload))


def cancel(house: House, actor: Actor, incident_id: int, reason: str, *, key: str) -> Answer:
    """End the instance, with its children; all incidents of what has ended are settled."""
    return run(house, actor, Command("cancel_at_incident", key, {AT_INCIDENT: incident_id, "reason": reason.strip()}))


@handles("retry_incident")
def _retry(work: Work, payload: Mapping[str, Any]) -> Answer:
    _require_repairer(work.actor)
    incident = _open(work, payload[AT_INCIDENT])
    told = remedies.RETRY[incident.kind](work, incident)
    return _settle(work, incident, Resolution.RETRIED, "", told)


@handles("skip_incident")
def _skip(work: Work, payload: Mapping[str, Any]) -> Answer:
    _require_repairer(work.actor)
    _require_reason(payload["reason"])
    incident = _open(work, payload[AT_INCIDENT])
    if incident.kind not in remedies.SKIP:
        raise NotPermitted("这类故障不能跳过。")
    told = remedies.SKIP[incident.kind](work, incident)
    return _settle(work, incident, Resolution.SKIPPED, payload["reason"], told)


@handles("repair_incident")
def _repair(work: Work, payload: Mapping[str, Any]) -> Answer:
    _require_repairer(work.actor)
    incident = _open(work, payload[AT_INCIDENT])
    with Session(work.connection) as session:
        if incident.instance_id is None or not is_damaged(session, work.house, incident.instance_id):
            raise NotPermitted("该流程的状态完好，无需恢复。")
        try:
            state = state_by_record(session, work.house, incident.instance_id)
        except Departed as departed:
            raise NotPermitted("该流程的记录不完整，不能按记录恢复，请从备份恢复。") from departed
    where = INSTANCE.c.id == incident.instance_id
    work.connection.execute(INSTANCE.update().where(where).values(state=state))
    incidents.tell(work.connection, incident, EventType.INCIDENT_REPAIRED, work.actor.login, work.key, work.at)
    return {"id": incident.id, "instance_id": incident.instance_id}


@handles("assign_incident")
def _assign(work: Work, payload: Mapping[str, Any]) -> Answer:
    _require_office(work.actor)
    _require_reason(payload["reason"])
    incident = _open(work, payload[AT_INCIDENT])
    task = work.connection.execute(select(TASK).where(TASK.c.id == incident.task_id)).one_or_none()
    if incident.kind != IncidentKind.NO_CANDIDATE or task is None:
        raise NotPermitted("这类故障不能指定办理人。")
    with Session(work.connection) as session:
        people = {person.id: person for person in assignable_people(session, task)}
    person = people.get(payload["person_id"])
    if person is None:
        raise InvalidForm([("person_id", "请在可以办理此事项的人员中选择。")])
    tasks.give_to(work, task.id, person.id)
    return _settle(work, incident, Resolution.ASSIGNED, payload["reason"], {"person": person.login, "task": task.id})


@handles("cancel_at_incident")
def _cancel(work: Work, payload: Mapping[str, Any]) -> Answer:
    _require_office(work.actor)
    _require_reason(payload["reason"])
    incident = _open(work, payload[AT_INCIDENT])
    if incident.instance_id is None:
        raise NotPermitted("该故障不属于任何流程实例，可以跳过。")
    steps.cancel(work, incident.instance_id, payload["reason"])
    settlement = Settlement(Resolution.CANCELLED, work.actor.login, work.key, work.at, payload["reason"])
    incidents.close_of_ended(work.connection, settlement)
    return {"id": incident.id, "instance_id": incident.instance_id}


def _open(work: Work, incident_id: int) -> Row[Any]:
    """The incident, its instance locked before it. Raises NotFound, AlreadyDone."""
    wanted = select(INCIDENT).where(INCIDENT.c.id == incident_id)
    instance_id = work.connection.execute(wanted.with_only_columns(INCIDENT.c.instance_id)).scalar_one_or_none()
    if instance_id is not None:
        work.instance_id = instance_id
        work.connection.execute(select(INSTANCE.c.id).where(INSTANCE.c.id == instance_id).with_for_update())
    incident = work.connection.execute(wanted.with_for_update()).one_or_none()
    if incident is None:
        raise NotFound
    if incident.status != IncidentStatus.OPEN:
        by, at = incident.resolved_by, incident.resolved_at
        raise AlreadyDone("该故障已处理。", by=by, at=at.isoformat() if at else None)
    return incident


def _settle(work: Work, incident: Row[Any], how: Resolution, reason: str, told: Mapping[str, Any]) -> Answer:
    settlement = Settlement(how, work.actor.login, work.key, work.at, reason)
    incidents.settle(work.connection, incident, settlement, told)
    work.instance_id = work.instance_id or told.get("instance")
    return {"id": incident.id, "instance_id": work.instance_id}


def _require_repairer(actor: Actor) -> None:
    if not actor.has(*MAY_REPAIR):
        raise NotPermitted


def _require_office(actor: Actor) -> None:
    if not actor.has(Role.OFFICE):
        raise NotPermitted


def _require_reason(reason: str) -> None:
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidForm([("reason", f"请写明理由，{SHORTEST_REASON} 至 {LONGEST_REASON} 字。")])
