"""年度考核: the worked examples, what must hold for every input, the versions of the rules, days and checks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.assessment import (
    DUTY,
    USER_TASKS,
    InvalidRules,
    Standing,
    Tie,
    opening_day,
    rank,
    read_rules,
    score,
    tie_at_the_edge,
)
from app.duties.assessment_dates import appeal_closes_at, appeals_guard_at, data_guard_at
from app.duties.assessment_ranking import CAPPED, OVER_SHARE, excellent_room
from app.workdays import STATUTORY
from tests.duties.assessments import (
    DONE,
    LEVELS,
    TWENTY,
    figure,
    happened,
    inputs,
    judged,
    shipped,
    shipped_content,
    stated,
    timed,
)

RULES = shipped()


def part(name: str, **lists: Any) -> Decimal:
    """The part's points alone, of forty or twenty, unscaled."""
    everything = {"tasks": [timed()], "completions": [figure("1")], "qualities": [judged("excellent")]}
    found = score(inputs(**{**everything, **lists}), RULES).parts[name]
    return Decimal(found.numerator) / Decimal(found.denominator)


def test_1_twenty_items_with_two_late() -> None:
    assert part("timeliness", tasks=TWENTY) == Decimal("37.6")


def test_2_figures_a_measure_and_a_matter() -> None:
    assert part("completion", completions=DONE) == Decimal("34")


def test_3_levels_and_a_second_return() -> None:
    assert part("quality", qualities=LEVELS) == Decimal("16.7")


def test_4_all_together_with_a_blue_order() -> None:
    found = score(inputs(TWENTY, DONE, LEVELS, [happened("blue")]), RULES)
    ranked = rank([Standing("a", found.total)], RULES)

    assert (found.total, ranked[0].grade) == (Decimal("87.3"), "good")


def test_5_a_part_without_items_leaves_its_weight_to_the_others() -> None:
    tasks = [timed() for _ in range(9)] + [timed(is_done=False)]  # 0.9 of 40 is 36
    found = score(inputs(tasks, [], [judged("good")]), RULES)  # 0.85 of 20 is 17

    assert found.total == Decimal("88.3")
    assert "completion" not in found.parts


def test_6_at_most_three_of_ten_are_excellent() -> None:
    totals = [Decimal(99 - number) for number in range(7)] + [Decimal(70)] * 12
    ranked = rank([Standing(str(number), total) for number, total in enumerate(totals)], RULES)

    assert [row.grade for row in ranked[:7]] == ["excellent"] * 5 + ["good"] * 2
    assert [row.remark for row in ranked[4:7]] == ["", OVER_SHARE, OVER_SHARE]


def test_7_falsified_figures_cost_ten_points_and_the_grade() -> None:
    rules = shipped(timeliness=100, completion=0, quality=0)
    tasks = [timed() for _ in range(22)] + [timed(1), timed(8), timed(10)]  # 23.1 of 25
    assert score(inputs(tasks), rules).total == Decimal("92.4")

    found = score(inputs(tasks, events=[happened("falsified"), happened("blue")]), rules)
    ranked = rank([Standing("a", found.total, found.is_falsified)], rules)

    assert found.events == -10  # together within ten
    assert (ranked[0].total, ranked[0].grade, ranked[0].remark) == (Decimal("82.4"), "pass", CAPPED)


def test_8_ties_share_their_place() -> None:
    totals = ("91.0", "88.2", "88.2", "80")
    ranked = rank([Standing(total, Decimal(total)) for total in totals], RULES)

    assert [row.place for row in ranked] == [1, 2, 2, 4]


def test_9_what_was_done_only_after_an_order_counts_half() -> None:
    assert part("timeliness", tasks=[timed(1, after_order=True)]) == Decimal(20)
    assert part("timeliness", tasks=[timed(1)]) == Decimal(36)


def test_ties_on_the_edge_of_the_share_are_good_together() -> None:
    ranked = rank([Standing(str(number), Decimal(95)) for number in range(3)], RULES)

    assert {row.grade for row in ranked} == {"good"}


def test_who_is_tied_where_the_room_ends_is_named() -> None:
    def tie(*totals: str, falsified: int = -1) -> Tie | None:
        return tie_at_the_edge([Standing(str(n), Decimal(t), n == falsified) for n, t in enumerate(totals)], RULES)

    assert tie("95", "95", "80") == Tie(Decimal(95), ("0", "1"), 1)
    assert tie("96", "95", "95") is None, "the one place is taken by who stands alone"
    assert tie("88", "88", "80") is None, "nobody reached the grade"
    assert tie("95", "95", "80", falsified=0) is None, "of two one is out of it"
    assert tie("99", "96", "95", "95", *["70"] * 6) == Tie(Decimal(95), ("2", "3"), 1)


