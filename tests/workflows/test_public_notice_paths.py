"""The paths of 公示 and of 异议核查 on their real diagrams."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import Walk, in_turn

ENDS, GUARD, AGAIN = (datetime(2022, month, 8, 16, tzinfo=UTC) for month in (10, 11, 12))
OPEN, SETTLED = {"has_open_objection": True}, {"has_open_objection": False}


def notice(*counts: Any, upheld: bool = False) -> Walk:
    says = {
        "count_objections": in_turn(*counts),
        "close_notice": {"is_upheld": upheld},
        "notice_ends_at": ENDS,
        "objections_guard_at": in_turn(GUARD, AGAIN),
    }
    return Walk("public_notice", {"notice_key": "n", "notice_days": 5}, **says)


def over(walk: Walk) -> None:
    assert walk.is_over
    assert walk.ends == ["notice_closed"]


class TestNotice:
    def test_no_objection(self) -> None:
        walk = notice(SETTLED).do("publish_notice")
        assert walk.timers == {"notice_ends": ENDS}

        over(walk.fire("notice_ends"))

    def test_waits(self) -> None:
        walk = notice(OPEN, upheld=True).do("publish_notice").fire("notice_ends")
        assert walk.messages == {"await_objections": "objections_settled"}

        over(walk.deliver("await_objections"))

    def test_stalled_pressed_and_decided_later(self) -> None:
        walk = notice(OPEN, OPEN).do("publish_notice").fire("notice_ends")
        assert walk.timers == {"objections_lapsed": GUARD}
        walk.fire("objections_lapsed").do("press_objections")
        assert walk.timers == {"objections_lapsed": AGAIN}

        over(walk.deliver("await_objections"))

    def test_settled_while_pressed(self) -> None:
        walk = notice(OPEN, SETTLED).do("publish_notice").fire("notice_ends").fire("objections_lapsed")
        assert walk.messages == {}

        over(walk.do("press_objections"))


def objection() -> Walk:
    return Walk("objection", {"objection_key": "o", "notice_key": "n"})


def examined() -> Walk:
    return objection().do("register_objection", outcome="yes").do("investigate_objection")


class TestObjection:
    @pytest.mark.parametrize("outcome", ["upheld", "partly", "dismissed"])
    def test_decided(self, outcome: str) -> None:
        walk = examined().do("decide_objection", outcome=outcome)

        assert walk.is_over
        assert walk.ends[-1] == "objection_answered"
        assert walk.host.asked[-1] == "answer_objector"

    def test_sent_back(self) -> None:
        walk = examined().do("decide_objection", outcome="returned")
        assert walk.open == ["investigate_objection"]

        walk.do("investigate_objection").do("decide_objection", outcome="dismissed")

        assert walk.ends[-1] == "objection_answered"

    def test_anonymous(self) -> None:
        admitted = objection().do("register_objection", outcome="anonymous").do("admit_anonymous", outcome="yes")
        refused = objection().do("register_objection", outcome="anonymous").do("admit_anonymous", outcome="no")

        assert admitted.open == ["investigate_objection"]
        assert refused.ends[-1] == "objection_refused"

    def test_refused(self) -> None:
        walk = objection().do("register_objection", outcome="no")

        assert walk.is_over
        assert walk.host.asked == ["refuse_objection"]

    @pytest.mark.parametrize("event", ["objection_taken_back", "notice_dropped_event"])
    def test_dropped(self, event: str) -> None:
        walk = examined().deliver(event)

        assert walk.is_over
        assert walk.ends[-1] == "objection_dropped"
        assert ("decide_objection", "cancelled") in walk.closed
