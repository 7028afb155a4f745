"""The paths of 办实事清单 on its real diagrams: the list of a year, and one matter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import Walk, in_turn

LATER = datetime(2023, 12, 4, 16, tzinfo=UTC)
UNITS = {unit: {} for unit in ("miit", "sci", "fin")}
STARTED = {
    "list_key": "practical_matter:2023",
    "is_adopted_list": False,
    "departments": UNITS,
    "outcome": "",
    "units": {},
}
MATTER = {"matter_key": "practical_matter_item:2023:04", "round": 1, "outcome": ""}


def list_of(**says: Any) -> Walk:
    return Walk("practical_matter", STARTED, **says)


def proposed(**says: Any) -> Walk:
    walk = list_of(**says)
    return walk.do("propose_matter").do("propose_matter").do("propose_matter")


def countersigned(walk: Walk) -> Walk:
    walk.do("choose_matters", units={"miit": {}, "fin": {}})
    return walk.do("countersign_matters").do("countersign_matters")


def approved(walk: Walk) -> Walk:
    return countersigned(walk).do("sign_matters", outcome="yes").do("approve_matters", outcome="yes")


def test_adopted_2022_starts_its_matters_at_once() -> None:
    walk = Walk("practical_matter", {**STARTED, "is_adopted_list": True, "departments": {}})

    assert walk.open == []
    assert walk.host.asked[0] == "start_items"
    assert walk.messages == {"await_items": "matters_done"}
    assert walk.deliver("await_items").ends == ["list_closed"]


def test_straight_from_the_proposals_to_the_end() -> None:
    walk = approved(proposed(proposals_close_at=LATER))

    walk.deliver("await_items")

    assert walk.is_over
    assert walk.ends == ["proposing_ended", "list_closed"]
    assert [name for name in walk.host.asked if not name.endswith("_at")] == [
        "gather_proposals",
        "publish_matters",
        "start_items",
        "report_matters",
    ]


def test_without_a_proposal_the_office_draws_the_list_up() -> None:
    walk = list_of(proposals_close_at=LATER)
    assert walk.timers == {"proposals_closed": LATER}

    walk.fire("proposals_closed")

    assert walk.open == ["choose_matters"]
    assert walk.closed.count(("propose_matter", "cancelled")) == 3
    assert approved(walk).deliver("await_items").ends == ["list_closed"]


def test_silence_in_the_countersigning_holds_nothing_up() -> None:
    walk = proposed(countersign_close_at=LATER).do("choose_matters", units={"miit": {}, "fin": {}})
    walk.do("countersign_matters")

    walk.fire("matters_silent")

    assert walk.open == ["sign_matters"]
    assert ("countersign_matters", "cancelled") in walk.closed


@pytest.mark.parametrize("refused", ["no", ""])
def test_signer_and_leading_group_return_the_list(refused: str) -> None:
    again = datetime(2023, 12, 11, 16, tzinfo=UTC)
    walk = proposed(countersign_close_at=in_turn(LATER, again, again))

    countersigned(walk).do("sign_matters", outcome=refused)
    assert walk.open == ["choose_matters"]
    walk.do("choose_matters", units={"miit": {}})
    assert walk.timers == {"matters_silent": again}
    walk.do("countersign_matters").do("sign_matters", outcome="yes").do("approve_matters", outcome=refused)

    assert walk.open == ["choose_matters"]
    assert "publish_matters" not in walk.host.asked
    assert approved(walk).deliver("await_items").ends[-1] == "list_closed"


def test_matters_that_are_open_on_15_january_do_not_keep_the_list_open() -> None:
    walk = approved(proposed(items_close_at=LATER))
    assert walk.timers == {"year_end_guard": LATER}

    walk.fire("year_end_guard")

    assert walk.is_over
    assert walk.ends[-1] == "list_closed"


def item(**says: Any) -> Walk:
    return Walk("practical_matter_item", MATTER, ratings_close_at=LATER, **says)


def requested(walk: Walk) -> Walk:
    return walk.do("request_acceptance").do("sign_acceptance", outcome="yes")


def planned(**says: Any) -> Walk:
    return item(**says).do("set_milestones").do("sign_milestones", outcome="yes")


@pytest.mark.parametrize("outcome", ["accepted", "partly"])
def test_a_matter_is_planned_requested_accepted_and_rated(outcome: str) -> None:
    walk = requested(planned()).do("accept_matter", outcome=outcome)
    assert walk.timers == {"ratings_end": LATER}

    walk.fire("ratings_end")

    assert walk.is_over
    assert walk.ends == ["delivering_ended", "matter_finished"]
    assert [name for name in walk.host.asked if name != "ratings_close_at"] == ["ask_enterprises", "record_matter"]


@pytest.mark.parametrize("refused", ["no", ""])
def test_the_head_sends_the_plan_and_the_request_back(refused: str) -> None:
    walk = item().do("set_milestones").do("sign_milestones", outcome=refused)
    assert walk.open == ["set_milestones"]

    walk.do("set_milestones").do("sign_milestones", outcome="yes")
    walk.do("request_acceptance").do("sign_acceptance", outcome=refused)

    assert walk.open == ["request_acceptance"]


def test_an_acceptance_is_returned_twice_and_never_a_third_time() -> None:
    walk = requested(planned(set_matter_correction=in_turn({"round": 2}, {"round": 3})))

    for _ in range(2):
        walk.do("accept_matter", outcome="returned")
        assert walk.open == ["request_acceptance"]
        requested(walk)
    walk.do("accept_matter", outcome="returned")

    assert walk.open == ["accept_matter"]
    assert walk.do("accept_matter", outcome="partly").fire("ratings_end").ends[-1] == "matter_finished"


def test_an_unknown_outcome_accepts_nothing() -> None:
    assert requested(planned()).do("accept_matter", outcome="").open == ["accept_matter"]


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_dropped_matter_stops_wherever_it_is(steps: int) -> None:
    walk = item()
    for step in ("set_milestones", "sign_milestones", "request_acceptance")[:steps]:
        walk.do(step, outcome="yes")

    walk.deliver("matter_dropped_event")

    assert walk.is_over
    assert walk.ends == ["matter_stopped"]
    assert walk.host.asked == ["record_drop"]
