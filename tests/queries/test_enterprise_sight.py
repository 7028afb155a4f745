"""Who sees whose file, and how much of it: for every role, and for whoever has something to do in a running matter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.duties.enterprise_figures import FIGURES
from app.errors import NotFound
from app.models.enterprise import Enterprise
from app.models.organization import UnitFunction
from app.models.pairing import Pairing
from app.models.process import ProcessInstance
from app.models.user_task import UserTask
from app.queries.enterprise_sight import MASKED, Sight, scope_of, seen_enterprise
from app.services.house import House
from app.terms import InstanceStatus, Role, TitleLevel
from tests.boards import add_task
from tests.factories import account, actor, person
from tests.libraries import add_firm, add_title

NOW = datetime(2024, 12, 16, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


def add_person(house: House, login: str, role: Role, unit_id: str = "miit") -> int:
    with house.database.transaction() as session:
        made = person(login, login, unit_id, (role, None))
        session.add(made)
        session.flush()
        return made.id


def firm(house: House, number: int = 1, locality_id: str = "hanjiang", *levels: TitleLevel) -> str:
    with house.database.transaction() as session:
        return add_firm(session, number, locality_id, *levels).id


def sight(house: House, login: str, code: str) -> str:
    """whole, shared or none."""
    with house.database.reading() as session:
        try:
            found, seen = seen_enterprise(session, actor(house, login), code)
        except NotFound:
            return "none"
    assert found.id == code
    return "whole" if seen.is_whole else "shared"


def listed(house: House, login: str) -> set[str]:
    with house.database.reading() as session:
        scope = scope_of(session, actor(house, login))
        return set(session.scalars(Enterprise.__table__.select().with_only_columns(Enterprise.id).where(scope.visible)))


def give_function(house: House, unit_id: str, function: str) -> None:
    with house.database.transaction() as session:
        session.merge(UnitFunction(function=function, unit_id=unit_id))


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("office", "whole"),
        ("signer", "whole"),
        ("leader", "whole"),
        ("auditor", "whole"),
        ("contact.hanjiang", "whole"),
        ("head.hanjiang", "whole"),
        ("contact.jiangdu", "none"),
        ("contact.fin", "none"),
        ("system_admin", "none"),
        ("security_admin", "none"),
        ("audit_admin", "none"),
    ],
)
def test_a_plain_enterprise(house: House, login: str, seen: str) -> None:
    code = firm(house)

    assert sight(house, login, code) == seen
    assert listed(house, login) == ({code} if seen == "whole" else set())


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("contact.fin", "shared"),
        ("head.com", "shared"),
        ("contact.miit", "whole"),
        ("head.sci", "whole"),  # recognises technology enterprises
        ("contact.jiangdu", "none"),
    ],
)
def test_a_titled_one_is_shared_with_departments_and_not_with_other_localities(
    house: House, login: str, seen: str
) -> None:
    assert sight(house, login, firm(house, 1, "hanjiang", TitleLevel.INNOVATIVE)) == seen


def test_a_title_that_is_over_is_shared_no_more(house: House) -> None:
    code = firm(house)
    with house.database.transaction() as session:
        add_title(session, code, TitleLevel.SPECIALISED, status="revoked")

    assert sight(house, "contact.fin", code) == "none"


def test_the_recognising_bureau_sees_all(house: House) -> None:
    code = firm(house)
    assert sight(house, "contact.fin", code) == "none"

    give_function(house, "fin", "recognition")

    assert sight(house, "contact.fin", code) == "whole"
    assert listed(house, "head.fin") == {code}


def test_a_specialist_sees_whom_she_serves_while_she_does(house: House) -> None:
    own, other = firm(house, 1), firm(house, 2, "hanjiang", TitleLevel.LITTLE_GIANT)
    who = add_person(house, "specialist", Role.SPECIALIST)
    with house.database.transaction() as session:
        pairing = Pairing(
            key="p:1",
            enterprise_id=own,
            kind="service",
            person_id=who,
            unit_id="miit",
            from_on=date(2024, 1, 2),
            is_appointed=False,
            explanation="",
            ended_because="",
        )
        session.add(pairing)
        session.flush()
        id_ = pairing.id

    assert (sight(house, "specialist", own), sight(house, "specialist", other)) == ("whole", "none")
    assert listed(house, "specialist") == {own}

    with house.database.transaction() as session:
        session.get_one(Pairing, id_).to_on = date(2024, 11, 30)
    assert listed(house, "specialist") == set()
    assert sight(house, "specialist", own) == "none"


def test_an_enterprise_sees_itself(house: House) -> None:
    own, other = firm(house, 1), firm(house, 2, "hanjiang", TitleLevel.LITTLE_GIANT)
    with house.database.transaction() as session:
        account(session, session.get_one(Enterprise, own))

    assert (sight(house, "firm", own), sight(house, "firm", other)) == ("whole", "none")
    assert listed(house, "firm") == {own}


def test_whoever_has_something_to_do_in_a_running_matter_sees_that_file(house: House) -> None:
    code = firm(house)
    expert = add_person(house, "expert", Role.EXPERT)
    with house.database.transaction() as session:
        task = session.get_one(UserTask, add_task(session, "fin", date(2024, 12, 20)))
        session.get_one(ProcessInstance, task.instance_id).enterprise_id = code
        scoring = session.get_one(UserTask, add_task(session, "miit", date(2024, 12, 20)))
        session.get_one(ProcessInstance, scoring.instance_id).enterprise_id = code
        scoring.principal = f"person:{expert}"

    assert sight(house, "contact.fin", code) == "whole"
    assert sight(house, "contact.com", code) == "none"
    assert sight(house, "expert", code) == "none"
    assert listed(house, "contact.fin") == set()

    with house.database.transaction() as session:
        instance = session.get_one(ProcessInstance, session.get_one(UserTask, task.id).instance_id)
        instance.status = InstanceStatus.COMPLETED.value
        instance.ended_at = NOW + timedelta(days=1)
    assert sight(house, "contact.fin", code) == "none"


@given(st.dictionaries(st.sampled_from(sorted(FIGURES)), st.text("0123456789", min_size=1)))
def test_masked_figures_tell_nothing_sensitive(figures: dict[str, str]) -> None:
    shown = Sight(is_whole=False).figures(figures)

    assert shown.keys() == figures.keys()
    assert all((shown[key] == MASKED) == FIGURES[key].is_sensitive for key in shown)
    assert Sight(is_whole=True).figures(figures) == figures


@given(st.text(max_size=40), st.text("0123456789-", max_size=40))
def test_masked_contacts_keep_no_more_than_the_ends(name: str, phone: str) -> None:
    shown_name, shown_phone = Sight(is_whole=False).contact(name, phone)

    assert len(shown_name.replace("＊", "")) <= 1
    assert len(shown_phone.replace("＊", "")) <= 5
    assert (bool(shown_name), bool(shown_phone)) == (bool(name), bool(phone))


def test_what_no_catalogue_names_is_hidden(house: House) -> None:
    assert Sight(is_whole=False).figures({"new_figure": 1, "staff": 2}) == {"new_figure": MASKED, "staff": 2}
