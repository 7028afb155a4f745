"""Habits are the same for a seed: the punctual are hardly late, the late often, and the sloppy get things back."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest

from app.demo import habits
from app.demo.course import NEVER, Matter
from app.demo.habits import SHARES, Habit

UNITS = [f"unit{number}" for number in range(600)]
WHO = {habit: next(unit for unit in UNITS if habits.habit_of(7, unit) is habit) for habit in Habit}


def matter(unit: str, element: str = "draft_report", days: int = 8, times: int = 0, principal: str = "") -> Matter:
    return Matter(
        id="t", process="p", element_id=element, instance_id="i", business_key="k", year=2022, subject=unit,
        unit_id=unit, enterprise_id=None, principal=principal or f"contact:{unit}",
        opened_at=datetime(2022, 5, 9, 2, tzinfo=UTC), days=days, times=times,
    )  # fmt: skip


def share_late(habit: Habit) -> float:
    turns = [habits.turn(7, matter(WHO[habit]), Random(number)) for number in range(400)]
    return sum((turn.delay or 0) > 9 for turn in turns) / len(turns)


def share_returned(habit: Habit, times: int = 0) -> float:
    looked_at = matter(WHO[habit], "review_report", principal="office", times=times)
    return sum(habits.turn(7, looked_at, Random(number)).returns for number in range(400)) / 400


def test_six_in_ten_are_punctual() -> None:
    found = Counter(habits.habit_of(7, unit) for unit in UNITS)

    assert {habit: pytest.approx(share, abs=6) for habit, share in SHARES.items()} == {
        habit: 100 * found[habit] / len(UNITS) for habit in SHARES
    }


def test_the_late_are_late_and_the_others_seldom() -> None:
    assert share_late(Habit.PUNCTUAL) < 0.05
    assert share_late(Habit.SLOPPY) < 0.2
    assert 0.3 < share_late(Habit.LATE) < 0.6


def test_what_the_sloppy_hand_in_comes_back_once() -> None:
    assert 0.2 < share_returned(Habit.SLOPPY) < 0.5
    assert share_returned(Habit.SLOPPY, times=1) == 0
    assert share_returned(Habit.PUNCTUAL) == 0


def test_the_office_is_punctual_and_leaves_a_collection_open() -> None:
    assert habits.habit_of(7, habits.worker("office")) is Habit.PUNCTUAL
    assert habits.turn(7, matter("sci", "chase_proposals"), Random(1)).delay == NEVER


@pytest.mark.parametrize(
    ("principal", "who"),
    [
        ("contact:sci", "sci"),
        ("head:sci", "sci"),
        ("enterprise:91", "enterprise:91"),
        ("person:7", "person:7"),
        ("leader", ""),
    ],
)
def test_a_contact_and_her_head_have_the_habit_of_their_unit(principal: str, who: str) -> None:
    assert habits.worker(principal) == who
