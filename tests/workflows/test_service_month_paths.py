"""The paths of 专精特新企业服务月 on its real diagrams: the month, and one activity of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import Walk, in_turn

LATER = datetime(2023, 6, 15, 16, tzinfo=UTC)
DAY, SECOND, THIRD = "2023-09-12T14:30:00+08:00", "2023-09-19T14:30:00+08:00", "2023-09-26T14:30:00+08:00"
UNITS = {"units": {"miit": {}, "sci": {}, "hanjiang": {}}, "outcome": "", "month_key": "service_month:2023"}
PLANNED = {"activity_key": "service_month_activity:2023:01", "outcome": "", "moves": 0}


def month(**says: Any) -> Walk:
    return Walk("service_month", UNITS, **says).do("frame_month")


def composed(walk: Walk) -> Walk:
    for _ in range(3):
        walk.do("offer_activities")
    return walk.do("compose_month")


def approved(walk: Walk) -> Walk:
    return walk.do("sign_month", outcome="yes").do("approve_month", outcome="yes")


def closed(walk: Walk) -> Walk:
    return walk.do("review_month").do("sign_month_summary", outcome="yes")


def activity(**says: Any) -> Walk:
    return Walk("service_month_activity", PLANNED, **says)


def test_straight_to_the_published_month_and_its_summary() -> None:
    walk = approved(composed(month(month_closes_at=LATER)))
    assert walk.messages == {"await_activities": "activities_done"}
    assert walk.timers == {"month_guard": LATER}

    closed(walk.deliver("await_activities"))

    assert walk.is_over
    assert walk.ends == ["gather_activities_ended", "month_closed"]
    assert walk.host.asked.count("publish_month") == 1


def test_units_that_are_silent_are_not_waited_for() -> None:
    walk = month(offers_close_at=LATER).do("offer_activities")
    assert walk.open == ["offer_activities"] * 2

    walk.fire("offers_closed")

    assert walk.open == ["compose_month"]
    assert walk.closed.count(("offer_activities", "cancelled")) == 2
    assert closed(approved(walk.do("compose_month")).deliver("await_activities")).ends[-1] == "month_closed"


@pytest.mark.parametrize("refused", ["no", ""])
def test_a_plan_that_is_returned_is_composed_again_and_never_published(refused: str) -> None:
    walk = composed(month()).do("sign_month", outcome=refused)
    assert walk.open == ["compose_month"]
    walk.do("compose_month").do("sign_month", outcome="yes").do("approve_month", outcome=refused)

    assert walk.open == ["compose_month"]
    assert "publish_month" not in walk.host.asked
    assert walk.timers == {}
    assert closed(approved(walk.do("compose_month")).deliver("await_activities")).is_over


def test_open_activities_do_not_keep_the_month_open() -> None:
    walk = approved(composed(month(month_closes_at=LATER))).fire("month_guard")

    assert walk.messages == {}
    assert walk.do("review_month").do("sign_month_summary", outcome="no").open == ["review_month"]
    assert closed(walk).is_over


def test_an_activity_is_confirmed_held_rated_and_recorded() -> None:
    walk = activity(ratings_close_at=LATER).do("confirm_activity", activity_at=DAY)
    assert walk.timers == {"activity_day": datetime(2023, 9, 12, 6, 30, tzinfo=UTC)}
    walk.fire("activity_day").do("report_activity", outcome="held")
    assert walk.timers == {"ratings_over": LATER}

    walk.fire("ratings_over")

    assert walk.ends == ["preparing_ended", "activity_closed"]
    assert walk.host.asked[-1] == "record_activity"
    assert walk.is_over


def test_an_activity_moves_twice_and_not_a_third_time() -> None:
    moves = in_turn({"moves": 1, "activity_at": SECOND}, {"moves": 2, "activity_at": THIRD})
    walk = activity(move_activity=moves).do("confirm_activity", activity_at=DAY)
    for hours in (19, 26):
        walk.fire("activity_day").do("report_activity", outcome="moved")
        assert walk.timers == {"activity_day": datetime(2023, 9, hours, 6, 30, tzinfo=UTC)}

    walk.fire("activity_day").do("report_activity", outcome="moved")

    assert walk.open == ["report_activity"]
    assert walk.host.asked.count("move_activity") == 2
    assert walk.do("report_activity", outcome="held").fire("ratings_over").ends[-1] == "activity_closed"


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_an_activity_is_cancelled_wherever_it_stands(steps: int) -> None:
    walk = activity()
    if steps:
        walk.do("confirm_activity", activity_at=DAY)
    if steps > 1:
        walk.fire("activity_day")

    walk.deliver("activity_cancelled_event")

    assert walk.ends == ["activity_dropped"]
    assert walk.is_over
    assert "tell_cancelled" in walk.host.asked
    assert "record_activity" not in walk.host.asked


def test_what_nobody_reported_is_closed_without_ratings() -> None:
    walk = activity().do("confirm_activity", activity_at=DAY).fire("activity_day").deliver("report_missing_event")

    assert walk.ends == ["activity_closed"]
    assert ("report_activity", "cancelled") in walk.closed
    assert "collect_ratings" not in walk.host.asked
    assert walk.is_over
