"""How the library is found and read: along its index, by every part of a name, and the same on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.models.enterprise import Enterprise
from app.queries import enterprise_ladder, enterprises
from app.queries.enterprise_sight import Scope
from app.queries.enterprises import Filters
from app.services.enterprise_pinyin import pinyin
from app.services.house import House
from app.terms import TitleLevel
from tests.factories import house_on, load_office
from tests.libraries import add_firm
from tests.statements import counted

NOW = datetime(2024, 12, 16, 1, tzinfo=UTC)
ALL = Scope(sees_all=True)
NAMES = (
    "扬州锐进精密机械有限公司",
    "扬州瑞金阀门有限公司",
    "ABC精工（扬州）有限公司",
    "扬州100%棉业有限公司",
    "高邮_下划线有限公司",
)


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture(scope="module")
def prepare_database(tmp_path_factory: pytest.TempPathFactory) -> Any:
    def prepare(url: str) -> None:
        house = house_on(url, tmp_path_factory.mktemp("prepared"))
        load_office(house)
        with clock.held(NOW), house.database.transaction() as session:
            for number, name in enumerate(NAMES, start=1):
                firm = add_firm(session, number, name=name)
                firm.pinyin = pinyin(name)
        house.close()

    return prepare


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    made = house_on(database_url, tmp_path)
    yield made
    made.close()


def found(house: House, q: str) -> list[str]:
    with house.database.reading() as session:
        return [line.name for line in enterprises.enterprises(session, ALL, Filters(q=q)).items]


@pytest.mark.parametrize(
    ("q", "places"),
    [
        ("锐进", [0]),
        ("ruijin", [1, 0]),
        ("Rui Jin", [1, 0]),
        ("yzrj", [1, 0]),
        ("abc", [2]),
        ("ABC", [2]),
        ("ABC精工", [2]),
        ("abc精工", [2]),
        ("100%", [3]),
        ("%", [3]),
        ("_", [4]),
        ("91321000MA000000", [0, 1, 2, 3, 4]),
        ("91321000ma0000003", [2]),
        ("92", []),
        ("'; DROP TABLE enterprise; --", []),
    ],
)
def test_a_search_finds_signs_pinyin_letters_and_codes(house: House, q: str, places: list[int]) -> None:
    assert found(house, q) == [NAMES[place] for place in places]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_part_of_a_name_finds_it(house: House, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    begin = data.draw(st.integers(0, len(name) - 1))
    part = name[begin : data.draw(st.integers(begin + 1, len(name)))]

    assert name in found(house, part) or not part.strip("（）")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), min_size=1, max_size=60))
def test_whatever_is_typed_is_only_looked_for(house: House, q: str) -> None:
    assert set(found(house, q)) <= set(NAMES)


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (Filters(), "ix_enterprise_pinyin"),
        (Filters(q="锐进"), "ix_enterprise_pinyin"),
        (Filters(q="ruijin", library="in"), "ix_enterprise_pinyin"),
        (Filters(level="little_giant"), "ix_enterprise_pinyin"),
    ],
)
def test_the_list_runs_along_its_index_alone(
    sqlite_database_url: str, tmp_path: Path, filters: Filters, index: str
) -> None:
    house = house_on(sqlite_database_url, tmp_path)
    with house.database.reading() as session, counted(house) as statements:
        enterprises.enterprises(session, ALL, filters)
    listing = next(statement for statement in statements if "FROM enterprise" in statement)
    with house.database.engine.connect() as connection:
        values = (*["x"] * (listing.count("?") - 1), 51)
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {listing}", values)]
    house.close()

    assert any(f"USING COVERING INDEX {index}" in step for step in plan)
    assert not any("TEMP B-TREE" in step for step in plan)


def test_the_ladder_adds_up(house: House) -> None:
    with house.database.transaction() as session:
        add_firm(session, 11, "jiangdu", TitleLevel.INNOVATIVE, TitleLevel.LITTLE_GIANT, chain="航空")
        add_firm(session, 12, "jiangdu", TitleLevel.INNOVATIVE, TitleLevel.INNOVATIVE, chain="食品")
    with house.database.reading() as session:
        whole = enterprise_ladder.ladder(session, ALL)
        own = enterprise_ladder.ladder(session, Scope(localities=frozenset({"hanjiang"})))
        shared = enterprise_ladder.ladder(session, Scope(shares=True))
        nobody = enterprise_ladder.ladder(session, Scope())

    assert (whole.total.files, whole.total.held["innovative"], whole.total.held["little_giant"]) == (7, 2, 1)
    assert {row.key: row.files for row in whole.localities} == {"hanjiang": 5, "jiangdu": 2}
    for parts in (whole.localities, whole.chains):
        assert sum(row.files for row in parts) == whole.total.files
        assert sum(row.held["innovative"] for row in parts) == whole.total.held["innovative"]
    assert (own.total.files, own.total.held["innovative"]) == (5, 0)
    assert (shared.total.files, shared.total.held["innovative"]) == (2, 2)
    assert nobody.total.files == 0


def test_long_names_keep_their_pinyin_short_enough_for_a_cursor() -> None:
    name = "壮" * Enterprise.name.type.length  # type: ignore[attr-defined]

    assert len(pinyin(name)) <= 300
    assert pinyin("ABC精工") == "abcjinggong abcjg"
