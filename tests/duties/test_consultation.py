"""The rules of 会商: worked examples, the checks of its forms, and what holds for any answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.consultation import (
    DUTY,
    USER_TASKS,
    Opinion,
    agreed_values,
    answers_to,
    binding,
    is_agreed,
    meeting_moment,
    needs_leader,
    silent,
    typed,
)
from app.workdays import STATUTORY

FIGURE = {"no": 1, "text": "指标8的年度目标值", "kind": "number", "concerns": "other", "precision": 0}
LEAD = {"no": 1, "text": "由哪个单位牵头", "kind": "unit", "concerns": "lead_unit", "precision": None}
UNITS = [
    {"unit": "miit", "name": "扬州市工业和信息化局", "short_name": "市工信局"},
    {"unit": "sci", "name": "扬州市科学技术局", "short_name": "市科技局"},
    {"unit": "drc", "name": "扬州市发展和改革委员会", "short_name": "市发改委"},
]


def opinions(*values: Any) -> dict[str, Opinion | None]:
    """The answers of so many units to one question; None for a silent unit."""
    return {
        f"unit{number}": None if value is None else Opinion({1: value}) for number, value in enumerate(values, start=1)
    }


def errors_of(task: str, answers: dict[str, Any], **facts: Any) -> dict[str, str]:
    known = {"calendar": STATUTORY, "today": date(2023, 6, 1), "units": UNITS, "questions": [FIGURE], **facts}
    return {error.field: error.text for error in DUTY.check(task, answers, known)}


class TestWorkedExamples:
    def test_1_three_equal_answers_agree(self) -> None:
        assert agreed_values([FIGURE], opinions("30", "30", "30")) == {1: "30"}

    def test_2_one_other_answer_calls_a_meeting(self) -> None:
        assert not is_agreed([FIGURE], opinions("30", "30", "28"))

    def test_3_two_of_three_agree_and_the_silent_one_is_named(self) -> None:
        answers = opinions("30", "30", None)

        assert is_agreed([FIGURE], answers)
        assert silent(answers) == ["unit3"]

    def test_4_one_of_three_is_not_enough(self) -> None:
        assert not is_agreed([FIGURE], opinions("30", None, None))

    def test_5_the_leading_group_signs_a_lead_unit(self) -> None:
        assert is_agreed([LEAD], opinions("miit", "miit", "miit"))
        assert needs_leader([LEAD["concerns"]], [])


class TestAgreement:
    def test_figures_are_alike_after_rounding(self) -> None:
        assert agreed_values([FIGURE], opinions("30.4", "30", "29.5")) == {1: "30"}
        exact = {**FIGURE, "precision": 1}
        assert not is_agreed([exact], opinions("30.4", "30", "30"))
        assert agreed_values([exact], opinions("30.45", "30.5")) == {1: "30.5"}

    def test_every_question_must_be_agreed_on(self) -> None:
        questions = [FIGURE, {**LEAD, "no": 2}]
        answers: dict[str, Opinion | None] = {
            "a": Opinion({1: "30", 2: "miit"}),
            "b": Opinion({1: "30", 2: "sci"}),
        }

        assert agreed_values(questions, answers) == {1: "30"}
        assert not is_agreed(questions, answers)

    def test_who_follows_the_others_counts_with_them(self) -> None:
        answers = {**opinions("30", "30"), "follower": Opinion(follows=True)}

        assert is_agreed([FIGURE], answers)
        assert answers_to(FIGURE, answers)["follower"] == "30"

    def test_where_no_answer_prevails_there_is_nothing_to_follow(self) -> None:
        answers = {**opinions("30", "28"), "follower": Opinion(follows=True)}

        assert answers_to(FIGURE, answers)["follower"] is None
        assert not is_agreed([FIGURE], {"a": Opinion(follows=True), "b": Opinion(follows=True)})

    def test_nobody_asked_is_no_agreement(self) -> None:
        assert not is_agreed([FIGURE], {})

    def test_a_yes_differs_from_a_no(self) -> None:
        question = {"no": 1, "kind": "yes_no"}

        assert agreed_values([question], opinions(True, True, None)) == {1: True}
        assert agreed_values([question], opinions(False, False)) == {1: False}
        assert not is_agreed([question], opinions(True, False))

    @given(st.lists(st.one_of(st.none(), st.integers(0, 3).map(str)), min_size=1, max_size=12))
    def test_agreement_is_two_thirds_that_say_the_same(self, values: list[str | None]) -> None:
        given_ = [value for value in values if value is not None]

        agreed = is_agreed([FIGURE], opinions(*values))

        assert agreed == (len(given_) * 3 >= len(values) * 2 and len(set(given_)) == 1)

    @given(st.lists(st.one_of(st.none(), st.integers(0, 2).map(str)), min_size=1, max_size=8), st.randoms())
    def test_the_order_of_the_units_does_not_matter(self, values: list[str | None], random: Any) -> None:
        mixed = list(values)
        random.shuffle(mixed)

        assert agreed_values([FIGURE], opinions(*values)) == agreed_values([FIGURE], opinions(*mixed))

    @given(st.lists(st.integers(0, 2).map(str), min_size=2, max_size=8))
    def test_one_more_silent_unit_never_makes_an_agreement(self, values: list[str]) -> None:
        if is_agreed([FIGURE], opinions(*values, None)):
            assert is_agreed([FIGURE], opinions(*values))


class TestTyped:
    @pytest.mark.parametrize(
        ("kind", "text", "answer"),
        [
            ("number", "1,200.50", "1200.5"),
            ("number", "-3", "-3"),
            ("number", "三十", None),
            ("number", "1e9", None),
            ("number", "NaN", None),
            ("unit", "市科技局", "sci"),
            ("unit", "miit", "miit"),
            ("unit", "市税务局", None),
            ("date", "2023-06-30", "2023-06-30"),
            ("date", "6月底", None),
            ("yes_no", "是", True),
            ("yes_no", "否", False),
            ("yes_no", "也许", None),
            ("text", " 按新口径统计 ", "按新口径统计"),
            ("text", " ", None),
            ("number", None, None),
        ],
    )
    def test_an_answer_is_read_as_its_kind(self, kind: str, text: Any, answer: Any) -> None:
        assert typed(kind, text, UNITS) == answer

    def test_a_decision_binds_by_the_number_of_its_question(self) -> None:
        questions = [FIGURE, {**LEAD, "no": 2}, {"no": 3, "kind": "yes_no"}]

        assert binding(questions, {1: "29", 2: "市工信局", 3: "否"}, UNITS) == {1: "29", 2: "miit", 3: False}
        assert binding(questions, {1: "29"}, UNITS) == {1: "29"}
        assert binding(questions, {}, UNITS) == {}


class TestSigning:
    def test_the_office_signs_what_changes_no_target_no_lead_and_no_money(self) -> None:
        assert not needs_leader(["basis", "other"], [])
        assert needs_leader(["basis", "money"], [])
        assert needs_leader(["target"], [])

    def test_a_kept_objection_goes_to_the_leading_group(self) -> None:
        assert needs_leader(["other"], [{"unit": "sci", "text": "保留意见"}])


class TestDates:
    def test_answers_close_after_five_working_days(self) -> None:
        facts = {"calendar": STATUTORY, "opened_on": date(2023, 9, 27)}

        assert DUTY.due_at["answers_close_at"](facts) == datetime(2023, 10, 10, 16, tzinfo=UTC)

    @pytest.mark.parametrize("task", USER_TASKS)
    @pytest.mark.parametrize("opened", [date(2023, 9, 28), date(2023, 10, 7)])
    def test_every_task_has_a_limit_in_working_days(self, task: str, opened: date) -> None:
        due = DUTY.due_on(task, {"calendar": STATUTORY, "opened_on": opened})

        assert due is not None
        assert STATUTORY.count(opened, due.on) == due.limit_days

    def test_the_meeting_called_last_is_waited_for(self) -> None:
        facts = {"meeting": {"meeting_on": "2023-06-08", "meeting_time": "09:00"}}

        assert DUTY.due_at["meeting_at"](facts) == datetime(2023, 6, 8, 1, tzinfo=UTC)

    def test_a_meeting_is_a_moment_in_shanghai(self) -> None:
        assert meeting_moment(date(2023, 6, 8), "14:30").astimezone(UTC) == datetime(2023, 6, 8, 6, 30, tzinfo=UTC)


class TestForms:
    def settle(self, outcome: str = "written", *units: str, **more: Any) -> dict[str, str]:
        return errors_of("set_consultation", {"outcome": outcome, "units": [{"unit": unit} for unit in units], **more})

    def test_two_to_twelve_units_that_exist_are_asked_once_each(self) -> None:
        assert self.settle("written", "市工信局", "sci") == {}
        assert self.settle("written", "市工信局") == {"units": "书面会商的参加单位为2至12个"}
        assert self.settle("written", "市工信局", "扬州市工业和信息化局", "市科技局") == {
            "units.1.unit": "该单位已在参加单位中"
        }
        assert self.settle("written", "市工信局", "市科技局", "某局") == {
            "units.2.unit": "没有找到该单位，请填写单位全称或简称"
        }

    def test_another_way_than_writing_has_a_reason(self) -> None:
        assert self.settle("direct") == {"reason": "不采用书面会商的，请说明理由"}
        assert self.settle("refused", reason="事项已有明确规定") == {}

    def test_an_answer_is_of_its_kind_and_has_a_ground(self) -> None:
        row = {"no": 1, "value": "30", "ground": "按上年基数和在手项目测算"}

        assert errors_of("answer_consultation", {"answers": [row]}) == {}
        assert errors_of("answer_consultation", {"answers": [{**row, "value": "三十"}]}) == {
            "answers.0.value": "请填写数字，例如 12 或 3.5"
        }
        assert set(errors_of("answer_consultation", {"answers": [{**row, "ground": "测算"}]})) == {"answers.0.ground"}

    def test_who_writes_nothing_follows_the_others(self) -> None:
        assert set(errors_of("answer_consultation", {"answers": [{"no": 1}]})) == {"answers.0.value"}
        assert errors_of("answer_consultation", {"answers": [{"no": 1}], "follows": True}) == {}

    def test_a_direct_answer_answers_every_question_unless_refused(self) -> None:
        ground = {"ground": "《实施办法》已有规定，无须会商"}

        assert set(errors_of("decide_directly", {"answers": [{"no": 1}], **ground}, is_refused=False)) == {
            "answers.0.value"
        }
        assert errors_of("decide_directly", {"answers": [{"no": 1}], **ground}, is_refused=True) == {}
        assert set(errors_of("decide_directly", ground, is_refused=False)) == {"answers"}

    def test_a_meeting_is_announced_two_working_days_ahead(self) -> None:
        meeting = {"meeting_on": "2023-06-05", "meeting_time": "14:30"}

        assert errors_of("call_meeting", meeting) == {}
        assert errors_of("call_meeting", {**meeting, "meeting_on": "2023-06-02"}) == {
            "meeting_on": "会议时间须至少提前2个工作日"
        }
        assert set(errors_of("call_meeting", {**meeting, "meeting_time": "下午"})) == {"meeting_time"}

    def test_a_meeting_that_was_held_says_who_came(self) -> None:
        views = {"views": "与会单位一致同意按29家确定"}

        assert set(errors_of("hold_meeting", {"outcome": "held", "attendance": [{"unit": "sci"}], **views})) == {
            "attendance.0.state"
        }
        assert set(errors_of("hold_meeting", {"outcome": "held", "attendance": []})) == {"views"}
        assert set(errors_of("hold_meeting", {"outcome": "postponed"})) == {"reason"}

    def test_minutes_decide_every_question(self) -> None:
        decided = {"decisions": [{"no": 1, "value": "29"}]}
        action = {"unit": "市科技局", "content": "按新目标重新分解到属地", "due_on": "2023-06-30"}

        assert errors_of("draft_minutes", decided) == {}
        assert errors_of("draft_minutes", {"decisions": [{"no": 1}]}) == {"decisions.0.value": "请填写第1项的会商决定"}
        assert errors_of("draft_minutes", {**decided, "actions": [action]}) == {}
        wrong = {**action, "unit": "某局", "due_on": "2023-06-01"}
        assert set(errors_of("draft_minutes", {**decided, "actions": [wrong]})) == {
            "actions.0.unit",
            "actions.0.due_on",
        }

    def test_the_leading_group_decides_on_paper_with_the_sheet(self) -> None:
        assert set(errors_of("approve_minutes", {"outcome": "yes", "mode": "paper"})) == {"sheet"}
        assert errors_of("approve_minutes", {"outcome": "yes", "mode": "online"}) == {}
