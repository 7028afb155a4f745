"""The rules of 督办单: the worked examples, and what holds of every order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.supervision_order import (
    DUTY,
    LEVELS,
    Colour,
    breaks_ladder,
    correction_limit,
    duplicate_of,
    is_lapsed,
    may_close,
    needs_leader,
    next_level,
    order_limit,
    points,
)
from app.workdays import STATUTORY, Calendar

CALENDAR: Calendar = STATUTORY
JULY = date(2022, 7, 15)

days = st.dates(date(2022, 1, 1), date(2024, 12, 31))
levels = st.sampled_from(LEVELS)


def colour(level: str, *, is_lapsed: bool = True, **told: Any) -> Colour:
    return Colour(level, JULY, date(2022, 7, 22), is_lapsed, **told)


histories = st.lists(
    st.builds(
        Colour,
        level=levels,
        issued_on=days,
        limit_on=days,
        is_lapsed=st.booleans(),
        is_urgent=st.booleans(),
        reported_on=st.one_of(st.none(), days),
    ),
    max_size=4,
).map(tuple)


def facts(**told: Any) -> dict[str, Any]:
    units = [
        {"unit": "miit", "name": "扬州市工业和信息化局", "short_name": "市工信局"},
        {"unit": "sci", "name": "扬州市科学技术局", "short_name": "市科技局"},
        {"unit": "office", "name": "领导小组办公室", "short_name": "办公室"},
    ]
    known = {"calendar": CALENDAR, "today": JULY, "opened_on": JULY, "limit_on": date(2022, 7, 22), "history": ()}
    return {**known, "units": units, "unit": "miit", "source": "office", "open_order": "", "is_urgent": False, **told}


DRAFT = {
    "outcome": "issue",
    "title": "年度反馈逾期未报",
    "content": "请于时限内报送年度反馈，说明逾期原因和完成情况。",
    "unit": "市工信局",
    "level": "blue",
    "limit_on": "2022-07-22",
    "wants_result": True,
}


def errors(task: str, answers: dict[str, Any], **told: Any) -> dict[str, str]:
    return {error.field: error.text for error in DUTY.check(task, answers, facts(**told))}


@pytest.mark.parametrize(
    ("level", "issued", "limit"),
    [
        ("blue", date(2022, 7, 15), date(2022, 7, 22)),
        ("blue", date(2022, 9, 28), date(2022, 10, 10)),
        ("orange", date(2023, 1, 17), date(2023, 1, 20)),
    ],
)
def test_a_colour_gives_so_many_working_days(level: str, issued: date, limit: date) -> None:
    assert order_limit(level, issued, CALENDAR) == limit


def test_a_colour_that_still_runs_is_not_raised() -> None:
    running = (colour("blue", is_lapsed=False),)

    assert next_level(running, False, "orange") is None
    assert next_level(running) is None
    assert errors("draft_order", {**DRAFT, "level": "orange"}, history=running) == {
        "level": "上一级督办单未逾期，不得升级；如紧急请注明理由"
    }


def test_each_colour_follows_the_lapse_of_the_one_before() -> None:
    history: tuple[Colour, ...] = ()
    for level in LEVELS:
        assert next_level(history) == level
        history += (colour(level),)

    assert next_level(history) == "red"
    assert breaks_ladder(history) == []


def test_an_urgent_red_at_once_is_allowed_with_its_mark() -> None:
    assert next_level((), True, "red") == "red"
    assert needs_leader("red", True)
    assert breaks_ladder((colour("red", is_urgent=True),)) == []
    assert breaks_ladder((colour("red"),)) == ["red"]


def test_an_urgent_order_says_why() -> None:
    urgent = {**DRAFT, "level": "orange", "is_urgent": True}

    assert "urgent_reason" in errors("draft_order", urgent)
    assert errors("draft_order", {**urgent, "urgent_reason": "上级督查组明日到现场核查"}) == {}


def test_a_report_that_was_returned_in_time_does_not_lapse() -> None:
    assert correction_limit(date(2022, 7, 22), date(2022, 7, 25), CALENDAR) == date(2022, 7, 28)
    assert not is_lapsed(date(2022, 7, 22), date(2022, 7, 22), date(2022, 7, 25))
    assert is_lapsed(date(2022, 7, 22), None, date(2022, 7, 23))
    assert not is_lapsed(date(2022, 7, 22), None, date(2022, 7, 22))


def test_the_same_subject_is_supervised_once() -> None:
    assert duplicate_of("task:1", [("task:2", "2022-1"), ("task:1", "2022-2")]) == "2022-2"
    assert duplicate_of("task:3", [("task:1", "2022-2")]) is None
    assert errors("draft_order", DRAFT, open_order="2022-2") == {"title": "该事项已有督办单2022-2在办"}


def test_nobody_closes_what_is_her_own() -> None:
    assert not may_close("blue", is_of_unit=True, is_drafter=False)
    assert not may_close("red", is_of_unit=False, is_drafter=True)
    assert may_close("blue", is_of_unit=False, is_drafter=True)


def test_a_lapse_costs_more_with_each_colour() -> None:
    found = points([colour("blue"), colour("orange"), colour("red"), colour("blue", is_lapsed=False)])

    assert [point.value for point in found] == [-1, -2, -4]
    in_time = points([colour("blue", is_lapsed=False, reported_on=JULY)])
    assert [point.value for point in in_time] == [0]


def test_the_office_sends_itself_no_order_and_days_are_working_days() -> None:
    assert errors("draft_order", {**DRAFT, "unit": "办公室"}) == {"unit": "办公室不得向本室发单"}
    for day in ("2022-07-15", "2022-07-23"):
        assert errors("draft_order", {**DRAFT, "limit_on": day}) == {"limit_on": "办理时限须为工作日且晚于今日"}
    assert "至迟" in errors("draft_order", {**DRAFT, "limit_on": "2022-12-30"})["limit_on"]
    co_units = [{"unit": "市工信局"}, {"unit": "市科技局"}]
    assert list(errors("draft_order", {**DRAFT, "co_units": co_units})) == ["co_units.0.unit"]


def test_a_draft_that_is_dropped_says_why() -> None:
    assert list(errors("draft_order", {"outcome": "drop"})) == ["drop_reason"]
    assert errors("draft_order", {"outcome": "drop", "drop_reason": "单位已经补报"}) == {}


def test_a_report_is_proved_or_goes_on() -> None:
    assert errors("report_back", {"state": "done"}) == {"evidence": "已办结须附佐证材料"}
    assert set(errors("report_back", {"state": "working"})) == {"problem", "next_step", "next_on"}


def test_who_refuses_names_another_unit() -> None:
    refused = {"outcome": "no", "reason": "该项职责由市科技局承担", "proposed_unit": "市工信局"}

    assert errors("sign_for", refused) == {"proposed_unit": "建议承办单位不能是本单位"}
    assert errors("sign_for", {**refused, "proposed_unit": "市科技局"}) == {}


def test_one_new_limit_in_a_colour() -> None:
    assert "new_limit" in DUTY.offered("decide_next", {"may_set_limit": True})
    assert "new_limit" not in DUTY.offered("decide_next", {"may_set_limit": False})


def test_the_report_is_due_before_the_limit_and_the_signature_with_it() -> None:
    report, signature = DUTY.due_on("report_back", facts()), DUTY.due_on("sign_report", facts())

    assert report is not None
    assert signature is not None
    assert (report.on, signature.on) == (date(2022, 7, 21), date(2022, 7, 22))
    urgent = DUTY.due_on("sign_for", facts(is_urgent=True))
    assert urgent is not None
    assert urgent.on == JULY
    ladder = DUTY.due_on("draft_order", facts(source="ladder"))
    assert ladder is not None
    assert ladder.on == date(2022, 7, 19)


@pytest.mark.parametrize("opened", [date(2022, 9, 30), date(2022, 10, 8), date(2023, 1, 20)])
def test_due_days_skip_the_long_holidays(opened: date) -> None:
    for task in DUTY.forms:
        due = DUTY.due_on(task, facts(opened_on=opened, today=opened, limit_on=order_limit("blue", opened, CALENDAR)))
        assert due is not None
        assert due.on >= opened
        assert CALENDAR.is_working_day(due.on)


@given(histories, st.booleans(), levels)
def test_a_colour_is_never_skipped_without_urgency(history: tuple[Colour, ...], is_urgent: bool, wanted: str) -> None:
    given_level = next_level(history, is_urgent, wanted)
    reached = max((LEVELS.index(one.level) for one in history), default=-1)

    assert given_level in (None, wanted)
    if given_level is not None and not is_urgent:
        assert LEVELS.index(wanted) == min(reached + 1, 2)
        assert not history or history[-1].is_lapsed


@given(histories)
def test_what_the_rule_proposes_breaks_no_ladder(history: tuple[Colour, ...]) -> None:
    proposed = next_level(history)
    if proposed is not None and not breaks_ladder(history):
        assert breaks_ladder((*history, colour(proposed))) == []


@given(levels, days)
def test_a_limit_is_a_working_day_and_shorter_with_each_colour(level: str, issued: date) -> None:
    limit = order_limit(level, issued, CALENDAR)

    assert limit > issued
    assert CALENDAR.is_working_day(limit)
    assert order_limit("red", issued, CALENDAR) <= limit <= order_limit("blue", issued, CALENDAR)


@given(days, st.integers(0, 40))
def test_a_correction_never_takes_time_away(today: date, ahead: int) -> None:
    old = today + timedelta(days=ahead)

    assert correction_limit(old, today, CALENDAR) >= max(old, today)
