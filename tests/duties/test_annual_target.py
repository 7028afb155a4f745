"""The rules, checks, deadlines and forms of 年度目标设定; the numbered cases are the worked examples of its spec."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.duties.annual_target import (
    DUTY,
    OUTCOMES,
    USER_TASKS,
    breakdown,
    coverage,
    even_quarters,
    outcomes_offered,
    plan_conflicts,
    proposed_method,
    remaining,
    same_for_all,
    shortfall,
    suggested_target,
    suggestion_note,
    yearly_floor,
)
from app.duties.quantity import in_words, precision_of
from app.errors import RuleViolation
from app.workdays import STATUTORY

FORMS = Path(__file__).parents[2] / "workflows" / "forms"
LOCALITIES = ("guangling", "hanjiang", "jiangdu", "baoying", "yizheng", "gaoyou", "etdz", "ecotech", "shugang")
WEIGHTS = dict(zip(LOCALITIES, (420, 760, 690, 410, 540, 560, 330, 60, 30), strict=True))

amounts = st.integers(0, 200_000).map(Decimal)


def suggest(kind: str, total: Any, done: Any = 0, year: int = 2023, **more: Any) -> Decimal:
    facts = {"first_year_value": Decimal(0), "floor": None, "last_actual": None, "first": 2022, "last": 2024, **more}
    return suggested_target(kind=kind, total=Decimal(total), done=Decimal(done), year=year, **facts)


def make_facts(**more: Any) -> dict[str, Any]:
    indicator = {
        "no": 2,
        "name": "省级以上专精特新小巨人",
        "unit": "家",
        "kind": "newly_added",
        "comparator": "eq",
        "total": Decimal(100),
        "first_year_value": Decimal(35),
        "floor": None,
        "precision": 0,
    } | more.pop("indicator", {})
    return {
        "today": date(2023, 2, 1),
        "opened_on": date(2023, 2, 1),
        "calendar": STATUTORY,
        "year": 2023,
        "first_year": 2022,
        "last_year": 2024,
        "package_kind": "yearly",
        "revision": 0,
        "round": 1,
        "is_returned": False,
        "indicator": indicator,
        "done": Decimal(41),
        "last_actual": Decimal(41),
        "suggested": Decimal(30),
        "discrepancies": [],
        "items": [],
        "localities": LOCALITIES,
        "must_cover": False,
    } | more


def errors_of(element_id: str, answers: dict[str, Any], facts: dict[str, Any] | None = None) -> dict[str, str]:
    return {error.field: error.text for error in DUTY.check(element_id, answers, facts or make_facts())}


class TestSuggestedTarget:
    def test_case_1_an_even_split_is_rounded_up_to_a_whole_enterprise(self) -> None:
        assert remaining(Decimal(100), Decimal(41)) == 59
        assert suggest("newly_added", 100, 41) == 30

    def test_case_2_the_yearly_commitment_of_the_text_is_the_least(self) -> None:
        assert remaining(Decimal(600), Decimal(230)) == 370
        assert suggest("newly_added", 600, 230, floor=Decimal(200)) == 200

    def test_case_3_technology_enterprises(self) -> None:
        assert suggest("newly_added", 3000, 1180) == 910

    def test_case_4_a_total_reached_early_asks_for_nothing_more_and_says_so(self) -> None:
        assert remaining(Decimal(5), Decimal(6)) == 0
        assert suggest("newly_added", 5, 6) == 0
        assert suggestion_note("newly_added", Decimal(5), Decimal(6)) == "已提前完成三年目标"

    def test_case_5_a_period_end_value_climbs_from_last_years_level(self) -> None:
        assert suggest("period_end", 100, last_actual=Decimal(38)) == 69

    def test_case_6_a_reached_final_value_is_kept_with_its_comparator(self) -> None:
        suggested = suggest("period_end", 60, year=2024, last_actual=Decimal("63.2"), precision=1)

        assert in_words(suggested, "%", "gt") == "超过60%"

    def test_case_6_a_value_below_the_final_one_is_refused_in_the_last_year(self) -> None:
        indicator = {"kind": "period_end", "unit": "%", "comparator": "gt", "total": Decimal(60), "precision": 1}
        facts = make_facts(indicator=indicator, year=2024, suggested=Decimal(60), last_actual=Decimal("63.2"))

        assert errors_of("propose_target", {"value": 60}, facts) == {}
        assert errors_of("propose_target", {"value": 59, "reason": "理" * 20}, facts) == {
            "value": "期末目标不得低于计划终期值"
        }

    def test_case_7_a_share_is_rounded_up_at_one_decimal(self) -> None:
        assert suggest("period_end", 4, last_actual=Decimal("3.65"), precision=1) == Decimal("3.9")

    def test_the_first_year_takes_the_value_of_the_plan(self) -> None:
        assert suggest("newly_added", 100, year=2022, first_year_value=Decimal(35)) == 35
        assert suggest("period_end", 100, year=2022, first_year_value=Decimal(35)) == 35

    @pytest.mark.parametrize("year", [2021, 2025])
    def test_a_year_outside_the_plan_is_refused(self, year: int) -> None:
        with pytest.raises(RuleViolation, match="该年度不在计划期内"):
            suggest("newly_added", 100, year=year)

    def test_a_period_end_value_without_last_years_figure_is_not_guessed(self) -> None:
        with pytest.raises(RuleViolation, match="缺少上年期末实际数"):
            suggest("period_end", 100)

    @given(total=amounts, done=amounts, year=st.integers(2023, 2024), places=st.integers(0, 2))
    def test_the_suggestion_kept_up_to_the_end_covers_what_remains(
        self, total: Decimal, done: Decimal, year: int, places: int
    ) -> None:
        suggested = suggest("newly_added", total, done, year, precision=places)

        assert suggested * (2024 - year + 1) >= remaining(total, done)

    @given(total=amounts, last_actual=st.decimals(0, 1000, places=3), places=st.integers(0, 2))
    def test_a_period_end_suggestion_never_falls_and_reaches_the_final_value_in_the_last_year(
        self, total: Decimal, last_actual: Decimal, places: int
    ) -> None:
        before = suggest("period_end", total, year=2023, last_actual=last_actual, precision=places)
        at_the_end = suggest("period_end", total, year=2024, last_actual=last_actual, precision=places)

        assert min(last_actual, total) <= before <= at_the_end
        assert at_the_end >= total


class TestCoverage:
    def test_case_8_one_short_in_the_last_year_is_a_gap(self) -> None:
        result = coverage(Decimal(100), Decimal(71), Decimal(28), 2024, 2024)

        assert (result.left, result.status) == (1, "gap")

    def test_case_9_too_much_left_to_the_last_year_is_back_loaded(self) -> None:
        result = coverage(Decimal(100), Decimal(35), Decimal(20), 2023, 2024)

        assert (result.left, result.per_year, result.status) == (45, 45, "back_loaded")

    def test_a_fifth_more_in_the_later_year_is_still_on_path(self) -> None:
        assert coverage(Decimal(100), Decimal(56), Decimal(20), 2023, 2024).status == "on_path"

    def test_done_beyond_the_total_covers_a_target_of_zero(self) -> None:
        assert coverage(Decimal(5), Decimal(6), Decimal(0), 2024, 2024).status == "covered"

    def test_a_target_of_zero_with_something_left_is_back_loaded(self) -> None:
        assert coverage(Decimal(5), Decimal(4), Decimal(0), 2023, 2024).status == "back_loaded"

    def test_a_year_after_the_plans_end_is_refused(self) -> None:
        with pytest.raises(RuleViolation, match="该年度不在计划期内"):
            coverage(Decimal(5), Decimal(4), Decimal(1), 2025, 2024)

    @given(total=amounts, done=amounts, target=amounts, year=st.integers(2022, 2024))
    def test_a_status_says_what_the_rest_says(self, total: Decimal, done: Decimal, target: Decimal, year: int) -> None:
        result = coverage(total, done, target, year, 2024)

        assert (result.status == "covered") == (result.left <= 0)
        assert (result.status == "gap") == (result.left > 0 and year == 2024)
        assert result.per_year * (2024 - year) >= (result.left if result.status in ("on_path", "back_loaded") else 0)

    @given(total=amounts, done=amounts, year=st.integers(2023, 2024))
    def test_the_suggestion_itself_is_never_a_gap_nor_back_loaded(
        self, total: Decimal, done: Decimal, year: int
    ) -> None:
        suggested = suggest("newly_added", total, done, year)

        assert coverage(total, done, suggested, year, 2024).status in ("covered", "on_path")


class TestBreakdown:
    @pytest.mark.parametrize(
        ("target", "minimum", "shares"),
        [
            pytest.param(35, 0, (4, 7, 6, 4, 5, 5, 3, 1, 0), id="case 10"),
            pytest.param(3, 0, (0, 1, 1, 0, 0, 1, 0, 0, 0), id="case 11"),
            pytest.param(200, 5, (22, 36, 33, 22, 27, 28, 19, 7, 6), id="case 12"),
        ],
    )
    def test_worked_examples(self, target: int, minimum: int, shares: tuple[int, ...]) -> None:
        assert tuple(breakdown(target, WEIGHTS, minimum).values()) == shares

    def test_a_tie_goes_to_the_larger_weight_then_to_the_earlier_unit(self) -> None:
        assert breakdown(2, {"a": 1, "b": 3}) == {"a": 0, "b": 2}
        assert breakdown(1, {"a": 1, "b": 1}) == {"a": 1, "b": 0}

    def test_an_abolished_locality_gets_nothing_not_even_the_minimum(self) -> None:
        assert breakdown(20, WEIGHTS | {"shugang": 0}, minimum=1)["shugang"] == 0

    def test_a_target_of_zero_leaves_everybody_with_nothing(self) -> None:
        assert set(breakdown(0, WEIGHTS).values()) == {0}

    def test_minimums_above_the_target_are_refused(self) -> None:
        with pytest.raises(RuleViolation, match="各属地最低数合计45大于全市目标35"):
            breakdown(35, WEIGHTS, 5)

    def test_a_target_without_any_locality_is_refused(self) -> None:
        with pytest.raises(RuleViolation, match="没有可分解的属地"):
            breakdown(3, {"a": 0})

    def test_a_ratio_is_the_citys_value_everywhere(self) -> None:
        with pytest.raises(RuleViolation, match="只有整数指标可以分解"):
            breakdown(Decimal("3.9"), WEIGHTS)

        assert set(same_for_all(Decimal("3.9"), LOCALITIES).values()) == {Decimal("3.9")}

    @given(
        weights=st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any),
        minimum=st.integers(0, 9),
        extra=st.integers(0, 5000),
    )
    def test_shares_sum_to_the_target_and_none_is_below_the_minimum(
        self, weights: list[int], minimum: int, extra: int
    ) -> None:
        of_units = {f"u{index}": weight for index, weight in enumerate(weights)}
        target = minimum * sum(weight > 0 for weight in weights) + extra

        shares = breakdown(target, of_units, minimum)

        assert list(shares) == list(of_units)
        assert sum(shares.values()) == target
        assert all(shares[unit] >= (minimum if weight else 0) for unit, weight in of_units.items())

    @given(weights=st.lists(st.integers(1, 1000), min_size=2, max_size=12), target=st.integers(0, 5000))
    def test_a_larger_weight_never_gets_less(self, weights: list[int], target: int) -> None:
        shares = breakdown(target, {str(index): weight for index, weight in enumerate(weights)})

        ranked = sorted(range(len(weights)), key=lambda index: weights[index])
        for smaller, larger in pairwise(ranked):
            assert weights[smaller] == weights[larger] or shares[str(smaller)] <= shares[str(larger)]

    def test_only_newly_added_counts_of_ten_and_more_are_divided(self) -> None:
        assert proposed_method("newly_added", "家", "绿色工厂", Decimal(10)) == "by_weight"
        assert proposed_method("newly_added", "家", "绿色工厂", Decimal(9)) == "undivided"
        assert proposed_method("period_end", "家", "中小企业公共服务平台", Decimal(100)) == "undivided"

    def test_the_shortfall_is_what_the_localities_do_not_carry(self) -> None:
        assert shortfall(Decimal(35), {"a": 20, "b": 14}) == 1
        assert shortfall(Decimal(35), {"a": 20, "b": 20}) == 0


class TestPlan:
    def test_an_unsettled_discrepancy_is_told_with_both_quotations(self) -> None:
        row = {"id": "X01", "kind": "value", "name": "绿色化改造项目", "indicators": [19], "text": "300项"}

        (conflict,) = plan_conflicts({"discrepancies": [row | {"annex": "100项"}], "items": []})

        assert (conflict.source, conflict.indicators) == ("X01", (19,))
        assert conflict.text == "X01 绿色化改造项目：正文「300项」，附件1「100项」，尚未确定以何为准"

    def test_a_target_below_the_yearly_commitment_is_a_conflict(self) -> None:
        item = {"no": 20, "name": "职业技能人才培训", "unit": "人次", "target": 45000, "floor": Decimal(50000)}

        (conflict,) = plan_conflicts({"discrepancies": [], "items": [item, item | {"target": 50000}]})

        assert conflict.text == "第20项职业技能人才培训：本年目标45,000人次低于计划规定的每年50,000人次"

    def test_the_floor_is_the_largest_yearly_minimum(self) -> None:
        stock = {"kind": "stock", "comparator": "gt", "value": 1000}
        yearly = {"kind": "annual", "comparator": "gte", "value": 200}
        about = {"kind": "annual", "comparator": "approx", "value": 300}

        assert yearly_floor([stock, yearly, about]) == 200
        assert yearly_floor([stock]) is None

    @pytest.mark.parametrize(
        ("unit", "name", "places"),
        [("家", "", 0), ("人次", "", 0), ("%", "", 1), ("件/家", "", 2), ("个", "户均专利", 2)],
    )
    def test_precision_follows_the_unit_and_a_mean_per_enterprise_is_no_count(
        self, unit: str, name: str, places: int
    ) -> None:
        assert precision_of(unit, name) == places

    @given(value=st.integers(0, 10_000), places=st.integers(0, 2))
    def test_quarters_sum_to_the_value(self, value: int, places: int) -> None:
        exact = Decimal(value).scaleb(-places)

        quarters = even_quarters(exact, places)

        assert sum(quarters) == exact
        assert max(quarters) - min(quarters) <= Decimal(1).scaleb(-places)


class TestProposal:
    def test_the_suggestion_itself_needs_no_reason(self) -> None:
        assert errors_of("propose_target", {"value": 30}) == {}

    def test_less_than_suggested_needs_a_reason(self) -> None:
        assert errors_of("propose_target", {"value": 29}) == {"reason": "低于建议值的，请说明理由"}
        assert errors_of("propose_target", {"value": 29, "reason": "太短"}) == {
            "reason": "低于建议值的，请说明理由，不少于20个字"
        }
        assert errors_of("propose_target", {"value": 29, "reason": "理" * 20}) == {}

    def test_less_than_the_plans_yearly_commitment_is_refused_with_reason_too(self) -> None:
        facts = make_facts(indicator={"floor": Decimal(50000), "unit": "人次"}, suggested=Decimal(50000))

        assert errors_of("propose_target", {"value": 49000, "reason": "理" * 20}, facts) == {
            "value": "不得低于计划规定的每年50,000人次"
        }

    def test_quarters_of_a_newly_added_indicator_must_sum_to_the_value(self) -> None:
        rows = [{"quarter": quarter, "value": 8} for quarter in (1, 2, 3, 4)]

        assert errors_of("propose_target", {"value": 30, "quarter_plan": rows}) == {
            "quarter_plan": "季度安排合计须等于本年目标值"
        }
        assert errors_of("propose_target", {"value": 32, "quarter_plan": rows}) == {}

    def test_quarters_of_a_period_end_indicator_are_levels_and_not_summed(self) -> None:
        facts = make_facts(indicator={"kind": "period_end"})
        rows = [{"quarter": quarter, "value": value} for quarter, value in enumerate((40, 50, 60, 69), 1)]

        assert errors_of("propose_target", {"value": 69, "quarter_plan": rows}, facts) == {}

    def test_half_an_enterprise_is_refused_and_a_tenth_of_a_percent_is_not(self) -> None:
        share = make_facts(indicator={"kind": "period_end", "unit": "%", "precision": 1}, suggested=Decimal(3))

        assert errors_of("propose_target", {"value": 30.5}) == {"value": "请填写整数"}
        assert errors_of("propose_target", {"value": 3.9}, share) == {}
        assert errors_of("propose_target", {"value": 3.95}, share) == {"value": "请填写至多1位小数"}

    def test_a_changed_baseline_needs_its_reason(self) -> None:
        answers = {"value": 30, "baseline": [{"year": 2022, "value": 40}]}

        assert errors_of("propose_target", answers) == {"baseline.0.change_reason": "数据与预填值不一致，请说明原因"}

    @pytest.mark.parametrize("year", [2021, 2025])
    def test_a_year_outside_the_plan_is_refused(self, year: int) -> None:
        assert errors_of("propose_target", {"value": 1}, make_facts(year=year)) == {"value": "该年度不在计划期内"}


class TestObjection:
    def test_who_disagrees_names_another_value_and_why(self) -> None:
        assert errors_of("countersign_target", {"outcome": "yes"}) == {}
        assert errors_of("countersign_target", {"outcome": "no"}) == {
            "counter_value": "不同意的，请填写建议值",
            "counter_reason": "不同意的，请说明理由",
        }

    def test_a_counter_value_of_zero_is_an_answer(self) -> None:
        answers = {"outcome": "no", "counter_value": 0, "counter_reason": "理" * 10}

        assert errors_of("countersign_target", answers) == {}

    def test_the_second_round_offers_no_other_proposal_and_refuses_one(self) -> None:
        second = make_facts(round=2)

        assert outcomes_offered("answer_objection", make_facts()) == ("accepted", "partly", "withdrawn", "insist")
        assert outcomes_offered("answer_objection", second) == ("partly", "withdrawn", "insist")
        assert list(errors_of("answer_objection", {"outcome": "accepted"}, second)) == ["outcome"]
        assert errors_of("answer_objection", {"outcome": "accepted"}) == {}

    def test_accepting_in_part_names_the_new_value(self) -> None:
        assert errors_of("answer_objection", {"outcome": "partly"}) == {"value": "部分采纳的，请填写调整后的目标值"}
        assert errors_of("answer_objection", {"outcome": "partly", "value": 28}) == {}

    def test_the_office_too_keeps_the_plans_commitment(self) -> None:
        facts = make_facts(indicator={"floor": Decimal(200)})

        assert errors_of("decide_alone", {"value": 199, "reason": "理" * 20}, facts) == {
            "value": "不得低于计划规定的每年200家"
        }


class TestBasis:
    @staticmethod
    def settle(kind: str, **answer: Any) -> dict[str, str]:
        discrepancy = {"id": "X01", "kind": kind, "leads": ["amr", "miit"]}
        row = {"id": "X01", "binding": "annex", "basis_text": "按附件1口径统计，含复核"} | answer
        return errors_of("settle_basis", {"rows": [row]}, make_facts(discrepancies=[discrepancy]))

    def test_the_annex_needs_no_value_but_another_basis_does(self) -> None:
        assert self.settle("value") == {}
        assert self.settle("value", binding="other") == {"rows.0.binding_value": "选择另定的，请填写采用值"}
        assert self.settle("value", binding="other", binding_value=0) == {}

    def test_a_total_against_an_increase_needs_the_stock_it_starts_from(self) -> None:
        assert set(self.settle("basis")) == {"rows.0.base_value", "rows.0.base_as_of"}
        assert self.settle("basis", base_value=52, base_as_of="2021-12-31") == {}

    def test_the_lead_is_one_of_the_two_named(self) -> None:
        assert set(self.settle("lead", lead_unit="fin")) == {"rows.0.lead_unit"}
        assert self.settle("lead", lead_unit="miit") == {}

    def test_no_open_row_may_be_left_out(self) -> None:
        facts = make_facts(discrepancies=[{"id": "X02", "kind": "value", "leads": []}])

        assert errors_of("settle_basis", {"rows": []}, facts) == {"rows": "还有口径矛盾未确认：X02"}


class TestPackage:
    ITEM = {"no": 2, "name": "省级以上专精特新小巨人", "unit": "家", "left": Decimal(1), "target": 28, "floor": None}

    def review(self, outcome: str, year: int = 2024, **row: Any) -> dict[str, str]:
        facts = make_facts(year=year, items=[self.ITEM])
        return errors_of("review_package", {"outcome": outcome, "items": [{"no": 2} | row]}, facts)

    def test_a_gap_in_the_last_year_is_returned_or_explained(self) -> None:
        assert self.review("submit") == {"items.0.gap_note": "第2项三年合计尚差1家，请退回或说明"}
        assert self.review("submit", gap_note="由省级新一批补足") == {}
        assert self.review("submit", year=2023) == {}

    def test_a_returned_item_needs_a_reason_and_the_outcome_must_agree(self) -> None:
        assert self.review("return_items") == {"items": "请勾选要退回的指标"}
        assert self.review("return_items", **{"return": True}) == {"items.0.return_reason": "请写明退回原因"}
        assert self.review("return_items", **{"return": True, "return_reason": "偏低"}) == {}
        assert "items" in self.review("submit", **{"return": True, "return_reason": "偏低"})

    @staticmethod
    def approve(outcome: str = "approved", mode: str = "online", **more: Any) -> dict[str, str]:
        return errors_of("approve_package", {"outcome": outcome, "mode": mode} | more)

    def test_approval_on_paper_needs_the_sheet(self) -> None:
        assert self.approve() == {}
        assert self.approve(mode="paper") == {"sheet": "会议审定和书面签批的，请上传签批件"}
        assert self.approve(mode="paper", sheet=["17"]) == {}

    def test_approval_by_a_meeting_needs_its_day_and_minutes(self) -> None:
        minutes = {"sheet": ["17"], "minutes_no": "扬促中小办纪〔2023〕1号"}

        assert set(self.approve(mode="meeting")) == {"sheet", "meeting_date", "minutes_no"}
        assert self.approve(mode="meeting", meeting_date="2023-02-01", **minutes) == {}
        assert set(self.approve(mode="meeting", meeting_date="2023-02-02", **minutes)) == {"meeting_date"}

    def test_a_return_in_part_names_the_items_with_a_text_each(self) -> None:
        ticked = [{"no": 2, "return": True}]

        assert self.approve("approved_in_part") == {"items": "部分退回的，请勾选要退回的指标"}
        assert self.approve("approved_in_part", items=ticked) == {"items.0.return_reason": "请写明退回意见"}
        assert "items" in self.approve("approved", items=[ticked[0] | {"return_reason": "偏低"}])


class TestLocalities:
    ITEM = {"no": 18, "name": "绿色工厂", "unit": "家", "target": 35, "short": 1}

    def confirm(self, cells: dict[str, Any], must_cover: bool = False, method: str = "by_weight") -> list[Any]:
        facts = make_facts(items=[self.ITEM], must_cover=must_cover)
        return DUTY.check("confirm_breakdown", {"rows": [{"no": 18, "method": method, "cells": cells}]}, facts)

    @pytest.mark.parametrize(("must_cover", "level"), [(False, "warning"), (True, "error")])
    def test_a_sum_below_the_target_warns_or_blocks(self, must_cover: bool, level: str) -> None:
        (error,) = self.confirm({"guangling": 34}, must_cover)

        assert (error.field, error.level) == ("rows.0.cells", level)
        assert error.text == "绿色工厂分解合计34小于全市目标35"

    def test_an_undivided_indicator_has_no_sum_to_reach(self) -> None:
        assert self.confirm({}, must_cover=True, method="undivided") == []

    def test_a_cell_belongs_to_a_locality_and_counts_whole(self) -> None:
        errors = self.confirm({"guangling": 34.5, "nowhere": 1})

        assert {error.field for error in errors} == {"rows.0.cells.guangling", "rows.0.cells.nowhere"}

    def test_a_locality_that_objects_says_what_and_why(self) -> None:
        facts = make_facts(items=[self.ITEM])
        objection = {"no": 18, "answer": "object"}

        assert errors_of("answer_breakdown", {"figures": [{"no": 18, "answer": "accept"}]}, facts) == {}
        assert set(errors_of("answer_breakdown", {"figures": [objection]}, facts)) == {
            "figures.0.proposed",
            "figures.0.reason",
        }
        objection |= {"proposed": 3, "reason": "企业数量较少，难以完成分解任务"}
        assert errors_of("answer_breakdown", {"figures": [objection]}, facts) == {}

    def test_the_difference_is_placed_in_full(self) -> None:
        facts = make_facts(items=[self.ITEM])
        nothing = {"no": 18, "cells": {}, "held": 0}

        assert set(errors_of("settle_breakdown", {"rows": [nothing]}, facts)) == {"rows.0.held"}
        assert errors_of("settle_breakdown", {"rows": [nothing | {"cells": {"etdz": 1}}]}, facts) == {}
        assert errors_of("settle_breakdown", {"rows": [nothing | {"held": 1}]}, facts) == {
            "rows.0.reason": "市级统筹的，请说明理由"
        }

    def test_a_letter_is_not_dated_ahead(self) -> None:
        assert errors_of("issue_letters", {"outcome": "yes", "signed_on": "2023-02-01"}) == {}
        assert set(errors_of("issue_letters", {"outcome": "yes", "signed_on": "2023-02-02"})) == {"signed_on"}


class TestDates:
    def test_every_user_task_has_a_due_day_with_its_reason(self) -> None:
        for task in USER_TASKS:
            due = DUTY.due_on(task, make_facts())

            assert due is not None
            assert due.on == STATUTORY.add(date(2023, 2, 1), due.limit_days)
            assert f"{due.limit_days}个工作日" in due.rule

    def test_what_is_no_user_task_has_none(self) -> None:
        assert DUTY.due_on("check_package", make_facts()) is None

    def test_a_returned_proposal_has_three_days_instead_of_five(self) -> None:
        due = DUTY.due_on("propose_target", make_facts(is_returned=True))

        assert due is not None
        assert due.limit_days == 3
        assert due.rule.startswith("目标建议退回后3个工作日内办理：2023年2月1日目标建议退回")
        assert due.rule.endswith("次日起算，第3个工作日为2023年2月6日。")

    def test_a_friday_before_the_spring_festival_skips_the_week_and_counts_the_make_up_saturday(self) -> None:
        due = DUTY.due_on("propose_target", make_facts(opened_on=date(2023, 1, 20)))

        assert due is not None
        assert due.on == date(2023, 2, 1)  # 28 and 29 January 2023 are working days

    def test_a_day_without_holiday_table_is_marked(self) -> None:
        due = DUTY.due_on("propose_target", make_facts(opened_on=date(2031, 3, 3)))

        assert due is not None
        assert due.provisional
        assert due.rule.endswith("按周一至周五和法定节假日推算（暂定）。")

    @pytest.mark.parametrize(
        ("rule", "revision", "days"),
        [
            ("proposals_close_at", 0, 10),
            ("proposals_close_at", 1, 6),
            ("localities_close_at", 0, 6),
            ("countersign_close_at", 0, 5),
        ],
    )
    def test_a_drawn_deadline_is_the_end_of_its_last_working_day(self, rule: str, revision: int, days: int) -> None:
        last_day = STATUTORY.add(date(2023, 2, 1), days)

        at = DUTY.due_at[rule](make_facts(revision=revision))

        assert at == datetime(last_day.year, last_day.month, last_day.day, 16, tzinfo=UTC)  # 24:00 in Shanghai


class TestForms:
    @pytest.mark.parametrize("task", USER_TASKS)
    def test_each_form_is_a_valid_schema_whose_sections_hold_every_field_once(self, task: str) -> None:
        schema = json.loads((FORMS / f"{DUTY.forms[task]}.json").read_text())
        Draft202012Validator.check_schema(schema)

        fields = [field for section in schema["x-sections"] for field in section["fields"]]

        assert sorted(fields) == sorted(schema["properties"])
        assert set(schema["required"]) <= set(schema["properties"])
        assert all("title" in prop for prop in schema["properties"].values())

    @pytest.mark.parametrize("task", USER_TASKS)
    def test_the_form_offers_the_words_that_the_gateways_read(self, task: str) -> None:
        schema = json.loads((FORMS / f"{DUTY.forms[task]}.json").read_text())

        offered = tuple(option["const"] for option in schema["properties"].get("outcome", {}).get("oneOf", ()))

        assert offered == OUTCOMES.get(task, ()) == outcomes_offered(task, make_facts())

    def test_no_other_form_of_this_duty_lies_about(self) -> None:
        assert {path.stem for path in FORMS.glob("annual_target.*.json")} == set(DUTY.forms.values())
