"""What a 通报 says before somebody edits it, from what the board and the orders say of the period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from app import clock
from app.duties.lights import chinese_date
from app.queries.bulletins import UnitState

DEMANDS = (
    "有逾期事项的单位要查明原因，明确责任人和办结时间，于三个工作日内办结或者书面说明情况。\n"
    "各单位要提前安排，确需延期的，应当在期限届满前提出申请。\n"
    "领导小组办公室将继续跟踪，逾期情况记入年度考核。"
)


def title(since: date, until: date) -> str:
    return f"关于{period(since, until)}督办事项办理情况的通报"


def period(since: date, until: date) -> str:
    """A whole month by its name; within one year the year is said once."""
    is_month = since.day == 1 and (until + timedelta(days=1)).day == 1 and since.month == until.month
    if is_month and since.year == until.year:
        return f"{since.year}年{since.month}月"
    if since.year == until.year:
        return f"{chinese_date(since)}至{until.month}月{until.day}日"
    return f"{chinese_date(since)}至{chinese_date(until)}"


def opening(states: Sequence[UnitState], since: date, until: date, overdue: int) -> str:
    done, late = sum(state.done for state in states), sum(state.late for state in states)
    share = f"，按期率{100 * (done - late) / done:.1f}%" if done else ""
    orders = sum(state.orders for state in states)
    return (
        f"{period(since, until)}，各地各部门办结事项{done}件{share}；"
        f"截至{chinese_date(clock.today())}，逾期未办{overdue}件；发出督办单{orders}份。现将有关情况通报如下。"
    )


def good(states: Sequence[UnitState]) -> str:
    names = [state.unit.short_name for state in states if state.is_faultless]
    return f"{'、'.join(names)}所有事项按期办结，没有逾期。" if names else ""


def bad(states: Sequence[UnitState]) -> str:
    late = [f"{state.unit.short_name}{state.overdue}件" for state in states if state.overdue]
    ordered = [f"{state.unit.short_name}{state.orders}份" for state in states if state.orders]
    texts = [f"逾期未办事项：{'，'.join(late)}。"] if late else []
    texts += [f"收到督办单：{'，'.join(ordered)}。"] if ordered else []
    return "\n".join(texts)


def unit_row(state: UnitState) -> dict[str, Any]:
    told = {"id": state.unit.id, "unit": state.unit.short_name, "remark": ""}
    return {**told, "done": state.done, "late": state.late, "overdue": state.overdue, "orders": state.orders}
