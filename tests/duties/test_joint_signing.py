"""When a signing passes, fails or stays open; as properties, whatever the mode and whoever was asked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties import joint_signing as rules
from app.duties.joint_signing import AGREED, CLOSED, DROPPED, FAILED, OBJECTED, OPEN, PASSED, REMOVED, WAITING
from app.workdays import STATUTORY

MODES = st.sampled_from(sorted(rules.MODES))
SHARES = st.integers(1, 100)
STATES = st.lists(st.sampled_from([WAITING, AGREED, OBJECTED, REMOVED]), max_size=8)


@given(MODES, SHARES, STATES)
def test_nobodys_silence_is_an_agreement(mode: str, share: int, states: list[str]) -> None:
    if AGREED not in states:
        assert rules.verdict(mode, share, states) != PASSED


@given(MODES, SHARES, STATES)
def test_what_is_settled_stays_so_whatever_the_others_say(mode: str, share: int, states: list[str]) -> None:
    found = rules.verdict(mode, share, states)
    if found in (PASSED, FAILED):
        for word in (AGREED, OBJECTED):
            assert rules.verdict(mode, share, [word if state == WAITING else state for state in states]) == found


@given(MODES, SHARES, STATES)
def test_when_all_have_spoken_it_is_settled(mode: str, share: int, states: list[str]) -> None:
    if WAITING not in states:
        assert rules.verdict(mode, share, states) != OPEN


@given(MODES, SHARES, STATES)
def test_a_removed_signer_counts_for_nothing(mode: str, share: int, states: list[str]) -> None:
    left = [state for state in states if state != REMOVED]

    assert rules.verdict(mode, share, states) == rules.verdict(mode, share, left)
    assert (rules.verdict(mode, share, states) == DROPPED) == (not left)


@pytest.mark.parametrize(
    ("mode", "share", "signers", "wanted"),
    [
        ("all", 50, 4, 4),
        ("any", 50, 4, 1),
        ("share", 50, 3, 2),
        ("share", 1, 3, 1),
        ("share", 100, 3, 3),
        ("share", 67, 3, 3),
    ],
)
def test_a_share_is_rounded_up(mode: str, share: int, signers: int, wanted: int) -> None:
    assert rules.needed(mode, share, signers) == wanted


@pytest.mark.parametrize(
    ("main", "due"),
    [(None, date(2024, 3, 7)), (date(2024, 3, 5), date(2024, 3, 5)), (date(2024, 3, 29), date(2024, 3, 7)),
     (date(2024, 3, 1), date(2024, 3, 7))],
)  # fmt: skip
def test_it_is_due_before_the_task_it_is_signed_for_unless_that_is_late(main: date | None, due: date) -> None:
    facts = {"calendar": STATUTORY, "opened_on": date(2024, 3, 4), "main_due_on": main}

    found = rules.due_on(rules.SIGN, facts)

    assert found is not None
    assert found.on == due
    assert rules.due_on("another", facts) is None


def test_every_word_has_its_label() -> None:
    assert {PASSED, FAILED, DROPPED, OPEN, rules.PLANNED} == set(rules.STATES)
    assert {WAITING, AGREED, OBJECTED, REMOVED, CLOSED} == set(rules.SIGNER_STATES)
