"""Every cell that is not as asked is named, by row and letter, with what would be right."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents import enterprise_sheet as reader
from app.documents.enterprise_sheet import CellError, HeadingsRefusedError
from app.documents.enterprise_sheet_writing import error_list, export, template
from app.documents.sheet_column import FORMULA
from app.errors import RuleViolation
from tests.documents.enterprise_sheets import COLUMNS, HEADINGS, errors_of, read, rebuilt, sheet

ROW = ("91a", "甲公司", "邗江区", date(2016, 5, 18), 9730.5, -3, 171, 2023)


def test_a_row_is_read_as_its_columns_ask() -> None:
    [row] = read(sheet(ROW))

    assert row.number == 2
    assert row.errors == ()
    assert row.values == {
        "id": "91A",
        "name": "甲公司",
        "place": "hanjiang",
        "day": date(2016, 5, 18),
        "amount": Decimal("9730.5"),
        "profit": Decimal(-3),
        "staff": 171,
        "year": 2023,
    }


def test_the_order_of_the_columns_does_not_matter_and_blank_rows_are_left_out() -> None:
    [row] = read(sheet((), ("甲公司", None, "91"), (), headings=("名称", "人数", "代码")))

    assert (row.number, row.values) == (3, {"name": "甲公司", "staff": None, "id": "91"})
    assert row.error("name", "重名").place == "A3"


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("A2", 91321003, "文本"),
        ("A2", "9" * 19, "最多 18 个字"),
        ("A2", None, "请填写代码"),
        ("B2", "=1+1", FORMULA),
        ("B2", '=HYPERLINK("http://x","甲")', FORMULA),
        ("B2", "甲\n公司", "控制字符"),
        ("B2", "甲\u202e公司", "控制字符"),
        ("B2", "甲\u200b公司", "控制字符"),
        ("B2", "甲" * 21, "最多 20 个字"),
        ("B2", "   ", "请填写名称"),
        ("B2", True, "请填写文字"),
        ("C2", "扬州市", "不在选项内"),
        ("C2", 3, "不在选项内"),
        ("D2", "2016-05-18", "是文本"),
        ("D2", "去年五月", "是文本"),
        ("D2", 42508, "是数字"),
        ("D2", datetime.fromisoformat("2016-05-18T09:30"), "不带时间"),
        ("E2", "9,730", "是文本"),
        ("E2", "约9730万元", "是文本"),
        ("E2", -1, "不能小于 0"),
        ("E2", 1e300, "请核对单位"),
        ("E2", True, "是文本"),
        ("E2", date(2023, 1, 1), "是日期"),
        ("E2", "=SUM(F2:G2)", FORMULA),
        ("F2", -2_000_000, "请核对单位"),
        ("G2", 12.5, "请填写整数"),
        ("G2", -1, "不能小于 0"),
        ("H2", 2024, "当年数据须待年度结束"),
        ("H2", "2023", "四位年份"),
        ("H2", 2023.5, "四位年份"),
    ],
)
def test_a_wrong_cell_is_named_with_what_would_be_right(place: str, value: Any, said: str) -> None:
    row = list(ROW)
    row["ABCDEFGH".index(place[0])] = value

    found = errors_of(sheet(row))

    assert list(found) == [place]
    assert said in found[place]


def test_an_error_value_is_refused_by_its_cell() -> None:
    book = openpyxl.Workbook()
    book.active.title = "企业"
    book.active.append(HEADINGS)
    book.active.append(("91", "甲公司"))
    book.active["E2"] = "#DIV/0!"
    buffer = BytesIO()
    book.save(buffer)

    assert "错误值 #DIV/0!" in errors_of(buffer.getvalue())["E2"]


def with_number(number: str) -> bytes:
    """A sheet in which a number is written so, as no program would."""
    return rebuilt(
        sheet(("91", "甲公司", None, None, 77)),
        {"xl/worksheets/sheet1.xml": lambda data: data.replace(b"<v>77</v>", f"<v>{number}</v>".encode())},
    )


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1e400"])
def test_a_number_without_end_is_refused_by_its_cell(number: str) -> None:
    assert list(errors_of(with_number(number))) == ["E2"]


@pytest.mark.parametrize("number", ["inf", "nan", "0x10", "1_0_"])
def test_what_is_no_number_of_a_sheet_refuses_the_file(number: str) -> None:
    with pytest.raises(RuleViolation, match="文件已损坏"):
        read(with_number(number))


def test_a_share_in_a_percent_cell_is_taken_as_percent() -> None:
    book = openpyxl.load_workbook(BytesIO(sheet(("91", "甲公司", None, None, 0.35))))
    book.active["E2"].number_format = "0.0%"
    buffer = BytesIO()
    book.save(buffer)

    assert read(buffer.getvalue())[0].values["amount"] == 35


def test_all_cells_of_a_row_are_named_at_once() -> None:
    found = errors_of(sheet((1, "=A1", "外地", "昨天", -1, "亏", 1.5, 1999)))

    assert list(found) == ["A2", "B2", "C2", "D2", "E2", "F2", "G2", "H2"]


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (("代码", "名称", "名称"), "列“名称”重复出现"),
        (("代码", "名称", "备注"), "列“备注”不是模板中的列"),
        (("代码",), "缺少必填列：名称"),
        ((), "缺少必填列：代码、名称"),
    ],
)
def test_other_headings_than_the_templates_are_refused(headings: tuple[str, ...], said: str) -> None:
    with pytest.raises(HeadingsRefusedError) as refused:
        read(sheet(ROW, headings=headings))

    assert said in "".join(error.text for error in refused.value.errors)


def test_what_stands_under_no_heading_is_named() -> None:
    assert errors_of(sheet((*ROW, "备注"))) == {"I2": "此列没有表头，请删除或使用模板。"}


def test_one_row_too_many_refuses_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROWS", 3)

    assert len(read(sheet(*[ROW] * 3))) == 3
    with pytest.raises(RuleViolation, match="一次最多导入 3 行"):
        read(sheet(*[ROW] * 4))


def test_nothing_far_below_is_left_out_in_silence() -> None:
    book = openpyxl.load_workbook(BytesIO(sheet(ROW)))
    book.active.cell(row=1_048_576, column=1, value="91")
    buffer = BytesIO()
    book.save(buffer)

    with pytest.raises(RuleViolation, match="以后还有内容"):
        read(buffer.getvalue())


def test_the_template_reads_as_empty_and_says_what_to_fill_in() -> None:
    content = template(COLUMNS)
    book = openpyxl.load_workbook(BytesIO(content))
    [offered] = book["企业"].data_validations.dataValidation

    assert read(content) == []
    assert [cell.value for cell in book["企业"][1]] == list(HEADINGS)
    assert book["企业"]["A2"].value == "说明：必填。18位。"
    assert book["企业"].column_dimensions["A"].number_format == "@"
    assert (offered.formula1, str(offered.sqref)) == ("选项!$A$1:$A$2", "C3:C20002")


VALUES = st.fixed_dictionaries(
    {
        "id": st.text("0123456789ABCDEFGHJ", min_size=18, max_size=18),
        "name": st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=20),
        "place": st.sampled_from([None, "邗江区", "江都区"]),
        "day": st.none() | st.dates(date(1950, 1, 1), date(2100, 1, 1)),
        "amount": st.none() | st.decimals(0, 1_000_000, places=2),
        "profit": st.none() | st.decimals(-1_000_000, 1_000_000, places=2),
        "staff": st.none() | st.integers(0, 1_000_000),
        "year": st.none() | st.integers(2015, 2023),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(VALUES, max_size=8))
def test_what_is_exported_reads_back_as_it_was(rows: list[dict[str, Any]]) -> None:
    kept = {"邗江区": "hanjiang", "江都区": "jiangdu", None: None}

    found = read(export(COLUMNS, rows, date(2024, 1, 1)))

    assert [error for row in found for error in row.errors] == []
    assert [row.values for row in found] == [{**row, "place": kept[row["place"]]} for row in rows]


ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)  # openpyxl writes these as nothing
    | st.dates(date(1900, 3, 1))
    | st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)
)


@settings(max_examples=200, deadline=None)
@given(st.lists(ANYTHING, min_size=8, max_size=8))
def test_whatever_stands_in_a_row_each_cell_is_a_value_of_its_kind_or_named(row: list[Any]) -> None:
    kinds = {"id": str, "name": str, "place": str, "day": date, "amount": Decimal, "profit": Decimal, "staff": int}

    for found in read(sheet(row)):
        named = {error.column for error in found.errors}
        for key, kind in kinds.items():
            value = found.values[key]
            assert value is None or type(value) is kind
            assert value is not None or found.letters[key] in named or not found_text(row, found.letters[key])


def found_text(row: list[Any], letter: str) -> bool:
    """Whether something stands in the cell that is not blank."""
    value = row["ABCDEFGH".index(letter)]
    return value is not None and bool(str(value).strip())


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    content = export(COLUMNS, [{"id": "91", "name": "=cmd|' /C calc'!A0"}])
    cell = openpyxl.load_workbook(BytesIO(content))["企业"]["B3"]

    assert cell.data_type != "f"
    assert errors_of(content) == {"B3": FORMULA}


def test_the_list_of_errors_says_where_and_what() -> None:
    errors = [CellError(3, "A", "统一社会信用代码校验不通过"), CellError(9, "", "=整行")]
    found = openpyxl.load_workbook(BytesIO(error_list(errors)))["错误清单"]

    assert [tuple(cell.value for cell in row) for row in found] == [
        ("位置", "需要修改的内容"),
        ("A3", "统一社会信用代码校验不通过"),
        ("第9行", "=整行"),
    ]
