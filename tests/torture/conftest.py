"""A loaded house with the torture's own processes and thirty-two clerks of the office, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.queries.actor import SYSTEM
from app.services.definitions import deploy
from app.services.house import House
from app.terms import Role
from tests.databases import PrepareDatabase
from tests.factories import house_on, load_office, person

MODELS = Path(__file__).parent
LINEAR = MODELS.parent / "engine" / "valid_linear.bpmn"
CLERKS = [f"clerk.{number}" for number in range(1, 33)]


@pytest.fixture(scope="session")
def prepare_database(tmp_path_factory: pytest.TempPathFactory) -> PrepareDatabase:
    def prepare(url: str) -> None:
        house = house_on(url, tmp_path_factory.mktemp("prepared"))
        load_office(house)
        deploy(house, SYSTEM, {file.name: file.read_bytes() for file in (LINEAR, *sorted(MODELS.glob("*.bpmn")))})
        with house.database.transaction() as session:
            session.add_all(person(login, login, "office", (Role.OFFICE, None)) for login in CLERKS)
        house.close()

    return prepare


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """The house as the test itself sees it; the processes under test open their own."""
    house = house_on(database_url, tmp_path)
    yield house
    house.close()
