"""The duty 年度反馈 and the checks of its forms; the draft, the dates and the figures have their own files."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.duties.december_report import DUTY, OUTCOMES, USER_TASKS, outcomes_offered, unit_named
from app.duties.registry import DUTIES, duty_of
from app.errors import NotFound
from tests.duties.december_reports import errors_of, make_facts

FORMS = Path(__file__).parents[2] / "workflows" / "forms"


class TestReview:
    def review(self, outcome: str, number: int = 1, **more: Any) -> dict[str, str]:
        facts = make_facts(round=number, objections=more.pop("known", []))
        return errors_of("review_report", {"outcome": outcome} | more, facts)

    def test_acceptance_gives_a_quality_level(self) -> None:
        assert self.review("accepted") == {"quality_level": "通过审核的，请评定质量等次"}
        assert self.review("accepted", quality_level="good") == {}

    def test_a_return_lists_its_points(self) -> None:
        points = [{"field": "problems", "point": "请补充具体企业情况"}]

        assert set(self.review("returned")) == {"return_points"}
        assert self.review("returned", return_points=points) == {}
        assert set(self.review("accepted", quality_level="fair", return_points=points)) == {"return_points"}

    def test_the_third_round_neither_offers_nor_takes_a_return(self) -> None:
        points = [{"field": "problems", "point": "请补充"}]

        assert outcomes_offered("review_report", make_facts(round=2)) == ("accepted", "returned")
        assert outcomes_offered("review_report", make_facts(round=3)) == ("accepted",)
        assert self.review("returned", 2, return_points=points) == {}
        assert set(self.review("returned", 3, return_points=points)) == {"outcome"}

    def test_the_third_round_is_accepted_with_a_reservation(self) -> None:
        assert set(self.review("accepted", 3, quality_level="poor")) == {"opinion_text"}
        assert self.review("accepted", 3, quality_level="poor", opinion_text="数据待1月核实") == {}

    def test_an_objection_of_a_co_responsible_unit_is_settled_on_acceptance(self) -> None:
        known = [{"id": "17:drc", "no": 17, "precision": 0}]
        row = {"id": "17:drc"}
        accepted = {"known": known, "quality_level": "good"}

        assert self.review("accepted", **accepted) == {"objections": "第17项数据有异议，请确认采用的数值"}
        assert set(self.review("accepted", **accepted, objections=[row])) == {"objections.0.settled_value"}
        assert self.review("accepted", **accepted, objections=[row | {"settled_value": 51}]) == {}
        assert set(self.review("accepted", **accepted, objections=[row | {"settled_value": 50.5}])) == {
            "objections.0.settled_value"
        }

    def test_leaving_it_for_now_needs_a_reason_and_urging_does_not(self) -> None:
        assert errors_of("decide_escalation", {"outcome": "remind"}) == {}
        assert errors_of("decide_escalation", {"outcome": "none"}) == {"reason": "暂不督办的，请说明理由"}


class TestOffice:
    @staticmethod
    def confirm(**more: Any) -> dict[str, str]:
        answers = {"units": [{"unit": "miit"}], "notice_text": "通知", "phone": "87340000"}
        return errors_of("confirm_notice", answers | more)

    def test_the_due_day_may_be_set_from_1_december_on(self) -> None:
        assert self.confirm() == {}
        assert self.confirm(due_override="2023-11-30") == {"due_override": "时限早于12月1日"}
        assert self.confirm(due_override="2023-12-01") == {}

    def test_a_due_day_later_than_the_rules_needs_a_reason(self) -> None:
        assert self.confirm(due_override="2023-12-29") == {}
        assert self.confirm(due_override="2024-01-05") == {"override_reason": "晚于规定时限的，请说明理由"}
        assert self.confirm(due_override="2024-01-05", override_reason="省级同步延后") == {}

    def test_a_due_day_that_is_free_only_warns(self) -> None:
        answers = {"units": [{"unit": "miit"}], "due_override": "2023-12-24"}

        (error,) = DUTY.check("confirm_notice", answers, make_facts())

        assert (error.text, error.level) == ("2023年12月24日不是工作日", "warning")

    def test_an_exemption_has_its_reason_and_somebody_must_report(self) -> None:
        exempt = {"unit": "miit", "exempt": True}

        assert set(self.confirm(units=[exempt])) == {"units", "units.0.exempt_reason"}
        assert self.confirm(units=[exempt | {"exempt_reason": "已撤销"}, {"unit": "gov"}]) == {}

    def test_an_added_unit_exists_and_is_not_listed_yet(self) -> None:
        added = [{"unit": name, "reason": "承担任务"} for name in ("市工信局", "gov", "市政务办", "不存在")]

        assert set(self.confirm(added_units=added)) == {f"added_units.{index}.unit" for index in (0, 2, 3)}

    @pytest.mark.parametrize("text", ["miit", "扬州市工业和信息化局", " 市工信局 "])
    def test_a_unit_is_known_by_id_and_both_names(self, text: str) -> None:
        assert unit_named(make_facts()["units"], text) == "miit"
        assert unit_named(make_facts()["units"], "工信") is None

    @pytest.mark.parametrize(
        ("has_successor", "successor", "is_right"),
        [
            (True, "市工信局", True),
            (True, None, False),
            (True, "市政务办", False),
            (True, "不存在", False),
            (False, None, True),
            (False, "市工信局", False),
        ],
    )
    def test_either_another_unit_succeeds_or_nobody_reports(
        self, has_successor: bool, successor: str | None, is_right: bool
    ) -> None:
        answers = {"has_successor": has_successor, "successor": successor}

        assert (errors_of("name_successor", answers) == {}) is is_right

    def test_the_annual_report_tells_of_every_action_and_every_gap(self) -> None:
        facts = make_facts(
            actions=[{"no": 1, "name": "梯队成长行动"}, {"no": 2, "name": "创新能力提升行动"}],
            items=[{"no": 19, "is_met": False}, {"no": 2, "is_met": True}],
        )
        answers = {"actions": [{"no": 2, "text": ""}], "indicators": [{"no": 2}, {"no": 19}]}

        assert errors_of("edit_annual_report", answers, facts) == {
            "actions": "请填写“梯队成长行动”的推进情况",
            "actions.0.text": "请填写“创新能力提升行动”的推进情况",
            "indicators.1.note": "第19项未完成年度目标，请填写差异说明",
        }

    def test_approval_on_paper_or_by_a_meeting_is_proved(self) -> None:
        def approve(**more: Any) -> set[str]:
            return set(errors_of("approve_annual_report", {"outcome": "yes"} | more))

        assert approve(mode="online") == set()
        assert approve(mode="paper") == {"sheet"}
        assert approve(mode="meeting", sheet=["17"]) == {"meeting_date", "minutes_no"}
        assert approve(mode="meeting", sheet=["17"], meeting_date="2023-12-14", minutes_no="1号") == set()
        assert approve(mode="meeting", sheet=["17"], meeting_date="2023-12-15", minutes_no="1号") == {"meeting_date"}


class TestDuty:
    @pytest.mark.parametrize("task", USER_TASKS)
    def test_the_form_offers_the_words_that_the_gateways_read(self, task: str) -> None:
        schema = json.loads((FORMS / f"{DUTY.forms[task]}.json").read_text())

        offered = tuple(option["const"] for option in schema["properties"].get("outcome", {}).get("oneOf", ()))

        assert offered == OUTCOMES.get(task, ()) == outcomes_offered(task, make_facts())

    def test_the_form_asks_whether_there_is_a_successor_in_the_word_of_the_gateway(self) -> None:
        schema = json.loads((FORMS / f"{DUTY.forms['name_successor']}.json").read_text())

        assert schema["properties"]["has_successor"]["type"] == "boolean"
        assert "has_successor" in schema["required"]

    def test_a_process_is_found_by_its_duty(self) -> None:
        assert set(DUTIES) >= {"annual_target", "december_report"}
        assert duty_of("december_report_unit") is DUTY
        assert duty_of("annual_target_locality") is DUTIES["annual_target"]
        with pytest.raises(NotFound):
            duty_of("december_report_nothing")
