"""The paths of 千企升级入库培育 on its real diagrams: a locality's list, and the yearly check."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import Walk, in_turn

CLOSES = datetime(2022, 4, 20, 16, tzinfo=UTC)


def listing(valid: tuple[int, ...] = (32,), waiting: tuple[int, ...] = (0,), **says: Any) -> Walk:
    """A list whose comparisons answer in turn, one a nomination."""
    answers = [{"valid_rows": rows, "consent_open": open_} for rows, open_ in zip(valid, waiting, strict=True)]
    data = {"list_key": "library_entry:2022:321003:1", "valid_rows": 0, "consent_open": 0, "round": 1, "outcome": ""}
    return Walk("library_entry", data, precheck_rows=in_turn(*answers), **says)


def signed(walk: Walk) -> Walk:
    return walk.do("nominate_enterprises").do("sign_nomination", outcome="yes")


def entered(walk: Walk) -> Walk:
    return walk.do("review_nomination", outcome="accepted").do("sign_entry", outcome="yes")


def test_straight_from_the_nomination_to_the_entered_list() -> None:
    walk = listing()
    assert walk.open == ["nominate_enterprises"]

    entered(signed(walk))

    assert walk.is_over
    assert walk.ends == ["list_entered"]
    assert walk.host.asked == ["precheck_rows", "enter_enterprises"]


def test_a_list_without_a_valid_row_goes_back_to_the_locality() -> None:
    walk = listing(valid=(0, 12), waiting=(0, 0)).do("nominate_enterprises")
    assert walk.open == ["nominate_enterprises"]

    assert entered(signed(walk)).ends == ["list_entered"]


def test_the_head_of_the_locality_sends_it_back() -> None:
    walk = listing((3, 3), (0, 0)).do("nominate_enterprises").do("sign_nomination", outcome="no")

    assert walk.open == ["nominate_enterprises"]
    assert entered(signed(walk)).ends == ["list_entered"]


def test_firms_are_asked_and_all_answer() -> None:
    walk = signed(listing(waiting=(4,), consent_closes_at=CLOSES))
    assert walk.open == ["collect_consent"]
    assert walk.timers == {"consent_closed": CLOSES}

    walk.do("collect_consent")

    assert walk.timers == {}
    assert entered(walk).ends == ["asking_consent_ended", "list_entered"]


def test_silent_firms_hold_nobody_up() -> None:
    walk = signed(listing(waiting=(4,), consent_closes_at=CLOSES)).fire("consent_closed")

    assert walk.open == ["review_nomination"]
    assert ("collect_consent", "cancelled") in walk.closed
    assert entered(walk).ends == ["list_entered"]


def test_a_returned_list_is_corrected_and_asks_its_firms_anew() -> None:
    later = datetime(2022, 5, 9, 16, tzinfo=UTC)
    walk = signed(
        listing(
            (5, 5),
            (2, 1),
            consent_closes_at=in_turn(CLOSES, later),
            set_list_correction={"round": 2},
        )
    ).do("collect_consent")

    walk.do("review_nomination", outcome="returned")
    assert walk.open == ["nominate_enterprises"]

    assert signed(walk).timers == {"consent_closed": later}
    assert entered(walk.do("collect_consent")).ends[-1] == "list_entered"


@pytest.mark.parametrize("refused", ["returned", ""])
def test_a_third_return_opens_the_review_again_and_enters_nobody(refused: str) -> None:
    rounds = in_turn({"round": 2}, {"round": 3})
    walk = signed(listing((5, 5, 5), (0, 0, 0), set_list_correction=rounds))
    for _ in range(2):
        signed(walk.do("review_nomination", outcome="returned"))

    walk.do("review_nomination", outcome=refused)

    assert walk.open == ["review_nomination"]
    assert "enter_enterprises" not in walk.host.asked
    assert entered(walk).ends == ["list_entered"]


@pytest.mark.parametrize("refused", ["no", ""])
def test_the_head_of_the_bureau_sends_it_back_to_review(refused: str) -> None:
    walk = signed(listing()).do("review_nomination", outcome="accepted").do("sign_entry", outcome=refused)

    assert walk.open == ["review_nomination"]
    assert "enter_enterprises" not in walk.host.asked
    assert entered(walk).ends == ["list_entered"]


def checking() -> Walk:
    return Walk("library_entry_check", {"outcome": ""})


def test_the_yearly_check_is_prefilled_signed_accepted_and_applied() -> None:
    walk = checking()
    assert walk.host.asked == ["prefill_check"]

    walk.do("check_library").do("sign_check", outcome="yes").do("review_check", outcome="accepted")

    assert walk.host.asked == ["prefill_check", "apply_check"]
    assert walk.ends == ["library_checked"]
    assert walk.is_over


@pytest.mark.parametrize("refused", ["no", ""])
def test_a_check_that_its_head_does_not_sign_goes_back(refused: str) -> None:
    assert checking().do("check_library").do("sign_check", outcome=refused).open == ["check_library"]


@pytest.mark.parametrize("refused", ["returned", ""])
def test_a_check_that_is_not_accepted_goes_back_and_takes_nobody_out(refused: str) -> None:
    walk = checking().do("check_library").do("sign_check", outcome="yes").do("review_check", outcome=refused)

    assert walk.open == ["check_library"]
    assert "apply_check" not in walk.host.asked
