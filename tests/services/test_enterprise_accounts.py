"""Accounts of enterprises: one enterprise each, nothing else beside it, and its inbox shared by all of them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import clock
from app.errors import RuleViolation
from app.models.enterprise import Enterprise
from app.models.person import Person
from app.queries.actor import SYSTEM, actor_by_login
from app.services import accounts
from app.services.accounts import NewPerson
from app.services.house import House
from app.services.substitutions import set_substitution
from app.terms import Role
from tests.factories import account, actor, enterprise, person


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


def test_nobody_of_the_locality_and_no_enterprise_stand_in_for_each_other(house: House) -> None:
    today = clock.today()
    with house.database.transaction() as session:
        firm = account(session, enterprise(session, 1, "hanjiang"), "firm")
        official = session.scalars(select(Person).where(Person.login == "contact.hanjiang")).one()

        for absent, substitute in (("contact.hanjiang", firm), ("firm", official)):
            acting = actor_by_login(session, absent, today)
            assert acting is not None
            with pytest.raises(RuleViolation, match="本单位的另一名"):
                set_substitution(session, acting, substitute.id, today, today)


def test_an_expert_scores_herself(house: House) -> None:
    today = clock.today()
    with house.database.transaction() as session:
        session.add_all([person("expert", "专家", "sci", (Role.EXPERT, None)), person("other", "同事", "sci")])
        session.flush()
        acting = actor_by_login(session, "expert", today)
        other = session.scalars(select(Person).where(Person.login == "other")).one()
        assert acting is not None

        with pytest.raises(RuleViolation, match="评审由本人进行"):
            set_substitution(session, acting, other.id, today, today)
