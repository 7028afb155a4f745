"""Signing in from many places at the same moment, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.db import Base
from app.errors import NotSignedIn
from app.models.organization import OFFICE, Unit
from app.models.person import SignInFailure
from app.queries.actor import SYSTEM
from app.services.administration import record
from app.services.house import House
from app.services.sign_in import sign_in
from app.terms import Act
from tests.factories import house_on, person

HERE = "10.1.2.3"


@pytest.fixture
def small_house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """One unit and one person, without the plan."""
    house = house_on(database_url, tmp_path)
    with house.database.writing() as connection:
        Base.metadata.create_all(connection)
    with house.database.transaction() as session:
        session.add(Unit(id=OFFICE, position=0, kind="body", short_name="办公室", name="领导小组办公室"))
        session.flush()
        one = person("office", "周文博", OFFICE)
        one.password_hash = house.passwords.hash("Sunny-day 42")
        session.add(one)
        record(session, SYSTEM.login, Act.PERSON_ADDED, person=one.login)  # as everywhere, the ledger has begun
    yield house
    house.close()


def refused(house: House, login: str) -> bool:
    try:
        sign_in(house, login, "wrong", HERE)
    except NotSignedIn:
        return True
    return False


def test_failures_at_the_same_moment_are_all_counted(small_house: House) -> None:
    logins = ["office", "nobody"] * 4

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda login: refused(small_house, login), logins))

    with small_house.database.reading() as session:
        assert session.get_one(SignInFailure, HERE).count == len(logins)
    assert all(answers)


def test_one_person_may_sign_in_twice_at_the_same_moment(small_house: House) -> None:
    with ThreadPoolExecutor(4) as pool:
        keys = list(pool.map(lambda _: sign_in(small_house, "office", "Sunny-day 42", HERE), range(4)))

    assert len(set(keys)) == 4
