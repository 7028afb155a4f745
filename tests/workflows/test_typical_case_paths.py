"""The paths of 典型案例 on its real diagram."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import Walk, in_turn

LEAD = datetime(2023, 10, 19, 16, tzinfo=UTC)
CLOSES = datetime(2023, 9, 13, 16, tzinfo=UTC)
UNITS: dict[str, Any] = {"miit": {}, "statistics": {}}


def collecting(by_unit: bool = True, no_firm: bool = False, **says: Any) -> Walk:
    data = {"by_unit": by_unit, "no_firm": no_firm, "outcome": "", "round": 1, "units": {}}
    told: dict[str, Any] = {"lead_closes_at": LEAD, "consent_closes_at": CLOSES, "facts_close_at": CLOSES}
    told["set_case_correction"] = in_turn({"round": 2}, {"round": 3})
    return Walk("typical_case", data, **{**told, **says})


def consented(walk: Walk) -> Walk:
    walk.do("write_case", no_firm=False)
    if walk.open == ["sign_case"]:
        walk.do("sign_case", outcome="yes")
    return walk.do("confirm_by_firm", outcome="yes")


def adopted(walk: Walk) -> Walk:
    return walk.do("review_case", outcome="yes", units=UNITS)


def published(walk: Walk) -> Walk:
    return adopted(walk).do("check_facts").do("check_facts").do("approve_publishing", outcome="yes")


def test_a_units_case_is_signed_consented_adopted_checked_and_published() -> None:
    walk = published(consented(collecting()))

    assert walk.is_over
    assert walk.ends == ["collecting_ended", "case_published"]
    assert ("sign_case", "completed") in walk.closed


def test_a_specialists_case_needs_no_signature_of_a_unit() -> None:
    walk = published(consented(collecting(by_unit=False)))

    assert walk.ends[-1] == "case_published"
    assert "sign_case" not in [element for element, _ in walk.closed]


def test_a_case_about_a_units_own_service_asks_no_firm() -> None:
    walk = collecting(no_firm=True).do("write_case").do("sign_case", outcome="yes")

    assert walk.open == ["review_case"]


def test_a_case_without_figures_asks_no_department() -> None:
    walk = consented(collecting()).do("review_case", outcome="yes", units={})

    assert walk.open == ["approve_publishing"]


def test_a_firm_wants_changes_and_consents_then() -> None:
    walk = collecting(by_unit=False).do("write_case").do("confirm_by_firm", outcome="changes")
    assert walk.open == ["write_case"]

    assert published(consented(walk)).ends[-1] == "case_published"


@pytest.mark.parametrize("refused", ["no", ""])
def test_without_the_firms_consent_nothing_is_published(refused: str) -> None:
    walk = collecting(by_unit=False).do("write_case").do("confirm_by_firm", outcome=refused)

    assert walk.is_over
    assert walk.ends == ["drop_draft", "case_closed_unused"]
    assert "publish_case" not in walk.host.asked


def test_a_silent_firm_has_not_consented() -> None:
    walk = collecting(by_unit=False).do("write_case").fire("firm_silent")

    assert walk.ends == ["drop_draft", "case_closed_unused"]
    assert "tell_author" in walk.host.asked


def test_a_case_is_returned_once_and_then_published() -> None:
    walk = consented(collecting()).do("review_case", outcome="returned")
    assert walk.open == ["write_case"]

    assert published(consented(walk)).ends[-1] == "case_published"


@pytest.mark.parametrize(("outcome", "end"), [("no", "case_closed_unused"), ("returned", "")])
def test_a_third_review_uses_the_case_or_drops_it(outcome: str, end: str) -> None:
    walk = collecting()
    for _ in range(2):
        consented(walk).do("review_case", outcome="returned")

    consented(walk).do("review_case", outcome=outcome)

    assert (walk.ends[-1] if walk.ends else "") == end
    assert walk.open == ([] if end else ["review_case"])


def test_silent_departments_hold_nothing_up() -> None:
    walk = adopted(consented(collecting()))
    assert walk.open == ["check_facts"] * 2

    walk.do("check_facts").fire("facts_lapsed")

    assert ("check_facts", "cancelled") in walk.closed
    assert walk.do("approve_publishing", outcome="yes").ends[-1] == "case_published"


def test_a_lead_that_nobody_writes_is_dropped_and_has_a_new_day_after_a_return() -> None:
    again = datetime(2023, 9, 22, 16, tzinfo=UTC)
    walk = collecting(lead_closes_at=in_turn(LEAD, again)).do("write_case").do("sign_case", outcome="no")
    assert walk.timers == {"lead_expired": again}

    walk.fire("lead_expired")

    assert walk.is_over
    assert walk.ends == ["drop_draft", "case_closed_unused"]
    assert "drop_lead" in walk.host.asked


@pytest.mark.parametrize("refused", ["no", ""])
def test_a_refused_signature_goes_back_to_review_where_the_case_may_be_dropped(refused: str) -> None:
    walk = adopted(consented(collecting())).fire("facts_lapsed").do("approve_publishing", outcome=refused)
    assert walk.open == ["review_case"]

    walk.do("review_case", outcome="no")

    assert walk.ends == ["drop_case", "case_closed_unused"]


@pytest.mark.parametrize(
    ("event", "end", "tells"),
    [("case_withdrawn_event", "case_closed_withdrawn", False), ("title_lost_event", "case_closed_unused", True)],
)
def test_a_case_ends_at_any_step_by_its_author_or_with_the_firms_title(event: str, end: str, tells: bool) -> None:
    walk = adopted(consented(collecting())).deliver(event)

    assert (walk.is_over, walk.ends) == (True, [end])
    assert ("tell_author" in walk.host.asked) is tells
