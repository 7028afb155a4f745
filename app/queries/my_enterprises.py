"""我的企业: what a specialist looks after: her enterprises, visits due, open demands, packages waiting for her."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from app.duties.demand_response_states import ENDED
from app.models.demand import Demand
from app.models.enterprise import Enterprise
from app.models.pairing import Pairing, Visit
from app.models.process import ProcessInstance
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.queries.task_lights import OPEN

VISITS = ("visit_enterprise", "first_visit")
PACKAGE = "confirm_package"


@dataclass
class Served:
    """One enterprise of hers. tasks: her own open user tasks about it."""

    pairing: Pairing
    enterprise: Enterprise
    last_visit_on: date | None = None
    demands: list[Demand] = field(default_factory=list)
    tasks: list[UserTask] = field(default_factory=list)

    @property
    def visit_task(self) -> UserTask | None:
        return next((task for task in self.tasks if task.element_id in VISITS), None)

    @property
    def package_task(self) -> UserTask | None:
        return next((task for task in self.tasks if task.element_id == PACKAGE), None)


def served_by(session: Session, actor: Actor) -> Sequence[Served]:
    """In a few queries, whatever their number; what is due first stands first."""
    pairings = session.scalars(
        select(Pairing)
        .where(Pairing.person_id == actor.person_id, Pairing.to_on.is_(None))
        .options(joinedload(Pairing.enterprise).joinedload(Enterprise.locality))
    ).all()
    found = {row.enterprise_id: Served(row, row.enterprise) for row in pairings}
    last = select(Visit.enterprise_id, func.max(Visit.visited_on)).where(Visit.enterprise_id.in_(found))
    for code, day in session.execute(last.group_by(Visit.enterprise_id)):
        found[code].last_visit_on = day
    for demand in session.scalars(_open_demands(found)):
        found[demand.enterprise_id].demands.append(demand)
    for task, enterprise_id in session.execute(_own_tasks(actor, found)):
        found[enterprise_id or ""].tasks.append(task)
    return sorted(found.values(), key=lambda one: (one.tasks[0].due_on if one.tasks else date.max, one.enterprise.name))


def _open_demands(codes: dict[str, Served]) -> Select[Any]:
    wanted = (Demand.enterprise_id.in_(codes), Demand.state.not_in(ENDED))
    return select(Demand).where(*wanted).order_by(Demand.id).options(joinedload(Demand.unit))


def _own_tasks(actor: Actor, codes: dict[str, Served]) -> Select[UserTask, str | None]:
    return (
        select(UserTask, ProcessInstance.enterprise_id)
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .where(OPEN, UserTask.principal.in_(sorted(actor.principals)), ProcessInstance.enterprise_id.in_(codes))
        .order_by(UserTask.due_on, UserTask.id)
    )
