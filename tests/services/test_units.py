"""The register of units: names change, units end, and open reports hear of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import clock
from app.errors import NotFound, NotPermitted, RuleViolation
from app.models.organization import Unit, UnitFunction
from app.models.outbox import OutboxRow
from app.models.process import ProcessInstance, Subscription
from app.queries.actor import SYSTEM
from app.services import unit_functions, units
from app.services.house import House
from app.terms import Function, InstanceStatus
from tests.factories import actor
from tests.services.test_accounts import acts


def report(unit_id: str, number: int, *waits: str) -> list[ProcessInstance | Subscription]:
    """A report of 2022 and so many years, and the messages that it waits for."""
    id_, year = f"report-{number}", 2022 + number
    instance = ProcessInstance(
        id=id_,
        definition_id=1,
        definition_key="december_report_unit",
        duty="december_report",
        business_key=f"december_report_unit:{year}:{unit_id}",
        title="年度反馈",
        year=year,
        unit_id=unit_id,
        status=InstanceStatus.ACTIVE.value,
        state=b"",
        state_hash="",
        version=1,
        data={},
        started_at=clock.now(),
        head_seq=1,
        head_hash="",
    )
    told = {"instance_id": id_, "element_id": "reporting", "key": f"{year}:{unit_id}"}
    return [instance, *(Subscription(task_id=f"{id_}:{name}", message=name, **told) for name in waits)]


def test_a_merged_units_report_is_told_once_while_it_is_with_the_unit(house: House) -> None:
    with house.database.transaction() as session:
        for rows in (report("sci", 0, "another"), report("sci", 1, "unit_ended"), report("miit", 1000, "unit_ended")):
            session.add(rows[0])
            session.flush()
            session.add_all(rows[1:])

    with house.database.transaction() as session:
        units.merge_unit(session, actor(house, "system_admin"), "sci", "miit")

    with house.database.reading() as session:
        told = session.scalars(select(OutboxRow)).all()
    assert [row.payload for row in told] == [{"name": "unit_ended", "key": "2023:sci"}]
    assert acts(house)[-1] == {"act": "unit_merged", "unit": "sci", "before": None, "after": {"successor": "miit"}}


def test_a_unit_that_ended_cannot_be_renamed_or_merged_again(house: House) -> None:
    with house.database.transaction() as session:
        units.merge_unit(session, SYSTEM, "sci", "miit")

    with house.database.transaction() as session, pytest.raises(NotFound):
        units.rename_unit(session, SYSTEM, "sci", "新名称", "新名")
    with house.database.transaction() as session, pytest.raises(NotFound):
        units.merge_unit(session, SYSTEM, "sci", "drc")


@pytest.mark.parametrize("login", ["security_admin", "audit_admin", "office", "contact.sci"])
def test_only_the_system_administrator_changes_the_register(house: House, login: str) -> None:
    with house.database.transaction() as session, pytest.raises(NotPermitted):
        units.rename_unit(session, actor(house, login), "sci", "新名称", "新名")
    with house.database.transaction() as session, pytest.raises(NotPermitted):
        units.merge_unit(session, actor(house, login), "sci", "miit")


def test_the_same_name_again_changes_nothing(house: House) -> None:
    with house.database.transaction() as session:
        unit = session.get_one(Unit, "sci")
        units.rename_unit(session, SYSTEM, "sci", unit.name, unit.short_name)

    assert acts(house) == []


def holders(house: House, function: Function) -> set[str]:
    with house.database.reading() as session:
        return set(session.scalars(select(UnitFunction.unit_id).where(UnitFunction.function == function.value)))


def set_functions(house: House, unit_id: str, *functions: Function, login: str = "system_admin") -> None:
    with house.database.transaction() as session:
        unit_functions.set_functions(session, actor(house, login), unit_id, functions)


def test_what_one_unit_does_passes_to_the_next_and_others_do_it_together(house: House) -> None:
    assert holders(house, Function.RECOGNITION) == {"miit"}

    set_functions(house, "com", Function.RECOGNITION, Function.FINANCING)

    assert holders(house, Function.RECOGNITION) == {"com"}
    assert holders(house, Function.FINANCING) == {"com", "pboc"}
    assert acts(house)[-1]["act"] == "unit_functions_set"


def test_somebody_must_recognise_and_only_departments_may(house: House) -> None:
    with pytest.raises(RuleViolation, match="认定主管部门"):
        set_functions(house, "miit", Function.GROWTH_LEAD)
    with pytest.raises(RuleViolation, match="市级部门"):
        set_functions(house, "hanjiang", Function.FINANCING)
    with pytest.raises(NotPermitted):
        set_functions(house, "com", Function.FINANCING, login="contact.com")
    assert holders(house, Function.RECOGNITION) == {"miit"}
