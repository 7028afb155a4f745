"""The paths of 督办单办理 on its real diagram."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.workflows.walker import Walk, in_turn

LIMIT = datetime(2022, 7, 22, 16, tzinfo=UTC)
LATER = datetime(2022, 7, 28, 16, tzinfo=UTC)
DATA = {
    "subject_key": "task:1",
    "caller_key": "",
    "level": "blue",
    "is_urgent": False,
    "is_duplicate": False,
    "may_set_limit": True,
    "outcome": "",
}


def order(*, is_duplicate: bool = False, **says: Any) -> Walk:
    proposed = {"level": "blue", "is_duplicate": is_duplicate}
    known = {"propose_level": proposed, "limit_at": LIMIT, "record_lapse": {"may_set_limit": True}}
    return Walk("supervision_order", DATA, **{**known, **says})


def issued(walk: Walk, level: str = "blue", *, is_urgent: bool = False) -> Walk:
    walk.do("draft_order", outcome="issue", level=level, is_urgent=is_urgent)
    signer = "approve_order" if level == "red" or is_urgent else "sign_order"
    return walk.do(signer, outcome="yes")


def reported(walk: Walk) -> Walk:
    return walk.do("sign_for", outcome="yes").do("report_back").do("sign_report", outcome="yes")


def ended(walk: Walk, end: str) -> None:
    assert walk.is_over
    assert walk.ends[-1] == end


def test_blue_done() -> None:
    walk = issued(order())
    assert walk.open == ["sign_for"]
    assert walk.timers == {"limit_lapsed": LIMIT}
    assert walk.messages == {"subject_done": "subject_completed", "subject_gone": "subject_dropped"}

    reported(walk).do("verify_report", outcome="accepted")

    ended(walk, "order_closed")


def test_three_colours() -> None:
    walk = issued(order(raise_level=in_turn({"level": "orange"}, {"level": "red"})))
    walk.fire("limit_lapsed").do("decide_next", outcome="raise")
    issued(walk, "orange").fire("limit_lapsed").do("decide_next", outcome="raise")

    issued(walk, "red")
    reported(walk).do("verify_report", outcome="accepted")

    assert walk.open == ["confirm_closing"]
    walk.do("confirm_closing", outcome="yes")
    ended(walk, "order_closed")


def test_red_lapsed_and_explained() -> None:
    walk = issued(order(), "red", is_urgent=True).fire("limit_lapsed")
    assert walk.open == ["decide_final"]

    walk.do("decide_final", outcome="explain").do("explain_in_writing")

    assert walk.host.asked[-2:] == ["set_new_limit", "limit_at"]
    reported(walk).do("verify_report", outcome="accepted").do("confirm_closing", outcome="yes")
    ended(walk, "order_closed")


def test_red_lapsed_with_a_new_limit() -> None:
    walk = issued(order(limit_at=in_turn(LIMIT, LATER)), "red").fire("limit_lapsed")

    walk.do("decide_final", outcome="new_limit")

    assert walk.timers == {"limit_lapsed": LATER}


def test_transferred() -> None:
    walk = issued(order(), "red").fire("limit_lapsed").do("decide_final", outcome="transfer")

    ended(walk, "order_transferred")


def test_not_issued() -> None:
    ended(order().do("draft_order", outcome="drop", level="blue", is_urgent=False), "order_not_issued")


def test_an_unknown_word_issues_nothing() -> None:
    walk = order().do("draft_order", outcome="", level="blue", is_urgent=False)

    assert walk.open == ["draft_order"]
    assert issued(walk).fire("limit_lapsed").do("decide_next", outcome="").open == ["decide_next"]


def test_duplicate() -> None:
    ended(order(is_duplicate=True), "matter_joined")


def test_wrong_unit() -> None:
    walk = issued(order()).do("sign_for", outcome="no")
    assert walk.open == ["settle_unit"]

    walk.do("settle_unit")

    reported(walk).do("verify_report", outcome="accepted")
    ended(walk, "order_closed")


def test_returned_in_time() -> None:
    walk = issued(order(limit_at=in_turn(LIMIT, LATER, LATER)))
    for _ in range(2):
        reported(walk).do("verify_report", outcome="returned")
        assert walk.timers == {"limit_lapsed": LATER}

    reported(walk).do("verify_report", outcome="accepted")

    assert "record_lapse" not in walk.host.asked
    ended(walk, "order_closed")


def test_the_head_sends_the_report_back() -> None:
    walk = issued(order()).do("sign_for", outcome="yes").do("report_back").do("sign_report", outcome="no")

    assert walk.open == ["report_back"]


def test_subject_completed() -> None:
    walk = issued(order()).deliver("subject_done")

    assert walk.open == ["verify_report"]
    assert walk.timers == {}
    walk.do("verify_report", outcome="accepted")
    ended(walk, "order_closed")


def test_subject_dropped() -> None:
    ended(issued(order()).do("sign_for", outcome="yes").deliver("subject_gone"), "order_needless")


def test_one_new_limit_in_a_colour() -> None:
    walk = issued(order(set_new_limit={"may_set_limit": False}, record_lapse=in_turn({"may_set_limit": True}, {})))
    walk.fire("limit_lapsed").do("decide_next", outcome="new_limit").fire("limit_lapsed")

    assert walk.do("decide_next", outcome="new_limit").open == ["decide_next"]
    walk.do("decide_next", outcome="done").do("verify_report", outcome="accepted")
    ended(walk, "order_closed")


def test_who_signs_refuses() -> None:
    walk = order().do("draft_order", outcome="issue", level="orange", is_urgent=True).do("approve_order", outcome="no")
    assert walk.open == ["draft_order"]

    walk.do("draft_order", outcome="issue", level="blue", is_urgent=False).do("sign_order", outcome="no")

    assert walk.open == ["draft_order"]


def test_the_leading_group_does_not_agree_to_the_closing() -> None:
    walk = reported(issued(order(), "red")).do("verify_report", outcome="accepted").do("confirm_closing", outcome="no")

    assert walk.open == ["sign_for"]
