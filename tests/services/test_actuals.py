"""登记数据: figures are checked before they count, and each leaves an event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.errors import InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.actual import IndicatorActual
from app.models.event import ADMINISTRATION, EventRow
from app.services.actuals import record_actual
from app.services.house import House
from app.terms import Nature, Source
from tests.boards import NOW
from tests.factories import actor

COUNT, SHARE = 2, 25  # 省级以上专精特新小巨人, 家; 中小企业政府采购占比, %


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


def record(house: House, number: int = COUNT, login: str = "office", key: str = "k", **values: Any) -> dict[str, Any]:
    given = {
        "year": 2023, "as_of": date(2023, 11, 30), "value": Decimal(36), "nature": Nature.ACTUAL,
        "source": Source.DEPARTMENT, "note": "",
    } | values  # fmt: skip
    return record_actual(house, actor(house, login), number, **given, key=key)


def refused(house: House, **values: Any) -> list[str]:
    with pytest.raises(InvalidForm) as error:
        record(house, **values)
    return [field for field, _text in error.value.errors]


def test_a_figure_is_kept_with_who_gave_it_and_leaves_an_event(house: House) -> None:
    answer = record(house)

    with house.database.reading() as session:
        row = session.get_one(IndicatorActual, answer["id"])
        event = session.scalars(select(EventRow).where(EventRow.stream == ADMINISTRATION)).all()[-1]
        assert (row.value, row.unit_id, row.recorded_by, row.source) == (Decimal(36), "miit", "office", "department")
        assert (event.type, event.actor, event.command_key) == ("figure_recorded", "office", "k")


def test_the_same_command_again_records_nothing_again(house: House) -> None:
    assert record(house) == record(house)
    with house.database.reading() as session:
        assert len(session.scalars(select(IndicatorActual)).all()) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"value": Decimal("36.5")}, "value"),
        ({"value": Decimal(-1)}, "value"),
        ({"number": SHARE, "value": Decimal("100.1")}, "value"),
        ({"number": SHARE, "value": Decimal("63.25")}, "value"),
        ({"as_of": date(2023, 12, 15)}, "as_of"),
        ({"as_of": date(2022, 12, 31)}, "as_of"),
        ({"note": "说" * 301}, "note"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(house: House, values: dict[str, Any], field: str) -> None:
    assert refused(house, **values) == [field]


def test_an_expected_figure_may_lie_ahead(house: House) -> None:
    assert record(house, as_of=date(2023, 12, 31), nature=Nature.EXPECTED)["number"] == COUNT


def test_a_count_that_falls_needs_a_reason_and_a_share_does_not(house: House) -> None:
    record(house, key="a")
    record(house, SHARE, key="b", value=Decimal("63.2"))

    assert refused(house, key="c", value=Decimal(35)) == ["note"]
    record(house, key="d", value=Decimal(35), note="一家企业迁出，予以核减")
    record(house, SHARE, key="e", value=Decimal("62.9"))
    assert refused(house, key="f", value=Decimal(34)) == ["note"]  # now held against the corrected figure


def test_an_earlier_day_is_held_against_what_was_known_by_then(house: House) -> None:
    record(house, key="a")

    record(house, key="b", as_of=date(2023, 10, 31), value=Decimal(31))


def test_only_the_office_records_and_only_what_the_plan_has(house: House) -> None:
    with pytest.raises(NotPermitted):
        record(house, login="contact.miit")
    with pytest.raises(NotFound):
        record(house, 29)
    with pytest.raises(RuleViolation):
        record(house, year=2031, as_of=date(2031, 1, 1))
