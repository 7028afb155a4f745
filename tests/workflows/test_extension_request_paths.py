"""The paths of 延期申请 on its real diagram."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.workflows.walker import Walk

GUARD = datetime(2022, 7, 25, 16, tzinfo=UTC)
DATA = {
    "subject_key": "task:1",
    "submission_key": "extension_request:1:1",
    "outcome": "",
    "needs_leader_flag": False,
    "is_in_time": False,
}


def request(*, needs_leader: bool = False, **says: Any) -> Walk:
    held = {"is_in_time": True, "needs_leader_flag": needs_leader}
    return Walk("extension_request", DATA, **{"hold_deadline": held, "review_guard_at": GUARD, **says})


def signed(walk: Walk) -> Walk:
    return walk.do("write_extension").do("sign_extension", outcome="yes")


def ended(walk: Walk, end: str, last_service: str) -> None:
    assert walk.is_over
    assert walk.ends[-1] == end
    assert [name for name in walk.host.asked if name != "review_guard_at"][-1] == last_service


def test_granted() -> None:
    walk = signed(request())
    assert walk.open == ["review_extension"]
    assert walk.timers == {"review_lapsed": GUARD}

    walk.do("review_extension", outcome="granted")

    ended(walk, "extension_decided", "grant_extension")


def test_refused() -> None:
    ended(signed(request()).do("review_extension", outcome="refused"), "extension_decided", "keep_deadline")


def test_an_unknown_word_decides_nothing() -> None:
    assert signed(request()).do("review_extension", outcome="").open == ["review_extension"]


def test_the_leading_group_decides() -> None:
    for walk in (
        signed(request(needs_leader=True)).do("review_extension", outcome="granted"),
        signed(request()).do("review_extension", outcome="to_leader"),
    ):
        assert walk.open == ["decide_extension"]
        assert walk.do("decide_extension", outcome="").open == ["decide_extension"]
        ended(walk.do("decide_extension", outcome="granted"), "extension_decided", "grant_extension")
    refused = signed(request(needs_leader=True)).do("review_extension", outcome="to_leader")
    ended(refused.do("decide_extension", outcome="refused"), "extension_decided", "keep_deadline")


def test_the_head_refuses() -> None:
    walk = request().do("write_extension").do("sign_extension", outcome="no")

    ended(walk, "extension_decided", "end_unsigned")


def test_the_contact_takes_it_back() -> None:
    walk = request().do("write_extension")
    assert walk.messages["extension_taken_back"] == "submission_withdrawn"

    ended(walk.deliver("extension_taken_back"), "extension_decided", "end_unsigned")


def test_done_or_dropped_meanwhile_at_each_stage() -> None:
    stages = [
        lambda: request(),
        lambda: request().do("write_extension"),
        lambda: signed(request()),
        lambda: signed(request()).fire("review_lapsed"),
        lambda: signed(request(needs_leader=True)).do("review_extension", outcome="to_leader"),
    ]
    for stage in stages:
        for event in ("task_done_meanwhile", "task_gone"):
            ended(stage().deliver(event), "extension_needless", "close_extension")


def test_the_office_is_slow() -> None:
    walk = signed(request()).fire("review_lapsed")
    assert walk.open == ["press_review", "review_extension"]

    walk.do("review_extension", outcome="granted")

    ended(walk, "extension_decided", "grant_extension")
    assert walk.closed[-1] == ("press_review", "cancelled")


def test_pressing_does_not_decide() -> None:
    walk = signed(request()).fire("review_lapsed").do("press_review", outcome="take_over")

    assert walk.open == ["review_extension"]
    ended(walk.do("review_extension", outcome="refused"), "extension_decided", "keep_deadline")
