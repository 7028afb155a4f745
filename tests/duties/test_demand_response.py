"""Where demands go, until when they are answered and what became of them; numbered cases are those of the spec."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.demand_response import (
    DUTY,
    OUTCOMES,
    USER_TASKS,
    Answered,
    Raised,
    alike,
    answer_due,
    is_duplicate,
    is_hint,
    read_routes,
    response_rate,
    route,
    satisfaction,
    unit_of,
)
from app.duties.demand_response_routes import categories_of
from app.duties.limits import ZONE
from app.workdays import STATUTORY, Calendar
from config import ROOT

ROUTES = read_routes((ROOT / "policies" / "demand_routes.yaml").read_text("utf-8"))
FAR = datetime(9999, 12, 31, tzinfo=UTC)
TODAY = date(2022, 9, 29)
WEEKDAYS_ONLY = Calendar({})  # a year of which no holiday table is known
UNITS = [
    {"unit": "lfb", "name": "扬州市地方金融监督管理局", "short_name": "市地方金融监管局"},
    {"unit": "pboc", "name": "中国人民银行扬州市中心支行", "short_name": "市人行"},
    {"unit": "tax", "name": "国家税务总局扬州市税务局", "short_name": "市税务局"},
]

texts = st.text(alphabet="贷款融资不足ab 1，。", max_size=30)
ratings = st.sampled_from(["yes", "fair", "no", None])


class TestRoute:
    def test_the_table_names_all_fourteen_categories_of_the_form(self) -> None:
        labels = [category.label for category in ROUTES.categories.values()]

        expected = "资金 用工 人才 用地 税费 市场 技术 知识产权 环保 安全 上市 审批 欠款 其他"
        assert labels == expected.split()

    def test_a_category_with_one_unit_of_which_the_text_speaks_is_sure(self) -> None:
        found = route(ROUTES, "finance", "企业流动资金不足，希望办理续贷", "hanjiang")

        assert (found.unit, found.kind, found.is_sure) == ("lfb", "handle", True)
        assert found.reason == "企业诉求分办表第1版：“资金”类由所列单位答复"

    @pytest.mark.parametrize("category", ["labour", "land", "approval"])
    def test_the_locality_answers_first_on_labour_land_and_approval(self, category: str) -> None:
        found = route(ROUTES, category, "希望尽快解决", "hanjiang")

        assert (found.unit, found.is_sure) == ("hanjiang", True)
        assert found.advises is not None

    def test_a_text_that_speaks_of_another_category_is_not_sure(self) -> None:
        found = route(ROUTES, "tax", "企业贷款到期，银行不予续贷，需要融资支持", "hanjiang")

        assert not found.is_sure
        assert found.reason.endswith("但正文涉及资金，请核对")

    def test_the_category_other_has_no_unit(self) -> None:
        found = route(ROUTES, "other", "希望加强联系", "hanjiang")

        assert (found.unit, found.is_sure) == (None, False)

    def test_a_question_is_consultation_and_an_urgent_matter_urgent(self) -> None:
        assert route(ROUTES, "land", "请问标准厂房如何申请", "hanjiang").kind == "consult"
        assert route(ROUTES, "land", "标准厂房不足", "hanjiang").kind == "coordinate"
        assert route(ROUTES, "land", "请问标准厂房如何申请", "hanjiang", is_urgent=True).kind == "urgent"

    def test_what_others_take_is_told_and_not_doubled(self) -> None:
        found = route(ROUTES, "approval", "营业执照变更需要预约取号", "hanjiang")

        assert not found.is_sure
        assert "政务服务大厅" in found.elsewhere

    @given(category=st.sampled_from(sorted(ROUTES.categories)), text=texts, urgent=st.booleans())
    def test_what_is_sure_has_a_unit_and_every_kind_a_limit(self, category: str, text: str, urgent: bool) -> None:
        found = route(ROUTES, category, text, "hanjiang", is_urgent=urgent)

        assert not found.is_sure or found.unit
        assert ROUTES.limit(found.kind) > 0

    def test_a_text_without_any_word_of_the_table_contradicts_no_category(self) -> None:
        assert categories_of(ROUTES, "希望支持") == []
        assert route(ROUTES, "tax", "希望支持", "hanjiang").is_sure

    def test_limits_are_3_10_20_and_5_working_days(self) -> None:
        assert [ROUTES.limit(kind) for kind in ("consult", "handle", "coordinate", "urgent")] == [3, 10, 20, 5]

    def test_five_firms_with_one_category_in_thirty_days_are_a_hint(self) -> None:
        demands = [(f"firm{number}", TODAY - timedelta(days=number)) for number in range(5)]

        assert is_hint(ROUTES, demands, TODAY)
        assert not is_hint(ROUTES, demands[:4] + demands[:1], TODAY)
        assert not is_hint(ROUTES, demands, TODAY + timedelta(days=31))


class TestLimit:
    @pytest.mark.parametrize(
        ("kind", "accepted", "due"),
        [
            pytest.param("consult", date(2022, 9, 29), date(2022, 10, 9), id="case 1, a make-up Sunday"),
            pytest.param("handle", date(2022, 9, 29), date(2022, 10, 18), id="case 2"),
            pytest.param("consult", date(2023, 4, 27), date(2023, 5, 5), id="case 3"),
            pytest.param("consult", date(2024, 2, 8), date(2024, 2, 19), id="case 4"),
            pytest.param("coordinate", date(2022, 6, 1), date(2022, 6, 30), id="case 5"),
        ],
    )
    def test_an_answer_is_due_so_many_working_days_after_acceptance(self, kind: str, accepted: date, due: date) -> None:
        assert answer_due(accepted, ROUTES.limit(kind), STATUTORY) == due
        known = facts(kind=kind, limit_days=ROUTES.limit(kind), accepted_on=accepted)
        assert DUTY.due_on("answer_demand", known).on == due

    def test_the_clock_stands_still_in_a_consultation(self) -> None:
        stopped = DUTY.due_on("answer_demand", facts(stopped_days=4))

        assert stopped.on == STATUTORY.add(TODAY, 14)
        assert "扣除会商的4个工作日" in stopped.rule

    def test_the_head_signs_within_the_limit_and_after_it_by_the_next_working_day(self) -> None:
        last = STATUTORY.add(TODAY, 10)

        assert DUTY.due_on("sign_answer", facts()).on == STATUTORY.add(TODAY, 2)
        assert DUTY.due_on("sign_answer", facts(opened_on=STATUTORY.add(last, -1))).on == last
        assert DUTY.due_on("sign_answer", facts(opened_on=last)).on == last
        late = last + timedelta(days=1)
        assert DUTY.due_on("sign_answer", facts(opened_on=late)).on == STATUTORY.add(late, 1)

    @pytest.mark.parametrize("task", USER_TASKS)
    def test_every_user_task_has_a_due_day_with_its_sentence(self, task: str) -> None:
        due = DUTY.due_on(task, facts())

        assert due is not None
        assert due.rule.endswith("。")
        assert due.on > TODAY

    def test_nothing_else_has_one(self) -> None:
        assert DUTY.due_on("classify_demand", facts()) is None

    def test_no_holiday_table_marks_every_due_day(self) -> None:
        known = facts(calendar=WEEKDAYS_ONLY)

        assert all("推算（暂定）" in DUTY.due_on(task, known).rule for task in USER_TASKS)

    def test_a_delay_is_judged_once_in_a_round(self) -> None:
        assert DUTY.due_at["answer_guard_at"](facts()) == midnight(2022, 10, 20)
        assert DUTY.due_at["answer_guard_at"](facts(is_delay_judged=True)) == FAR

    def test_not_a_working_day_a_friday_before_a_long_holiday_and_a_make_up_saturday(self) -> None:
        friday, saturday = facts(opened_on=date(2022, 9, 30)), facts(opened_on=date(2022, 10, 8))

        assert DUTY.due_on("accept_demand", friday).on == date(2022, 10, 8)
        assert DUTY.due_on("accept_demand", saturday).on == date(2022, 10, 9)
        assert DUTY.due_at["joint_closes_at"](friday) == midnight(2022, 10, 13)
        assert DUTY.due_at["rating_closes_at"](saturday) == midnight(2022, 10, 14)
        assert DUTY.due_at["consultation_guard_at"](friday) == DUTY.due_at["meeting_guard_at"](friday)

    def test_entered_again_every_timer_has_a_new_instant(self) -> None:
        later = facts(opened_on=date(2022, 11, 1), accepted_on=date(2022, 11, 1))

        for rule in DUTY.due_at.values():
            assert rule(facts()) < rule(later) < FAR


class TestDuplicates:
    TEXT = "企业流动资金不足，希望协调银行办理续贷业务"

    def raised(self, text: str = TEXT, **more: Any) -> Raised:
        return Raised(**{"firm": "a", "category": "finance", "text": text, "on": TODAY} | more)

    def test_the_same_text_with_other_punctuation_is_the_same_demand(self) -> None:
        assert is_duplicate(self.raised(), self.raised("企业流动资金不足。希望协调银行办理续贷业务！"))

    @pytest.mark.parametrize(
        "more",
        [
            {"firm": "b"},
            {"category": "tax"},
            {"on": TODAY + timedelta(days=61)},
            {"text": "希望协调银行下调利率"},
        ],
    )
    def test_another_firm_category_time_or_text_is_another_demand(self, more: dict[str, Any]) -> None:
        assert not is_duplicate(self.raised(), self.raised(**more))

    def test_the_sixtieth_day_still_counts(self) -> None:
        assert is_duplicate(self.raised(), self.raised(on=TODAY + timedelta(days=60)))

    @given(a=texts, b=texts)
    def test_likeness_is_symmetric_between_0_and_1_and_1_for_the_same(self, a: str, b: str) -> None:
        assert alike(a, b) == alike(b, a)
        assert 0 <= alike(a, b) <= 1
        assert alike(a, a) == 1


class TestRates:
    def test_case_6_of_40_rated_36_are_satisfied_and_10_unrated_are_left_out(self) -> None:
        rated = ["yes"] * 30 + ["fair"] * 6 + ["no"] * 4 + [None] * 10

        assert satisfaction(rated) == Decimal("90.0")

    def test_without_a_rating_there_is_no_figure(self) -> None:
        assert satisfaction([None, None]) is None
        assert response_rate([], TODAY) is None

    @given(rated=st.lists(ratings))
    def test_satisfaction_lies_between_0_and_100_and_unrated_never_change_it(self, rated: list[Any]) -> None:
        found = satisfaction(rated)

        assert found is None or 0 <= found <= 100
        assert satisfaction([*rated, None]) == found

    def test_an_answer_counts_as_in_time_on_its_due_day_and_what_is_not_due_yet_is_left_out(self) -> None:
        demands = [
            Answered(TODAY, TODAY),
            Answered(TODAY, TODAY + timedelta(days=1)),
            Answered(TODAY),
            Answered(TODAY + timedelta(days=9)),
        ]

        assert response_rate(demands, TODAY) == Decimal("33.3")


class TestChecks:
    def test_an_urgent_demand_has_its_reason_and_the_firm_agrees_to_pass_it_on(self) -> None:
        assert errors("raise_demand", {"agreement": True}) == {}
        assert set(errors("raise_demand", {"is_urgent": True})) == {"urgent_reason", "agreement"}

    def test_a_demand_is_routed_to_a_unit_that_exists_with_a_reason_where_the_table_names_another(self) -> None:
        assigned = {"outcome": "assign", "kind": "handle"}

        assert errors("route_demand", assigned | {"unit": "市地方金融监管局"}) == {}
        assert errors("route_demand", assigned) == {"unit": "请填写承办单位"}
        assert errors("route_demand", assigned | {"unit": "火星"}) == {"unit": "没有找到该单位，请填写单位全称或简称"}
        assert set(errors("route_demand", assigned | {"unit": "市人行"})) == {"reason"}
        assert errors("route_demand", assigned | {"unit": "市人行", "reason": "属信贷政策事项"}) == {}
        assert set(errors("route_demand", {"outcome": "assign", "unit": "lfb"})) == {"kind"}

    def test_a_joint_answer_asks_two_to_five_units_each_once(self) -> None:
        joint = {"outcome": "joint", "kind": "handle", "unit": "lfb"}

        assert errors("route_demand", joint | {"joint_units": [{"unit": "市人行"}, {"unit": "tax"}]}) == {}
        assert set(errors("route_demand", joint | {"joint_units": [{"unit": "市人行"}]})) == {"joint_units"}
        doubled = [{"unit": "市人行"}, {"unit": "pboc"}]
        assert errors("route_demand", joint | {"joint_units": doubled}) == {"joint_units.1.unit": "该单位已列出"}

    def test_an_answer_by_the_office_is_written_and_needs_no_unit(self) -> None:
        assert set(errors("route_demand", {"outcome": "answer_now"})) == {"answer_text"}
        told = {"outcome": "answer_now", "answer_text": "该事项由12345热线受理，请拨打12345登记办理。"}
        assert errors("route_demand", told) == {}

    def test_what_is_joined_to_another_is_answered_by_that_and_needs_no_text(self) -> None:
        one, two = {"number": "2022-000001", "joins": True}, {"number": "2022-000002", "joins": True}

        assert errors("route_demand", {"outcome": "answer_now", "duplicates": [one]}) == {}
        assert set(errors("route_demand", {"outcome": "answer_now", "duplicates": [one, two]})) == {"duplicates"}
        assigned = {"outcome": "assign", "kind": "handle", "unit": "lfb", "duplicates": [one]}
        assert set(errors("route_demand", assigned)) == {"duplicates"}

    def test_a_unit_that_refuses_names_another_one_and_the_ground(self) -> None:
        refused = {"outcome": "no", "proposed_unit": "市人行", "legal_ground": "三定方案规定信贷政策由人民银行负责"}

        assert errors("accept_demand", refused) == {}
        assert set(errors("accept_demand", {"outcome": "no"})) == {"proposed_unit", "legal_ground"}
        assert set(errors("accept_demand", refused | {"proposed_unit": "lfb"})) == {"proposed_unit"}

    def test_an_urgent_demand_is_answered_by_telephone_at_once(self) -> None:
        urgent = facts(kind="urgent")

        assert errors("accept_demand", {"outcome": "yes"}) == {}
        assert set(errors("accept_demand", {"outcome": "yes"}, urgent)) == {"call_note"}
        told = {"outcome": "yes", "call_note": "已电话联系企业负责人，安排人员到场"}
        assert errors("accept_demand", told, urgent) == {}

    def test_a_joint_opinion_is_written_or_there_is_none(self) -> None:
        assert errors("joint_answer", {"no_opinion": True}) == {}
        assert set(errors("joint_answer", {"part_text": "可以"})) == {"part_text"}

    def test_an_answer_that_may_stand_has_no_fault(self) -> None:
        assert answer() == {}

    def test_what_policy_does_not_allow_names_the_policy(self) -> None:
        assert answer(result="not_allowed") == {"ground": "“政策不允许”须注明政策依据"}
        assert answer(result="not_allowed", ground=[{"name": "财税〔2022〕10号"}]) == {}

    def test_a_copied_answer_is_no_answer(self) -> None:
        assert answer(answer_text="上次的 答复") == {"answer_text": "答复与上次相同，请针对诉求作答"}

    def test_what_goes_on_has_a_day_within_sixty_working_days(self) -> None:
        assert set(answer(result="in_progress")) == {"done_by"}
        assert answer(result="in_progress", done_by=STATUTORY.add(TODAY, 60).isoformat()) == {}
        assert set(answer(result="in_progress", done_by=STATUTORY.add(TODAY, 61).isoformat())) == {"done_by"}
        assert set(answer(result="in_progress", done_by=TODAY.isoformat())) == {"done_by"}

    def test_the_firm_was_not_called_tomorrow(self) -> None:
        assert set(answer(contacted_on="2022-09-30")) == {"contacted_on"}

    def test_who_is_not_satisfied_says_why(self) -> None:
        assert errors("rate_answer", {"outcome": "fair"}) == {}
        assert set(errors("rate_answer", {"outcome": "no", "reason": "没用"})) == {"reason"}

    def test_a_second_step_has_its_reason_and_a_unit_that_exists(self) -> None:
        reason = {"reason": "答复未涉及企业所提的利率问题"}

        assert errors("judge_demand", {"outcome": "again"} | reason) == {}
        assert set(errors("judge_demand", {"outcome": "again", "unit": "火星"} | reason)) == {"unit"}
        assert set(errors("judge_demand", {"outcome": "explain"})) == {"reason"}

    def test_a_form_without_a_rule_of_its_own_has_no_fault(self) -> None:
        assert errors("sign_answer", {"outcome": "yes"}) == {}

    def test_a_unit_is_named_by_id_full_or_short_name(self) -> None:
        assert [unit_of(facts(), name) for name in ("lfb", " 市人行 ", "国家税务总局扬州市税务局", "火星")] == [
            "lfb",
            "pboc",
            "tax",
            None,
        ]


@pytest.mark.parametrize("task", USER_TASKS)
def test_every_form_offers_its_outcomes(task: str) -> None:
    assert DUTY.offered(task, {}) == OUTCOMES.get(task, ())


def midnight(year: int, month: int, day: int) -> datetime:
    """00:00 in China."""
    return datetime(year, month, day, tzinfo=ZONE)


def facts(**more: Any) -> dict[str, Any]:
    dates = {"calendar": STATUTORY, "today": TODAY, "opened_on": TODAY, "accepted_on": TODAY, "stopped_days": 0}
    known = {"kind": "handle", "limit_days": 10, "is_delay_judged": False, "last_answer": "上次的答复"}
    return {**dates, **known, "units": UNITS, "unit": "lfb", "proposed_unit": "lfb"} | more


def answer(**more: Any) -> dict[str, str]:
    told = {"result": "solved", "answer_text": "已协调银行办理续贷，资金于9月28日到账。", "contacted_on": "2022-09-29"}
    return errors("answer_demand", told | more)


def errors(element: str, answers: dict[str, Any], known: dict[str, Any] | None = None) -> dict[str, str]:
    return {error.field: error.text for error in DUTY.check(element, answers, known or facts())}
