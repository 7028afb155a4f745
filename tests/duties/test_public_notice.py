"""公示: until when a list stands; the numbered cases are the worked examples of the spec."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.limits import ZONE
from app.duties.public_notice import DUTY, is_in_period, notice_ends, objections_guard
from app.workdays import STATUTORY, Calendar

WEEKDAYS_ONLY = Calendar({})
days = st.dates(date(2022, 1, 1), date(2026, 12, 31))


def answers(**more: Any) -> dict[str, Any]:
    told = {"title": "公示名单", "text": "公示" * 10, "published_on": "2022-09-26", "contact": "0514-87936000"}
    return told | more


def errors(listed: int = 3, **more: Any) -> dict[str, str]:
    facts = {"today": date(2022, 9, 26), "calendar": STATUTORY, "listed": listed}
    return {error.field: error.text for error in DUTY.check("publish_notice", answers(**more), facts)}


@pytest.mark.parametrize(
    ("published_on", "ends_on"),
    [
        pytest.param(date(2022, 9, 26), date(2022, 10, 8), id="case 1: a make-up Saturday"),
        pytest.param(date(2022, 9, 9), date(2022, 9, 19), id="case 2"),
        pytest.param(date(2023, 1, 18), date(2023, 1, 30), id="case 3"),
    ],
)
def test_a_notice_stands_for_five_working_days(published_on: date, ends_on: date) -> None:
    assert notice_ends(published_on, STATUTORY) == ends_on


def test_case_4_the_last_day_counts_whole_and_in_china() -> None:
    published, ends = date(2022, 9, 26), date(2022, 10, 8)

    assert is_in_period(datetime(2022, 10, 8, 23, 50, tzinfo=ZONE), published, ends)
    assert not is_in_period(datetime(2022, 10, 9, 0, 0, tzinfo=ZONE), published, ends)
    assert not is_in_period(datetime(2022, 9, 25, 23, 59, tzinfo=ZONE), published, ends)


def test_the_timer_fires_when_the_last_day_is_over() -> None:
    facts = {"published_on": date(2022, 9, 26), "days": 5, "calendar": STATUTORY}

    assert DUTY.due_at["notice_ends_at"](facts) == datetime(2022, 10, 9, tzinfo=ZONE)


@given(published_on=days, n=st.integers(1, 30))
def test_so_many_working_days_lie_in_the_period(published_on: date, n: int) -> None:
    ends = notice_ends(published_on, STATUTORY, n)

    assert STATUTORY.is_working_day(ends)
    assert STATUTORY.count(published_on, ends) == n


def test_the_guard_comes_thirty_days_after_the_end_and_ten_after_each_pressing() -> None:
    ended = date(2022, 10, 8)

    assert STATUTORY.count(ended, objections_guard(ended, None, STATUTORY)) == 30
    pressed = objections_guard(ended, None, STATUTORY)
    assert STATUTORY.count(pressed, objections_guard(ended, pressed, STATUTORY)) == 10


def test_a_published_list_has_rows_a_day_that_is_not_over_and_somebody_to_turn_to() -> None:
    assert errors() == {}
    assert errors(listed=0) == {"list": "公示名单不能为空"}
    assert errors(published_on="2022-09-25") == {"published_on": "公示日期不得早于今日"}
    assert errors(published_on="2022-09-28") == {}
    assert errors(published_on="2022-09-29") == {"published_on": "公示日期不得晚于今日起第2个工作日"}
    assert errors(contact="扬州市文昌路1号") == {"contact": "请填写受理电话或电子邮箱"}
    assert errors(contact="jxw@yangzhou.gov.cn") == {}
    assert set(errors(link="gxj.yangzhou.gov.cn")) == {"link"}
    assert errors(link="https://gxj.yangzhou.gov.cn/notice") == {}


@pytest.mark.parametrize("opened_on", [date(2022, 9, 30), date(2022, 10, 8)], ids=["before a holiday", "make-up day"])
@pytest.mark.parametrize("task", DUTY.forms)
def test_every_task_is_due_on_a_working_day(task: str, opened_on: date) -> None:
    due = DUTY.due_on(task, {"opened_on": opened_on, "calendar": STATUTORY})

    assert due is not None
    assert STATUTORY.is_working_day(due.on)
    assert STATUTORY.count(opened_on, due.on) == due.limit_days


def test_a_year_without_a_table_of_holidays_is_marked() -> None:
    due = DUTY.due_on("publish_notice", {"opened_on": date(2023, 3, 1), "calendar": WEEKDAYS_ONLY})

    assert due is not None
    assert due.provisional
    assert "暂定" in due.rule
