"""The light of a task over real holidays, its sentence, and the dates a query compares instead."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.lights import LightPolicy, LimitRow, distance_text, explain, light_of, yellow_from
from app.terms import Light, TaskStatus
from app.workdays import STATUTORY

OPEN = TaskStatus.OPEN
DUE = date(2024, 12, 31)


@pytest.mark.parametrize(
    ("today", "light"),
    [
        (date(2024, 12, 16), Light.GREEN),
        (date(2024, 12, 23), Light.GREEN),
        (date(2024, 12, 24), Light.YELLOW),  # five working days before
        (date(2024, 12, 31), Light.YELLOW),
        (date(2025, 1, 1), Light.RED),  # a holiday, and the due day is over all the same
    ],
)
def test_a_task_turns_yellow_five_working_days_before_and_red_the_day_after(today: date, light: Light) -> None:
    assert light_of(OPEN, DUE, 22, today, STATUTORY) is light


@pytest.mark.parametrize(
    ("limit_days", "today", "light"),
    [
        (5, date(2024, 12, 27), Light.GREEN),
        (5, date(2024, 12, 30), Light.YELLOW),
        (6, date(2024, 12, 27), Light.YELLOW),
        (None, date(2024, 12, 27), Light.YELLOW),
    ],
)
def test_a_short_limit_is_yellow_on_the_last_working_day_before_only(
    limit_days: int | None, today: date, light: Light
) -> None:
    assert light_of(OPEN, DUE, limit_days, today, STATUTORY) is light


def test_the_yellow_day_reaches_back_over_the_national_holiday() -> None:
    assert yellow_from(date(2024, 10, 9), 20, STATUTORY) == date(2024, 9, 26)  # Sunday the 29th is worked
    assert yellow_from(date(2024, 10, 9), 3, STATUTORY) == date(2024, 10, 8)


def test_done_is_blue_even_when_late_and_waiting_is_grey_even_when_overdue() -> None:
    today = date(2025, 2, 1)

    assert light_of(TaskStatus.COMPLETED, DUE, 22, today, STATUTORY) is Light.BLUE
    assert light_of(OPEN, DUE, 22, today, STATUTORY, waiting=True) is Light.GREY
    assert light_of(TaskStatus.COMPLETED, DUE, 22, today, STATUTORY, waiting=True) is Light.BLUE


def test_a_cancelled_task_has_no_light_and_no_explanation() -> None:
    assert light_of(TaskStatus.CANCELLED, DUE, 22, DUE, STATUTORY) is None
    assert explain(TaskStatus.CANCELLED, DUE, 22, datetime(2024, 12, 31, tzinfo=UTC), STATUTORY) is None


def test_an_optional_task_is_never_red() -> None:
    assert light_of(OPEN, DUE, 22, date(2025, 1, 20), STATUTORY, optional=True) is Light.YELLOW


def test_a_task_without_a_due_day_is_green() -> None:
    assert light_of(OPEN, None, None, DUE, STATUTORY) is Light.GREEN


def test_another_policy_gives_another_yellow_day() -> None:
    policy = LightPolicy(rows=(LimitRow(0, None, 10),), version="第2版")

    assert light_of(OPEN, DUE, 22, date(2024, 12, 17), STATUTORY, policy) is Light.YELLOW


@given(st.dates(date(2021, 1, 1), date(2027, 12, 31)), st.integers(-60, 20), st.none() | st.integers(1, 40))
def test_comparing_stored_dates_gives_the_same_light(due_on: date, shift: int, limit_days: int | None) -> None:
    today = due_on + timedelta(days=shift)
    days_left = STATUTORY.count(today, due_on)
    line = LightPolicy().days_before(limit_days)

    light = light_of(OPEN, due_on, limit_days, today, STATUTORY)

    assert (light is Light.YELLOW) == (yellow_from(due_on, limit_days, STATUTORY) <= today <= due_on)
    assert (light is Light.RED) == (today > due_on)
    assert (light is Light.GREEN) == (days_left > line)


def test_the_green_light_of_the_december_report_is_explained_with_rule_and_clock() -> None:
    why = "计划定为12月底，12月31日是星期日，按规则提前到 12月29日"
    at = datetime(2023, 12, 14, 2, 24, tzinfo=UTC)

    found = explain(OPEN, date(2023, 12, 29), 22, at, STATUTORY, why=why)

    assert found is not None
    assert found.light is Light.GREEN
    assert found.word == "正常"
    assert found.sentence == f"为什么是绿灯：{why}。距截止 11 个工作日，多于临期线 5 个工作日。"
    assert found.rule == "规则“办理时限灯色”第1版"
    assert found.clock == "按 2023年12月14日 10:24 计算"
    assert ("临期线", "5 个工作日") in found.inputs
    assert ("工作日历", "国务院办公厅放假安排") in found.inputs


@pytest.mark.parametrize(
    ("today", "sentence"),
    [
        (date(2024, 12, 24), "为什么是黄灯：距截止 5 个工作日，已到临期线 5 个工作日。"),
        (date(2024, 12, 31), "为什么是黄灯：今天到期，已到临期线 5 个工作日。"),
        (date(2025, 1, 3), "为什么是红灯：办理时限为2024年12月31日，已超 2 个工作日。"),
        (date(2025, 1, 1), "为什么是红灯：办理时限为2024年12月31日，已超 1 天。"),
    ],
)
def test_each_light_says_its_reason(today: date, sentence: str) -> None:
    found = explain(OPEN, DUE, 22, datetime(today.year, today.month, today.day, 3, tzinfo=UTC), STATUTORY)

    assert found is not None
    assert found.sentence == sentence


def test_waiting_done_and_unlimited_work_say_so() -> None:
    at = datetime(2024, 12, 16, 1, tzinfo=UTC)

    waiting = explain(OPEN, DUE, 22, at, STATUTORY, waiting=True)
    done = explain(TaskStatus.COMPLETED, DUE, 22, at, STATUTORY)
    unlimited = explain(OPEN, None, None, at, STATUTORY)

    assert waiting is not None
    assert waiting.sentence.startswith("为什么是灰灯：正在等待")
    assert done is not None
    assert done.sentence == "为什么是蓝灯：事项已办结。"
    assert unlimited is not None
    assert unlimited.sentence == "为什么是绿灯：本环节没有规定办理时限。"


def test_a_date_in_a_year_without_a_notice_is_marked() -> None:
    year = max(STATUTORY.known_years) + 1

    found = explain(OPEN, date(year, 1, 20), 22, datetime(year - 1, 12, 1, tzinfo=UTC), STATUTORY)

    assert found is not None
    assert found.sentence.endswith(f"{year}年放假安排尚未公布，时限按法定节假日暂算。")
    assert ("工作日历", "按周一至周五和法定节假日推算（暂定）") in found.inputs


@pytest.mark.parametrize(
    ("today", "due_on", "text"),
    [
        (date(2024, 12, 31), date(2024, 12, 31), "今天到期"),
        (date(2024, 12, 26), date(2024, 12, 31), "3 个工作日后"),
        (date(2025, 1, 3), date(2024, 12, 31), "已超 2 个工作日"),
        (date(2024, 12, 28), date(2024, 12, 27), "已超 1 天"),
        (date(2024, 12, 27), date(2024, 12, 29), "2 天后到期"),
    ],
)
def test_the_distance_is_told_in_working_days_and_in_days_where_none_lies_between(
    today: date, due_on: date, text: str
) -> None:
    assert distance_text(today, due_on, STATUTORY) == text
