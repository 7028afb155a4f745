"""The paths of 企业认定 on its real diagrams: the application and the batch."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import FAR, Walk, in_turn

WINDOW, CORRECTION = datetime(2023, 4, 18, 16, tzinfo=UTC), datetime(2023, 4, 25, 16, tzinfo=UTC)
MET = {"may_proceed": True, "criteria_met": True, "score": 61, "needs_visit_flag": False}
UNMET = {**MET, "may_proceed": False, "criteria_met": False}
KEY = {"application_key": "a", "batch_key": "b", "round": 1, "may_proceed": False, "needs_visit_flag": False,
       "title": False}  # fmt: skip
BATCH = {"batch_key": "b", "decision_level": "city", "application_count": 0, "open_scores": 0, "listed_count": 0,
         "departments": {}, "experts": {}}  # fmt: skip
DEPARTMENTS = {unit: {} for unit in ("eco", "tax", "amr", "drc", "emergency")}
EXPERTS = {"7": {}, "8": {}, "9": {}}
NOTICE = {"outcome": "yes", "notice_key": "b:notice:1", "notice_days": 5, "listed_count": 3}


def application(**says: Any) -> Walk:
    return Walk("enterprise_recognition", KEY, **{"submit_closes_at": WINDOW, "evaluate_criteria": MET, **says})


def checked(walk: Walk, outcome: str = "pass", **more: Any) -> Walk:
    return walk.do("submit_application").do("check_at_locality", outcome=outcome, round=1, **more)


def waiting(**says: Any) -> Walk:
    walk = checked(application(**says)).do("sign_locality_opinion", outcome="yes")
    assert walk.messages["await_decision"] == "batch_decided"
    return walk


class TestApplication:
    def test_straight(self) -> None:
        walk = waiting(read_decision={"title": True}).deliver("await_decision")

        assert walk.is_over
        assert walk.ends[-1] == "title_given"
        assert walk.host.asked[-2:] == ["read_decision", "grant_title"]

    def test_refused_by_the_batch(self) -> None:
        walk = waiting(read_decision={"title": False}).deliver("await_decision")

        assert walk.is_over
        assert walk.ends[-1] == "application_refused"

    def test_unmet_then_met_with_each_timer_anew(self) -> None:
        walk = application(evaluate_criteria=in_turn(UNMET, MET)).do("submit_application")
        assert walk.open == ["submit_application"]
        assert walk.timers == {"window_closed": WINDOW}

        assert walk.do("submit_application").open == ["check_at_locality"]

    def test_visited(self) -> None:
        walk = checked(application(evaluate_criteria={**MET, "needs_visit_flag": True}))
        assert walk.open == ["visit_enterprise"]

        assert walk.do("visit_enterprise").open == ["sign_locality_opinion"]

    def test_rejected_goes_to_the_head_without_a_visit(self) -> None:
        walk = checked(application(evaluate_criteria={**MET, "needs_visit_flag": True}), "reject")

        assert walk.open == ["sign_locality_opinion"]

    def test_the_head_returns_the_opinion(self) -> None:
        walk = checked(application()).do("sign_locality_opinion", outcome="no")

        assert walk.open == ["check_at_locality"]

    def test_returned_twice_and_a_third_return_is_no_acceptance(self) -> None:
        closes = in_turn(WINDOW, CORRECTION, FAR)
        walk = application(submit_closes_at=closes, set_application_correction=in_turn({"round": 2}, {"round": 3}))
        walk.do("submit_application").do("check_at_locality", outcome="returned", round=1)
        assert walk.timers == {"window_closed": CORRECTION}
        walk.do("submit_application").do("check_at_locality", outcome="returned", round=2)
        walk.do("submit_application").do("check_at_locality", outcome="returned", round=3)

        assert walk.open == ["check_at_locality"]
        assert walk.host.asked.count("set_application_correction") == 2

    def test_lapsed(self) -> None:
        walk = application(read_decision={"title": False}).fire("window_closed")
        assert walk.host.asked[-1:] != ["grant_title"]
        assert walk.open == []

        assert walk.deliver("await_decision").ends[-1] == "application_refused"

    @pytest.mark.parametrize(
        ("event", "end"),
        [
            ("application_withdrawn_event", "application_closed_withdrawn"),
            ("fraud_established_event", "application_closed_fraud"),
        ],
    )
    def test_ended_while_applying(self, event: str, end: str) -> None:
        walk = application().do("submit_application").deliver(event)

        assert walk.is_over
        assert walk.ends[-1] == end
        assert ("check_at_locality", "cancelled") in walk.closed

    @pytest.mark.parametrize(
        ("event", "end"),
        [("withdrawn_late", "application_closed_withdrawn"), ("fraud_late", "application_closed_fraud")],
    )
    def test_ended_while_waiting(self, event: str, end: str) -> None:
        walk = waiting().deliver(event)

        assert walk.is_over
        assert walk.ends[-1] == end

    def test_a_late_decision_is_explained_beside_the_waiting(self) -> None:
        walk = waiting(decision_guard_at=CORRECTION, read_decision={"title": True}).fire("decision_guard")
        assert walk.open == ["explain_delay"]
        walk.do("explain_delay")
        assert walk.ends[-1] == "delay_explained"
        assert not walk.is_over

        assert walk.deliver("await_decision").is_over

    def test_side_open_the_decision_takes_the_explanation_away(self) -> None:
        walk = waiting(decision_guard_at=CORRECTION, read_decision={"title": True}).fire("decision_guard")

        walk.deliver("await_decision")

        assert walk.is_over
        assert ("explain_delay", "cancelled") in walk.closed


def batch(**says: Any) -> Walk:
    told = {
        "count_applications": {"application_count": 3, "departments": DEPARTMENTS},
        "draw_experts": in_turn({"open_scores": 3, "experts": EXPERTS}, {"open_scores": 0, "experts": {}}),
        "count_objections": {"has_open_objection": False},
        "close_notice": {"is_upheld": False},
        "window_closes_at": WINDOW,
        "locality_closes_at": CORRECTION,
        "checks_close_at": CORRECTION,
        "scores_close_at": CORRECTION,
        "notice_ends_at": CORRECTION,
    }
    level = says.pop("level", "city")
    return Walk("enterprise_recognition_batch", {**BATCH, "decision_level": level}, **{**told, **says})


def published(walk: Walk) -> Walk:
    return walk.do("open_batch").do("sign_batch_notice", outcome="yes")


def in_review(walk: Walk) -> Walk:
    return published(walk).fire("window_ends").deliver("await_applications")


def all_checked(walk: Walk) -> Walk:
    for _ in DEPARTMENTS:
        walk.do("check_list_by_department")
    return walk


def all_scored(walk: Walk) -> Walk:
    for _ in EXPERTS:
        walk.do("score_applications")
    return walk


def listed(walk: Walk) -> Walk:
    return all_scored(all_checked(in_review(walk))).do("decide_list").do("sign_list", **NOTICE)


def shown(walk: Walk) -> Walk:
    return listed(walk).do("publish_notice").fire("notice_ends")


class TestBatch:
    def test_straight_city(self) -> None:
        walk = in_review(batch())
        assert walk.open == ["check_list_by_department"] * 5 + ["score_applications"] * 3
        all_scored(all_checked(walk))
        assert walk.open == ["decide_list"]

        walk.do("decide_list").do("sign_list", **NOTICE).do("publish_notice")
        assert walk.timers == {"notice_ends": CORRECTION}
        walk.fire("notice_ends")

        assert walk.is_over
        assert walk.ends[-1] == "batch_closed"
        assert walk.host.asked[-2:] == ["apply_objections", "announce_titles"]

    def test_the_heads_of_bureau_may_return_the_notice(self) -> None:
        walk = batch().do("open_batch").do("sign_batch_notice", outcome="no")

        assert walk.open == ["open_batch"]

    def test_recommended_up(self) -> None:
        walk = shown(batch(level="province"))
        assert walk.open == ["send_recommendation"]

        walk.do("send_recommendation").do("record_outcome")

        assert walk.ends[-1] == "batch_closed"

    def test_nobody_applied(self) -> None:
        walk = published(batch(count_applications={"application_count": 0, "departments": {}})).fire("window_ends")

        assert walk.is_over
        assert walk.ends == ["batch_empty"]

    def test_locality_silent(self) -> None:
        walk = published(batch()).fire("window_ends").fire("locality_review_lapsed")
        assert walk.open == ["settle_pending"]

        walk.do("settle_pending")

        assert "check_list_by_department" in walk.open

    def test_a_silent_department_is_pressed_and_waited_for(self) -> None:
        walk = all_scored(in_review(batch())).fire("checks_lapsed")
        assert walk.open.count("press_checks") == 1
        assert walk.open.count("check_list_by_department") == 5
        walk.do("press_checks")

        assert all_checked(walk).open == ["decide_list"]

    def test_side_open_the_answers_take_the_pressing_away(self) -> None:
        walk = all_scored(in_review(batch())).fire("checks_lapsed")

        all_checked(walk)

        assert walk.open == ["decide_list"]
        assert ("press_checks", "cancelled") in walk.closed

    def test_without_scores_no_expert_is_asked(self) -> None:
        walk = all_checked(in_review(batch(draw_experts={"open_scores": 0, "experts": {}})))

        assert walk.open == ["decide_list"]

    def test_silent_experts_are_replaced_until_nobody_is_missing(self) -> None:
        later = datetime(2023, 5, 9, 16, tzinfo=UTC)
        draws = in_turn(
            {"open_scores": 3, "experts": EXPERTS},
            {"open_scores": 1, "experts": {"10": {}}},
            {"open_scores": 0, "experts": {}},
        )
        walk = all_checked(in_review(batch(draw_experts=draws, scores_close_at=in_turn(CORRECTION, later))))
        walk.do("score_applications").fire("scores_lapsed")
        assert walk.open == ["replace_experts"]

        walk.do("replace_experts")
        assert walk.open == ["score_applications"]
        assert walk.timers == {"scores_lapsed": later}

        assert walk.do("score_applications").open == ["decide_list"]

    def test_a_freed_row_goes_to_a_substitute(self) -> None:
        draws = in_turn(
            {"open_scores": 3, "experts": EXPERTS},
            {"open_scores": 1, "experts": {"10": {}}},
            {"open_scores": 0, "experts": {}},
        )
        walk = all_scored(all_checked(in_review(batch(draw_experts=draws))))
        assert walk.open == ["score_applications"]

        assert walk.do("score_applications").open == ["decide_list"]

    def test_a_returned_list_is_decided_again(self) -> None:
        walk = all_scored(all_checked(in_review(batch()))).do("decide_list").do("sign_list", outcome="no")

        assert walk.open == ["decide_list"]

    def test_a_list_on_which_nobody_is_proposed_is_not_shown(self) -> None:
        walk = all_scored(all_checked(in_review(batch()))).do("decide_list")

        walk.do("sign_list", **{**NOTICE, "listed_count": 0})

        assert walk.is_over
        assert "set_notice_end" not in walk.host.asked
        assert walk.ends[-1] == "batch_closed"

    def test_the_notice_waits_for_objections_and_is_pressed(self) -> None:
        counts = in_turn({"has_open_objection": True}, {"has_open_objection": False})
        walk = shown(batch(count_objections=counts, objections_guard_at=CORRECTION, close_notice={"is_upheld": True}))
        assert walk.messages["await_objections"] == "objections_settled"
        walk.fire("objections_lapsed")
        assert walk.open == ["press_objections"]

        walk.do("press_objections")

        assert walk.ends[-1] == "batch_closed"
