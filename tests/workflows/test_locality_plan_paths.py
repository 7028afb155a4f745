"""The paths of 属地工作方案 on its real diagram."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import FAR, Walk, in_turn

LATE = datetime(2022, 6, 7, 16, tzinfo=UTC)
AGAIN = datetime(2022, 6, 24, 16, tzinfo=UTC)
CLOSES = datetime(2022, 6, 15, 16, tzinfo=UTC)
DEPARTMENTS: dict[str, Any] = {"miit": {}, "sci": {}}


def planning(**says: Any) -> Walk:
    told = {"prefill_plan": {"is_first": True}, "escalate_at": LATE, "submit_plan": {"round": 1}, **says}
    data = {"is_first": True, "ask_departments": False, "departments": {}, "round": 1, "outcome": ""}
    return Walk("locality_plan", data, opinions_close_at=CLOSES, **told)


def submitted(walk: Walk) -> Walk:
    return walk.do("write_plan").do("sign_plan", outcome="yes")


def test_an_unchanged_year_is_written_signed_and_filed() -> None:
    walk = submitted(planning()).do("review_plan", outcome="accepted", ask_departments=False)

    assert walk.is_over
    assert walk.ends == ["planning_ended", "plan_filed"]


def test_a_first_edition_is_filed_after_all_departments_have_spoken() -> None:
    accepted = {"outcome": "accepted", "ask_departments": True, "departments": DEPARTMENTS}
    walk = submitted(planning()).do("review_plan", **accepted)
    assert walk.open == ["ask_departments_opinion"] * 2

    walk.do("ask_departments_opinion").do("ask_departments_opinion")

    assert walk.ends[-1] == "plan_filed"


def test_silent_departments_hold_nothing_up() -> None:
    accepted = {"outcome": "accepted", "ask_departments": True, "departments": DEPARTMENTS}
    walk = submitted(planning()).do("review_plan", **accepted).fire("opinions_closed")

    assert walk.is_over
    assert ("ask_departments_opinion", "cancelled") in walk.closed


def test_the_head_sends_the_draft_back() -> None:
    walk = planning().do("write_plan").do("sign_plan", outcome="no")

    assert walk.open == ["write_plan"]


def test_a_returned_plan_has_a_new_day_of_escalation() -> None:
    walk = submitted(planning(escalate_at=in_turn(LATE, AGAIN), submit_plan=in_turn({"round": 1}, {"round": 2})))

    walk.do("review_plan", outcome="returned")

    assert walk.timers == {"plan_overdue": AGAIN}
    assert submitted(walk).do("review_plan", outcome="accepted").is_over


@pytest.mark.parametrize("refused", ["returned", ""])
def test_a_third_return_opens_the_review_again_and_files_nothing(refused: str) -> None:
    walk = submitted(planning(submit_plan={"round": 3})).do("review_plan", outcome=refused)

    assert walk.open == ["review_plan"]
    assert not {"file_plan", "set_correction"} & set(walk.host.asked)


@pytest.mark.parametrize("outcome", ["wait", "order"])
def test_a_late_locality_is_urged_or_supervised_beside_its_plan(outcome: str) -> None:
    walk = planning(escalate_at=in_turn(LATE, FAR)).fire("plan_overdue").do("decide_plan_delay", outcome=outcome)

    assert walk.open == ["write_plan"]
    assert ("supervision_wanted" in [message.name for message in walk.last.sent]) is (outcome == "order")
    assert walk.ends == ["plan_delay_handled"]


def test_a_plan_that_comes_closes_the_open_decision() -> None:
    walk = submitted(planning().fire("plan_overdue"))

    assert walk.open == ["review_plan"]
    assert ("decide_plan_delay", "cancelled") in walk.closed


def test_a_merged_locality_hands_its_plan_over() -> None:
    walk = planning().fire("plan_overdue").deliver("locality_ended")

    assert (walk.is_over, walk.ends) == (True, ["plan_moved"])
