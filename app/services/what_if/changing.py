"""The change of a scenario, made on a copy by the services that would make it in the office."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from app import clock
from app.db import table_of
from app.models.plan import Indicator, Measure
from app.models.process import ProcessInstance
from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import SYSTEM
from app.services import due_dates, steps
from app.services.cases import NewDay
from app.services.house import House
from app.services.projections import change_task
from app.services.what_if.scenario import Deadline, Lead, Scenario
from app.services.work import Work

TASK, INSTANCE = table_of(UserTask), table_of(ProcessInstance)
LED = {"indicator": table_of(Indicator), "measure": table_of(Measure)}
TARGET = "annual_target_indicator"
REASON = "推演"


def change(copy: House, scenario: Scenario) -> int:
    """How many open user tasks it moved."""
    with copy.database.writing() as connection:
        work = Work(copy, connection, SYSTEM, clock.now(), f"what_if:{clock.now().isoformat()}")
        told = scenario.change
        moved = _deadline(work, told) if isinstance(told, Deadline) else _lead(work, told)
        work.flush()
        return moved


def _deadline(work: Work, told: Deadline) -> int:
    """Like an extension that was granted: timers move along."""
    where = [TASK.c.definition_key == told.definition_key, TASK.c.element_id == told.element_id]
    where += [TASK.c.due_on == told.due_on, IS_OPEN]
    if told.unit_id:
        where.append(TASK.c.unit_id == told.unit_id)
    ids = list(work.connection.execute(select(TASK.c.id).where(*where).order_by(TASK.c.id)).scalars())
    for id_ in ids:
        due_dates.move_due_date(work, NewDay("granted", REASON, told.new_day, task_id=id_), steps.move)
    return len(ids)


def _lead(work: Work, told: Lead) -> int:
    """The plan names another unit; what is open about the indicator's targets goes over to its contact and head."""
    led = LED[told.kind]
    newest = select(led.c.id, led.c.lead_id).where(led.c.number == told.number).order_by(led.c.id.desc()).limit(1)
    id_, before = work.connection.execute(newest).one()
    work.connection.execute(update(led).where(led.c.id == id_).values(lead_id=told.unit_id))
    if told.kind != "indicator":
        return 0
    return sum(_hand_over(work, task, before, told.unit_id) for task in _of_targets(work.connection, told, before))


def _of_targets(connection: Connection, told: Lead, before: str) -> list[Any]:
    of_lead = select(INSTANCE.c.id).where(
        INSTANCE.c.definition_key == TARGET,
        INSTANCE.c.status == "active",
        INSTANCE.c.business_key.like(f"{TARGET}:%:{told.number}:%"),
    )
    wanted = select(TASK).where(TASK.c.instance_id.in_(of_lead), TASK.c.unit_id == before, IS_OPEN)
    return list(connection.execute(wanted.order_by(TASK.c.id)).all())


def _hand_over(work: Work, task: Any, before: str, unit_id: str) -> int:
    prefix, _, unit = task.principal.partition(":")
    if unit != before:
        return 0
    free = {"assignee_id": None, "delegated_by_id": None, "status": "open"}
    change_task(work, task, {**free, "principal": f"{prefix}:{unit_id}", "unit_id": unit_id})
    work.connection.execute(update(INSTANCE).where(INSTANCE.c.id == task.instance_id).values(unit_id=unit_id))
    return 1
