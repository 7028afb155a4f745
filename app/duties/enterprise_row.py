"""What the values of one row of the enterprises' table must say together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.duties.enterprise_figures import FIGURES

YEAR = "year"
NOT_MORE = (  # the first is a part of the second
    ("rd_staff", "staff"),
    ("main_revenue_wan", "revenue_wan"),
    ("class1_own_ip", "class1_ip"),
    ("class1_high_ip", "class1_ip"),
)


def row_errors(values: Mapping[str, Any], today: date) -> list[tuple[str, str]]:
    """(key, sentence) of each value that cannot be true beside the others. values: typed, None where none is given."""
    found = [
        (part, f"{_label(part)}不能大于{_label(whole)}（{Decimal(values[whole]):,f}），请核对。")
        for part, whole in NOT_MORE
        if values.get(part) is not None and values.get(whole) is not None and values[part] > values[whole]
    ]
    if values.get(YEAR) is None and any(values.get(key) is not None for key in FIGURES):
        found.append((YEAR, "填了年度数据，请填写数据年度。"))
    registered_on = values.get("registered_on")
    if registered_on is not None and registered_on > today:
        found.append(("registered_on", "成立日期晚于今天，请核对。"))
    return found


def _label(key: str) -> str:
    return FIGURES[key].label
