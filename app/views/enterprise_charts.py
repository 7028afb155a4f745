"""An enterprise's figures as a chart: revenue by year, and beside it what went into research where that may be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.duties.enterprise_figures import decimal_of
from app.models.enterprise import EnterpriseYear
from app.queries.enterprise_sight import Sight


def growth(years: Sequence[EnterpriseYear], sight: Sight) -> dict[str, Any] | None:
    """None where there is nothing to draw."""
    bars = [("revenue_wan", _("营业收入"), "--d-blue-600"), ("main_revenue_wan", _("主营业务收入"), "--d-line-2")]
    series = [_bar(name, _values(years, key), colour) for key, name, colour in bars if not sight.hides(key)]
    if len(years) < 2 or not any(value is not None for one in series for value in one["data"]):
        return None
    if not sight.hides("rd_wan"):
        series.append(_line(_("研发费用（右轴）"), _values(years, "rd_wan"), "--l-yellow"))
    axis = {"type": "value", "axisLabel": {"color": "--d-ink-2"}}
    return {
        "grid": {"left": 64, "right": 56, "top": 34, "bottom": 26},
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0, "left": 0, "itemWidth": 18, "itemHeight": 8, "textStyle": {"color": "--d-ink-2"}},
        "xAxis": {
            "type": "category",
            "data": [_("%(year)s年", year=row.year) for row in years],
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": "--d-field"}},
            "axisLabel": {"color": "--d-ink-2"},
        },
        "yAxis": [
            {**axis, "splitLine": {"lineStyle": {"color": "--d-line"}}},
            {**axis, "splitLine": {"show": False}},
        ],
        "series": series,
    }


def _values(years: Sequence[EnterpriseYear], key: str) -> list[float | None]:
    numbers = (decimal_of(row.figures.get(key)) for row in years)
    return [None if value is None else float(value) for value in numbers]


def _bar(name: str, data: list[float | None], colour: str) -> dict[str, Any]:
    return {"name": name, "type": "bar", "data": data, "barMaxWidth": 26, "itemStyle": {"color": colour}}


def _line(name: str, data: list[float | None], colour: str) -> dict[str, Any]:
    style = {"lineStyle": {"color": colour, "width": 2.5}, "itemStyle": {"color": colour}}
    return {"name": name, "type": "line", "data": data, "yAxisIndex": 1, "symbol": "circle", "symbolSize": 6, **style}
