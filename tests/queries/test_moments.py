"""The lights of then: the day that held, what was said of it until then, a hold that stops the light."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.queries import moments, replay
from app.queries.moments import ThenLight
from app.queries.replay import Frame
from app.services.house import House
from app.terms import EventType, Light
from tests.services.orders import Desk


@pytest.fixture
def desk(house: House) -> Desk:
    """An order whose limit was 21 July, held from the 19th, and moved to the 25th."""
    found = Desk(house).matter().issued().signed_for()
    found.on("2022-07-19")
    found.ask_time(found.task("report_back")).asked("2022-07-25")
    found.do("review_extension", login="office", outcome="granted")
    return found


def frames_of(desk: Desk) -> list[Frame]:
    instance_id = desk.order().instance_id
    assert instance_id is not None
    with desk.house.database.reading() as session:
        return replay.frames(session, instance_id)


def light_of(desk: Desk, frame: Frame, at: datetime) -> ThenLight:
    with desk.house.database.reading() as session:
        found = moments.lights_then(session, frame, at, desk.house.calendar)
    return next(one for one in found if one.waiting.element_id == "report_back")


def test_a_day_that_was_moved_later_is_not_known_before(desk: Desk) -> None:
    frames = frames_of(desk)
    moves = [frame for frame in frames if frame.type == EventType.DUE_DATE_MOVED]
    before = frames[frames.index(moves[0]) - 1]

    then = light_of(desk, before, before.at)
    held = light_of(desk, moves[0], moves[0].at)

    assert then.waiting.due_on == date(2022, 7, 21)
    assert then.moved == []
    assert "延期" not in then.why.sentence
    assert held.why.light is Light.GREY
    assert "延期待批" in held.why.sentence


def test_after_the_answer_the_new_day_counts_and_says_why(desk: Desk) -> None:
    last = frames_of(desk)[-1]

    granted = light_of(desk, last, last.at)
    late = light_of(desk, last, last.at + timedelta(days=30))

    assert granted.waiting.due_on == date(2022, 7, 25)
    assert granted.why.light in (Light.GREEN, Light.YELLOW)
    assert "批准延期" in granted.why.sentence
    assert late.why.light is Light.RED


def test_the_first_sentence_of_a_day_is_found_behind_what_was_added_later() -> None:
    first = "签收后5个工作日内反馈：2022年7月14日签收，第5个工作日为2022年7月21日。"
    added = "2022年7月19日延期待批，办理时限为2022年7月25日。2022年7月20日批准延期，办理时限为2022年7月25日。"

    assert moments.first_rule(first + added) == first
    assert moments.first_rule(first) == first
    assert moments.first_rule("") == ""
