"""The face of 公示: a list stands for so many working days, and objections are settled before its caller goes on.

Called inside the instance of the process that has the list. All take `facts`, plain rows that the services supply.

    Dates of user tasks and timers
        calendar, opened_on     opened_on: the day on which the task was opened
        published_on, days      day of publication, working days it stands (notice_ends_at)
        ended_on, pressed_on    last day of the notice; the day on which the bureau's head pressed last, or None
    publish_notice
        today, calendar
        listed                  int; rows of the caller's list
    press_objections
        objections              open objections {no}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.duties.duty import Due, Duty, FieldError
from app.duties.form_parts import Errors, Row, is_empty
from app.duties.limits import ZONE, end_of, start_of, within
from app.workdays import Calendar

Facts = Mapping[str, Any]

NOTICE_DAYS = 5  # PP: the rule of 2022 sets no length, practice is five working days
LATEST_DAYS = 2  # PP: published today or within the next two working days
GUARD_DAYS, PRESSED_DAYS = 30, 10

LIMITS: Mapping[str, tuple[int, str]] = {
    "publish_notice": (2, "公示名单确定"),
    "press_objections": (2, "异议核查超期"),
}
USER_TASKS = tuple(LIMITS)
# Where the called process has its own rules inside the caller's instance: user tasks, timers, waits.
ELEMENTS = frozenset({*USER_TASKS, "notice_ends", "await_objections", "objections_lapsed"})

PHONE = re.compile(r"(\d{3,4}[-－ ]?)?\d{7,8}|1\d{10}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def notice_ends(published_on: date, calendar: Calendar, n: int = NOTICE_DAYS) -> date:
    """The last day, which counts whole; the day of publication does not count."""
    return calendar.add(published_on, n)


def is_in_period(received_at: datetime, published_on: date, ends_on: date) -> bool:
    """Whether an objection came while the list stood; the day is China's."""
    return published_on <= received_at.astimezone(ZONE).date() <= ends_on


def objections_guard(ended_on: date, pressed_on: date | None, calendar: Calendar) -> date:
    """The day after which the bureau's head is asked to press, the first time and then again."""
    if pressed_on is None:
        return calendar.add(ended_on, GUARD_DAYS)
    return calendar.add(pressed_on, PRESSED_DAYS)


def notice_ends_at(facts: Facts) -> datetime:
    return end_of(notice_ends(facts["published_on"], facts["calendar"], facts["days"]))


def objections_guard_at(facts: Facts) -> datetime:
    return start_of(objections_guard(facts["ended_on"], facts["pressed_on"], facts["calendar"]))


def due_on(element_id: str, facts: Facts) -> Due | None:
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    return within(event, facts["opened_on"], days, facts["calendar"])


def check(element_id: str, answers: Row, facts: Facts) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def check_day(published_on: date, today: date, calendar: Calendar) -> str:
    """What is wrong with a day of publication, in a sentence; empty when nothing is."""
    if published_on < today:
        return "公示日期不得早于今日"
    if published_on > calendar.add(today, LATEST_DAYS):
        return f"公示日期不得晚于今日起第{LATEST_DAYS}个工作日"
    return ""


def check_link(link: str) -> str:
    return "" if link.startswith(("http://", "https://")) else "请填写完整网址，以 http:// 或 https:// 开头"


def _publish_notice(answers: Row, facts: Facts) -> Errors:
    if not facts["listed"]:
        yield FieldError("list", "公示名单不能为空")
    wrong = check_day(date.fromisoformat(str(answers["published_on"])), facts["today"], facts["calendar"])
    if wrong:
        yield FieldError("published_on", wrong)
    if not is_empty(answers, "link") and (wrong := check_link(str(answers["link"]))):
        yield FieldError("link", wrong)
    contact = str(answers["contact"])
    if not PHONE.search(contact) and not MAIL.search(contact):
        yield FieldError("contact", "请填写受理电话或电子邮箱")


CHECKS: Mapping[str, Callable[[Row, Facts], Errors]] = {"publish_notice": _publish_notice}

DUTY = Duty(
    key="public_notice",
    name="公示",
    clause="P1",
    processes=("public_notice",),
    forms={task: f"public_notice.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at={"notice_ends_at": notice_ends_at, "objections_guard_at": objections_guard_at},
)
