"""The paths of 年度反馈 on its real diagrams: the campaign, and the report of one unit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import FAR, Walk, in_turn

ESCALATE = datetime(2023, 1, 5, 16, tzinfo=UTC)


def campaign(**says: Any) -> Walk:
    return Walk("december_report", {"campaign_key": "2022"}, **says)


def collecting(walk: Walk) -> Walk:
    return walk.do("confirm_notice").fire("opening_day")


def unit(rounds: tuple[int, ...] = (1,), **says: Any) -> Walk:
    """A report whose submissions are counted as told, one number a submission."""
    says = {"submit_report": in_turn(*({"round": number} for number in rounds)), **says}
    keys = {"campaign_key": "2022", "unit_key": "2022:miit", "submission_key": "2022:miit"}
    return Walk("december_report_unit", {**keys, "round": 1}, **says)


def signed(walk: Walk) -> Walk:
    return walk.do("draft_report").do("sign_report", outcome="yes")


def test_the_campaign_goes_straight_from_the_notice_to_the_issued_report() -> None:
    walk = campaign()
    assert walk.open == ["confirm_notice"]
    walk.do("confirm_notice")
    assert list(walk.timers) == ["opening_day"]

    walk.fire("opening_day").deliver("await_reports")
    walk.do("edit_annual_report").do("sign_annual_report", outcome="yes").do("approve_annual_report", outcome="yes")

    assert walk.is_over
    assert walk.ends == ["annual_report_issued"]
    assert "mark_missing" not in walk.host.asked


def test_late_units_are_listed_beside_the_collection_which_goes_on() -> None:
    walk = collecting(campaign()).fire("collection_due")

    assert walk.ends == ["late_units_listed"]
    assert walk.open == []
    assert walk.deliver("await_reports").open == ["edit_annual_report"]


def test_the_office_closes_the_collection_and_missing_units_are_marked() -> None:
    walk = collecting(campaign())
    assert walk.messages["collection_closed"] == "december_collection_closed"

    walk.deliver("collection_closed")

    assert walk.host.asked[-2:] == ["mark_missing", "consolidate"]
    assert (walk.open, walk.timers, walk.messages) == (["edit_annual_report"], {}, {})


def test_a_collection_nobody_closes_ends_by_its_own_guard() -> None:
    walk = collecting(campaign()).fire("collection_due").fire("collection_guard")

    assert "mark_missing" in walk.host.asked
    assert (walk.open, walk.timers, walk.messages) == (["edit_annual_report"], {}, {})


def test_the_annual_report_is_edited_again_when_the_signer_or_the_leader_returns_it() -> None:
    walk = collecting(campaign()).deliver("await_reports")

    walk.do("edit_annual_report").do("sign_annual_report", outcome="no")
    assert walk.open == ["edit_annual_report"]

    walk.do("edit_annual_report").do("sign_annual_report", outcome="yes").do("approve_annual_report", outcome="no")
    assert walk.open == ["edit_annual_report"]


def test_a_report_is_signed_and_accepted() -> None:
    walk = signed(unit())
    assert walk.open == ["review_report"]

    walk.do("review_report", outcome="accepted")

    assert walk.is_over
    assert walk.ends == ["reporting_ended", "report_accepted"]


def test_a_head_sends_the_draft_back_within_the_same_entry_of_the_box() -> None:
    walk = unit(escalate_at=in_turn(ESCALATE)).do("draft_report").do("sign_report", outcome="no")

    assert walk.open == ["draft_report"]
    assert walk.timers == {"report_overdue": ESCALATE}
    assert signed(walk).open == ["review_report"]


def test_a_returned_report_is_corrected_and_its_overdue_timer_rests() -> None:
    walk = signed(unit(rounds=(1, 2), escalate_at=in_turn(ESCALATE, FAR)))

    walk.do("review_report", outcome="returned")

    assert "set_correction" in walk.host.asked
    assert walk.open == ["draft_report"]
    assert walk.timers == {"report_overdue": FAR}
    assert signed(walk).do("review_report", outcome="accepted").ends[-1] == "report_accepted"


@pytest.mark.parametrize("refused", ["returned", ""])
def test_a_third_return_opens_the_review_again_and_accepts_nothing(refused: str) -> None:
    walk = signed(unit(rounds=(1, 2, 3)))
    for _ in range(2):
        signed(walk.do("review_report", outcome="returned"))

    walk.do("review_report", outcome=refused)
    assert walk.open == ["review_report"]
    assert "record_report" not in walk.host.asked
    assert walk.messages == {"report_taken_back": "submission_withdrawn"}

    assert walk.do("review_report", outcome="accepted").ends[-1] == "report_accepted"


def test_an_overdue_report_is_escalated_beside_the_draft_and_the_question_is_closed_by_its_signature() -> None:
    walk = unit().fire("report_overdue")
    assert walk.open == ["decide_escalation", "draft_report"]

    signed(walk)

    assert walk.open == ["review_report"]
    assert ("decide_escalation", "cancelled") in walk.closed
    assert walk.do("review_report", outcome="accepted").is_over


def test_an_escalation_that_was_decided_leaves_the_report_open() -> None:
    walk = unit().fire("report_overdue").do("decide_escalation", outcome="remind")

    assert walk.ends == ["escalation_decided"]
    assert walk.open == ["draft_report"]
    assert signed(walk).do("review_report", outcome="accepted").is_over


def test_a_report_is_taken_back_before_review_and_counts_no_round() -> None:
    walk = signed(unit(rounds=(1, 1)))
    assert walk.messages == {"report_taken_back": "submission_withdrawn"}

    walk.deliver("report_taken_back")

    assert walk.open == ["draft_report"]
    assert walk.closed[-1] == ("review_report", "cancelled")
    assert "withdraw_submission" in walk.host.asked
    signed(walk).do("review_report", outcome="returned")
    assert walk.last.data["round"] == 1


def test_the_report_of_a_merged_unit_is_handed_to_its_successor() -> None:
    walk = unit().do("draft_report")
    assert walk.messages == {"unit_ended_event": "unit_ended"}

    walk.deliver("unit_ended_event")
    assert walk.open == ["name_successor"]
    assert walk.closed[-1] == ("sign_report", "cancelled")

    walk.do("name_successor", has_successor=True)
    assert walk.host.asked[-1] == "hand_over_report"
    assert walk.is_over
    assert walk.ends == ["report_transferred"]


def test_a_unit_without_a_successor_is_exempted_and_nothing_stays_open_beside_it() -> None:
    walk = unit().fire("report_overdue").deliver("unit_ended_event")
    assert walk.open == ["decide_escalation", "name_successor"]

    walk.do("name_successor", has_successor=False)

    assert walk.is_over
    assert walk.ends == ["report_exempted"]
    assert ("decide_escalation", "cancelled") in walk.closed
