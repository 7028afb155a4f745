"""Every path of 服务专员结对 and of 季度走访 on their real diagrams, timers included."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import Walk, in_turn

GUARD = datetime(2023, 1, 20, 16, tzinfo=UTC)
LATER = datetime(2023, 2, 20, 16, tzinfo=UTC)
CODE = "91321000MA1MXXXX5X"
PAIRING = {
    "enterprise_key": CODE,
    "pairing_key": f"specialist_pairing:{CODE}:1",
    "specialist_kind": "service",
    "candidate_count": 0,
    "round": 0,
    "other_unit": False,
    "outcome": "",
}
VISIT = {"enterprise_key": CODE, "pairing_key": PAIRING["pairing_key"], "is_dissatisfied": False, "outcome": ""}
WAITING_FOR_FIRM = {"chosen_left": "specialist_left", "not_needed": "pairing_needless"}


def pairing(**says: Any) -> Walk:
    return Walk("specialist_pairing", PAIRING, **{"rank_candidates": {"candidate_count": 3}, **says})


def excluded(*counts: int) -> Any:
    return in_turn(*({"round": count} for count in counts))


def chosen(walk: Walk, *, other_unit: bool = False) -> Walk:
    return walk.do("choose_specialist", other_unit=other_unit)


def active(walk: Walk) -> Walk:
    return chosen(walk).do("accept_pairing", outcome="yes")


def rated(walk: Walk) -> Walk:
    return walk.do("first_visit").do("ask_enterprise")


def is_established(walk: Walk) -> bool:
    return walk.is_over and walk.ends[-1] == "pairing_established"


def test_straight() -> None:
    walk = pairing()
    assert walk.open == ["choose_specialist"]
    assert walk.messages == WAITING_FOR_FIRM

    active(walk)
    assert walk.open == ["first_visit"]
    walk.do("first_visit")
    assert walk.last.sent[0].name == "policy_package_wanted"
    walk.do("ask_enterprise")

    assert is_established(walk)


def test_declined_twice_and_accepted_by_the_third() -> None:
    walk = pairing(exclude_candidate=excluded(1, 2))
    for _ in range(2):
        chosen(walk).do("accept_pairing", outcome="no")
        assert walk.open == ["choose_specialist"]

    assert is_established(rated(active(walk)))


def test_declined_three_times_the_office_appoints() -> None:
    walk = pairing(exclude_candidate=excluded(1, 2, 3))
    for _ in range(3):
        chosen(walk).do("accept_pairing", outcome="no")
    assert walk.open == ["appoint_specialist"]

    walk.do("appoint_specialist")

    assert walk.open == ["first_visit"]
    assert is_established(rated(walk))


def test_acceptance_lapsed() -> None:
    candidates = in_turn({"candidate_count": 1}, {"candidate_count": 0})
    walk = pairing(rank_candidates=candidates, exclude_candidate=excluded(1), accept_closes_at=in_turn(GUARD, LATER))
    chosen(walk)
    assert walk.timers == {"acceptance_lapsed": GUARD}

    walk.fire("acceptance_lapsed")
    assert walk.open == ["widen_search"]
    chosen(walk.do("widen_search"))
    assert walk.timers == {"acceptance_lapsed": LATER}

    assert is_established(rated(walk.do("accept_pairing", outcome="yes")))


def test_other_unit() -> None:
    walk = chosen(pairing(exclude_candidate=excluded(1)), other_unit=True)
    assert walk.open == ["approve_sending"]

    walk.do("approve_sending", outcome="no")
    assert walk.open == ["choose_specialist"]

    chosen(walk, other_unit=True).do("approve_sending", outcome="yes")
    assert walk.open == ["accept_pairing"]
    assert is_established(rated(walk.do("accept_pairing", outcome="yes")))


def test_first_visit_late() -> None:
    walk = active(pairing(first_visit_guard_at=in_turn(GUARD))).fire("first_visit_lapsed")
    assert walk.open == ["decide_first_visit", "first_visit"]

    walk.do("decide_first_visit", outcome="new_date")

    assert walk.ends == ["first_visit_handled"]
    assert is_established(rated(walk))


def test_side_open_the_visit_goes_on_and_the_decision_is_gone_at_the_end() -> None:
    walk = active(pairing(first_visit_guard_at=in_turn(GUARD))).fire("first_visit_lapsed")

    rated(walk)

    assert is_established(walk)
    assert ("decide_first_visit", "cancelled") in walk.closed


def test_left_during_pairing() -> None:
    walk = active(pairing(first_visit_guard_at=in_turn(GUARD, LATER), restart_pairing={"round": 0}))
    assert walk.timers == {"first_visit_lapsed": GUARD}

    walk.deliver("chosen_left")
    assert walk.open == ["choose_specialist"]
    assert "restart_pairing" in walk.host.asked

    active(walk)
    assert walk.timers == {"first_visit_lapsed": LATER}
    assert is_established(rated(walk))


def test_title_ended() -> None:
    walk = chosen(pairing()).deliver("not_needed")

    assert walk.is_over
    assert walk.ends == ["pairing_dropped"]
    assert walk.host.asked[-1] == "end_pairing_row"


def test_an_enterprise_that_stays_silent_does_not_hold_the_pairing_up() -> None:
    walk = active(pairing(rating_closes_at=in_turn(GUARD))).do("first_visit").fire("enterprise_silent")

    assert is_established(walk)


def visit(**says: Any) -> Walk:
    return Walk("specialist_pairing_visit", VISIT, **says)


def test_quarter_visit() -> None:
    walk = visit()
    assert walk.open == ["visit_enterprise"]

    walk.do("visit_enterprise").do("rate_visit")

    assert walk.is_over
    assert walk.ends == ["visiting_ended", "visit_done"]


def test_quarter_visit_of_a_specialist_who_changes_is_handed_over() -> None:
    walk = visit(visit_guard_at=in_turn(GUARD)).deliver("visit_moved")

    assert walk.is_over
    assert walk.ends == ["visit_handed_over"]
    assert walk.host.asked[-1] == "hand_over_visit"


def test_a_visit_that_is_needless_is_closed() -> None:
    assert visit().deliver("visit_waived").ends == ["visit_closed"]


def test_missed_quarter() -> None:
    walk = visit(visit_guard_at=in_turn(GUARD)).fire("visit_lapsed")
    assert walk.open == ["explain_missed_visit", "visit_enterprise"]

    walk.do("explain_missed_visit", outcome="new_date")
    assert walk.ends == ["missed_visit_explained"]

    assert walk.do("visit_enterprise").do("rate_visit").ends[-1] == "visit_done"


def test_side_open_the_visit_closes_the_explanation() -> None:
    walk = visit(visit_guard_at=in_turn(GUARD)).fire("visit_lapsed").do("visit_enterprise")

    assert walk.open == ["rate_visit"]
    assert ("explain_missed_visit", "cancelled") in walk.closed


@pytest.mark.parametrize("outcome", ["keep", "change"])
def test_dissatisfied(outcome: str) -> None:
    walk = visit(check_satisfaction={"is_dissatisfied": True}).do("visit_enterprise").do("rate_visit")
    assert walk.open == ["decide_change"]

    assert walk.do("decide_change", outcome=outcome).ends[-1] == "visit_done"


def test_a_visit_that_nobody_rates_is_done() -> None:
    walk = visit(rating_closes_at=in_turn(GUARD)).do("visit_enterprise").fire("rating_lapsed")

    assert walk.is_over
    assert walk.host.asked[-1] == "check_satisfaction"
    assert walk.ends[-1] == "visit_done"
