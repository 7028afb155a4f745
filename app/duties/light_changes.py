"""When a light turns by the calendar alone, and why any light turned, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.duties.lights import chinese_date
from app.terms import Light

TIME = "time"
CAUSES: Mapping[str, str] = {
    TIME: "时间推移",
    "held": "延期待批",
    "granted": "批准延期",
    "refused": "不批准延期",
    "lifted": "延期申请注销",
    "unit": "改由其他单位承办",
    "completed": "办结",
    "cancelled": "取消",
    "figure": "完成值更新",
    "target": "目标调整",
    "rule": "规则换版",
    "first": "首次记录",
}
ORDER = (Light.GREEN, Light.YELLOW, Light.RED)
NO_LIGHT = ""  # of a cancelled task


@dataclass(frozen=True)
class Dates:
    """Of a user task, as they are stored."""

    opened_on: date
    yellow_on: date
    due_on: date
    is_optional: bool = False
    is_held: bool = False

    def light(self, day: date) -> Light:
        if self.is_held:
            return Light.GREY
        if day < self.yellow_on:
            return Light.GREEN
        return Light.RED if day > self.due_on and not self.is_optional else Light.YELLOW


@dataclass(frozen=True)
class Turn:
    """From which day on the light was another one."""

    on: date
    before: Light
    after: Light


def turns(dates: Dates, known: Light | None, today: date) -> list[Turn]:
    """What the calendar has done to an open task's light since the last that is known; nothing while it is held.

    known: None while nothing was written of it: then it began with the light of the day on which it was opened.
    """
    before = dates.light(dates.opened_on) if known is None else known
    if dates.is_held or before not in ORDER:
        return []
    found = []
    for on, after in ((dates.yellow_on, Light.YELLOW), (dates.due_on + timedelta(days=1), Light.RED)):
        is_over = on <= today and not (after is Light.RED and dates.is_optional)
        if is_over and ORDER.index(after) > ORDER.index(before):
            found.append(Turn(max(on, dates.opened_on), before, after))
            before = after
    return found


def turn_text(turn: Turn, dates: Dates) -> str:
    if turn.after is Light.RED:
        return f"办理时限{chinese_date(dates.due_on)}已过。"
    return f"已到临期线，办理时限为{chinese_date(dates.due_on)}。"