def test_a_unit_without_items_has_no_place() -> None:
    assert score(inputs(events=[happened("blue")]), RULES).total is None
    ranked = rank([Standing("a", None), Standing("b", Decimal(61))], RULES)
    assert [(row.unit, row.place, row.grade) for row in ranked] == [("b", 1, "pass"), ("a", None, "")]


def test_a_correction_goes_first_and_says_so() -> None:
    late = {**timed(12), "correction": {"verdict": "upheld", "late_days": 1}}
    blue = happened("blue", correction={"verdict": "upheld", "credit": "1"})
    found = score(inputs([late], events=[blue]), RULES)

    assert found.total == Decimal(90)
    assert found.lines[0].cause == "逾期1个工作日，扣10%（经申诉更正）"
    assert found.events == 0


def test_causes_are_told_in_words() -> None:
    rows = inputs(
        [timed(2), timed(is_done=False)],
        [figure("0.5"), {**figure("0.5"), "value": None, "is_missing": True}, stated("measure", "behind")],
        [judged("fair", 1)],
        [happened("orange"), happened("manual", points="2", cause="省级推广：经验交流")],
    )

    assert [line.cause for line in score(rows, RULES).lines] == [
        "逾期2个工作日，扣20%",
        "至考核截止未办结",
        "完成0.5，目标1，完成率50%",
        "完成—，目标1，完成率0%（无核实数据）",
        "滞后",
        "质量等次一般，二次退回扣0.5分",
        "橙色督办逾期",
        "省级推广：经验交流",
    ]


TASKS = st.builds(timed, st.integers(0, 30), is_done=st.booleans(), after_order=st.booleans())
FIGURES = st.builds(figure, st.decimals(0, 3, places=2).map(str), st.sampled_from(("indicator", "figure")))
STATED = st.builds(
    stated,
    st.sampled_from(("measure", "matter", "contribution", "plan_line")),
    st.sampled_from(("done", "on_schedule", "behind", "not_started", "")),
)
JUDGED = st.builds(judged, st.sampled_from(("excellent", "good", "fair", "poor")), st.integers(0, 3))
HAPPENED = st.builds(happened, st.sampled_from(("blue", "orange", "red", "absent", "city_praise", "falsified")))
YEARS = st.builds(
    inputs,
    st.lists(TASKS, max_size=8),
    st.lists(FIGURES | STATED, max_size=8),
    st.lists(JUDGED, max_size=4),
    st.lists(HAPPENED, max_size=6),
)


@given(YEARS)
def test_a_total_lies_within_its_bounds_and_is_the_sum_of_its_parts(year: Any) -> None:
    found = score(year, RULES)

    if found.total is None:
        assert not found.parts
        return
    assert 0 <= found.total <= 100
    assert abs(found.events) <= RULES.most_events
    whole = min(max(sum(found.parts.values()) + found.events, Fraction(0)), Fraction(100))
    assert abs(Fraction(found.total) - whole) <= Fraction(1, 20)


@given(YEARS)
def test_the_same_inputs_give_the_same_and_every_item_has_one_line(year: Any) -> None:
    first, second = score(year, RULES), score(year, RULES)

    assert first == second
    wanted = [row["no"] for name in ("tasks", "completions", "qualities", "events") for row in year[name]]
    assert [line.no for line in first.lines] == wanted
    assert all(line.cause for line in first.lines)
    assert all(line.lost >= 0 for line in first.lines if line.part != "events")


@given(YEARS, st.integers(0, 7))
def test_one_day_more_never_gives_a_point(year: Any, place: int) -> None:
    if not year["tasks"]:
        return
    later = [dict(row) for row in year["tasks"]]
    later[place % len(later)]["late_days"] += 1

    before, after = score(year, RULES).total, score({**year, "tasks": later}, RULES).total

    assert before is not None
    assert after is not None
    assert after <= before


@given(st.lists(st.decimals(0, 100, places=1), min_size=1, max_size=40))
def test_places_and_grades_follow_the_totals(totals: list[Decimal]) -> None:
    ranked = rank([Standing(str(number), total) for number, total in enumerate(totals)], RULES)

    assert sum(row.grade == "excellent" for row in ranked) <= excellent_room(len(totals), RULES)
    for better, worse in pairwise(ranked):
        assert better.total is not None
        assert worse.total is not None
        assert better.total >= worse.total
        assert (better.place == worse.place) is (better.total == worse.total)
        order = ["excellent", "good", "pass", "fail"]
        assert order.index(better.grade) <= order.index(worse.grade)


