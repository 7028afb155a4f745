"""A loaded house: the plan, its processes, and a small office of people, on a fresh SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.house import House
from tests.databases import KINDS, PrepareDatabase, prepared_copy
from tests.factories import house_on, load_office


@pytest.fixture(scope="session")
def loaded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once a session; each test works on a copy."""
    file = tmp_path_factory.mktemp("house") / "duban.sqlite3"
    house = house_on(f"sqlite:///{file}", file.parent)
    load_office(house)
    house.close()
    return file


@pytest.fixture
def house(loaded_file: Path, tmp_path: Path) -> Iterator[House]:
    copy = tmp_path / "duban.sqlite3"
    copy.write_bytes(loaded_file.read_bytes())
    house = house_on(f"sqlite:///{copy}", tmp_path)
    yield house
    house.close()


@pytest.fixture(scope="session")
def prepare_office(tmp_path_factory: pytest.TempPathFactory) -> PrepareDatabase:
    def prepare(url: str) -> None:
        house = house_on(url, tmp_path_factory.mktemp("office"))
        load_office(house)
        house.close()

    return prepare


@pytest.fixture(params=KINDS)
def any_house(request: pytest.FixtureRequest, prepare_office: PrepareDatabase, tmp_path: Path) -> Iterator[House]:
    """The same on each kind of database, a copy too; the test runs once on each."""
    with prepared_copy(request, prepare_office, tmp_path) as url:
        house = house_on(url, tmp_path)
        yield house
        house.close()
