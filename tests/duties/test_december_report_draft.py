"""The checks of the form `draft_report`; the numbered cases are the worked examples of the spec."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.duties.december_report import DUTY
from tests.duties.december_reports import draft_errors, make_facts, make_figure, make_report

FORMS = Path(__file__).parents[2] / "workflows" / "forms"


def figure_errors(row: dict[str, Any], **known: Any) -> dict[str, str]:
    return draft_errors(make_report(figures=[{"no": 2} | row]), figures=[make_figure(**known)])


class TestDraftFigures:
    def test_a_complete_report_satisfies_schema_and_checks(self) -> None:
        schema = json.loads((FORMS / "december_report.draft_report.json").read_text())

        assert list(Draft202012Validator(schema).iter_errors(make_report())) == []
        assert draft_errors(make_report()) == {}

    def test_case_10_a_figure_unlike_the_count_is_explained(self) -> None:
        known = {"counted": 38, "last_accepted": None}

        assert figure_errors({"value": 41}, **known) == {
            "figures.0.change_reason": "第2项与台账计数（38）不一致，请说明原因"
        }
        assert figure_errors({"value": 41, "change_reason": "含复核通过3家"}, **known) == {}
        assert figure_errors({"value": 38}, **known) == {}

    def test_case_11_a_ratio_close_to_the_count_needs_no_reason(self) -> None:
        share = {"kind": "period_end", "precision": 1, "target": 60, "comparator": "gt", "last_accepted": None}

        assert figure_errors({"value": 63.4}, counted=63.2, **share) == {}

    def test_what_was_prefilled_without_a_count_is_changed_with_a_reason(self) -> None:
        assert figure_errors({"value": 38}) == {"figures.0.change_reason": "数据与预填值不一致，请说明原因"}
        assert figure_errors({"value": 38, "change_reason": "12月新认定2家"}) == {}
        assert figure_errors({"value": 38}, prefill=None) == {}

    def test_a_cumulative_figure_does_not_fall_without_a_word(self) -> None:
        assert figure_errors({"value": 35}, counted=36) == {
            "figures.0.value": "累计数不得小于上期已审核数36，如需更正请说明"
        }
        assert figure_errors({"value": 35, "change_reason": "剔除重复统计1家"}, counted=36) == {}

    @pytest.mark.parametrize(
        ("value", "is_refused"), [(12, True), (18, True), (50, False), (69, False)], ids=["12", "18", "50", "69"]
    )
    def test_a_period_end_indicator_is_not_given_as_an_increase(self, value: int, is_refused: bool) -> None:
        stock = {"kind": "period_end", "base": 38, "last_accepted": None, "prefill": None, "target": 1}

        errors = figure_errors({"value": value}, **stock)

        assert errors == ({"figures.0.value": "该指标为期末值，请填报12月末数"} if is_refused else {})

    def test_an_increase_is_told_from_the_level_of_the_last_period(self) -> None:
        stock = {"kind": "period_end", "base": 38, "last_accepted": 65, "prefill": 65, "target": 1}

        assert figure_errors({"value": 31, "change_reason": "全年新增"}, **stock) == {
            "figures.0.value": "该指标为期末值，请填报12月末数"
        }
        assert figure_errors({"value": 31}, counted=31, **stock) == {}  # the library itself counts so

    def test_a_target_out_of_reach_is_explained(self) -> None:
        assert figure_errors({"value": 36}, target=40) == {
            "figures.0.gap_reason": "预计不能完成年度目标的，请说明未完成原因"
        }
        assert figure_errors({"value": 36, "gap_reason": "太短"}, target=40) == {
            "figures.0.gap_reason": "预计不能完成年度目标的，请说明未完成原因，不少于20个字"
        }
        assert figure_errors({"value": 36, "gap_reason": "因" * 20}, target=40) == {}
        assert figure_errors({"value": 36}, target=None) == {}

    def test_sixty_against_more_than_sixty_is_explained_too(self) -> None:
        share = {"kind": "period_end", "precision": 1, "comparator": "gt", "prefill": 60, "last_accepted": None}

        assert set(figure_errors({"value": 60.0}, target=60, **share)) == {"figures.0.gap_reason"}

    def test_half_an_enterprise_is_refused(self) -> None:
        assert figure_errors({"value": 36.5}, prefill=None) == {"figures.0.value": "请填写整数"}

    def test_an_actual_figure_is_not_of_tomorrow(self) -> None:
        tomorrow = {"value": 36, "as_of": "2023-12-15"}

        assert set(figure_errors(tomorrow | {"nature": "actual"})) == {"figures.0.as_of"}
        assert figure_errors(tomorrow | {"nature": "expected"}) == {}

    def test_a_row_left_out_is_missed_and_a_strange_or_doubled_one_refused(self) -> None:
        assert draft_errors(make_report(figures=[])) == {"figures": "请填写第2项指标的完成值"}
        row = {"no": 2, "value": 36}
        assert set(draft_errors(make_report(figures=[row, row, {"no": 3, "value": 1}]))) == {"figures.1", "figures.2"}

    def test_a_co_responsible_unit_objects_with_value_source_and_reason(self) -> None:
        shared = {"shared_figures": [{"no": 17, "precision": 0}]}
        row = {"no": 17, "objected_value": 51}

        assert draft_errors(make_report(shared_figures=[{"no": 17}]), **shared) == {}
        assert set(draft_errors(make_report(shared_figures=[row]), **shared)) == {
            "shared_figures.0.objected_source",
            "shared_figures.0.objection_reason",
        }
        row |= {"objected_source": "项目库", "objection_reason": "另有三个项目已通过验收"}
        assert draft_errors(make_report(shared_figures=[row]), **shared) == {}


class TestDraftContent:
    def test_a_finished_measure_is_proved(self) -> None:
        row = {"no": 2, "state": "done", "result": "培育" * 30}

        assert draft_errors(make_report(measures=[row])) == {"measures.0.evidence": "已完成的任务须附佐证材料"}
        assert draft_errors(make_report(measures=[row | {"evidence": ["17"]}])) == {}

    def test_the_lead_gives_state_and_result_the_others_their_contribution(self) -> None:
        others = {"measures": [{"no": 2, "lead": False}]}

        assert set(draft_errors(make_report(measures=[{"no": 2}]))) == {"measures.0.result", "measures.0.state"}
        assert set(draft_errors(make_report(measures=[{"no": 2}]), **others)) == {"measures.0.contribution"}
        assert draft_errors(make_report(measures=[{"no": 2, "contribution": "配合" * 10}]), **others) == {}

    def test_a_unit_cannot_declare_itself_co_responsible(self) -> None:
        row = {"no": 2, "lead": False, "contribution": "配合" * 10, "state": "behind"}

        assert draft_errors(make_report(measures=[row])) == {"measures.0.result": "请填写重点任务2的推进成效"}

    @pytest.mark.parametrize(("lead", "field", "least"), [(True, "result", 50), (False, "contribution", 20)])
    def test_a_text_has_its_least_length(self, lead: bool, field: str, least: int) -> None:
        facts = {"measures": [{"no": 2, "lead": lead}]}
        row = {"no": 2, "state": "behind"}

        short = draft_errors(make_report(measures=[row | {field: "字" * (least - 1)}]), **facts)

        assert list(short) == [f"measures.0.{field}"]
        assert draft_errors(make_report(measures=[row | {field: "字" * least}]), **facts) == {}

    def test_there_is_a_priority_and_the_truth_is_vouched_for(self) -> None:
        assert draft_errors(make_report(priorities=[], statement=False)) == {
            "priorities": "请至少填写一项下一年工作重点",
            "statement": "请确认本单位对所报数据真实性负责",
        }

    def test_a_priority_names_what_exists_in_the_plan(self) -> None:
        row = {"title": "梯队培育", "content": "继续" * 20, "measure_no": 27, "indicator_no": 29}

        assert draft_errors(make_report(priorities=[row])) == {
            "priorities.0.measure_no": "计划中没有重点任务27",
            "priorities.0.indicator_no": "计划中没有指标29",
        }

    def test_last_years_priorities_and_the_matters_are_answered(self) -> None:
        facts = {"priority_review": [{"no": 1}], "matters": [{"no": 10}]}
        answers = make_report(priority_review=[{"no": 1, "state": "done"}], matters=[{"no": 10, "note": "已办结"}])

        assert draft_errors(make_report(matters=[{"no": 10, "note": " "}]), **facts) == {
            "priority_review": "请填写上年所列重点第1项的落实情况",
            "matters.0.note": "请填写办实事第10项的进展",
        }
        assert draft_errors(answers, **facts) == {}

    def test_last_years_text_again_warns_and_does_not_block(self) -> None:
        report = make_report()
        last = {"problems": report["problems"], "measures": {2: report["measures"][0]["result"]}}

        errors = DUTY.check("draft_report", report, make_facts(last_texts=last))

        assert {(error.field, error.text, error.level) for error in errors} == {
            ("problems", "与上年内容高度重复", "warning"),
            ("measures.0.result", "与上年内容高度重复", "warning"),
        }

    def test_a_locality_reports_by_action(self) -> None:
        facts = {"kind": "locality", "measures": [{"no": number, "lead": True} for number in range(1, 10)]}
        rows = [{"no": number, "state": "on_schedule", "result": "推进" * 30} for number in range(1, 10)]

        assert draft_errors(make_report(measures=rows), **facts) == {}
        assert draft_errors(make_report(measures=rows[:8]), **facts) == {"measures": "请填写行动9的推进成效"}
