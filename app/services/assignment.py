"""Whose user task a step is: from the lane's group to the unit, the inbox, the due date and the light's first day."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from app.db import table_of
from app.duties.lights import yellow_from
from app.engine import OpenTask
from app.models.organization import GROUP, OFFICE, UnitFunction
from app.models.person import Person, PersonRole
from app.models.user_task import NO_DUE_DATE
from app.prepared import Prepared
from app.queries.actor import enterprise_inbox
from app.queries.mergers import mergers
from app.services.cases import Case, Casework, Responsible
from app.terms import Role, TaskStatus

ROLE, PERSON = table_of(PersonRole), table_of(Person)
FUNCTION = table_of(UnitFunction)
WITH_FUNCTION = Prepared(
    select(FUNCTION.c.unit_id)
    .where(FUNCTION.c.function == bindparam("of_function"))
    .order_by(FUNCTION.c.unit_id)
    .limit(1)
)
IS_THERE = Prepared(select(exists().where(PERSON.c.id == bindparam("of_person"), PERSON.c.is_active)))

HAVE_ROLE = (
    select(PERSON.c.unit_id)
    .distinct()
    .where(ROLE.c.role == bindparam("of_role"), PERSON.c.id == ROLE.c.person_id, PERSON.c.is_active)
)
HOMES = Prepared(HAVE_ROLE)
HOMES_IN_UNIT = Prepared(HAVE_ROLE.where(ROLE.c.unit_id == bindparam("of_unit")))

UNIT_GROUPS = {
    "unit_contact": Role.CONTACT,
    "lead_contact": Role.CONTACT,
    "co_contact": Role.CONTACT,
    "locality_contact": Role.CONTACT,
    "unit_head": Role.UNIT_HEAD,
    "lead_head": Role.UNIT_HEAD,
    "locality_head": Role.UNIT_HEAD,
    "bureau": Role.CONTACT,
    "bureau_head": Role.UNIT_HEAD,
    "check_contact": Role.CONTACT,
    "specialist": Role.CONTACT,  # where nobody is paired, the locality does it
}
INBOX_OF_ROLE = {Role.CONTACT: "contact", Role.UNIT_HEAD: "head"}
ROLE_OF_INBOX = {inbox: role for role, inbox in INBOX_OF_ROLE.items()}
OF_THE_ITEM = ("co_contact", "check_contact")  # the item of the multi-instance is the unit
OF_THE_BUREAU = ("bureau", "bureau_head")
RECOGNITION = "recognition"
NEVER_LATE = ("enterprise", "expert")  # of a group or an inbox; reminded, but never red
REVIEWERS = (Role.OFFICE, Role.OFFICE_SIGNER, Role.LEADER)  # who takes over, in this order, where all others are barred


class NoCandidate(Exception):
    """Nobody is there who could do the task; row is the task's all the same."""

    def __init__(self, row: dict[str, Any], text: str) -> None:
        super().__init__(text)
        self.row = row
        self.text = text


def task_row(case: Case, casework: Casework, task: OpenTask) -> dict[str, Any]:
    """The row of models.UserTask for a task that was just opened. Raises NoCandidate."""
    subject = case.instance.unit_id if task.group in REVIEWERS else None
    whose = casework.responsible(case, task) or _by_its_lane(case, task, subject)
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
        "principal": whose.principal,
        "unit_id": whose.unit_id,
        "subject_unit_id": subject,
        "has_own_item_rule": subject is not None,
        "is_watched": False,
        "is_held": False,
        "is_optional": task.element_id in casework.optional or _is_never_late(task, whose),
        "revision": 1,
        "urged_count": 0,
        "outcome": "",
        "created_at": case.at,
        "changed_at": case.at,
        **_due(case, casework, task),
    }
    if not _has_somebody(case.connection, whose.principal, subject):
        raise NoCandidate(row, f"环节“{task.name}”没有可以办理的人员，请先指定人员。")
    return row


