"""A policy's conditions as rows of a form: what is refused, how they are read, and how an official reads them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.policy_conditions import (
    MOST_CONDITIONS,
    Askable,
    check_conditions,
    grouped_in_words,
    in_words,
    read_conditions,
    stored,
    why,
)
from app.duties.policy_matching import Condition, Known, examine

CATALOGUE = {
    one.key: one
    for one in (
        Askable("revenue_wan", "营业收入", "number", "万元"),
        Askable("rd_ratio_pct", "研发费用占比", "number", "%"),
        Askable("rd_body", "建有研发机构", "yes_no"),
        Askable("titles", "企业称号", "words", choices={"specialised": "专精特新中小企业", "innovative": "创新型"}),
        Askable("chain", "产业链", "words"),
    )
}


def row(figure: str, operator: str, value: str, group: int = 1) -> dict[str, object]:
    return {"group": group, "figure": figure, "operator": operator, "value": value}


def problems(*rows: dict[str, object]) -> dict[str, str]:
    return {error.field: error.text for error in check_conditions(rows, CATALOGUE)}


@pytest.mark.parametrize(
    ("given_row", "field", "text"),
    [
        (row("colour", "gte", "3"), "figure", "条件字段须选自企业档案"),
        (row("rd_body", "gte", "3"), "operator", "“建有研发机构”的比较方式请选择：是否"),
        (row("titles", "gte", "3"), "operator", "“企业称号”的比较方式请选择：属于、不属于"),
        (row("revenue_wan", "gte", "很多"), "value", "请填写数字"),
        (row("revenue_wan", "gte", "NaN"), "value", "请填写数字"),
        (row("revenue_wan", "between", "2000~300"), "value", "请填写由小到大的两个数，如 300~2000"),
        (row("rd_body", "is", "大概"), "value", "请填写“是”或“否”"),
        (row("titles", "in", "大企业"), "value", "没有“大企业”这一项，请从企业档案的选项中选填"),
        (row("chain", "in", " "), "value", "请填写内容，多项用顿号隔开"),
    ],
)
def test_a_wrong_row_is_named_by_its_field(given_row: dict[str, object], field: str, text: str) -> None:
    assert problems(given_row) == {f"conditions.0.{field}": text}


def test_right_rows_pass() -> None:
    assert problems(
        row("revenue_wan", "between", "300~2,000"),
        row("rd_body", "is", "是"),
        row("titles", "in", "专精特新中小企业、innovative"),
        row("chain", "in", "新能源汽车"),
    ) == {}  # fmt: skip


def test_more_than_twenty_rows_are_refused() -> None:
    rows = [row("revenue_wan", "gte", "1")] * (MOST_CONDITIONS + 1)

    assert problems(*rows) == {"conditions": "条件最多20条"}


def test_labels_are_kept_as_the_words_of_the_file() -> None:
    (condition,) = read_conditions([row("titles", "in", "专精特新中小企业、创新型")], CATALOGUE)

    assert condition == Condition("titles", "in", ("specialised", "innovative"))


@pytest.mark.parametrize(
    ("given_row", "words"),
    [
        (row("rd_ratio_pct", "gte", "3.0"), "研发费用占比不低于3%"),
        (row("revenue_wan", "between", "300~2000"), "营业收入介于300~2,000万元"),
        (row("rd_body", "is", "是"), "建有研发机构：是"),
        (row("titles", "not_in", "innovative"), "企业称号不属于创新型"),
    ],
)
def test_a_condition_reads_as_a_sentence(given_row: dict[str, object], words: str) -> None:
    assert in_words(read_conditions([given_row], CATALOGUE)[0], CATALOGUE) == words


def test_groups_are_read_apart() -> None:
    rows = [row("rd_body", "is", "是", 2), row("revenue_wan", "gte", "2000"), row("chain", "in", "航空", 2)]

    assert grouped_in_words(read_conditions(rows, CATALOGUE), CATALOGUE) == [
        ["营业收入不低于2,000万元"],
        ["建有研发机构：是", "产业链属于航空"],
    ]


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        (Known(Decimal("3.40"), date(2021, 12, 31)), "3.4%（截至2021年12月31日），满足"),
        (Known(Decimal("2.9"), date(2021, 12, 31)), "2.9%（截至2021年12月31日），相差3.4%，接近"),
        (Known(Decimal(1), date(2021, 12, 31)), "1%（截至2021年12月31日），不满足"),
        (Known(Decimal(5), date(2020, 12, 31)), "5%（截至2020年12月31日），数据已超过18个月，待补数据"),
        (None, "企业档案无此数据，待补数据"),
    ],
)
def test_every_condition_is_told_with_its_value_and_date(known: Known | None, sentence: str) -> None:
    condition = Condition("rd_ratio_pct", "gte", Decimal(3))

    assert why(examine(condition, known, date(2022, 8, 1)), CATALOGUE) == f"研发费用占比不低于3%：{sentence}"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from(["gte", "gt", "lte", "lt", "eq"]))
def test_what_is_stored_is_read_back(value: Decimal, operator: str) -> None:
    condition = Condition("revenue_wan", operator, value)  # type: ignore[arg-type]

    assert read_conditions([stored(condition, CATALOGUE)], CATALOGUE) == [condition]


@given(st.text(max_size=30), st.sampled_from(sorted(CATALOGUE)), st.sampled_from(["gte", "between", "in", "is", "x"]))
def test_what_passes_the_check_can_be_read_and_told(value: str, figure: str, operator: str) -> None:
    given_row = row(figure, operator, value)

    if not problems(given_row):
        (condition,) = read_conditions([given_row], CATALOGUE)
        assert in_words(condition, CATALOGUE)
        assert not problems(stored(condition, CATALOGUE))
