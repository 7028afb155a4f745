"""When a request for more time is in time, how much it may ask for, who decides, and which day the assessment takes.

The numbers are proposals of the product (PP): ten working days at most, two requests, silence never grants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.duties.limits import ZONE
from app.workdays import Calendar

MOST_DAYS = 10
MOST_REQUESTS = 2
OFFICE_DAYS = 5  # the office alone grants so many working days

REASONS: Mapping[str, str] = {
    "plan_changed": "上级部署调整",
    "enterprise": "企业原因",
    "other_unit": "协同单位未反馈",
    "no_data": "数据未出",
    "staff": "人员变动",
    "force_majeure": "不可抗力",
    "other": "其他",
}
NEEDS_PROOF = ("force_majeure", "plan_changed")
OTHER_UNIT = "other_unit"


@dataclass(frozen=True)
class Asked:
    """A request before it is decided. number: which one on the task, from 1; days: working days asked for."""

    number: int
    days: int
    is_set_by_leader: bool = False
    is_red_order: bool = False
    is_december_report: bool = False


def is_in_time(signed_at: datetime, due_on: date) -> bool:
    """The head has signed by the end of the due day."""
    return signed_at.astimezone(ZONE).date() <= due_on


def max_extension(due_on: date, limit_days: int | None, calendar: Calendar, closes_on: date | None = None) -> date:
    """The latest day that may be asked for: the limit once more, ten working days at most, within the campaign."""
    days = MOST_DAYS if limit_days is None else min(max(limit_days, 1), MOST_DAYS)
    latest = calendar.add(due_on, days)
    if closes_on is None or closes_on >= latest:
        return latest
    return max(calendar.last_on_or_before(closes_on), due_on)


def needs_leader(asked: Asked) -> bool:
    """A second request, more than five working days, and what the leading group itself has set."""
    return (
        asked.number > 1
        or asked.days > OFFICE_DAYS
        or asked.is_set_by_leader
        or asked.is_red_order
        or asked.is_december_report
    )


def assessed_due(old: date, new: date | None, *, is_in_time: bool, is_granted: bool) -> date:
    """The day by which the assessment judges: the new one only where it was asked for in time and granted."""
    return new if new is not None and is_in_time and is_granted else old


def may_ask(number: int) -> bool:
    """number: which request on the task this would be."""
    return number <= MOST_REQUESTS
