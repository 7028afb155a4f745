"""Several reports that wait for one signature: for tests of what is handled together."""

from __future__ import annotations

from sqlalchemy import select

from app.models.person import Person, PersonRole
from app.models.user_task import UserTask
from app.services.house import House
from app.terms import Role
from tests.services.december_report_walk import Walk

UNITS = ("sci", "miit", "drc")
SIGNER = "head.sci"  # who signs for all three here


def reports_to_sign(house: House) -> list[str]:
    """The ids of the tasks, in the order of UNITS; the heads of the other units may sign theirs as well."""
    with house.database.transaction() as session:
        signer = session.scalars(select(Person).where(Person.login == SIGNER)).one()
        session.add_all(PersonRole(person_id=signer.id, role=Role.UNIT_HEAD, unit_id=unit) for unit in UNITS[1:])
    walk = Walk(house).collect(*UNITS).on("2024-12-20")
    for unit in UNITS:
        walk.draft(unit)
    with house.database.reading() as session:
        waiting = select(UserTask).where(UserTask.element_id == "sign_report")
        found = {task.unit_id: task.id for task in session.scalars(waiting)}
    return [found[unit] for unit in UNITS]
