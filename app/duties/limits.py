"""A limit as a due day with its sentence, and a day as the instant in UTC at which it begins or ends."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.workdays import Calendar

ZONE = ZoneInfo("Asia/Shanghai")


def within(event: str, opened: date, days: int, calendar: Calendar) -> Due:
    """So many working days after the task was opened. event: what opened it, in Chinese."""
    day = calendar.add(opened, days)
    why = (
        f"{event}后{days}个工作日内办理：{chinese_date(opened)}{event}，次日起算，第{days}个工作日为{chinese_date(day)}"
    )
    return explained(day, days, why, calendar.is_provisional(opened) or calendar.is_provisional(day))


def explained(day: date, limit_days: int | None, why: str, is_provisional: bool) -> Due:
    """The due day with its sentence; a day reckoned in a year without a notice of holidays says so."""
    mark = "，按周一至周五和法定节假日推算（暂定）" if is_provisional else ""
    return Due(day, limit_days, f"{why}{mark}。", is_provisional)


def start_of(day: date) -> datetime:
    """00:00 in Shanghai."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """24:00 in Shanghai, which is when a due day is over."""
    return start_of(day + timedelta(days=1))
