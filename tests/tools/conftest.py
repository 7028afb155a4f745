"""A house with walks through small models, some of which only wait for a day or a message; all sealed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import clock
from app.services.house import House
from tests import sealing, walks
from tests.factories import house_on

MODELS = ("linear", "gw_event", "mi_par", "recv", "sub_bnd", "mi_bnd", "gw_event_recv")


@pytest.fixture(scope="session")
def walked_file(loaded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two checkpoints, the second co-signed outside, and after it some events that are not covered yet."""
    file = tmp_path_factory.mktemp("walked") / "duban.sqlite3"
    file.write_bytes(loaded_file.read_bytes())
    house = house_on(f"sqlite:///{file}", file.parent)
    with clock.held(walks.BEGIN):
        sealing.checkpoint(house)
    for seed, model in enumerate(MODELS * 3):
        walks.walked(house, model, seed, steps=seed % 5)
    walks.walked(house, "catch", steps=0)
    with clock.held(walks.BEGIN):
        sealing.checkpoint(house, cosigned=True)
    walks.walked(house, "linear", 99, steps=2)
    house.close()
    return file


@pytest.fixture
def walked_house(walked_file: Path, tmp_path: Path) -> Iterator[House]:
    copy = tmp_path / "walked.sqlite3"
    copy.write_bytes(walked_file.read_bytes())
    house = house_on(f"sqlite:///{copy}", tmp_path)
    yield house
    house.close()


@pytest.fixture(scope="session")
def bundle(walked_file: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Of everything, signed."""
    house = house_on(f"sqlite:///{walked_file}", tmp_path_factory.mktemp("bundle"))
    with clock.held(walks.BEGIN):
        whole = sealing.bundle_of(house)
    house.close()
    return whole
