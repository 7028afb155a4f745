"""Whose user task a step is: from the lane's group to the unit, the inbox, the due date and the light's first day."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from app.db import table_of
from app.duties.lights import yellow_from
from app.engine import OpenTask
from app.models.organization import GROUP, OFFICE, Unit
from app.models.person import Person, PersonRole
from app.models.user_task import NO_DUE_DATE
from app.prepared import Prepared
from app.services.cases import Case, Casework
from app.terms import Role, TaskStatus

UNIT, ROLE, PERSON = table_of(Unit), table_of(PersonRole), table_of(Person)
SUCCESSOR = Prepared(select(UNIT.c.successor_id).where(UNIT.c.id == bindparam("of_unit")))

UNIT_GROUPS = {
    "unit_contact": Role.CONTACT,
    "lead_contact": Role.CONTACT,
    "co_contact": Role.CONTACT,
    "locality_contact": Role.CONTACT,
    "unit_head": Role.UNIT_HEAD,
    "lead_head": Role.UNIT_HEAD,
    "locality_head": Role.UNIT_HEAD,
}
INBOX_OF_ROLE = {Role.CONTACT: "contact", Role.UNIT_HEAD: "head"}
REVIEWERS = (Role.OFFICE, Role.OFFICE_SIGNER, Role.LEADER)  # who takes over, in this order, where all others are barred


class NoCandidate(Exception):
    """Nobody is there who could do the task; row is the task's all the same."""

    def __init__(self, row: dict[str, Any], text: str) -> None:
        super().__init__(text)
        self.row = row
        self.text = text


def task_row(case: Case, casework: Casework, task: OpenTask) -> dict[str, Any]:
    """The row of models.UserTask for a task that was just opened. Raises NoCandidate."""
    role, unit_id = _responsible(case, task)
    subject = case.instance.unit_id if task.group in REVIEWERS else None
    if subject is not None:
        role = _unbarred(case.connection, role, subject)
    principal = f"{INBOX_OF_ROLE[role]}:{unit_id}" if role in INBOX_OF_ROLE else role.value
    row = {
        "id": task.task_id,
        "instance_id": case.instance.id,
        "definition_key": case.instance.definition_key,
        "duty": case.instance.duty,
        "element_id": task.element_id,
        "name": task.name,
        "title": case.instance.title,
        "item": task.item,
        "clause": casework.duty.clause if casework.duty else "",
        "status": TaskStatus.OPEN.value,
        "group": task.group,
        "principal": principal,
        "unit_id": unit_id,
        "subject_unit_id": subject,
        "has_own_item_rule": subject is not None,
        "is_optional": task.element_id in casework.optional,
        "revision": 1,
        "urged_count": 0,
        "outcome": "",
        "created_at": case.at,
        "changed_at": case.at,
        **_due(case, casework, task),
    }
    if not _has_candidate(case.connection, role, unit_id, subject):
        raise NoCandidate(row, f"环节“{task.name}”没有可以办理的人员，请先指定人员。")
    return row


def _responsible(case: Case, task: OpenTask) -> tuple[Role, str]:
    """The role that acts and the unit that the board holds responsible."""
    role = UNIT_GROUPS.get(task.group)
    if role is None:
        return Role(task.group), GROUP if task.group == Role.LEADER else OFFICE
    wanted = task.item if task.group == "co_contact" else case.instance.unit_id
    return role, present_unit(case.connection, wanted or OFFICE)


def present_unit(connection: Connection, unit_id: str) -> str:
    """The unit, or whoever followed it."""
    successor = SUCCESSOR.scalar(connection, of_unit=unit_id)
    return unit_id if successor is None else present_unit(connection, successor)


def _unbarred(connection: Connection, role: Role, subject: str) -> Role:
    """The first of the reviewers, from this role on, with somebody whose home unit is another one (own-item rule)."""
    later = REVIEWERS[REVIEWERS.index(role) :]
    return next((other for other in later if _has_candidate(connection, other, None, subject)), role)


def _has_candidate(connection: Connection, role: Role, unit_id: str | None, barred_unit_id: str | None) -> bool:
    wanted = _candidates(of_unit=role in INBOX_OF_ROLE, is_barred=barred_unit_id is not None)
    names = {"of_role": role.value, "of_unit": unit_id, "barred_unit": barred_unit_id}
    return bool(wanted.scalar(connection, **{name: value for name, value in names.items() if value is not None}))


@cache
def _candidates(*, of_unit: bool, is_barred: bool) -> Prepared:
    where = [ROLE.c.role == bindparam("of_role"), PERSON.c.id == ROLE.c.person_id, PERSON.c.is_active]
    if of_unit:
        where.append(ROLE.c.unit_id == bindparam("of_unit"))
    if is_barred:
        where.append(PERSON.c.unit_id != bindparam("barred_unit"))
    return Prepared(select(exists().where(*where)))


def _due(case: Case, casework: Casework, task: OpenTask) -> dict[str, Any]:
    due = None
    if casework.duty is not None:
        due = casework.duty.due_on(task.element_id, casework.facts(case, task.element_id, task.item))
    if due is None:
        return {
            "due_on": NO_DUE_DATE,
            "yellow_on": NO_DUE_DATE,
            "limit_days": None,
            "due_rule": "",
            "is_provisional": False,
        }
    return {
        "due_on": due.on,
        "yellow_on": yellow_from(due.on, due.limit_days, case.calendar, case.house.light_policy),
        "limit_days": due.limit_days,
        "due_rule": due.rule,
        "is_provisional": due.provisional,
    }
