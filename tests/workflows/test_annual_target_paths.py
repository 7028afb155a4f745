"""The paths of 年度目标设定 on its real diagrams: the package, one indicator, one locality."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import Walk, in_turn

FIRST = datetime(2023, 1, 29, 16, tzinfo=UTC)
SECOND = datetime(2023, 2, 20, 16, tzinfo=UTC)
OBJECTED = {"round": 1, "has_objection": True}
AGREED = {"has_objection": False}


def package(kind: str = "yearly", has_open_discrepancy: bool = False, **says: Any) -> Walk:
    opened = {"package_kind": kind, "has_open_discrepancy": has_open_discrepancy}
    says = {"open_package": opened, "check_breakdown": {"is_breakdown_short": False}, **says}
    return Walk("annual_target", {"package_key": "2023", "package_kind": kind, "year": 2023}, **says)


def submitted(walk: Walk) -> Walk:
    """Lead a package under review before the leading group."""
    return walk.do("review_package", outcome="submit").do("sign_package", outcome="yes")


def published(walk: Walk) -> Walk:
    """Lead an approved package to its end."""
    return walk.do("confirm_breakdown").deliver("await_localities").do("issue_letters", outcome="yes")


def indicator(co_units: int = 0, **says: Any) -> Walk:
    units: dict[str, Any] = {f"unit{number}": {} for number in range(1, co_units + 1)}
    keys = {"package_key": "2023", "submission_key": "2023:02:r1"}
    return Walk("annual_target_indicator", {**keys, "co_unit_count": co_units, "round": 0, "units": units}, **says)


def signed(walk: Walk) -> Walk:
    return walk.do("propose_target").do("sign_proposal", outcome="yes")


def countersigned(walk: Walk, **answers: Any) -> Walk:
    while "countersign_target" in walk.open:
        walk.do("countersign_target", **(answers or {"outcome": "yes"}))
    return walk


def locality() -> Walk:
    return Walk("annual_target_locality", {"package_key": "2023", "locality_key": "2023:321002"})


def test_a_yearly_package_goes_straight_from_proposals_to_letters() -> None:
    walk = package()
    assert walk.messages == {
        "await_proposals": "target_proposals_done",
        "collection_closed": "target_collection_closed",
    }

    published(submitted(walk.deliver("await_proposals")).do("approve_package", outcome="approved"))

    assert walk.is_over
    assert walk.ends == ["targets_published"]
    assert {how for _, how in walk.closed} == {"completed"}


def test_an_adopted_package_proposes_nothing_and_settles_its_discrepancies_first() -> None:
    walk = package("adopted", has_open_discrepancy=True)
    assert walk.open == ["settle_basis"]

    walk.do("settle_basis")

    assert walk.open == ["review_package"]
    assert "adopt_plan_values" in walk.host.asked
    assert "start_indicator_children" not in walk.host.asked
    published(submitted(walk).do("approve_package", outcome="approved"))
    assert walk.ends == ["targets_published"]


def test_a_gap_informs_and_does_not_block() -> None:
    walk = package(check_package={"has_gap": True}).deliver("await_proposals")

    assert submitted(walk).open == ["approve_package"]


def test_the_chasing_task_is_closed_when_the_last_proposal_comes() -> None:
    walk = package().fire("proposals_lapsed")
    assert walk.open == ["chase_proposals"]
    assert "await_proposals" in walk.messages

    walk.deliver("await_proposals")

    assert walk.open == ["review_package"]
    assert walk.closed == [("chase_proposals", "cancelled")]


def test_the_office_closes_the_collection_and_enters_what_is_missing() -> None:
    walk = package().fire("proposals_lapsed").do("chase_proposals")
    assert walk.ends == ["proposals_chased"]

    walk.deliver("collection_closed")

    assert walk.open == ["review_package"]
    assert walk.host.asked[-3:] == ["fill_missing", "close_collection", "check_package"]


def test_a_collection_closed_while_it_is_chased_closes_the_chasing_task() -> None:
    walk = package().fire("proposals_lapsed").deliver("collection_closed")

    assert walk.open == ["review_package"]
    assert walk.closed == [("chase_proposals", "cancelled")]


def test_an_outcome_that_is_not_offered_opens_the_review_again() -> None:
    walk = package().deliver("await_proposals").do("review_package", outcome="")

    assert walk.open == ["review_package"]


def test_returned_items_are_collected_again_with_a_new_closing_date() -> None:
    walk = package(proposals_close_at=in_turn(FIRST, SECOND))
    assert walk.timers == {"proposals_lapsed": FIRST}

    walk.deliver("await_proposals").do("review_package", outcome="return_items")

    assert walk.timers == {"proposals_lapsed": SECOND}
    assert "reopen_items" in walk.host.asked
    assert walk.fire("proposals_lapsed").open == ["chase_proposals"]
    assert walk.deliver("await_proposals").open == ["review_package"]


def test_the_leading_group_returns_items_and_approves_the_rest_later() -> None:
    walk = submitted(package().deliver("await_proposals")).do("approve_package", outcome="approved_in_part")
    assert walk.open == []

    submitted(walk.deliver("await_proposals")).do("approve_package", outcome="approved")

    assert walk.open == ["confirm_breakdown"]
    assert published(walk).ends == ["targets_published"]


def test_a_package_sent_back_by_the_signer_or_the_leading_group_is_reviewed_again() -> None:
    walk = package().deliver("await_proposals").do("review_package", outcome="submit")

    walk.do("sign_package", outcome="no")
    assert walk.open == ["review_package"]

    submitted(walk).do("approve_package", outcome="rejected")
    assert walk.open == ["review_package"]


def test_silent_localities_do_not_hold_the_breakdown() -> None:
    walk = submitted(package().deliver("await_proposals")).do("approve_package", outcome="approved")
    walk.do("confirm_breakdown")

    walk.fire("localities_lapsed")

    assert walk.open == ["issue_letters"]
    assert walk.messages == {}


def test_a_short_breakdown_is_settled_before_the_letters() -> None:
    walk = package(check_breakdown={"is_breakdown_short": True}).deliver("await_proposals")
    submitted(walk).do("approve_package", outcome="approved").do("confirm_breakdown").deliver("await_localities")
    assert walk.open == ["settle_breakdown"]

    walk.do("settle_breakdown").do("issue_letters", outcome="yes")

    assert walk.ends == ["targets_published"]


def test_an_indicator_without_other_units_is_recorded_at_once() -> None:
    walk = signed(indicator())

    assert walk.is_over
    assert walk.ends == ["proposal_ready"]
    assert "collect_opinions" not in walk.host.asked


def test_a_head_sends_the_proposal_back() -> None:
    walk = indicator().do("propose_target").do("sign_proposal", outcome="no")

    assert walk.open == ["propose_target"]
    assert signed(walk).ends == ["proposal_ready"]


def test_a_proposal_is_taken_back_before_its_head_acts() -> None:
    walk = indicator().do("propose_target")
    assert walk.messages == {"proposal_taken_back": "submission_withdrawn"}

    walk.deliver("proposal_taken_back")

    assert walk.open == ["propose_target"]
    assert walk.closed[-1] == ("sign_proposal", "cancelled")
    assert signed(walk).ends == ["proposal_ready"]


def test_every_responsible_unit_countersigns_and_an_agreement_is_recorded() -> None:
    walk = signed(indicator(co_units=3, collect_opinions=AGREED))
    assert walk.open == ["countersign_target"] * 3
    assert sorted(task.item or "" for task in walk.last.opened) == ["unit1", "unit2", "unit3"]

    countersigned(walk)

    assert walk.is_over
    assert walk.ends[-1] == "proposal_ready"


def test_a_unit_that_stays_silent_is_passed_over_when_the_time_is_up() -> None:
    walk = signed(indicator(co_units=3, collect_opinions=AGREED))
    walk.do("countersign_target", outcome="yes").do("countersign_target", outcome="yes")

    walk.fire("countersign_lapsed")

    assert walk.closed[-1] == ("countersign_target", "cancelled")
    assert walk.ends == ["proposal_ready"]


def test_an_objection_that_is_accepted_is_countersigned_again_under_a_new_limit() -> None:
    opinions = in_turn(OBJECTED, {"round": 2, "has_objection": False})
    walk = indicator(co_units=2, collect_opinions=opinions, countersign_close_at=in_turn(FIRST, SECOND))
    countersigned(signed(walk), outcome="no")
    assert walk.open == ["answer_objection"]

    walk.do("answer_objection", outcome="accepted")
    assert walk.open == ["propose_target"]
    signed(walk)
    assert walk.timers == {"countersign_lapsed": SECOND}

    assert countersigned(walk).ends[-1] == "proposal_ready"


@pytest.mark.parametrize("outcome", ["partly", "withdrawn"])
def test_an_objection_met_in_part_or_withdrawn_is_recorded(outcome: str) -> None:
    walk = countersigned(signed(indicator(co_units=1, collect_opinions=OBJECTED)), outcome="no")

    walk.do("answer_objection", outcome=outcome)

    assert walk.ends[-1] == "proposal_ready"
    assert "decide_alone" not in dict(walk.closed)


def test_a_lead_that_insists_leaves_the_value_to_the_office() -> None:
    walk = countersigned(signed(indicator(co_units=1, collect_opinions=OBJECTED)), outcome="no")

    walk.do("answer_objection", outcome="insist")
    assert walk.open == ["decide_alone"]

    assert walk.do("decide_alone").ends[-1] == "proposal_ready"


def test_a_second_objection_is_not_answered_by_a_third_proposal() -> None:
    opinions = in_turn(OBJECTED, {"round": 2, "has_objection": True})
    walk = countersigned(signed(indicator(co_units=1, collect_opinions=opinions)), outcome="no")
    countersigned(signed(walk.do("answer_objection", outcome="accepted")), outcome="no")

    walk.do("answer_objection", outcome="accepted")

    assert walk.open == ["decide_alone"]


def test_a_locality_accepts_its_figures() -> None:
    walk = locality().do("answer_breakdown", objected_items=0).do("sign_breakdown", outcome="yes")

    assert walk.is_over
    assert walk.ends == ["breakdown_accepted"]


def test_a_locality_head_sends_the_answer_back() -> None:
    walk = locality().do("answer_breakdown", objected_items=1).do("sign_breakdown", outcome="no")
    assert walk.open == ["answer_breakdown"]

    walk.do("answer_breakdown", objected_items=0).do("sign_breakdown", outcome="yes")

    assert walk.ends == ["breakdown_accepted"]


def test_an_objection_of_a_locality_is_decided_by_the_office() -> None:
    walk = locality().do("answer_breakdown", objected_items=2).do("sign_breakdown", outcome="yes")
    assert walk.open == ["decide_breakdown_objection"]

    assert walk.do("decide_breakdown_objection").ends == ["breakdown_accepted"]
