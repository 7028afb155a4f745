"""The rules, checks and dates of 典型案例; the numbered cases are the worked examples of its spec."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.typical_case import (
    DUTY,
    MOST_BONUS,
    TEXTS,
    TOP_OF_A_UNIT,
    Published,
    bonus,
    has_unsourced_number,
    outcomes_offered,
    proposal,
    score,
    settled_text,
    too_many_of_a_unit,
    top_cases,
    unlocked_parts,
    views_in_30_days,
)
from app.duties.typical_case_figures import numbers
from app.workdays import STATUTORY

SEPTEMBER = date(2023, 9, 1)
TEXT = "企业建立首席质量官制度，组建技术攻关小组，联合高校共建实验室，产品质量稳定提升，客户评价良好。" * 3
UNITS = [{"unit": "miit", "name": "扬州市工业和信息化局", "short_name": "市工信局"},
         {"unit": "sci", "name": "扬州市科学技术局", "short_name": "市科技局"}]  # fmt: skip
FIGURE = {
    "label": "销售增长",
    "value": 35,
    "unit": "%",
    "as_of": "2022-12-31",
    "source": "enterprise",
    "holder": "miit",
}


def make_answers(**more: Any) -> dict[str, Any]:
    told = dict.fromkeys(TEXTS, TEXT)
    return {
        "title": "小零件走进大飞机的十年路",
        "kind": "growth",
        "subject": "扬州精密",
        **told,
        "secrets": True,
    } | more


def make_facts(**more: Any) -> dict[str, Any]:
    firm = {"holds_title": True, "held_title": True}
    return {
        "calendar": STATUTORY,
        "opened_on": SEPTEMBER,
        "today": SEPTEMBER,
        "is_returned": False,
        "units": UNITS,
        "firm_named": lambda text: firm if text == "扬州精密" else None,
        "published": [],
        "round": 1,
        "has_figures": False,
    } | more


def errors(element_id: str, answers: dict[str, Any], **facts: Any) -> list[tuple[str, str]]:
    return [(error.field, error.text) for error in DUTY.check(element_id, answers, make_facts(**facts))]


@pytest.mark.parametrize(
    ("points", "total", "proposed"),
    [((8, 8, 7, 6), 29, "yes"), ((7, 7, 5, 4), 23, "returned"), ((4, 5, 5, 5), 19, "no"),
     ((7, 7, 7, 7), 28, "yes"), ((5, 5, 5, 5), 20, "returned")],
)  # fmt: skip
def test_cases_1_to_3_points_propose_what_becomes_of_a_case(points: tuple[int, ...], total: int, proposed: str) -> None:
    given_points = dict(zip(("typical", "truthful", "repeatable", "written"), points, strict=True))

    assert (score(given_points), proposal(total)) == (total, proposed)


def test_case_4_a_number_without_a_figure_is_refused_with_its_sentence() -> None:
    result = f"{TEXT}全年销售增长35%，获评国家级称号。"

    assert has_unsourced_number("销售增长35%", [])
    assert errors("write_case", make_answers(result=result)) == [("figures", "成效中的数据须注明来源：35")]
    assert errors("write_case", make_answers(result=result, figures=[FIGURE])) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("2022年3月起，第5批通过ISO9001认证", []), ("产值1,234.5万元", ["1234.5"]),
     ("由12人增至60人，增长３.５倍", ["12", "60", "3.5"]), ("合格率99.8%。", ["99.8"])],
)  # fmt: skip
def test_dates_ordinals_and_names_are_no_figures(text: str, found: list[str]) -> None:
    assert [number for _, _, number in numbers(text)] == [Decimal(value) for value in found]


def test_case_5_of_twelve_good_cases_ten_are_chosen_and_three_of_one_unit() -> None:
    cases = [Published(f"{at:03}", "miit" if at < 5 else f"unit{at}", 36 - at // 3) for at in range(12)]

    chosen = top_cases(cases)

    assert len(chosen) == 10
    assert sum(case.unit == "miit" for case in chosen) == 3


def test_of_equal_scores_the_one_that_is_read_more_stands_first() -> None:
    cases = [Published("a", "", 30, Decimal(5)), Published("b", "", 30, Decimal(9)), Published("c", "", 31)]

    assert [case.key for case in top_cases(cases, 2)] == ["c", "b"]
    assert [views_in_30_days(10, 5), views_in_30_days(90, 90)] == [10, 30]


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.integers(0, 40)), max_size=30))
def test_a_choice_keeps_its_order_and_the_share_of_a_unit(told: list[tuple[str, int]]) -> None:
    cases = [Published(f"{at:03}", unit, points) for at, (unit, points) in enumerate(told)]

    chosen = top_cases(cases)

    assert len(chosen) <= 10
    assert too_many_of_a_unit(chosen) == []
    assert [case.score for case in chosen] == sorted((case.score for case in chosen), reverse=True)
    for left_out in set(cases) - set(chosen):
        of_unit = [case for case in chosen if case.unit == left_out.unit]
        is_full = bool(left_out.unit) and len(of_unit) == TOP_OF_A_UNIT
        better = of_unit if is_full else chosen
        assert is_full or len(chosen) == 10
        assert all(case.score >= left_out.score for case in better)


@given(st.integers(0, 40))
def test_a_bonus_grows_with_the_cases_up_to_its_most(published: int) -> None:
    assert bonus(published) <= min(bonus(published + 1), MOST_BONUS)
    assert bonus(published) == (Decimal(published) / 2 if published < 4 else MOST_BONUS)


def test_a_wrong_figure_is_put_right_and_an_unverified_one_taken_out() -> None:
    text = "销售增长35%，用工增至120人。新建车间两座；专利达到31件。"
    findings = [{"value": 35, "verdict": "wrong", "right_value": 31}, {"value": 120, "verdict": ""},
                {"value": 31, "verdict": "right"}]  # fmt: skip

    assert settled_text(text, findings) == "销售增长31%。新建车间两座；专利达到31件。"
    assert settled_text("销售增长35%。其后平稳。", [{"value": 35, "verdict": ""}]) == "其后平稳。"


clauses = st.lists(st.one_of(st.integers(1, 99).map(lambda value: f"增长{value}%"), st.just("平稳发展")), min_size=1)


@given(clauses, st.integers(1, 99), st.integers(100, 199))
def test_no_wrong_or_unverified_value_stays_and_the_rest_is_kept(parts: list[str], value: int, right: int) -> None:
    text = "，".join(parts) + "。"
    others = [number for _, _, number in numbers(text) if number != value]

    removed = settled_text(text, [{"value": value, "verdict": ""}])
    corrected = settled_text(text, [{"value": value, "verdict": "wrong", "right_value": right}])

    assert [number for _, _, number in numbers(removed)] == others
    assert [number for _, _, number in numbers(corrected)] == [
        right if number == value else number for _, _, number in numbers(text)
    ]
    assert settled_text(text, [{"value": value, "verdict": "right"}]) == text


@pytest.mark.parametrize(
    ("answers", "refused"),
    [
        ({"subject": ""}, ("subject", "请填写企业全称或统一社会信用代码；只写服务机制的，请选择相应类别")),
        ({"subject": "无此企业"}, ("subject", "没有找到该企业，请填写企业全称或统一社会信用代码")),
        ({"photos": ["a"]}, ("faces", "上传图片的，请确认图中人物已同意公开")),
        ({"secrets": False}, ("secrets", "请确认案例不含商业秘密和涉密内容")),
        ({"figures": [{**FIGURE, "as_of": "2023-12-31"}]}, ("figures.0.as_of", "数据截止日不得晚于今天")),
        ({"figures": [{**FIGURE, "holder": "某局"}]}, ("figures.0.holder", "没有找到该单位，请填写单位全称或简称")),
    ],
)
def test_what_is_missing_is_told_at_its_field(answers: dict[str, Any], refused: tuple[str, str]) -> None:
    assert errors("write_case", make_answers(**answers)) == [refused]


def test_a_case_of_growth_needs_a_title_in_force() -> None:
    ended, none = {"holds_title": False, "held_title": True}, {"holds_title": False, "held_title": False}

    told = errors("write_case", make_answers(), firm_named=lambda text: ended)
    assert told == [("subject", "该企业称号已失效")]
    assert errors("write_case", make_answers(kind="digital"), firm_named=lambda text: ended) == []
    assert errors("write_case", make_answers(), firm_named=lambda text: none) != []
    assert errors("write_case", make_answers(kind="service", subject="")) == []


def test_a_case_that_says_the_same_as_a_published_one_is_warned_of() -> None:
    same = make_answers()
    [warning] = DUTY.check("write_case", same, make_facts(published=[("《旧案例》", TEXT * 4)]))

    assert (warning.level, warning.text) == ("warning", "案例与已发布的《旧案例》重复度较高")


def test_a_firm_says_what_to_change_and_signs_what_it_agrees_to() -> None:
    assert errors("confirm_by_firm", {"outcome": "changes"}) == [("points", "请逐条写明须修改的内容")]
    assert errors("confirm_by_firm", {"outcome": "yes"})[0][0] == "signer"
    assert errors("confirm_by_firm", {"outcome": "no"}) == []


def test_a_decision_against_the_points_gives_its_reason_and_figures_their_departments() -> None:
    good = {"typical": 8, "truthful": 8, "repeatable": 7, "written": 6}

    assert errors("review_case", {**good, "outcome": "yes"}) == []
    assert errors("review_case", {**good, "outcome": "yes"}, has_figures=True)[0][0] == "check_units"
    twice = [{"unit": "市工信局"}, {"unit": "miit"}, {"unit": "某局"}]
    told = errors("review_case", {**good, "outcome": "yes", "check_units": twice}, has_figures=True)
    assert [field for field, _ in told] == ["check_units.1.unit", "check_units.2.unit"]
    returned = errors("review_case", {**good, "outcome": "returned"})
    assert [field for field, _ in returned] == ["return_points", "opinion_text"]
    assert errors("review_case", {"outcome": "no"}) == [("opinion_text", "不采用的，请写明原因")]


def test_a_figure_that_is_wrong_comes_with_the_right_one_and_its_source() -> None:
    rows = [{"no": 1, "value": 35}, {"no": 2, "verdict": "wrong"}, {"no": 3, "verdict": "right"}]

    told = errors("check_facts", {"figures": rows})

    assert [field for field, _ in told] == ["figures.0.verdict", "figures.1.right_value", "figures.1.right_source"]


def test_a_case_is_returned_twice_at_most() -> None:
    assert "returned" in outcomes_offered("review_case", {"round": 2})
    assert outcomes_offered("review_case", {"round": 3}) == ("yes", "no")


def test_a_return_opens_the_parts_it_names_and_figures_with_the_texts_that_quote_them() -> None:
    assert unlocked_parts([{"field": "title"}]) == ["title"]
    assert unlocked_parts([{"field": "result"}]) == ["result", "figures"]


def test_limits_run_in_working_days_and_are_shorter_after_a_return() -> None:
    first, again = make_facts(), make_facts(is_returned=True)

    def due(element_id: str, facts: dict[str, Any]) -> tuple[date, int | None]:
        found = DUTY.due_on(element_id, facts)
        assert found is not None
        return found.on, found.limit_days

    assert due("write_case", first) == (date(2023, 9, 15), 10)
    assert due("write_case", again) == (date(2023, 9, 8), 5)
    assert due("review_case", first) == (date(2023, 9, 15), 10)
    assert DUTY.due_on("nothing", first) is None
    assert DUTY.due_at["lead_closes_at"](first) == datetime(2023, 10, 19, 16, tzinfo=UTC)
    assert DUTY.due_at["lead_closes_at"](again) == datetime(2023, 9, 22, 16, tzinfo=UTC)
    assert DUTY.due_at["consent_closes_at"](first) == datetime(2023, 9, 13, 16, tzinfo=UTC)
    assert DUTY.due_at["facts_close_at"](first) == datetime(2023, 9, 8, 16, tzinfo=UTC)
