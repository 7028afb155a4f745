"""Each change of a light is kept with its cause: by the calendar, by a command, by a figure, a target or a new rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import clock
from app.duties.light_changes import Dates, turns
from app.models.outlook import INDICATOR, LightChange
from app.models.user_task import UserTask
from app.queries.task_lines import open_light
from app.services import light_watch
from app.services.check import check
from app.services.house import House
from app.terms import Light
from tests.boards import NOW
from tests.figures import set_figure, set_target
from tests.services.orders import REPORT, Desk

DAY = date(2024, 3, 1)


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    """A report that is due on 21 July 2022, yellow from the 20th."""
    found = Desk(house).matter().issued().signed_for()
    yield found
    with clock.held(found.at):
        assert [finding.text for finding in check(house)] == []


def report(desk: Desk) -> UserTask:
    return desk.task("report_back")


def watched(desk: Desk, day: str) -> int:
    desk.on(day)
    with clock.held(desk.at):
        return light_watch.watch(desk.house)


def kept(desk: Desk, task_id: str) -> list[tuple[str, str, str, str]]:
    return [
        (row.on.isoformat(), row.before, row.after, row.cause) for row in desk.rows(LightChange) if row.ref == task_id
    ]


def test_what_the_calendar_turns_is_noted_once_with_its_own_day(desk: Desk) -> None:
    task = report(desk)
    watched(desk, "2022-07-19")
    assert kept(desk, task.id) == []

    watched(desk, "2022-07-25")  # nobody looked for days
    assert watched(desk, "2022-07-25") == 0

    assert kept(desk, task.id)[:2] == [
        (task.yellow_on.isoformat(), "green", "yellow", "time"),
        ("2022-07-22", "yellow", "red", "time"),
    ]
    assert [row[2:] for row in kept(desk, task.id)[2:]] == [("", "cancelled")]  # the limit had lapsed


def test_an_extension_and_a_report_are_noted_by_their_commands(desk: Desk) -> None:
    task = report(desk)
    desk.on("2022-07-20").ask_time(task).asked("2022-07-27")
    desk.do("review_extension", login="office", outcome="granted")
    watched(desk, "2022-07-27")
    desk.do("report_back", **REPORT)

    assert kept(desk, task.id) == [
        ("2022-07-20", "green", "yellow", "time"),  # not looked at before the command
        ("2022-07-20", "yellow", "grey", "held"),
        ("2022-07-20", "grey", "green", "granted"),
        ("2022-07-26", "green", "yellow", "time"),
        ("2022-07-27", "yellow", "blue", "completed"),
    ]


def test_a_return_begins_a_new_task_with_a_history_of_its_own(desk: Desk) -> None:
    task = report(desk)
    desk.do("report_back", **REPORT).do("sign_report", outcome="no", opinion_text="请补充数据")
    again = report(desk)

    assert again.id != task.id
    assert [row[2] for row in kept(desk, task.id)] == ["blue"]
    assert kept(desk, again.id) == []


def test_an_indicator_turns_by_its_figure_and_by_its_target(house: House) -> None:
    def turned() -> list[tuple[str, str, str]]:
        light_watch.watch(house)
        with house.database.reading() as session:
            rows = session.scalars(select(LightChange).where(LightChange.subject == INDICATOR).order_by(LightChange.id))
            return [(row.before, row.after, row.cause) for row in rows]

    with clock.held(NOW):
        assert turned() == []
        with house.database.transaction() as session:
            set_target(session, 2, "33")
            set_figure(session, 2, "5", date(2023, 10, 31))
        assert turned() == [("grey", "red", "first")]
        with house.database.transaction() as session:
            set_figure(session, 2, "27", date(2023, 11, 10))
        assert turned()[1:] == [("red", "green", "figure")]
        with house.database.transaction() as session:
            set_target(session, 2, "20", revision=2)
        assert turned()[2:] == [("green", "blue", "target")]
        assert turned()[3:] == []


@settings(deadline=None)
@given(
    st.integers(0, 30),
    st.integers(0, 30),
    st.booleans(),
    st.lists(st.integers(0, 60), min_size=1, max_size=6),
    st.data(),
)
def test_the_noted_turns_give_the_light_of_every_day(
    yellow: int, longer: int, is_optional: bool, looks: list[int], data: st.DataObject
) -> None:
    dates = Dates(DAY, DAY + timedelta(days=yellow), DAY + timedelta(days=yellow + longer), is_optional)
    known, noted = None, []
    for look in sorted(looks):
        for turn in turns(dates, known, DAY + timedelta(days=look)):
            noted.append(turn)
            known = turn.after

    day = DAY + timedelta(days=data.draw(st.integers(0, max(looks))))
    before = [turn.after for turn in noted if turn.on <= day]
    light = before[-1] if before else dates.light(DAY)

    assert light is dates.light(day)
    if not dates.is_held:
        assert light is open_light(_task(dates), day)


def _task(dates: Dates) -> UserTask:
    return UserTask(yellow_on=dates.yellow_on, due_on=dates.due_on, is_optional=dates.is_optional)


def test_nothing_turns_by_the_calendar_while_a_task_is_held() -> None:
    held = Dates(DAY, DAY, DAY, is_held=True)

    assert turns(held, Light.GREY, DAY + timedelta(days=30)) == []
    assert held.light(DAY + timedelta(days=30)) is Light.GREY
