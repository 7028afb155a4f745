"""异议核查: who is heard, and what becomes of the rows; the numbered cases are the worked examples of the spec."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.limits import ZONE
from app.duties.objection import DUTY, OUTCOMES, admissibility, check_entry, outcomes_offered, overall, row_result
from app.workdays import STATUTORY

PUBLISHED, ENDS = date(2022, 9, 26), date(2022, 10, 8)
IN_TIME, LATE = datetime(2022, 10, 8, 18, tzinfo=ZONE), datetime(2022, 10, 9, 9, tzinfo=ZONE)
results = st.sampled_from(("upheld", "partly", "dismissed"))


def facts(**more: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"received_at": IN_TIME, "published_on": PUBLISHED, "ends_on": ENDS, "listed": {"A", "B"}}
    return known | {"rows": ["A"], "has_name": True, "has_proof": False} | more


def errors(element: str, answers: dict[str, Any], **more: Any) -> dict[str, str]:
    return {error.field: error.text for error in DUTY.check(element, answers, facts(**more))}


@pytest.mark.parametrize(
    ("received_at", "has_name", "has_proof", "verdict", "reason"),
    [
        pytest.param(IN_TIME, True, False, "yes", "", id="case 1"),
        pytest.param(LATE, True, False, "no", "异议须在公示期内提出", id="case 2"),
        pytest.param(IN_TIME, False, True, "anonymous", "", id="case 3"),
        pytest.param(IN_TIME, False, False, "no", "匿名异议须附证明材料", id="case 4"),
    ],
)
def test_who_is_heard(received_at: datetime, has_name: bool, has_proof: bool, verdict: str, reason: str) -> None:
    found = admissibility(received_at, PUBLISHED, ENDS, has_name=has_name, has_proof=has_proof)

    assert (found.verdict, found.reason) == (verdict, reason)


def test_case_5_ten_working_days_from_a_make_up_sunday() -> None:
    due = DUTY.due_on("investigate_objection", {"opened_on": date(2022, 10, 9), "calendar": STATUTORY})

    assert due is not None
    assert (due.on, due.limit_days) == (date(2022, 10, 21), 10)


def test_an_entry_names_listed_enterprises_comes_in_time_and_has_a_name_or_proof() -> None:
    assert check_entry(["A"], facts()) == []
    assert [error.text for error in check_entry(["C"], facts())] == ["该企业不在公示名单内"]
    assert [error.text for error in check_entry([], facts())] == ["请选择异议对象"]
    assert [error.field for error in check_entry(["A"], facts(received_at=LATE))] == ["received_on"]
    assert [error.text for error in check_entry(["A"], facts(has_name=False))] == ["匿名异议须附证明材料"]
    assert check_entry(["A"], facts(has_name=False, has_proof=True)) == []


def test_the_form_offers_what_the_rule_allows() -> None:
    assert outcomes_offered("register_objection", facts()) == ("yes", "no")
    assert outcomes_offered("register_objection", facts(has_name=False, has_proof=True)) == ("anonymous", "no")
    assert outcomes_offered("register_objection", facts(received_at=LATE)) == ("no",)
    assert outcomes_offered("decide_objection", facts()) == OUTCOMES["decide_objection"]


def test_a_refusal_has_its_reason_and_a_late_objection_is_never_taken() -> None:
    assert set(errors("register_objection", {"outcome": "no"})) == {"reason"}
    assert errors("register_objection", {"outcome": "no", "reason": "异议内容与公示事项无关"}) == {}
    assert errors("register_objection", {"outcome": "yes"}) == {}
    assert errors("register_objection", {"outcome": "yes"}, received_at=LATE) == {"outcome": "异议须在公示期内提出"}


class TestDecision:
    @staticmethod
    def decide(outcome: str, *rows: dict[str, Any], answer: str = "经核查，已作处理。") -> dict[str, str]:
        answers = {"outcome": outcome, "opinion_text": "依据核查报告" * 4, "rows": list(rows), "answer": answer}
        return errors("decide_objection", answers)

    def test_every_row_has_its_result_and_an_upheld_one_its_kind(self) -> None:
        assert set(self.decide("upheld", {"credit_code": "A"})) == {"rows.0.result"}
        assert set(self.decide("upheld", {"credit_code": "A", "result": "upheld"})) == {"rows.0.kind"}
        assert self.decide("upheld", {"credit_code": "A", "result": "upheld", "kind": "fraud"}) == {}

    def test_the_whole_agrees_with_its_rows(self) -> None:
        row = {"credit_code": "A", "result": "dismissed"}

        assert set(self.decide("upheld", row)) == {"outcome"}
        assert self.decide("dismissed", row) == {}
        assert self.decide("partly", row, {"credit_code": "B", "result": "upheld", "kind": "other"}) == {}

    def test_the_objector_gets_an_answer_unless_the_head_sends_it_back(self) -> None:
        row = {"credit_code": "A", "result": "dismissed"}

        assert set(self.decide("dismissed", row, answer="")) == {"answer"}
        assert self.decide("returned", {"credit_code": "A"}, answer="") == {}


@given(found=st.lists(st.fixed_dictionaries({"result": results, "kind": st.sampled_from(("fraud", "other"))})))
def test_a_row_goes_out_by_the_first_objection_that_is_upheld(found: list[dict[str, str]]) -> None:
    result = row_result(found)

    assert result.is_out == any(row["result"] == "upheld" for row in found)
    assert not (result.is_out and result.has_remark)
    assert not result.is_fraud or result.is_out


@given(found=st.lists(results, min_size=1))
def test_the_whole_is_partly_unless_all_rows_say_the_same(found: list[str]) -> None:
    assert overall(found) == (found[0] if len(set(found)) == 1 else "partly")
