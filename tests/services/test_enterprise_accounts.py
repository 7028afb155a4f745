"""Accounts of enterprises: one enterprise each, nothing else beside it, and its inbox shared by all of them."""

from __future__ import annotations

import pytest

from app.errors import RuleViolation
from app.models.enterprise import Enterprise
from app.models.person import Person
from app.queries.actor import SYSTEM
from app.services import accounts
from app.services.accounts import NewPerson
from app.services.house import House
from app.terms import Role
from tests.factories import account, actor, enterprise


def added(house: House, firm: Enterprise, login: str = "firm") -> Person:
    new = NewPerson(login=login, name="江海燕", unit_id="", enterprise_id=f" {firm.id.lower()} ")
    with house.database.transaction() as session:
        person, _ = accounts.add_person(session, house, SYSTEM, new)
        session.flush()
        accounts.set_roles(session, SYSTEM, person.id, [Role.ENTERPRISE])
    return person


def test_an_account_of_an_enterprise_belongs_to_its_locality_and_has_its_inbox(house: House) -> None:
    with house.database.transaction() as session:
        firm = enterprise(session, locality_id="jiangdu")

    person = added(house, firm)

    acting = actor(house, "firm")
    assert person.unit_id == "jiangdu"
    assert acting.enterprise_id == firm.id
    assert f"enterprise:{firm.id}" in acting.principals
    assert acting.unit_ids == frozenset()
    assert not acting.reads_all


def test_an_unknown_enterprise_is_refused(house: House) -> None:
    new = NewPerson(login="firm", name="江海燕", unit_id="", enterprise_id="91321000MA00000012")

    with house.database.transaction() as session, pytest.raises(RuleViolation) as refused:
        accounts.add_person(session, house, SYSTEM, new)

    assert refused.value.field == "enterprise_id"


@pytest.mark.parametrize("roles", [{Role.ENTERPRISE, Role.CONTACT}, {Role.OFFICE}])
def test_an_account_of_an_enterprise_is_nothing_else(house: House, roles: set[Role]) -> None:
    with house.database.transaction() as session:
        person = account(session, enterprise(session))

        with pytest.raises(RuleViolation, match="企业账号"):
            accounts.set_roles(session, SYSTEM, person.id, roles)


def test_a_person_of_a_unit_does_not_act_for_an_enterprise(house: House) -> None:
    with house.database.transaction() as session:
        person, _ = accounts.add_person(session, house, SYSTEM, NewPerson("new", "李敏", "sci"))
        session.flush()

        with pytest.raises(RuleViolation, match="所属企业"):
            accounts.set_roles(session, SYSTEM, person.id, {Role.ENTERPRISE})
