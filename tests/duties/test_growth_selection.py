"""The rules, checks and dates of 高成长企业遴选; the numbered cases are the worked examples of its spec."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.growth_selection import (
    DUTY,
    PARTS,
    WEIGHTS,
    Place,
    Profile,
    band,
    bounds,
    cut,
    growth_score,
    most_nominated,
    next_in_rank,
    profile_of,
    quota,
    ranked,
    shown,
    with_sheets,
)
from app.workdays import STATUTORY

TODAY = date(2022, 4, 20)
IN_LIBRARY = dict(
    zip(
        ("guangling", "hanjiang", "jiangdu", "baoying", "yizheng", "gaoyou", "etdz", "ecotech", "shugang"),
        (420, 760, 690, 410, 540, 560, 330, 60, 30),
        strict=True,
    )
)
CASE = {
    "growth": Decimal(15),
    "rd_ratio": Decimal(4),
    "ip_per_100": Decimal("1.5"),
    "net_margin": Decimal("7.5"),
    "main_share": Decimal(75),
    "is_on_chain": True,
    "has_title": True,
}
numbers = st.decimals(Decimal(-1000), Decimal(1000), places=2)
figures = st.one_of(st.none(), numbers)
profiles = st.builds(Profile, figures, figures, figures, figures, figures, st.booleans(), st.booleans())
lists = st.lists(st.integers(0, 20), max_size=150).map(
    lambda scores: ranked([Place(f"{number:03}", Decimal(score)) for number, score in enumerate(scores)])
)


def places(*scores: float) -> list[Place]:
    return ranked([Place(f"{number:03}", Decimal(str(score))) for number, score in enumerate(scores)])


def make_facts(**more: Any) -> dict[str, Any]:
    return {
        "calendar": STATUTORY,
        "opened_on": TODAY,
        "today": TODAY,
        "year": 2022,
        "bounds": bounds(100),
        "panel_size": (3, 7),
        "quota": 2,
        "rows": [{"credit_code": code, "name": f"企业{code}", "is_updated": code != "D"} for code in "ABCD"],
        "proposed": ["A", "B"],
        "unit_named": lambda text: "hrss" if text == "市人社局" else None,
    } | more


def errors(element_id: str, answers: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    return [(error.field, error.text) for error in DUTY.check(element_id, answers, make_facts(**more))]


# --- the score ----------------------------------------------------------------------------------------------------


def test_case_1_halfway_everywhere_with_chain_and_title_is_57_and_a_half() -> None:
    score = growth_score(Profile(**CASE))

    assert [scored.points for scored in score.parts] == [15, 10, Decimal("7.5"), 5, 5, 10, 5]
    assert score.total == Decimal("57.5")
    assert score.missing == ()


def test_case_2_growth_beyond_its_full_mark_brings_no_more_than_that() -> None:
    assert growth_score(Profile(**CASE | {"growth": Decimal(45)})).total == Decimal("72.5")


def test_case_3_a_shrinking_enterprise_has_no_points_for_growth() -> None:
    score = growth_score(Profile(**CASE | {"growth": Decimal(-3)}))

    assert score.parts[0].points == 0
    assert score.total == Decimal("42.5")


def test_a_missing_figure_scores_nothing_and_is_named() -> None:
    score = growth_score(Profile(**CASE | {"rd_ratio": None}))

    assert score.total == Decimal("47.5")
    assert score.missing == ("研发费用占营业收入比重",)
    assert "研发费用占营业收入比重 缺数据，0分" in shown(score)
    assert "近两年主营业务收入平均增长率 15%，15分" in shown(score)


@pytest.mark.parametrize(
    ("part", "value", "points"),
    [
        ("growth", "30", "30"),
        ("growth", "0", "0"),
        ("rd_ratio", "8", "20"),
        ("rd_ratio", "7.99", "19.98"),
        ("ip_per_100", "3", "15"),
        ("net_margin", "15", "10"),
        ("net_margin", "-2", "0"),
        ("main_share", "60", "0"),
        ("main_share", "90", "10"),
        ("main_share", "59.9", "0"),
    ],
)
def test_the_borders_of_each_part(part: str, value: str, points: str) -> None:
    score = growth_score(Profile(**{part: Decimal(value)}))

    assert {scored.part.key: scored.points for scored in score.parts}[part] == Decimal(points)


def test_the_full_marks_make_a_hundred() -> None:
    assert sum(WEIGHTS.values()) == 100
    best = {part.key: part.full_at for part in PARTS if part.unit}
    assert growth_score(Profile(**best, is_on_chain=True, has_title=True)).total == 100


@given(profiles)
def test_a_score_lies_between_nothing_and_a_hundred(profile: Profile) -> None:
    score = growth_score(profile)

    assert 0 <= score.total <= 100
    assert all(0 <= scored.points <= WEIGHTS[scored.part.key] for scored in score.parts)


@given(profiles, st.sampled_from([part.key for part in PARTS if part.unit]), numbers, st.decimals(0, 100, places=2))
def test_a_better_figure_never_scores_less(profile: Profile, part: str, value: Decimal, more: Decimal) -> None:
    known = {name: getattr(profile, name) for name in Profile.__dataclass_fields__}

    lower, higher = (growth_score(Profile(**known | {part: number})).total for number in (value, value + more))

    assert lower <= higher


def test_the_profile_comes_from_the_figures_of_three_years() -> None:
    years = {
        2020: {"main_revenue_wan": "1000"},
        2021: {"main_revenue_wan": "1100"},
        2022: {
            "main_revenue_wan": "1320",
            "revenue_wan": "1600",
            "rd_wan": "64",
            "net_profit_wan": "-16",
            "class1_ip": 3,
            "staff": 60,
        },
    }

    profile = profile_of(years, 2022, chain="食品", chains=("食品",), titles=("specialised",))

    assert profile.growth == 15
    assert (profile.rd_ratio, profile.net_margin, profile.main_share) == (4, -1, Decimal("82.5"))
    assert profile.ip_per_100 == 5
    assert (profile.is_on_chain, profile.has_title) == (True, True)


@pytest.mark.parametrize("year", [2020, 2021, 2022])
def test_growth_needs_all_three_years_and_something_to_grow_from(year: int) -> None:
    whole = {back: {"main_revenue_wan": "1000"} for back in (2020, 2021, 2022)}

    assert profile_of(whole, 2022).growth == 0
    assert profile_of({**whole, year: {}}, 2022).growth is None
    if year != 2022:
        assert profile_of({**whole, year: {"main_revenue_wan": "0"}}, 2022).growth is None


def test_a_chain_of_the_place_counts_and_titles_below_the_specialised_do_not() -> None:
    profile = profile_of({}, 2022, chain="其他", chains=("食品",), titles=("innovative", "tech_sme"))

    assert (profile.is_on_chain, profile.has_title) == (False, False)
    assert profile_of({}, 2022, chain="食品").is_on_chain


# --- quotas and the cut -------------------------------------------------------------------------------------------


def test_case_4_three_that_tie_at_place_100_are_all_selected() -> None:
    order = places(*range(200, 101, -1), 50, 50, 50, 40, 30)

    assert order[99].score == 50
    assert len(cut(order, 100)) == 102


def test_case_5_a_number_outside_of_about_a_hundred_is_refused() -> None:
    weights = [{"no": number, "weight": int(part.weight)} for number, part in enumerate(PARTS, 1)]
    answers = {"number": 120, "weights": weights, "panel": False}

    assert errors("set_selection", answers) == [("number", "遴选数应在90至110家之间")]
    for number in (90, 100, 110):
        assert errors("set_selection", answers | {"number": number}) == []
    assert errors("set_selection", answers | {"number": 89}) != []


def test_case_6_the_quotas_sum_to_one_and_a_half_times_the_number_and_none_is_under_three() -> None:
    quotas = quota(IN_LIBRARY, 100)

    assert sum(quotas.values()) == 150
    assert min(quotas.values()) >= 3
    assert quotas["hanjiang"] == max(quotas.values())


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 900), min_size=1, max_size=95))
def test_quotas_follow_the_library_and_reach_the_sum(in_library: dict[str, int]) -> None:
    active = [locality for locality, count in in_library.items() if count]
    if not active:
        return

    quotas = quota(in_library, 100)

    assert sum(quotas.values()) == max(150, 3 * len(active))
    assert all(quotas[locality] >= 3 for locality in active)
    assert all(quotas[locality] == 0 for locality in in_library if locality not in active)
    by_size = sorted(active, key=lambda locality: (in_library[locality], quotas[locality]))
    assert all(quotas[one] <= quotas[other] for one, other in pairwise(by_size))


@given(lists, st.integers(90, 110))
def test_the_cut_takes_the_best_and_never_more_than_the_bound(order: list[Place], number: int) -> None:
    chosen = cut(order, number)

    assert chosen == order[: len(chosen)]
    assert min(number, len(order)) <= len(chosen) <= max(number, bounds(number).most)
    if number < len(chosen):
        assert {place.points for place in chosen[number - 1 :]} == {order[number - 1].points}
    below = order[len(chosen) :]
    if below and len(chosen) < bounds(number).most:
        assert below[0].points < chosen[-1].points


def test_only_places_81_to_120_are_looked_at_again() -> None:
    order = places(*range(300, 100, -1))

    looked_at = band(order, 100)

    assert [order.index(place) + 1 for place in (looked_at[0], looked_at[-1])] == [81, 120]
    assert band(places(3, 2, 1), 100) == []


def test_the_panel_moves_enterprises_within_the_band_only() -> None:
    order = places(*range(300, 100, -1))
    last_of_band, first_outside = order[119].code, order[120].code

    again = with_sheets(order, 100, {last_of_band: [Decimal(100)] * 3, order[80].code: [Decimal(0)] * 3})

    assert again[:80] == order[:80]
    assert again[120].code == first_outside
    assert again[119].code == order[80].code
    assert [place.code for place in again].index(last_of_band) < 119


def test_two_sheets_leave_the_rules_score_alone() -> None:
    order = places(*range(300, 100, -1))

    assert with_sheets(order, 100, {order[119].code: [Decimal(100)] * 2}) == order


@given(lists, st.dictionaries(st.integers(0, 149).map("{:03}".format), st.lists(st.integers(0, 100), max_size=5)))
def test_the_panel_loses_and_doubles_nobody(order: list[Place], sheets: dict[str, list[int]]) -> None:
    given = {code: [Decimal(point) for point in points] for code, points in sheets.items()}

    again = with_sheets(order, 100, given)

    assert sorted(place.code for place in again) == sorted(place.code for place in order)


def test_the_next_in_rank_move_up_for_those_that_were_removed() -> None:
    assert next_in_rank("ABCDEF", ["A", "B", "C"], ["B"]) == ["D"]
    assert next_in_rank("ABCDEF", ["A", "C", "D"], ["A", "B"]) == ["E", "F"]
    assert next_in_rank("ABC", ["A", "B", "C"], ["A"]) == []


# --- the forms ----------------------------------------------------------------------------------------------------


def nomination(code: str, **more: Any) -> dict[str, Any]:
    chosen = {"is_chosen": True, "reason": "近三年订单持续增长，新厂房即将投产，产品填补省内空白。"}
    return {"credit_code": code, **chosen, "consent_on": "2022-04-18"} | more


def test_a_locality_may_go_half_beyond_its_quota() -> None:
    assert (most_nominated(2), most_nominated(3)) == (3, 4)
    rows = [nomination(code) for code in "ABC"]
    assert errors("nominate_growth", {"rows": rows}) == []
    assert errors("nominate_growth", {"rows": rows}, quota=1) == [("rows", "推荐数3超过名额1的1.5倍")]


def test_an_enterprise_without_its_yearly_update_cannot_be_scored() -> None:
    assert errors("nominate_growth", {"rows": [nomination("D")]}) == [
        ("rows.0.is_chosen", "企业D未完成年度更新，无法评分")
    ]


def test_a_nomination_has_its_reason_and_consent_and_an_empty_one_says_why() -> None:
    assert errors("nominate_growth", {"rows": [nomination("A", reason="好", consent_on="2022-05-01")]}) == [
        ("rows.0.reason", "请填写推荐企业A的理由，不少于20个字"),
        ("rows.0.consent_on", "同意日期不得晚于今天"),
    ]
    assert errors("nominate_growth", {"rows": []}) == [("none_reason", "本年不推荐企业的，请说明理由")]
    assert errors("nominate_growth", {"rows": [], "none_reason": "没有符合条件的企业"}) == []


def test_support_is_asked_for_in_the_words_of_the_house() -> None:
    assert errors("nominate_growth", {"rows": [nomination("A", wants="人才、 揭榜攻关，上市")]}) == []
    assert errors("nominate_growth", {"rows": [nomination("A", wants="人才、补贴")]}) == [
        ("rows.0.wants", "所需支持只填对标赶超、揭榜攻关、人才、资金、用地、上市、市场，没有“补贴”")
    ]


def test_weights_make_a_hundred_and_a_panel_has_three_to_seven() -> None:
    weights = [{"no": number, "weight": int(part.weight)} for number, part in enumerate(PARTS, 1)]
    answers: dict[str, Any] = {"number": 100, "weights": [{**weights[0], "weight": 31}, *weights[1:]], "panel": True}

    assert errors("set_selection", answers) == [
        ("weights", "权重合计应为100分"),
        ("experts", "组织评审的，请选择3至7名专家"),
    ]
    experts = [{"person": number, "is_chosen": number < 3} for number in range(5)]
    assert errors("set_selection", answers | {"weights": weights, "experts": experts}) == []


def test_a_remark_of_a_department_is_written_down() -> None:
    assert errors("countersign_selection", {"outcome": "yes"}) == []
    assert errors("countersign_selection", {"outcome": "remark"}) == [("opinion_text", "请写明修改意见")]


def test_an_expert_scores_everybody_or_declares_why_not() -> None:
    points = {"technology": 30, "market": 20, "team": 25.5}
    rows = [{"credit_code": code, **points} for code in "ABC"]

    assert errors("panel_review", {"rows": rows}) == [("rows.0.technology", "请为企业D的三项打分，或声明回避")]
    assert errors("panel_review", {"rows": [*rows, {"credit_code": "D", "is_recused": True}]}) == [
        ("rows.3.remark", "回避的，请说明与企业的关系")
    ]
    recused = {"credit_code": "D", "is_recused": True, "remark": "本人为该企业顾问"}
    assert errors("panel_review", {"rows": [*rows, recused]}) == []


def test_who_is_in_or_out_against_the_order_needs_a_reason() -> None:
    rows = [{"credit_code": "A", "is_chosen": True}, {"credit_code": "B"}, {"credit_code": "C", "is_chosen": True}]

    assert errors("choose_growth_list", {"rows": rows}) == [
        ("rows.1.reason", "不按得分次序入选或落选的，请说明理由"),
        ("rows.2.reason", "不按得分次序入选或落选的，请说明理由"),
    ]
    assert errors("choose_growth_list", {"rows": []}) == [("rows", "请至少选择一家企业")]


def test_a_list_decided_on_paper_needs_its_sheet() -> None:
    assert errors("approve_growth_list", {"outcome": "yes", "mode": "online"}) == []
    assert errors("approve_growth_list", {"outcome": "yes", "mode": "paper"}) == [
        ("sheet", "会议审定和书面签批的，请上传签批件")
    ]


def test_a_plan_names_departments_and_days_to_come() -> None:
    goal = {"kind": "revenue", "value": 12000, "year": 2021}
    support = {"unit_name": "市人才局", "content": "人才项目", "due_on": "2022-04-01"}

    assert errors("draft_plan", {"goals": [goal], "supports": [support]}) == [
        ("goals.0.year", "目标年份不得早于遴选年度"),
        ("supports.0.unit_name", "没有找到该部门，请填写部门全称或简称"),
        ("supports.0.due_on", "完成时间不得早于今天"),
    ]


def test_a_support_that_was_not_given_has_its_reason() -> None:
    assert errors("review_plan_year", {"supports": [{"state": "done"}, {"state": "open"}]}) == [
        ("supports.1.note", "未落实的，请说明原因")
    ]


# --- dates --------------------------------------------------------------------------------------------------------


def due(element_id: str, opened: str) -> date:
    found = DUTY.due_on(element_id, make_facts(opened_on=date.fromisoformat(opened)))
    assert found is not None
    return found.on


@pytest.mark.parametrize(
    ("element_id", "opened", "day"),
    [
        ("set_selection", "2022-03-15", "2022-03-22"),
        ("nominate_growth", "2022-03-29", "2022-04-20"),  # behind Qingming, with a worked Saturday before it
        ("sign_growth_nomination", "2022-09-30", "2022-10-10"),
        ("review_plan_year", "2022-07-01", "2022-12-15"),
        ("review_plan_year", "2022-12-20", "2022-12-30"),
        ("review_plan_year", "2023-02-01", "2023-02-01"),
    ],
)
def test_limits_count_working_days(element_id: str, opened: str, day: str) -> None:
    assert due(element_id, opened) == date.fromisoformat(day)


def test_the_drawn_timers_are_reckoned_from_the_day_they_begin_to_wait() -> None:
    def at(rule: str) -> datetime:
        return DUTY.due_at[rule](make_facts())

    assert at("countersign_close_at") == datetime(2022, 4, 24, 16, tzinfo=UTC)  # end of a worked Sunday
    assert at("plan_confirm_closes_at") == datetime(2022, 4, 29, 16, tzinfo=UTC)
    assert at("panel_closes_at") == datetime(2022, 5, 6, 16, tzinfo=UTC)
    assert at("nominations_close_at") == datetime(2022, 5, 19, 16, tzinfo=UTC)
    assert at("plans_close_at") == datetime(2022, 12, 31, 16, tzinfo=UTC)
