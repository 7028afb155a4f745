"""The rules, checks and dates of 办实事清单; the numbered cases are the worked examples of its spec."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.credit_code import with_check_character
from app.duties.practical_matter import (
    DUTY,
    Milestone,
    acceptance_proposal,
    codes_in,
    delivery_ratio,
    names_in,
    outcomes_offered,
    sample,
    satisfaction,
)
from app.workdays import STATUTORY

UNITS = {"市财政局": "fin", "市科技局": "sci", "市工信局": "miit"}
CODE = with_check_character("91321000MA0000001")
CONTENT = "面向专精特新中小企业推出专项贷款贴息，简化申报材料，按季度兑付到位，年内完成两批次"


def milestone(number: int, **more: Any) -> dict[str, Any]:
    return {"no": number, "goal": None, "is_done": True, "value": None, "is_closed": False} | more


def make_facts(**more: Any) -> dict[str, Any]:
    return {
        "calendar": STATUTORY,
        "opened_on": date(2023, 3, 1),
        "today": date(2023, 4, 3),
        "year": 2023,
        "unit_named": UNITS.get,
        "without_file": lambda codes: [code for code in codes if code != CODE],
        "is_returned": False,
        "planned_on": None,
        "round": 1,
        "milestones": [milestone(number) for number in range(1, 5)],
    } | more


def matter(number: int, **more: Any) -> dict[str, Any]:
    told = {"is_chosen": True, "title": f"第{number}项惠企实事", "content": CONTENT, "is_qualitative": True}
    return {**told, "lead": "市财政局", "co_units": "市科技局、市工信局"} | more


def errors(element_id: str, answers: dict[str, Any], **facts: Any) -> list[tuple[str, str]]:
    return [(one.field, one.text) for one in DUTY.check(element_id, answers, make_facts(**facts))]


def test_case_1_all_milestones_done_is_a_pass() -> None:
    ratio = delivery_ratio([Milestone(True)] * 4)

    assert (ratio, acceptance_proposal(ratio)) == (1, "accepted")


def test_case_2_a_quantity_counts_by_its_share() -> None:
    ratio = delivery_ratio([Milestone(True)] * 3 + [Milestone(True, Decimal(5000), Decimal(4000))])

    assert (ratio, acceptance_proposal(ratio)) == (Fraction(95, 100), "partly")


def test_case_3_half_of_it_is_returned() -> None:
    ratio = delivery_ratio([Milestone(True)] * 2 + [Milestone(False)] * 2)

    assert (ratio, acceptance_proposal(ratio)) == (Fraction(1, 2), "returned")


def test_case_4_nine_ratings_give_no_figure() -> None:
    assert satisfaction(["satisfied"] * 9) is None


def test_case_5_twenty_ratings_give_one() -> None:
    assert satisfaction(["satisfied"] * 15 + ["mostly"] * 4 + ["unsatisfied"]) == Decimal("95.0")


MILESTONES = st.lists(
    st.builds(
        Milestone,
        st.booleans(),
        st.none() | st.decimals(1, 10000, places=2),
        st.none() | st.decimals(0, 20000, places=2),
    ),
    max_size=6,
)
FIRMS = st.dictionaries(st.integers(0, 400).map(str), st.sampled_from("abcdef"), max_size=80)


@given(MILESTONES)
def test_a_ratio_lies_between_nothing_and_all_and_more_never_lowers_it(milestones: list[Milestone]) -> None:
    ratio = delivery_ratio(milestones)
    better = [Milestone(True, one.goal, one.goal) for one in milestones]

    assert 0 <= ratio <= 1
    assert ratio <= delivery_ratio(better) or not milestones
    assert not milestones or delivery_ratio(better) == 1


@given(st.lists(st.sampled_from(["satisfied", "mostly", "unsatisfied"]), max_size=40))
def test_satisfaction_is_a_share_of_those_who_rated(grades: list[str]) -> None:
    found = satisfaction(grades)

    assert (found is None) == (len(grades) < 10)
    assert found is None or 0 <= found <= 100


@given(FIRMS, st.integers(0, 1000).map(str))
def test_a_sample_is_drawn_once_for_its_key_and_spread_over_the_localities(firms: dict[str, str], key: str) -> None:
    chosen = sample(firms, key, 30)
    shuffled = dict(reversed(firms.items()))
    shares, known = Counter(firms[code] for code in chosen), Counter(firms.values())

    assert len(set(chosen)) == len(chosen) == min(30, len(firms))
    assert chosen == sample(shuffled, key, 30)
    most = max(shares.values(), default=0)
    assert all(shares[place] >= min(most - 1, number) for place, number in known.items())


def test_names_and_codes_are_read_however_they_are_parted() -> None:
    assert names_in("市财政局、市科技局，市工信局 市财政局") == ["市财政局", "市科技局", "市工信局"]
    assert codes_in(f"{CODE}\n{CODE.lower()}\t{CODE}") == [CODE]
    assert (names_in(None), codes_in("")) == ([], [])


def test_a_list_has_eight_to_twelve_matters_each_with_one_lead_and_a_goal() -> None:
    rows = [matter(number) for number in range(8)]
    assert errors("choose_matters", {"matters": rows}) == []
    assert errors("choose_matters", {"matters": rows[:7]}) == [("matters", "项目数应为8至12项，已列入7项")]
    assert errors("choose_matters", {"matters": [*rows, matter(9, is_chosen=False, lead="")]}) == []

    broken = [
        *rows[:4],
        matter(4, lead="市财政局、市科技局"),
        matter(5, lead="不存在的局"),
        matter(6, is_qualitative=False, co_units="没有的单位"),
        matter(7, by="2024-01-05"),
    ]

    assert errors("choose_matters", {"matters": broken}) == [
        ("matters.4.lead", "每个项目须明确一个牵头单位"),
        ("matters.5.lead", "没有找到单位：不存在的局"),
        ("matters.6.co_units", "没有找到单位：没有的单位"),
        ("matters.6.quantity", "请填写量化目标，或注明定性"),
        ("matters.7.by", "完成时间须在2023年内"),
    ]


def test_the_same_matter_twice_is_only_warned_of() -> None:
    rows = [matter(number) for number in range(8)] + [matter(3)]

    found = DUTY.check("choose_matters", {"matters": rows}, make_facts())

    assert [(one.field, one.level) for one in found] == [("matters.8.title", "warning")]


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"none": True}, []),
        ({}, [("matters", "请提出项目，没有建议的勾选无建议")]),
        ({"matters": [{"title": "贴息", "content": CONTENT}]}, [("matters.0.title", "请填写项目名称，不少于5个字")]),
        ({"none": True, "matters": [matter(1)]}, [("none", "已提出项目的，请不要勾选无建议")]),
        ({"matters": [matter(1, quantity=20)]}, [("matters.0.quantity_unit", "填写数量的，请填写计量单位")]),
    ],
)
def test_a_proposal_is_whole_or_says_none(answers: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert errors("propose_matter", answers) == found


def test_a_plan_has_two_steps_within_the_year() -> None:
    steps = [{"content": "印发实施细则", "by": "2023-06-30", "success": "文件印发"}]

    assert errors("set_milestones", {"milestones": steps}) == [("milestones", "实施计划不少于2个节点")]
    steps.append({"content": "完成兑付", "by": "2024-02-01", "success": "到账", "goal": 20})
    assert errors("set_milestones", {"milestones": steps}) == [
        ("milestones.1.by", "完成时间须在2023年内"),
        ("milestones.1.goal_unit", "填写目标值的，请填写计量单位"),
    ]


def test_what_is_done_has_evidence_and_what_has_a_goal_a_value() -> None:
    known = [milestone(1), milestone(2, goal=Decimal(20)), milestone(3, is_closed=True)]
    rows = [{"no": 1, "is_done": True}, {"no": 2}, {"no": 3, "is_done": True}]
    answers = {"milestones": rows, "summary": "已按计划实施，企业反映良好。" * 4, "firms": "91321000MA00000010"}

    assert errors("request_acceptance", answers, milestones=known) == [
        ("milestones.0.evidence", "已完成的节点须附佐证"),
        ("milestones.1.value", "有目标值的节点，请填写完成值"),
        ("firms", "统一社会信用代码有误：91321000MA00000010"),
    ]


def test_a_firm_without_a_file_is_only_warned_of() -> None:
    strange = with_check_character("91321000MA0000002")
    answers = {"summary": "已按计划实施，企业反映良好。" * 4, "firms": f"{CODE}\n{strange}"}

    found = DUTY.check("request_acceptance", answers, make_facts(milestones=[]))

    assert [(one.field, one.level, one.text) for one in found] == [
        ("firms", "warning", f"1家没有企业档案，不参加评价抽样：{strange}")
    ]


def test_a_pass_needs_every_milestone_and_is_never_silent() -> None:
    said = [{"no": number, "verdict": "ok"} for number in range(1, 5)]
    refused = [*said[:3], {"no": 4, "verdict": "refused", "point": "请补充名单"}]
    passed = {"outcome": "accepted", "quality_level": "good"}

    assert errors("accept_matter", {**passed, "milestones": said}) == []
    assert errors("accept_matter", {**passed, "milestones": refused}) == [
        ("outcome", "有节点未认可，请选择部分完成或退回")
    ]
    undone = [milestone(1), milestone(2), milestone(3), milestone(4, is_done=False)]
    assert errors("accept_matter", {**passed, "milestones": said}, milestones=undone) == [
        ("outcome", "仍有节点未完成，请选择部分完成或退回")
    ]
    partly = {"outcome": "partly", "milestones": refused, "quality_level": "fair"}
    assert errors("accept_matter", partly) == [("remark", "部分完成的，请写明未完成的内容")]


def test_a_return_names_a_milestone_and_comes_twice_at_most() -> None:
    said = [{"no": number, "verdict": "ok"} for number in range(1, 5)]
    returned = {"outcome": "returned", "milestones": said}

    assert errors("accept_matter", returned) == [("milestones", "退回的，请指出须补充的节点")]
    assert outcomes_offered("accept_matter", make_facts(round=2)) == ("accepted", "partly", "returned")
    assert outcomes_offered("accept_matter", make_facts(round=3)) == ("accepted", "partly")
    assert errors("accept_matter", returned, round=3) == [("outcome", "已退回两次，不能再次退回，请选择通过或部分完成")]
    third = {"outcome": "accepted", "quality_level": "good", "milestones": said}
    assert errors("accept_matter", third, round=3) == [("remark", "第三次验收通过的，请写明理由")]


@pytest.mark.parametrize(
    ("more", "on"),
    [
        ({}, date(2023, 11, 20)),
        ({"planned_on": date(2023, 9, 30)}, date(2023, 10, 7)),  # within the long holiday, a Saturday worked
        ({"opened_on": date(2023, 12, 5)}, date(2023, 12, 5)),
        ({"is_returned": True, "opened_on": date(2023, 12, 1)}, date(2023, 12, 6)),
    ],
)
def test_an_acceptance_is_asked_for_by_20_november_or_as_planned(more: dict[str, Any], on: date) -> None:
    due = DUTY.due_on("request_acceptance", make_facts(**more))

    assert due is not None
    assert due.on == on


def test_the_drawn_timers_close_with_their_limits() -> None:
    facts = make_facts(opened_on=date(2023, 4, 28))  # before a long holiday and a Saturday worked

    assert DUTY.due_at["proposals_close_at"](facts) == datetime(2023, 5, 16, 16, tzinfo=UTC)
    assert DUTY.due_at["countersign_close_at"](facts) == datetime(2023, 5, 6, 16, tzinfo=UTC)
    assert DUTY.due_at["ratings_close_at"](facts) == datetime(2023, 5, 16, 16, tzinfo=UTC)
    assert DUTY.due_at["items_close_at"](facts) == datetime(2024, 1, 15, 16, tzinfo=UTC)


def test_every_user_task_has_a_due_day() -> None:
    for task in DUTY.forms:
        assert DUTY.due_on(task, make_facts()) is not None, task
    assert DUTY.due_on("report_matters", make_facts()) is None
