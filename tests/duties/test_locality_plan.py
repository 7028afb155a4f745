"""The rules, checks and dates of 属地工作方案; the numbered cases are the worked examples of its spec."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.locality_plan import DUTY, cover, figure_ok, is_within, outcomes_offered, plan_due, unlocked_parts
from app.workdays import STATUTORY

MEASURES = frozenset(range(1, 25))
ISSUED = date(2022, 4, 18)


def line(number: int, **more: Any) -> dict[str, Any]:
    told = {"measure_no": number, "content": "组织企业申报，逐家辅导，按季度通报推进情况和存在问题"}
    return {**told, "unit": "区工信局", "by": "2022-11-30", "success": "完成市下达目标"} | more


def make_answers(**more: Any) -> dict[str, Any]:
    return {
        "figures": [{"no": 7, "own": None}],
        "lines": [line(number) for number in sorted(MEASURES)],
        "organisation": "成立领导小组，按月调度",
        "head": "王区长",
        "contact": "李联络员",
        "gradient": "建立小升规、专精特新、小巨人梯度培育库，逐家建立档案，" * 3,
        "file": ["a"],
        "file_number": "扬邗政办发〔2022〕12号",
    } | more


def make_facts(**more: Any) -> dict[str, Any]:
    return {
        "calendar": STATUTORY,
        "opened_on": ISSUED,
        "started_on": ISSUED,
        "is_first": True,
        "returned_on": None,
        "moved_on": None,
        "year": 2022,
        "first_year": 2022,
        "last_year": 2024,
        "figures": [{"no": 7, "target": 40}],
        "measures": MEASURES,
        "round": 1,
        "line_numbers": [1, 2, 3],
    } | more


def errors(element_id: str, answers: dict[str, Any], **facts: Any) -> list[tuple[str, str]]:
    return [(error.field, error.text) for error in DUTY.check(element_id, answers, make_facts(**facts))]


def test_case_1_a_plan_of_18_april_2022_is_due_on_31_may() -> None:
    due = DUTY.due_on("write_plan", make_facts())

    assert plan_due(ISSUED, True, STATUTORY) == date(2022, 5, 31)
    assert due is not None
    assert (due.on, due.limit_days) == (date(2022, 5, 31), 30)


def test_case_2_a_measure_without_a_line_is_named() -> None:
    lines = [line(number) for number in range(1, 23)]
    lines.append({"measure_no": 23, "is_not_concerned": True, "content": "本区没有此类产业园区和平台"})

    found = cover(lines, MEASURES)

    assert (found.covered, found.asked, found.gaps) == (23, 24, (24,))
    assert errors("write_plan", make_answers(lines=lines)) == [
        ("lines", "第24项任务未安排措施，请填写或注明不涉及"),
    ]


@pytest.mark.parametrize(("own", "holds"), [(42, True), (40, True), (None, True), (38, False)])
def test_case_3_more_than_was_given_or_as_much_but_never_less(own: int | None, holds: bool) -> None:
    assert figure_ok(None if own is None else Decimal(own), Decimal(40)) is holds
    refused = [("figures.0.own", "本地目标38低于市下达目标40")]
    assert errors("write_plan", make_answers(figures=[{"no": 7, "own": own}])) == ([] if holds else refused)


def test_case_4_a_day_after_the_plan_is_refused() -> None:
    lines = [line(number, **({"by": "2025-03-01"} if number == 3 else {})) for number in sorted(MEASURES)]

    assert not is_within(date(2025, 3, 1), 2022, 2024)
    assert errors("write_plan", make_answers(lines=lines)) == [("lines.2.by", "完成时间须在计划期内")]


def test_case_5_targets_of_8_march_2023_are_due_on_29_march() -> None:
    due = DUTY.due_on("write_plan", make_facts(is_first=False, started_on=date(2023, 3, 8)))

    assert due is not None
    assert (due.on, due.limit_days) == (date(2023, 3, 29), 15)


def test_something_must_be_done_this_year() -> None:
    lines = [line(number, by="2023-06-30") for number in sorted(MEASURES)]

    assert errors("write_plan", make_answers(lines=lines)) == [("lines", "请至少安排一项本年完成的措施")]


def test_a_reason_why_not_has_ten_characters() -> None:
    lines = [line(number) for number in range(1, 24)]
    lines.append({"measure_no": 24, "is_not_concerned": True, "content": "不涉及"})

    assert errors("write_plan", make_answers(lines=lines)) == [
        ("lines.23.content", "不涉及的，请注明理由，不少于10个字"),
        ("lines", "第24项任务未安排措施，请填写或注明不涉及"),
    ]


def test_an_unchanged_year_asks_for_figures_and_persons_only() -> None:
    kept = make_answers(unchanged=True, lines=[], gradient="", file=[], file_number="")

    assert errors("write_plan", kept, is_first=False, year=2023) == []
    assert ("unchanged", "首版方案没有可以沿用的上一版") in errors("write_plan", kept)
    assert ("head", "请填写分管负责人") in errors("write_plan", {**kept, "head": ""}, is_first=False, year=2023)


def test_the_first_edition_has_a_signed_file() -> None:
    assert errors("write_plan", make_answers(file=[], file_number="")) == [
        ("file", "首版方案请上传正式文件"),
        ("file_number", "请填写正式文件的文号"),
    ]


def test_a_return_opens_what_it_names_for_five_working_days() -> None:
    points = [{"field": "lines", "point": "补第12项"}, {"field": "figures", "point": "核对"}]
    due = DUTY.due_on("write_plan", make_facts(returned_on=date(2022, 6, 10)))

    assert unlocked_parts(points) == ["figures", "lines"]
    assert due is not None
    assert (due.on, due.limit_days) == (date(2022, 6, 17), 5)


def test_each_round_has_its_own_day_of_escalation() -> None:
    first = DUTY.due_at["escalate_at"](make_facts())
    again = DUTY.due_at["escalate_at"](make_facts(returned_on=date(2022, 6, 10)))

    assert first == datetime(2022, 6, 7, 16, tzinfo=UTC)
    assert again > first
    assert DUTY.due_at["opinions_close_at"](make_facts()) == datetime(2022, 4, 24, 16, tzinfo=UTC)  # a Sunday worked


def test_a_third_return_is_refused_and_a_reservation_is_asked_for() -> None:
    accepted = {"outcome": "accepted", "quality_level": "fair"}

    assert outcomes_offered("review_plan", {"round": 3}) == ("accepted",)
    assert errors("review_plan", {"outcome": "returned"}, round=3)[0][0] == "outcome"
    assert errors("review_plan", accepted, round=3) == [("opinion_text", "第三次审查的，请写明保留意见")]
    assert errors("review_plan", {**accepted, "opinion_text": "请年内补齐"}, round=3) == []


def test_a_department_suggests_or_says_that_it_has_nothing() -> None:
    assert errors("ask_departments_opinion", {}) == [("suggestions", "请提出建议，没有建议的勾选无意见")]
    assert errors("ask_departments_opinion", {"none": True}) == []
    assert errors("ask_departments_opinion", {"suggestions": [{"line_no": 9, "text": "建议提前到九月底完成"}]}) == [
        ("suggestions.0.line_no", "方案中没有这项措施")
    ]


@given(st.sets(st.sampled_from(sorted(MEASURES))))
def test_covered_and_gaps_make_up_all_measures(named: set[int]) -> None:
    found = cover([line(number) for number in named], MEASURES)

    assert found.covered + len(found.gaps) == found.asked
    assert set(found.gaps) == MEASURES - named
    assert found.is_whole is (named == MEASURES)


@given(st.dates(date(2022, 1, 1), date(2026, 6, 30)), st.booleans())
def test_a_due_day_is_a_working_day_after_the_start(start: date, is_first: bool) -> None:
    due = plan_due(start, is_first, STATUTORY)

    assert STATUTORY.is_working_day(due)
    assert STATUTORY.count(start, due) == (30 if is_first else 15)