def test_the_shipped_rules_are_the_proposal() -> None:
    assert RULES.id == "yz-assessment.1"
    assert [int(RULES.weights[name]) for name in ("timeliness", "completion", "quality")] == [40, 40, 20]
    assert RULES.is_published_before(2022)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"weights": {"timeliness": 50, "completion": 40, "quality": 20}}, "weights"),
        ({"weights": {"timeliness": 60, "completion": 40}}, "weights"),
        ({"excellent_share": "1.5"}, "excellent_share"),
        ({"grades": [{"grade": "excellent", "from": "90"}]}, "grades"),
        ({"quality": {"levels": {}, "second_return": "0.5"}}, "quality.levels"),
        ({"name": ""}, "name"),
        ({"events": {"points": "many", "most": "x", "manual_most": 5}}, "events.points"),
    ],
)
def test_a_version_that_does_not_say_all_is_refused(change: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidRules) as refused:
        read_rules({**shipped_content(), **change})

    assert path in [problem for problem, _ in refused.value.problems]


def test_days() -> None:
    assert opening_day(2022, STATUTORY) == date(2023, 1, 11)
    assert opening_day(2023, STATUTORY) == date(2024, 1, 11)
    facts = {"year": 2022, "opened_on": date(2023, 1, 18), "calendar": STATUTORY}
    assert data_guard_at(facts) == datetime(2023, 2, 5, 16, tzinfo=UTC)  # the 5th is a Sunday
    assert data_guard_at({**facts, "opened_on": date(2023, 3, 1)}) == datetime(2023, 2, 28, 16, tzinfo=UTC)
    assert appeals_guard_at(facts) > appeal_closes_at(facts)
    assert appeal_closes_at({**facts, "moved_on": date(2023, 3, 1)}) == datetime(2023, 3, 1, 16, tzinfo=UTC)
    assert all(DUTY.due_on(element, facts) for element in USER_TASKS)


def errors(element: str, answers: dict[str, Any], **facts: Any) -> list[str]:
    return [error.text for error in DUTY.check(element, answers, facts)]


def test_weights_sum_up_and_a_change_is_explained() -> None:
    rows = {"units": [{"unit": "miit"}], "weight_timeliness": 50, "weight_completion": 40, "weight_quality": 20}
    assert errors("confirm_rules", rows, weights=[40, 40, 20]) == ["权重合计须为100", "改动权重的，请说明理由"]
    exempt = {**rows, "weight_timeliness": 40, "units": [{"unit": "miit", "exempt": True}]}
    assert errors("confirm_rules", exempt, weights=[40, 40, 20]) == ["免考的，请说明理由", "请至少保留一个考核单位"]


def test_an_appeal_names_items_of_the_score() -> None:
    assert errors("confirm_score", {"outcome": "appealed"}, numbers={1}) == ["请至少选择一项申诉事项"]
    foreign = {"outcome": "appealed", "appeals": [{"no": 9}, {"no": 1}, {"no": 1}]}
    assert errors("confirm_score", foreign, numbers={1}) == ["该事项不在本单位得分内", "该事项已经填写"]
    both = {"outcome": "confirmed", "appeals": [{"no": 1}]}
    assert errors("confirm_score", both, numbers={1}) == ["已填写申诉事项的，请选择申诉，或者删除所填事项"]


def test_a_finding_has_its_ground_and_what_is_true() -> None:
    ground = "核查原始记录，延期已经批准"
    rows = [
        {"no": 1},
        {"no": 1, "verdict": "refused", "ground": ground},
        {"no": 1, "verdict": "upheld", "ground": ground},
        {"no": 1, "verdict": "partly", "ground": ground, "corrected": "时限已延"},
        {"no": 2, "verdict": "upheld", "ground": ground, "corrected": "时限已延", "due_on": "2022-12-31"},
    ]
    assert errors("examine_appeal", {"findings": rows}, timed={1}) == [
        "请逐项作出结论",
        "请写明更正后的事实",
        "部分成立的，请填写更正后的时限或者计分比例",
        "只有时效事项可以更正时限",
    ]


def test_points_by_hand_have_their_paper() -> None:
    def said(**row: Any) -> list[str]:
        told = {"unit": "市工信局", "ground": "city_praise", "points": 1, "text": "市委通报表扬", "file": ["a"], **row}
        facts = {"most_manual": Decimal(5), "unit_named": {"市工信局": "miit"}.get}
        return errors("review_ranking", {"adjustments": [told]}, **facts)

    assert said() == []
    assert said(file=[]) == ["加减分须附依据"]
    assert said(points=6) == ["单项加减分不超过5分"]
    assert said(points=-1) == ["表扬和推广应当加分"]
    assert said(ground="talk") == ["约谈应当减分"]
    assert said(ground="falsified", points=None) == []
    assert said(points=0) == ["请填写分数"]
    assert said(unit="某局") == ["没有找到该单位，或者该单位不参加考核"]