def _is_never_late(task: OpenTask, whose: Responsible) -> bool:
    """An expert's inbox is a person's, so it is known by its lane; a firm may also do what is another lane's."""
    return task.group in NEVER_LATE or whose.principal.partition(":")[0] in NEVER_LATE


def _by_its_lane(case: Case, task: OpenTask, subject: str | None) -> Responsible:
    instance = case.instance
    if task.group == "enterprise":
        return Responsible(enterprise_inbox(instance.enterprise_id or ""), instance.unit_id or OFFICE)
    if task.group == "expert":
        return Responsible(f"person:{task.item}", unit_with(case.connection, RECOGNITION))
    role = UNIT_GROUPS.get(task.group)
    if role is None:
        role, unit_id = Role(task.group), GROUP if task.group == Role.LEADER else OFFICE
        return Responsible(role if subject is None else _unbarred(case.connection, role, subject), unit_id)
    if task.group in OF_THE_BUREAU:
        return Responsible(*_of_unit(role, unit_with(case.connection, RECOGNITION)))
    wanted = task.item if task.group in OF_THE_ITEM else instance.unit_id
    return Responsible(*_of_unit(role, present_unit(case.connection, wanted or OFFICE)))


def _of_unit(role: Role, unit_id: str) -> tuple[str, str]:
    return f"{INBOX_OF_ROLE[role]}:{unit_id}", unit_id


def contact_of(connection: Connection, unit_id: str) -> Responsible:
    """The contact of a unit, or of whoever followed it."""
    return Responsible(*_of_unit(Role.CONTACT, present_unit(connection, unit_id)))


def head_of(connection: Connection, unit_id: str) -> Responsible:
    """The head of a unit, or of whoever followed it."""
    return Responsible(*_of_unit(Role.UNIT_HEAD, present_unit(connection, unit_id)))


def unit_with(connection: Connection, function: str) -> str:
    """The unit with this function; the office where none has it."""
    unit_id = WITH_FUNCTION.scalar(connection, of_function=function)
    return OFFICE if unit_id is None else present_unit(connection, unit_id)


def present_unit(connection: Connection, unit_id: str) -> str:
    """The unit, or whoever followed it."""
    return mergers(connection).present(unit_id)


def _unbarred(connection: Connection, role: Role, subject: str) -> Role:
    """The first of the reviewers, from this role on, with somebody whose home unit is another one (own-item rule)."""
    later = REVIEWERS[REVIEWERS.index(role) :]
    return next((other for other in later if _has_candidate(connection, other, None, subject)), role)


def _has_somebody(connection: Connection, principal: str, barred_unit_id: str | None) -> bool:
    """Whether anybody could open that inbox. An enterprise's waits until it has an account; guards see to the rest."""
    inbox, _, whose = principal.partition(":")
    if inbox == "enterprise":
        return True
    if inbox == "person":
        return bool(IS_THERE.scalar(connection, of_person=int(whose)))
    return _has_candidate(connection, ROLE_OF_INBOX.get(inbox) or Role(inbox), whose or None, barred_unit_id)


def _has_candidate(connection: Connection, role: Role, unit_id: str | None, barred_unit_id: str | None) -> bool:
    if role in INBOX_OF_ROLE:
        homes = HOMES_IN_UNIT.all(connection, of_role=role.value, of_unit=unit_id)
    else:
        homes = HOMES.all(connection, of_role=role.value)
    if barred_unit_id is None or not homes:
        return bool(homes)
    return not mergers(connection).one_with([barred_unit_id]).issuperset(home.unit_id for home in homes)


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
    policy = case.house.rules(case.connection).lights(case.today)
    return {
        "due_on": due.on,
        "yellow_on": yellow_from(due.on, due.limit_days, case.calendar, policy),
        "limit_days": due.limit_days,
        "due_rule": due.rule,
        "is_provisional": due.provisional,
    }
