"""The paths of 会商 on its real diagram."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.workflows.walker import BEGIN, Walk, in_turn

CALLER = "annual_target_indicator:2023:08:r1"
UNITS = {"units": {"miit": {}, "sci": {}, "drc": {}}}
CLOSES = datetime(2023, 1, 17, 16, tzinfo=UTC)
MEETING = {"meeting_at": datetime(2023, 1, 20, 1, tzinfo=UTC).isoformat()}
LATER = {"meeting_at": datetime(2023, 2, 3, 1, tzinfo=UTC).isoformat()}


def consultation(is_agreed: bool = True, **says: Any) -> Walk:
    says = {"compare_opinions": {"is_agreed": is_agreed}, "answers_close_at": CLOSES, **says}
    return Walk("consultation", {"caller_key": CALLER}, **says)


def asked(walk: Walk) -> Walk:
    return walk.do("set_consultation", outcome="written", **UNITS)


def answered(walk: Walk, times: int = 3) -> Walk:
    for _ in range(times):
        walk.do("answer_consultation")
    return walk


def minuted(walk: Walk, needs_leader: bool = False) -> Walk:
    return walk.do("draft_minutes", needs_leader_flag=needs_leader)


def closed(walk: Walk) -> None:
    assert walk.is_over
    assert walk.ends[-1] == "consultation_closed"
    assert walk.host.asked[-2:] == ["announce_decision", "register_followups"]


def test_written_agreed() -> None:
    walk = answered(asked(consultation()))
    assert walk.open == ["draft_minutes"]
    assert walk.timers == {}

    minuted(walk).do("sign_minutes", outcome="yes")

    closed(walk)


def test_two_thirds() -> None:
    walk = answered(asked(consultation()), 2)
    assert walk.open == ["answer_consultation"]
    assert walk.timers == {"answers_lapsed": CLOSES}

    walk.fire("answers_lapsed")

    assert walk.open == ["draft_minutes"]
    assert walk.closed[-1] == ("answer_consultation", "cancelled")
    minuted(walk).do("sign_minutes", outcome="yes")
    closed(walk)


def test_differs() -> None:
    walk = answered(asked(consultation(is_agreed=False)))
    assert walk.open == ["call_meeting"]

    walk.do("call_meeting", **MEETING)

    assert walk.open == []
    assert walk.timers == {"meeting_day": datetime(2023, 1, 20, 1, tzinfo=UTC)}
    walk.fire("meeting_day").do("hold_meeting", outcome="held")
    minuted(walk).do("sign_minutes", outcome="yes")
    closed(walk)


def test_postponed() -> None:
    walk = answered(asked(consultation(is_agreed=False))).do("call_meeting", **MEETING).fire("meeting_day")

    walk.do("hold_meeting", outcome="postponed").do("call_meeting", **LATER)

    assert walk.timers == {"meeting_day": datetime(2023, 2, 3, 1, tzinfo=UTC)}
    walk.fire("meeting_day").do("hold_meeting", outcome="postponed").do("call_meeting", **MEETING)
    walk.fire("meeting_day").do("hold_meeting", outcome="held")
    minuted(walk).do("sign_minutes", outcome="yes")
    closed(walk)


def test_leader_needed_and_returned() -> None:
    walk = answered(asked(consultation(is_agreed=False))).do("call_meeting", **MEETING).fire("meeting_day")
    minuted(walk.do("hold_meeting", outcome="held"), needs_leader=True)
    assert walk.open == ["approve_minutes"]

    walk.do("approve_minutes", outcome="no")

    assert walk.open == ["draft_minutes"]
    minuted(walk, needs_leader=True).do("approve_minutes", outcome="yes")
    closed(walk)


def test_the_signer_sends_the_minutes_back() -> None:
    walk = minuted(answered(asked(consultation()))).do("sign_minutes", outcome="no")

    assert walk.open == ["draft_minutes"]
    minuted(walk).do("sign_minutes", outcome="yes")
    closed(walk)


def test_direct_answer_and_refused() -> None:
    for outcome in ("direct", "refused"):
        walk = consultation().do("set_consultation", outcome=outcome)
        assert walk.open == ["decide_directly"]

        walk.do("decide_directly")

        closed(walk)
        assert "compare_opinions" not in walk.host.asked


def test_an_unknown_way_asks_nobody() -> None:
    assert consultation().do("set_consultation", outcome="").open == ["decide_directly"]


def test_caller_dropped_at_each_stage() -> None:
    stages = [
        consultation(),
        asked(consultation()),
        answered(asked(consultation(is_agreed=False))),
        answered(asked(consultation(is_agreed=False))).do("call_meeting", **MEETING),
        minuted(answered(asked(consultation()))),
        minuted(answered(asked(consultation())), needs_leader=True),
    ]
    for walk in stages:
        assert walk.messages == {"caller_gone": "caller_dropped"}

        walk.deliver("caller_gone")

        assert walk.is_over
        assert walk.ends[-1] == "consultation_dropped"
        assert walk.open == []
        assert walk.timers == {}
        assert walk.host.asked[-1] == "close_consultation"


def test_a_message_after_the_end_is_not_waited_for() -> None:
    walk = minuted(answered(asked(consultation()))).do("sign_minutes", outcome="yes")

    assert walk.messages == {}
    assert BEGIN < CLOSES


def test_answers_are_asked_for_once_with_the_date_of_that_day() -> None:
    walk = asked(consultation(answers_close_at=in_turn(CLOSES)))

    assert answered(walk).open == ["draft_minutes"]
