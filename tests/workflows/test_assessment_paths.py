"""The paths of 年度考核 on its real diagrams."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.workflows.walker import Walk

GUARD = datetime(2023, 2, 5, 16, tzinfo=UTC)
LATER = datetime(2023, 3, 3, 16, tzinfo=UTC)
CLOSES = datetime(2023, 1, 31, 16, tzinfo=UTC)


def year(**says: Any) -> Walk:
    data = {"assessment_key": "assessment:2022", "rules_changed": False, "outcome": ""}
    return Walk("assessment", data, data_guard_at=GUARD, appeals_guard_at=LATER, **says)


def unit(**says: Any) -> Walk:
    data = {"assessment_key": "assessment:2022", "unit_insists": False, "outcome": ""}
    return Walk("assessment_unit", data, appeal_closes_at=CLOSES, **says)


def ranked(walk: Walk) -> Walk:
    return walk.do("confirm_rules", rules_changed=False).deliver("await_data").deliver("await_appeals")


def approved(walk: Walk) -> Walk:
    return walk.do("review_ranking").do("sign_ranking", outcome="yes").do("approve_ranking", outcome="yes")


def appealed(walk: Walk, **more: Any) -> Walk:
    return walk.do("confirm_score", outcome="appealed", **more).do("sign_appeal", outcome="yes")


def answered(walk: Walk) -> Walk:
    return walk.do("examine_appeal").do("sign_appeal_answer", outcome="yes")


def test_straight_to_the_bulletin() -> None:
    walk = approved(ranked(year())).do("issue_bulletin", outcome="yes")

    assert (walk.is_over, walk.ends) == (True, ["assessment_published"])
    asked = [name for name in walk.host.asked if not name.endswith("_at")]
    assert asked == ["compute_scores", "start_unit_children", "rank_units", "publish_scores"]


def test_changed_rules_go_to_the_leading_group_and_may_come_back() -> None:
    walk = year().do("confirm_rules", rules_changed=True).do("approve_rules", outcome="no")
    assert walk.open == ["confirm_rules"]

    walk.do("confirm_rules", rules_changed=True).do("approve_rules", outcome="yes")

    assert walk.messages == {"await_data": "assessment_scores_ready"}
    assert walk.timers == {"data_guard": GUARD}


def test_data_that_are_late_hold_nothing_up() -> None:
    walk = year().do("confirm_rules", rules_changed=False).fire("data_guard")

    assert walk.messages == {"await_appeals": "assessment_appeals_done"}


def test_appeals_that_are_late_hold_nothing_up() -> None:
    walk = year().do("confirm_rules", rules_changed=False).deliver("await_data").fire("appeals_guard")

    assert walk.open == ["review_ranking"]


def test_signer_leader_and_bulletin_send_the_ranking_back() -> None:
    walk = ranked(year()).do("review_ranking").do("sign_ranking", outcome="no")
    assert walk.open == ["review_ranking"]
    walk.do("review_ranking").do("sign_ranking", outcome="yes").do("approve_ranking", outcome="no")
    assert walk.open == ["review_ranking"]

    approved(walk).do("issue_bulletin", outcome="no")

    assert walk.open == ["review_ranking"]
    assert approved(walk).do("issue_bulletin", outcome="yes").is_over


def test_an_empty_answer_never_agrees() -> None:
    walk = ranked(year()).do("review_ranking").do("sign_ranking", outcome="")
    assert walk.open == ["review_ranking"]
    score = unit().do("confirm_score", outcome="")
    assert score.open == ["confirm_score"]
    assert score.do("confirm_score", outcome="appealed").do("sign_appeal", outcome="").open == ["sign_appeal"]


def test_a_confirmed_score_is_settled() -> None:
    walk = unit().do("confirm_score", outcome="confirmed")

    assert (walk.is_over, walk.ends) == (True, ["score_settled"])


def test_silence_settles_the_score() -> None:
    walk = unit().fire("score_accepted_silently")

    assert (walk.is_over, walk.closed) == (True, [("confirm_score", "cancelled")])


def test_a_head_who_refuses_settles_the_score() -> None:
    walk = unit().do("confirm_score", outcome="appealed").do("sign_appeal", outcome="no")

    assert walk.is_over
    assert "recompute_score" not in walk.host.asked


def test_an_answer_is_examined_again_and_then_counted() -> None:
    walk = appealed(unit()).do("examine_appeal").do("sign_appeal_answer", outcome="no")
    assert walk.open == ["examine_appeal"]

    assert answered(walk).is_over
    assert walk.host.asked[-1] == "recompute_score"


def test_a_unit_that_insists_goes_to_the_leading_group() -> None:
    walk = answered(appealed(unit(), unit_insists=True))
    assert walk.open == ["decide_appeal"]

    assert walk.do("decide_appeal").is_over
    assert walk.host.asked[-1] == "apply_appeal"


def test_a_unit_that_insists_has_nothing_left_once_all_is_upheld() -> None:
    walk = answered(appealed(unit(recompute_score={"unit_insists": False}), unit_insists=True))

    assert walk.is_over
