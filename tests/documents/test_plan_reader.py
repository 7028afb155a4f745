"""The shipped plan is read whole; a file with anything wrong is refused, each fault at its line."""

import re
from contextlib import suppress
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.marked_yaml import MAX_BYTES
from app.documents.plan import PlanDocument
from app.documents.plan_reader import PlanProblems, read_plan

TEXT = (Path(__file__).parents[2] / "plans/yangzhou_2022_2024.yaml").read_text(encoding="utf-8")


@cache
def plan() -> PlanDocument:
    return read_plan(TEXT)


def refusals(text: str | bytes) -> list[str]:
    """What the reader says against the text, a sentence each, with its line."""
    with pytest.raises(PlanProblems) as caught:
        read_plan(text, "plan.yaml")
    return [str(problem) for problem in caught.value.problems]


def swap(old: str, new: str, *, after: str = "") -> tuple[str, int]:
    """The plan with `old` replaced once, behind `after`, and the line on which that is."""
    start = TEXT.index(old, TEXT.index(after))
    return TEXT[:start] + new + TEXT[start + len(old) :], TEXT.count("\n", 0, start) + 1


def test_the_shipped_plan_is_read_whole() -> None:
    units = [unit for unit in plan().units if unit.kind != "body"]

    assert (len(plan().measures), len(plan().indicators), len(plan().matters)) == (26, 28, 10)
    assert (len(units), sum(unit.is_locality for unit in units)) == (28, 9)
    assert len(plan().discrepancies) == 31
    assert (plan().key, plan().first_year, plan().last_year) == ("yangzhou_2022_2024", 2022, 2024)


def test_numbers_stay_as_written_and_references_hold() -> None:
    second = plan().indicators[1]
    known = {unit.id for unit in plan().units} | {"departments", "localities"}

    assert (second.total, second.first_year_value, second.unit) == (Decimal(100), Decimal(35), "家")
    assert {indicator.lead for indicator in plan().indicators} <= known
    assert all(set(measure.responsible) <= known for measure in plan().measures)


def test_bytes_and_a_byte_order_mark_are_read_alike() -> None:
    assert read_plan(b"\xef\xbb\xbf" + TEXT.encode()) == plan()


@pytest.mark.parametrize(
    ("old", "new", "after", "says"),
    [
        ("- number: 2", "- number: 1", "indicators:", "indicators.1.number：指标“1”重复"),
        ("lead: miit", "lead: nobody", "measures:", "measures.0.lead：没有单位“nobody”"),
        ("- number: 1", "- number: one", "measures:", "measures.0.number：应为数字"),
        ("first_year: 2022", "first_year: '2022'", "period:", "period.first_year：应为数字"),
        ("title: ", "title: 2022 #", "document:", "document.title：应为文字"),
        ("breakdown: false", "breakdown: 0", "indicators:", "indicators.0.breakdown：应为 true 或 false"),
        ("kind: newly_added", "kind: sometimes", "indicators:", "indicators.0.kind：“sometimes”不在"),
        ("total: 10", "total: .inf", "indicators:", "indicators.0.total：应为数字"),
        ("total: 10", "total: -10", "indicators:", "indicators.0.total：不得小于 0"),
        ("issued: '2022-04-18'", "issued: '2022-04-31'", "document:", "document.issued：应为加引号的日期"),
        ("lead: miit", "colour: red\n    lead: miit", "indicators:", "indicators.0.colour：没有这个字段"),
        ("first_year: 2022", "first_year: !!python/int 2022", "period:", "不能使用类型标记（!）"),
        ("first_year: 2022", "<<: {first_year: 2022}", "period:", "period.<<：没有这个字段"),
        ("last_year: 2024", "first_year: 2024", "period:", "period.first_year：字段重复"),
        ("first_year: 2022", "first_year: 2022: 2023", "period:", "不是有效的 YAML"),
    ],
)
def test_what_is_wrong_is_refused_at_its_line(old: str, new: str, after: str, says: str) -> None:
    text, line = swap(old, new, after=after)

    found = [refusal for refusal in refusals(text) if says in refusal]

    assert found
    assert found[0].startswith(f"第{line}行")


def test_an_alias_is_refused_before_it_can_grow() -> None:
    text = TEXT.replace("first_year: 2022", "first_year: &year 2022", 1).replace(
        "last_year: 2024", "last_year: *year", 1
    )

    line = TEXT[: TEXT.index("last_year: 2024")].count("\n") + 1
    assert refusals(text) == [f"第{line}行：不能使用引用（*）"]


def test_depth_and_size_have_a_limit() -> None:
    last = TEXT.count("\n") + 1

    assert refusals(f"{TEXT}deep: {'[' * 13}{']' * 13}\n") == [f"第{last}行：层次超过 12 层"]
    assert refusals(TEXT + "#" * MAX_BYTES) == ["第1行：文件超过 2 MB"]


def test_a_missing_field_is_named_and_all_faults_are_told_at_once() -> None:
    text, line = swap("    short_name: 市工信局\n", "", after="units:")
    text = text.replace("schema: 1", "schema: 9", 1)

    found = refusals(text)

    assert any("schema：本系统只读取第 1 版格式" in refusal for refusal in found)
    assert any(
        re.match(rf"第({line}|{line - 1}|{line - 2})行 units\.2\.short_name：缺少", refusal) for refusal in found
    )


@pytest.mark.parametrize("text", ["", "# nothing", "- a\n- b", "just words", "a: 1\n---\nb: 2", "\x00", b"\xff\xfe"])
def test_what_is_no_plan_at_all_is_refused(text: str | bytes) -> None:
    assert refusals(text)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_damage_to_the_file_makes_the_reader_fail_otherwise(data: st.DataObject) -> None:
    lines = TEXT.splitlines(keepends=True)
    place = data.draw(st.integers(0, len(lines) - 1))
    indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
    odd = st.text(max_size=12) | st.sampled_from(
        ["? [a]", "[]", "{}", "- ", "x: ~", "9e999", "0o7", "2022-13-45", "!", "&"]
    )

    lines[place] = data.draw(st.just("") | odd.map(lambda text: f"{indent}{text}\n"))

    with suppress(PlanProblems):
        read_plan("".join(lines))
