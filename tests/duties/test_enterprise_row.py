"""What the values of a row must say together, and what they change of a file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.enterprise_difference import Known, changes, merged, plain, sources
from app.duties.enterprise_row import NOT_MORE, row_errors

TODAY = date(2024, 12, 16)
COUNTS = st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"year": 2023, "staff": 10, "rd_staff": 10}, []),
        ({"year": 2023, "staff": 10, "rd_staff": 11}, ["rd_staff"]),
        ({"year": 2023, "rd_staff": 11}, []),
        ({"year": 2023, "revenue_wan": Decimal("1.5"), "main_revenue_wan": Decimal("1.51")}, ["main_revenue_wan"]),
        ({"staff": 0}, ["year"]),
        ({"year": None, "staff": None}, []),
        ({"registered_on": TODAY}, []),
        ({"registered_on": date(2024, 12, 17)}, ["registered_on"]),
    ],
)
def test_what_cannot_be_true_together_is_named(values: dict[str, Any], wrong: list[str]) -> None:
    assert [key for key, _text in row_errors(values, TODAY)] == wrong


@given(st.sampled_from(NOT_MORE), COUNTS, COUNTS)
def test_a_part_is_wrong_exactly_where_it_is_more_than_the_whole(pair: tuple[str, str], part: int, whole: int) -> None:
    values = {"year": 2023, pair[0]: part, pair[1]: whole}

    assert bool(row_errors(values, TODAY)) == (part > whole)


def test_the_same_number_in_other_words_is_no_change() -> None:
    known = Known({"name": "甲", "product": ""}, {2023: {"revenue_wan": "8000.00", "staff": 12, "rd_body": "city"}})
    row = plain({"name": "甲", "year": 2023, "revenue_wan": Decimal(8000), "staff": 12, "rd_body": "city"})

    assert changes(row, known) == {}
    assert changes({**row, "product": "减速器"}, known) == {"product": ["", "减速器"]}
    assert changes({**row, "year": 2022}, known).keys() == {"2022.revenue_wan", "2022.staff", "2022.rd_body"}


@given(st.dictionaries(st.sampled_from(["staff", "revenue_wan", "rd_wan"]), COUNTS), st.data())
def test_figures_laid_over_others_keep_the_source_of_what_stays(before: dict[str, int], data: st.DataObject) -> None:
    given_ = data.draw(st.dictionaries(st.sampled_from(["staff", "revenue_wan", "tax_paid_wan"]), COUNTS))

    after, kept = merged(before, given_), sources(before, {}, ["department", "2024-01-01"], given_)

    assert after == {**before, **given_}
    assert kept.keys() == {key for key in before if given_.get(key, before[key]) == before[key]}
