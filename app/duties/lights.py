"""Which light a piece of work shows today, and the sentence that says why.

A light is never stored: it is a function of stored dates and today. For lists, `yellow_from` gives the day on which a
task turns yellow, so that a query compares dates only. The thresholds are product proposals (PP) with a version.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.terms import Light, TaskStatus
from app.workdays import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
LIGHT_WORDS = {Light.GREEN: "绿灯", Light.YELLOW: "黄灯", Light.RED: "红灯", Light.BLUE: "蓝灯", Light.GREY: "灰灯"}


@dataclass(frozen=True)
class LimitRow:
    """Tasks with a limit of from_days to to_days working days, both included; to_days None is without end."""

    from_days: int
    to_days: int | None
    yellow_days: int

    def covers(self, limit_days: int) -> bool:
        return self.from_days <= limit_days and (self.to_days is None or limit_days <= self.to_days)

    @property
    def text(self) -> str:
        if self.to_days is None:
            limits = f"{self.from_days} 个工作日及以上"
        elif self.from_days == 0:
            limits = f"{self.to_days} 个工作日及以下"
        else:
            limits = f"{self.from_days} 至 {self.to_days} 个工作日"
        return f"限办 {limits}的，到期前 {self.yellow_days} 个工作日起为黄灯，过期次日起为红灯。"


@dataclass(frozen=True)
class LightPolicy:
    """When a task turns yellow: so many working days before its due day, by the length of its limit.

    rows cover every limit once (see rule_table_lights.py). fixed_yellow_days: of tasks due on a day that no limit in
    working days has given.
    """

    rows: tuple[LimitRow, ...] = (LimitRow(0, 5, 1), LimitRow(6, None, 5))
    fixed_yellow_days: int = 5
    name: str = "办理时限灯色"
    version: str = "第1版"

    def row(self, limit_days: int | None) -> LimitRow | None:
        """The row of a limit; None for a day without a limit in working days."""
        if limit_days is None:
            return None
        return next(row for row in self.rows if row.covers(max(limit_days, 0)))

    def days_before(self, limit_days: int | None) -> int:
        """Working days before the due day from which a task with this limit is yellow; None is a limit without days."""
        row = self.row(limit_days)
        return self.fixed_yellow_days if row is None else row.yellow_days

    def row_text(self, limit_days: int | None) -> str:
        row = self.row(limit_days)
        if row is not None:
            return row.text
        return f"规定了日期的，到期前 {self.fixed_yellow_days} 个工作日起为黄灯，过期次日起为红灯。"

    @property
    def widest_days(self) -> int:
        """The most working days before its due day on which any task may be yellow."""
        return max(self.fixed_yellow_days, *(row.yellow_days for row in self.rows))


@dataclass(frozen=True)
class Explanation:
    """A light with its reason, in Chinese, as the panel 办理时限 shows it.

    inputs: label and value of all that was looked at. clock: the moment it was reckoned for; empty where no
    clock is part of the rule. row: the row of the rule that was applied.
    """

    light: Light
    word: str
    sentence: str
    rule: str
    inputs: tuple[tuple[str, str], ...]
    clock: str = ""
    row: str = ""


DEFAULT_POLICY = LightPolicy()


def light_of(
    status: TaskStatus,
    due_on: date | None,
    limit_days: int | None,
    today: date,
    calendar: Calendar,
    policy: LightPolicy = DEFAULT_POLICY,
    *,
    waiting: bool = False,
    optional: bool = False,
) -> Light | None:
    """The light of a user task; None for a cancelled one, which has no light but struck-through text.

    waiting: somebody else must act first. optional: reminded but never red (enterprises, experts, optional tasks).
    A due day ends at 24:00, so the task is red from the day after it, working day or not.
    """
    if status is TaskStatus.CANCELLED:
        return None
    if status is TaskStatus.COMPLETED:
        return Light.BLUE
    if waiting:
        return Light.GREY
    if due_on is None or today < yellow_from(due_on, limit_days, calendar, policy):
        return Light.GREEN
    return Light.RED if today > due_on and not optional else Light.YELLOW


def yellow_from(due_on: date, limit_days: int | None, calendar: Calendar, policy: LightPolicy = DEFAULT_POLICY) -> date:
    """The first day on which an open task with this due day is yellow; it is red from the day after due_on."""
    return calendar.add(calendar.last_on_or_before(due_on), -policy.days_before(limit_days))


def explain(
    status: TaskStatus,
    due_on: date | None,
    limit_days: int | None,
    at: datetime,
    calendar: Calendar,
    policy: LightPolicy = DEFAULT_POLICY,
    *,
    why: str = "",
    waiting: bool = False,
    optional: bool = False,
) -> Explanation | None:
    """The light at this aware instant with its reason; None where `light_of` gives none.

    why: the duty's own Chinese sentence about the due day, put before the distance; «。» is added when it has none.
    """
    local = at.astimezone(ZONE)
    today = local.date()
    light = light_of(status, due_on, limit_days, today, calendar, policy, waiting=waiting, optional=optional)
    if light is None:
        return None
    reason = _reason(light, due_on, limit_days, today, calendar, policy)
    return Explanation(
        light=light,
        word=light.label,
        sentence=f"为什么是{LIGHT_WORDS[light]}：{_closed(why)}{reason}{_provisional(due_on, today, calendar)}",
        rule=f"规则“{policy.name}”{policy.version}",
        inputs=_inputs(due_on, limit_days, today, calendar, policy),
        clock=f"按 {chinese_date(today)} {local:%H:%M} 计算",
        row="" if due_on is None else policy.row_text(limit_days),
    )


def distance_text(today: date, due_on: date, calendar: Calendar) -> str:
    """How far the due day is, in working days: 今天到期, 3 个工作日后, 已超 2 个工作日.

    Where no working day lies between (a Saturday after a Friday's due day), natural days are told, which say 天.
    """
    if today == due_on:
        return "今天到期"
    days = calendar.count(today, due_on)
    if days:
        return f"{days} 个工作日后" if days > 0 else f"已超 {-days} 个工作日"
    natural = (due_on - today).days
    return f"{natural} 天后到期" if natural > 0 else f"已超 {-natural} 天"


def chinese_date(day: date) -> str:
    """2024年12月31日"""
    return f"{day.year}年{day.month}月{day.day}日"


def _reason(
    light: Light, due_on: date | None, limit_days: int | None, today: date, calendar: Calendar, policy: LightPolicy
) -> str:
    if light is Light.BLUE:
        return "事项已办结。"
    if light is Light.GREY:
        return "正在等待其他单位办理，本环节暂不计逾期。"
    if due_on is None:
        return "本环节没有规定办理时限。"
    if today > due_on:
        return f"办理时限为{chinese_date(due_on)}，{distance_text(today, due_on, calendar)}。"
    line = policy.days_before(limit_days)
    relation = "多于" if light is Light.GREEN else "已到"
    if today == due_on:
        return f"今天到期，{relation}临期线 {line} 个工作日。"
    return f"距截止 {calendar.count(today, due_on)} 个工作日，{relation}临期线 {line} 个工作日。"


def _inputs(
    due_on: date | None, limit_days: int | None, today: date, calendar: Calendar, policy: LightPolicy
) -> tuple[tuple[str, str], ...]:
    line = ("临期线", f"{policy.days_before(limit_days)} 个工作日")
    if due_on is None:
        return (("办理时限", "未规定"), ("今天", chinese_date(today)), line)
    days = "按周一至周五和法定节假日推算（暂定）" if calendar.is_provisional(due_on) else "国务院办公厅放假安排"
    return (
        ("办理时限", chinese_date(due_on)),
        *((("限办天数", f"{limit_days} 个工作日"),) if limit_days is not None else ()),
        ("今天", chinese_date(today)),
        ("距离", distance_text(today, due_on, calendar)),
        line,
        ("工作日历", days),
    )


def _provisional(due_on: date | None, today: date, calendar: Calendar) -> str:
    """A note when the distance runs through a year whose notice is not out."""
    if due_on is None:
        return ""
    unsettled = next((day for day in (today, due_on) if calendar.is_provisional(day)), None)
    return "" if unsettled is None else f"{unsettled.year}年放假安排尚未公布，时限按法定节假日暂算。"


def _closed(sentence: str) -> str:
    return sentence if not sentence or sentence.endswith("。") else f"{sentence}。"
