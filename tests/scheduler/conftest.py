"""A loaded house on PostgreSQL, for what several processes do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.house import House
from tests.factories import house_on, load_office
from tests.postgres import PostgresServer


@pytest.fixture
def postgres_house(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[House]:
    with postgres_server.fresh() as url:
        house = house_on(url, tmp_path)
        load_office(house)
        yield house
        house.close()
