"""The checks of the forms of 称号动态管理."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.duties.title_maintenance import DUTY
from app.workdays import STATUTORY

FIGURES = [
    {"no": 1, "key": "revenue_wan", "name": "营业收入", "last": "5000"},
    {"no": 2, "key": "main_revenue_wan", "name": "主营业务收入", "last": "4500"},
    {"no": 3, "key": "rd_wan", "name": "研发费用", "last": None},
    {"no": 4, "key": "staff", "name": "职工总数", "last": 80},
    {"no": 5, "key": "rd_staff", "name": "研发人员数", "last": 12},
]
CITY = [{"no": 1, "level": "specialised_city"}]
UPPER = [{"no": 1, "level": "specialised"}, {"no": 2, "level": "little_giant"}]


def errors_of(task: str, answers: dict[str, Any], **facts: Any) -> dict[str, str]:
    known = {"calendar": STATUTORY, "today": date(2023, 4, 3), **facts}
    return {error.field: error.text for error in DUTY.check(task, answers, known)}


class TestUpdate:
    def update(self, *values: Any, **notes: str) -> dict[str, str]:
        rows = [{"no": no, "value": value} for no, value in enumerate(values, start=1)]
        for no, note in notes.items():
            rows[int(no.removeprefix("n")) - 1]["note"] = note
        return errors_of("update_profile", {"figures": rows}, figures=FIGURES)

    def test_a_straight_update_passes(self) -> None:
        assert self.update(6000, 5000, 300, 85, 12) == {}

    def test_a_jump_is_explained(self) -> None:
        assert self.update(8000, 5000, 300, 85, 12) == {"figures.0.note": "较上年变化超过50%，请说明"}
        assert self.update(8000, 5000, 300, 85, 12, n1="新增生产线投产") == {}
        assert self.update(7500, 5000, 300, 85, 12) == {}

    def test_parts_are_not_larger_than_the_whole(self) -> None:
        assert self.update(6000, 6001, 300, 85, 12) == {"figures.1.value": "主营业务收入不得大于营业收入"}
        assert self.update(6000, 6000, 300, 11, 12) == {"figures.4.value": "研发人员数不得大于职工总数"}

    def test_persons_are_counted_whole_and_nothing_but_profit_is_negative(self) -> None:
        assert self.update(6000, 5000, -1, 85.5, 12) == {
            "figures.2.value": "研发费用不能小于0",
            "figures.3.value": "请填写整数",
        }

    def test_an_empty_row_is_named(self) -> None:
        assert self.update(6000, None, 300, 85, 12) == {"figures.1.value": "请填写主营业务收入"}

    def test_a_return_lists_its_points_and_comes_twice_at_most(self) -> None:
        points = [{"field": "figures", "point": "请核对营业收入"}]

        assert set(errors_of("check_update", {"outcome": "returned"}, round=1)) == {"return_points"}
        assert errors_of("check_update", {"outcome": "returned", "return_points": points}, round=2) == {}
        assert set(errors_of("check_update", {"outcome": "returned", "return_points": points}, round=3)) == {"outcome"}
        assert set(errors_of("check_update", {"outcome": "accepted", "return_points": points}, round=1)) == {
            "return_points"
        }
        assert errors_of("check_update", {"outcome": "accepted"}, round=3) == {}


class TestChange:
    def test_a_change_is_not_reported_before_it_happened(self) -> None:
        answers = {"kind": "merger", "event_on": "2023-04-04", "new_value": "甲公司"}

        assert errors_of("report_change", answers) == {"event_on": "发生日期不得晚于今日"}
        assert errors_of("report_change", {**answers, "event_on": "2023-04-03"}) == {}

    def test_a_new_name_differs_from_the_old_one(self) -> None:
        answers = {"kind": "rename", "event_on": "2023-04-03", "old_value": "甲公司", "new_value": "甲公司 "}

        assert set(errors_of("report_change", answers)) == {"new_value"}

    def test_the_locality_says_what_is_wrong(self) -> None:
        assert errors_of("check_change", {"outcome": "accepted"}) == {}
        assert set(errors_of("check_change", {"outcome": "returned"})) == {"points"}

    def decide(self, kind: str, **answers: Any) -> dict[str, str]:
        localities = [{"unit": "yizheng", "name": "仪征市", "short_name": "仪征"}]
        facts = {"enterprise_id": "A" * 18, "known_codes": {"A" * 18, "B" * 18}, "localities": localities}
        return errors_of("decide_change_effect", {"outcome": "carry_over", **answers}, kind=kind, **facts)

    def test_a_title_carried_over_says_to_whom(self) -> None:
        assert self.decide("rename") == {"new_name": "更名的，请填写新名称"}
        assert self.decide("rename", new_name="乙公司") == {}
        assert set(self.decide("merger")) == {"successor_code"}
        assert self.decide("merger", successor_code="b" * 18) == {}
        assert self.decide("merger", successor_code="A" * 18) == {"successor_code": "承继企业不能是原企业本身"}
        assert self.decide("merger", successor_code="C" * 18) == {
            "successor_code": "企业库中没有该企业，请先建立企业档案"
        }
        assert self.decide("merger", successor_code="B") == {"successor_code": "统一社会信用代码应为18位"}
        assert set(self.decide("move_district")) == {"new_locality"}
        assert set(self.decide("move_district", new_locality="南京")) == {"new_locality"}
        assert self.decide("move_district", new_locality="仪征") == {}

    def test_another_effect_asks_for_nothing_to_be_registered(self) -> None:
        assert self.decide("rename", outcome="doubt") == {}
        assert self.decide("move_province", outcome="move_out") == {}


def test_a_renewal_fills_in_what_is_missing() -> None:
    figures = [
        {"no": 1, "key": "revenue_wan", "name": "营业收入", "year": 2024, "is_needed": True, "is_number": True},
        {"no": 2, "key": "platform_score", "name": "评价得分", "year": 2023, "is_needed": False, "is_number": True},
    ]

    assert errors_of("apply_renewal", {"figures": [{"no": 1}, {"no": 2}]}, figures=figures) == {
        "figures.0.value": "请填写2024年营业收入"
    }
    assert set(errors_of("apply_renewal", {"figures": [{"no": 1, "value": "多"}]}, figures=figures)) == {
        "figures.0.value"
    }
    assert errors_of("apply_renewal", {"figures": [{"no": 1, "value": "5,000.5"}]}, figures=figures) == {}


class TestLateRenewal:
    def look(
        self, outcome: str = "not_organised", *, is_joined: bool = False, is_live: bool = True, **answers: Any
    ) -> Any:
        said = {"outcome": outcome, "note": "省厅尚未部署", "look_on": "2023-06-02"} | answers
        return set(errors_of("arrange_renewal", said, is_joined=is_joined, is_live=is_live))

    def test_what_is_known_of_the_batch_and_the_title_is_not_asserted(self) -> None:
        assert self.look() == self.look("preparing") == set()
        assert self.look("joined") == self.look("needless") == {"outcome"}
        assert self.look("joined", is_joined=True, note="") == set()
        assert self.look("not_organised", is_joined=True) == {"outcome"}
        assert self.look("needless", is_live=False, note="", look_on="") == set()

    def test_what_no_batch_has_is_explained(self) -> None:
        assert self.look(note="") == {"note"}

    def test_the_next_look_lies_within_180_days(self) -> None:
        assert self.look(look_on="") == self.look(look_on="2023-04-03") == {"look_on"}
        assert self.look(look_on="2023-04-04") == self.look(look_on="2023-09-30") == set()
        assert self.look(look_on="2023-10-01") == {"look_on"}


class TestCase:
    def accept(self, outcome: str, **answers: Any) -> dict[str, str]:
        titles = [{"no": 1, "is_doubted": answers.pop("is_doubted", True)}]
        return errors_of("accept_case", {"outcome": outcome, "source": "report", "titles": titles, **answers})

    def test_a_case_names_its_titles_and_facts(self) -> None:
        fact = [{"fact": "2022年营业收入与纳税申报不一致"}]

        assert self.accept("yes", facts=fact) == {}
        assert set(self.accept("yes")) == {"facts"}
        assert set(self.accept("yes", facts=fact, is_doubted=False)) == {"titles"}

    def test_a_lead_is_dismissed_with_a_reason(self) -> None:
        assert set(self.accept("no")) == {"opinion_text"}
        assert self.accept("no", opinion_text="举报内容与该企业无关，线索不成立") == {}

    def test_a_title_is_given_up_in_writing_and_not_investigated(self) -> None:
        assert set(self.accept("given_up")) == {"source", "proof"}
        assert self.accept("given_up", source="given_up", proof=["1"]) == {}
        assert "outcome" in self.accept("yes", source="given_up", facts=[{"fact": "企业申请自愿放弃称号"}])

    def test_every_fact_is_found_true_or_not(self) -> None:
        rows = [{"no": 1, "result": "true", "finding": "经查税务系统数据，情况属实"}, {"no": 2}]

        assert set(errors_of("investigate_case", {"findings": rows})) == {"findings.1.result", "findings.1.finding"}

    def measure(self, outcome: str, titles: list[dict[str, Any]] = CITY, **answers: Any) -> dict[str, str]:
        rectified = answers.pop("is_rectified", False)
        rows = [{"no": row["no"], "revoke": outcome == "revoke"} for row in titles]
        facts = {"titles": titles, "version": "cn-2022-63", "is_rectified": rectified}
        return errors_of("propose_measure", {"outcome": outcome, "titles": rows, **answers}, **facts)

    def test_rectification_has_points_and_at_most_60_working_days(self) -> None:
        points = [{"point": "补报2022年研发费用专项审计报告"}]

        assert self.measure("keep") == {}
        assert set(self.measure("rectify")) == {"points", "rectify_by"}
        assert self.measure("rectify", points=points, rectify_by="2023-06-29") == {}
        assert set(self.measure("rectify", points=points, rectify_by="2023-06-29", is_rectified=True)) == {"outcome"}
        assert self.measure("rectify", points=points, rectify_by="2023-04-03") == {"rectify_by": "整改期限须晚于今日"}
        late = self.measure("rectify", points=points, rectify_by="2023-06-30")
        assert late == {"rectify_by": "整改期限最长60个工作日，至迟2023年6月29日"}

    def test_rectification_is_not_for_upper_titles(self) -> None:
        points = [{"point": "补报2022年研发费用专项审计报告"}]

        assert set(self.measure("rectify", UPPER, points=points, rectify_by="2023-06-01")) == {"outcome"}

    def test_a_revocation_has_a_ground_and_the_ban_of_the_rule(self) -> None:
        legal = "《优质中小企业梯度培育管理暂行办法》有关规定"

        assert set(self.measure("revoke")) == {"ground", "legal_ground"}
        assert self.measure("revoke", ground="fraud", legal_ground=legal, ban_years=3) == {}
        assert self.measure("revoke", ground="fraud", legal_ground=legal) == {
            "ban_years": "按规定3年内不得申报，请核对"
        }
        assert self.measure("revoke", ground="unmet", legal_ground=legal, ban_years=3) == {
            "ban_years": "该事由按规定不设禁报期，请核对"
        }

    def test_a_head_who_differs_gives_the_reason(self) -> None:
        facts = {"titles": CITY, "version": "cn-2022-63", "is_rectified": False, "proposal": {"outcome": "revoke"}}

        assert set(errors_of("decide_measure", {"outcome": "keep"}, **facts)) == {"opinion_text"}
        assert set(errors_of("decide_measure", {"outcome": "returned"}, **facts)) == {"opinion_text"}
        assert errors_of("decide_measure", {"outcome": "returned", "opinion_text": "依据不足"}, **facts) == {}
        assert errors_of("decide_measure", {"outcome": "keep", "opinion_text": "企业陈述成立，证据充分"}, **facts) == {}

    def test_a_point_not_done_is_explained(self) -> None:
        points = [{"no": 1, "is_done": True}, {"no": 2, "is_done": False}]

        assert set(errors_of("report_rectification", {"points": points})) == {"points.1.note"}

    def test_an_upper_decision_was_taken_already(self) -> None:
        assert set(errors_of("record_upper_decision", {"decided_on": "2023-04-04"})) == {"decided_on"}
        assert errors_of("record_upper_decision", {"decided_on": "2023-04-03"}) == {}
