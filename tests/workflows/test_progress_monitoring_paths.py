"""The paths of 运行监测 on its real diagram: one unit's report of one period."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import FAR, Walk, in_turn

LATE = datetime(2023, 7, 18, 16, tzinfo=UTC)
GUARD = datetime(2023, 8, 10, 16, tzinfo=UTC)


def reporting(rows: int = 9, **says: Any) -> Walk:
    told = {"escalate_at": in_turn(LATE, FAR, FAR, FAR), "submit_progress": {"round": 1}, "check_figures": {}, **says}
    data = {"submission_key": "k", "row_count": 0, "behind_count": 0, "round": 1, "needs_check": False, "outcome": ""}
    return Walk("progress_monitoring", data, prepare_figures={"row_count": rows}, **told)


def signed(walk: Walk) -> Walk:
    return walk.do("fill_progress").do("sign_progress", outcome="yes")


def checked(**says: Any) -> Walk:
    return signed(reporting(check_figures={"needs_check": True}, **says))


def test_all_counted_needs_one_confirmation_and_a_signature() -> None:
    walk = signed(reporting())

    assert walk.is_over
    assert walk.ends == ["filling_ended", "period_recorded"]
    assert "record_actuals" in walk.host.asked


def test_who_has_nothing_to_tell_gets_no_form() -> None:
    walk = reporting(rows=0)

    assert (walk.is_over, walk.ends) == (True, ["nothing_to_report"])


def test_the_head_sends_it_back_with_the_draft_kept() -> None:
    walk = reporting().do("fill_progress").do("sign_progress", outcome="no")

    assert walk.open == ["fill_progress"]
    assert signed(walk).ends == ["filling_ended", "period_recorded"]


def test_what_stands_out_is_verified_by_the_office() -> None:
    walk = checked()

    assert walk.open == ["verify_progress"]
    assert walk.do("verify_progress", outcome="accepted").ends[-1] == "period_recorded"


def test_returned_rows_are_corrected_and_never_escalated_again() -> None:
    walk = checked(submit_progress=in_turn({"round": 1}, {"round": 2}))
    assert walk.messages == {"progress_taken_back": "submission_withdrawn"}

    walk.do("verify_progress", outcome="returned")

    assert walk.open == ["fill_progress"]
    assert walk.timers == {"progress_overdue": FAR}
    assert signed(walk).do("verify_progress", outcome="accepted").ends[-1] == "period_recorded"


@pytest.mark.parametrize("refused", ["returned", ""])
def test_a_third_return_opens_the_review_again_and_records_nothing(refused: str) -> None:
    walk = checked(submit_progress={"round": 3}).do("verify_progress", outcome=refused)

    assert walk.open == ["verify_progress"]
    assert "record_actuals" not in walk.host.asked
    assert "set_correction" not in walk.host.asked


def test_a_submission_is_taken_back_before_anybody_looked() -> None:
    walk = checked().deliver("progress_taken_back")

    assert walk.open == ["fill_progress"]
    assert ("verify_progress", "cancelled") in walk.closed
    assert signed(walk).do("verify_progress", outcome="accepted").is_over


@pytest.mark.parametrize("outcome", ["urge", "record", "order"])
def test_a_late_unit_is_urged_or_supervised_beside_its_form(outcome: str) -> None:
    walk = reporting().fire("progress_overdue").do("decide_missing", outcome=outcome)

    assert walk.open == ["fill_progress"]
    assert ("supervision_wanted" in [message.name for message in walk.last.sent]) is (outcome == "order")
    assert signed(walk).is_over
    assert walk.ends == ["missing_handled", "filling_ended", "period_recorded"]


def test_a_report_that_comes_closes_the_open_decision() -> None:
    walk = signed(reporting().fire("progress_overdue"))

    assert walk.is_over
    assert ("decide_missing", "cancelled") in walk.closed


def test_a_unit_that_ended_hands_its_rows_over() -> None:
    walk = reporting().fire("progress_overdue").deliver("unit_ended_event")

    assert walk.is_over
    assert walk.ends == ["period_moved"]
    assert walk.open == []


def test_an_unclear_basis_waits_for_a_consultation() -> None:
    walk = checked(consultation_guard_at=GUARD).do("verify_progress", outcome="basis_unclear")
    assert walk.open == []
    assert walk.timers == {"consultation_stalled": GUARD}

    assert walk.deliver("await_consultation").ends[-1] == "period_recorded"


def test_a_consultation_that_stalls_holds_no_figure_up() -> None:
    walk = checked(consultation_guard_at=GUARD).do("verify_progress", outcome="basis_unclear")

    assert walk.fire("consultation_stalled").is_over


def test_what_lags_is_decided_by_the_office() -> None:
    walk = signed(reporting(record_actuals={"behind_count": 2}))
    assert walk.open == ["handle_lag"]

    walk.do("handle_lag")

    assert walk.ends[-1] == "period_recorded"
    assert walk.host.asked[-1] == "spawn_lag_acts"
