"""Every line of the bench still runs: once, with as little of everything as there can be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.__main__ import PARTS
from bench.casework import registered
from bench.ground import POSTGRESQL, SQLITE, Ground, ground_on
from bench.sizes import TINY
from tests.postgres import PostgresServer

ONLY_POSTGRESQL = {"timers"}


@pytest.fixture(autouse=True)
def casework() -> Iterator[None]:
    with registered():
        yield


@pytest.fixture
def sqlite_ground(tmp_path: Path) -> Iterator[Ground]:
    with ground_on(SQLITE, TINY, tmp_path, None) as ground:
        yield ground


@pytest.fixture
def postgresql_ground(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Ground]:
    with ground_on(POSTGRESQL, TINY, tmp_path, postgres_server) as ground:
        yield ground


@pytest.mark.parametrize("part", sorted(set(PARTS) - ONLY_POSTGRESQL))
def test_a_line_is_measured(sqlite_ground: Ground, part: str) -> None:
    ratios = list(PARTS[part](sqlite_ground))

    assert ratios
    assert all(math.isfinite(ratio.value) and ratio.value > 0 and ratio.n > 0 for ratio in ratios)
    assert all(ratio.told for ratio in ratios)


def test_schedulers_are_measured_where_several_help(sqlite_ground: Ground, postgresql_ground: Ground) -> None:
    [ratio] = PARTS["timers"](postgresql_ground)

    assert ratio.value > 0
    assert list(PARTS["timers"](sqlite_ground)) == []
