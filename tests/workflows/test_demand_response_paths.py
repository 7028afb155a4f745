"""Every path of 诉求响应 on its real diagram, timers included."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.workflows.walker import FAR, Walk, in_turn

GUARD = datetime(2023, 1, 20, 16, tzinfo=UTC)
LATER = datetime(2023, 2, 20, 16, tzinfo=UTC)
DATA = {
    "demand_key": "demand_response:2023-000001",
    "kind": "handle",
    "outcome": "",
    "is_sure": False,
    "reroutes": 0,
    "round": 1,
    "units": {},
}


def demand(*, is_sure: bool = False, kind: str = "handle", **says: Any) -> Walk:
    classified = {"is_sure": is_sure, "kind": kind}
    return Walk("demand_response", DATA, **{"classify_demand": classified, **says})


def answered(walk: Walk) -> Walk:
    """Signed by the head, so that the firm may rate it."""
    return walk.do("answer_demand").do("sign_answer", outcome="yes")


def refused(walk: Walk) -> Walk:
    return walk.do("route_demand", outcome="assign").do("accept_demand", outcome="no")


def test_direct() -> None:
    walk = demand(is_sure=True, kind="consult")
    assert walk.open == ["accept_demand"]

    walk.do("accept_demand", outcome="yes").do("answer_demand")
    assert walk.open == ["rate_answer"]
    walk.do("rate_answer", outcome="yes")

    assert walk.is_over
    assert walk.ends == ["answering_ended", "demand_closed"]
    assert walk.host.asked[-2:] == ["rating_closes_at", "close_demand"]


def test_routed() -> None:
    walk = demand()
    assert walk.open == ["route_demand"]

    answered(walk.do("route_demand", outcome="assign", kind="handle").do("accept_demand", outcome="yes"))
    walk.do("rate_answer", outcome="fair")

    assert walk.ends[-1] == "demand_closed"


def test_an_answer_by_the_office_needs_no_unit() -> None:
    walk = demand().do("route_demand", outcome="answer_now")

    assert walk.open == ["rate_answer"]
    assert "send_answer" in walk.host.asked


def test_joint() -> None:
    units = {"pboc": {}, "tax": {}, "sci": {}}
    walk = demand().do("route_demand", outcome="joint", kind="handle", units=units)
    assert walk.open == ["joint_answer"] * 3

    walk.do("joint_answer").do("joint_answer").fire("joint_lapsed")
    assert walk.open == ["answer_demand"]

    assert answered(walk).do("rate_answer", outcome="yes").ends[-1] == "demand_closed"


def test_joint_with_every_unit_heard_goes_on_at_once() -> None:
    walk = demand().do("route_demand", outcome="joint", kind="handle", units={"pboc": {}, "tax": {}})

    walk.do("joint_answer").do("joint_answer")

    assert walk.open == ["answer_demand"]
    assert "joint_lapsed" not in walk.timers


def test_not_ours() -> None:
    walk = refused(demand(count_reroute=in_turn({"reroutes": 1})))
    assert walk.open == ["route_demand"]

    answered(walk.do("route_demand", outcome="assign").do("accept_demand", outcome="yes"))
    assert walk.do("rate_answer", outcome="yes").ends[-1] == "demand_closed"


def nobody(**says: Any) -> Walk:
    walk = demand(count_reroute=in_turn(*({"reroutes": number} for number in (1, 2, 3, 4))), **says)
    for _ in range(3):
        refused(walk)
    return walk


def test_nobody() -> None:
    walk = nobody()
    assert walk.open == []
    assert walk.last.sent[0].name == "consultation_wanted"
    assert walk.messages["await_consultation"] == "consultation_decided"

    walk.deliver("await_consultation")
    assert walk.open == ["answer_demand"]

    assert answered(walk).do("rate_answer", outcome="yes").ends[-1] == "demand_closed"


def test_consultation_stalled() -> None:
    walk = nobody(consultation_guard_at=in_turn(GUARD))
    assert walk.timers == {"consultation_stalled": GUARD}

    walk.fire("consultation_stalled")
    assert walk.open == ["route_demand"]

    answered(walk.do("route_demand", outcome="assign").do("accept_demand", outcome="yes"))
    assert walk.do("rate_answer", outcome="yes").ends[-1] == "demand_closed"


def test_entered_again_the_consultation_has_a_new_guard() -> None:
    walk = nobody(consultation_guard_at=in_turn(GUARD, LATER)).fire("consultation_stalled")

    refused(walk)

    assert walk.timers == {"consultation_stalled": LATER}


def working(**says: Any) -> Walk:
    return demand(is_sure=True, **says).do("accept_demand", outcome="yes")


def test_overdue() -> None:
    walk = working(answer_guard_at=in_turn(GUARD)).fire("answer_lapsed")
    assert walk.open == ["answer_demand", "judge_delay"]

    walk.do("judge_delay", outcome="order")
    assert walk.ends == ["delay_judged"]
    assert walk.last.sent[0].name == "supervision_wanted"

    assert answered(walk).do("rate_answer", outcome="yes").ends[-1] == "demand_closed"


def test_a_delay_that_is_only_urged_sends_nothing() -> None:
    walk = working(answer_guard_at=in_turn(GUARD)).fire("answer_lapsed").do("judge_delay", outcome="urge")

    assert walk.open == ["answer_demand"]
    assert walk.last.sent == ()


def test_side_open_the_answer_closes_the_judgement_of_the_delay() -> None:
    walk = working(answer_guard_at=in_turn(GUARD)).fire("answer_lapsed")

    answered(walk)

    assert walk.open == ["rate_answer"]
    assert ("judge_delay", "cancelled") in walk.closed


def test_entered_again_a_returned_answer_has_the_far_date() -> None:
    walk = working(answer_guard_at=in_turn(GUARD, FAR)).do("answer_demand").do("sign_answer", outcome="no")

    assert walk.open == ["answer_demand"]
    assert walk.timers == {"answer_lapsed": FAR}


def rated_low(**says: Any) -> Walk:
    rounds = in_turn({"round": 2, "is_sure": says.pop("is_sure_again", False), "reroutes": 0})
    return answered(working(reopen_demand=rounds, **says)).do("rate_answer", outcome="no")


def test_dissatisfied_again() -> None:
    walk = rated_low()
    assert walk.open == ["judge_demand"]

    walk.do("judge_demand", outcome="again")
    assert walk.open == ["route_demand"]
    answered(walk.do("route_demand", outcome="assign").do("accept_demand", outcome="yes"))

    assert walk.do("rate_answer", outcome="yes").ends[-1] == "demand_closed"


def test_dissatisfied_again_with_a_named_unit_goes_there_at_once() -> None:
    assert rated_low(is_sure_again=True).do("judge_demand", outcome="again").open == ["accept_demand"]


def test_a_second_dissatisfaction_is_closed() -> None:
    walk = rated_low(is_sure_again=True).do("judge_demand", outcome="again").do("accept_demand", outcome="yes")

    answered(walk).do("rate_answer", outcome="no")

    assert walk.is_over
    assert walk.ends[-1] == "demand_closed"


def test_dissatisfied_explained() -> None:
    assert rated_low().do("judge_demand", outcome="explain").ends[-1] == "demand_closed"


def test_dissatisfied_consulted() -> None:
    walk = rated_low().do("judge_demand", outcome="consult")
    assert walk.last.sent[0].name == "consultation_wanted"

    assert walk.deliver("await_meeting").ends[-1] == "demand_closed"


def test_a_meeting_that_stalls_comes_back_to_the_office() -> None:
    walk = rated_low(meeting_guard_at=in_turn(GUARD)).do("judge_demand", outcome="consult").fire("meeting_stalled")

    assert walk.open == ["judge_demand"]


def test_an_unknown_outcome_judges_again_and_closes_nothing() -> None:
    assert rated_low().do("judge_demand", outcome="").open == ["judge_demand"]


def test_unrated() -> None:
    walk = answered(working(rating_closes_at=in_turn(GUARD))).fire("rating_lapsed")

    assert walk.is_over
    assert walk.ends[-1] == "demand_closed"


def test_withdrawn() -> None:
    walk = working(answer_guard_at=in_turn(GUARD))
    assert walk.messages["withdrawn_by_firm"] == "demand_withdrawn"

    walk.fire("answer_lapsed").deliver("withdrawn_by_firm")

    assert walk.is_over
    assert walk.ends[-1] == "demand_withdrawn_end"
    assert walk.host.asked[-1] == "close_withdrawn"


def test_urgent() -> None:
    walk = demand(is_sure=True, kind="urgent").do("accept_demand", outcome="yes")

    assert answered(walk).do("rate_answer", outcome="yes").ends[-1] == "demand_closed"
