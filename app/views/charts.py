"""Charts as the options that the front end draws (charts.js); a colour is named by its token, such as --d-red-600."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.duties.elapsed import elapsed_share
from app.models.actual import IndicatorActual
from app.queries.standings import Standing
from app.terms import Light

MONTHS = range(1, 13)
LINE_OF_LIGHT = {Light.RED: "--d-red-600", Light.YELLOW: "--l-yellow"}
LABEL_OF_LIGHT = {Light.RED: "--l-red-text", Light.YELLOW: "--l-yellow-text"}


def trend(
    standing: Standing, figures: Sequence[IndicatorActual], year: int, quarters: Sequence[Decimal] = ()
) -> dict[str, Any]:
    """An indicator's year: what was reached by the end of each month, and what the pace asks for."""
    done = _by_month(figures, year)
    names = [_("%(month)s月", month=month) for month in MONTHS]
    colour = LINE_OF_LIGHT.get(standing.light, "--d-blue-600")
    series = [
        _line(_("按序时进度"), _pace(standing, year, quarters), "--d-ink-3", {"type": "dashed", "width": 1.5}, "none"),
        _line(_("累计完成") if standing.is_count else _("完成值"), done, colour, {"width": 2.5}, "circle"),
    ]
    if done:
        series[1]["markPoint"] = _last_point(standing, names[len(done) - 1], done[-1])
    return {
        "grid": {"left": 52, "right": 24, "top": 34, "bottom": 26},
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0, "left": 0, "itemWidth": 18, "itemHeight": 8, "textStyle": {"color": "--d-ink-2"}},
        "xAxis": {
            "type": "category",
            "data": names,
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": "--d-field"}},
            "axisLabel": {"color": "--d-ink-2"},
        },
        "yAxis": {
            "type": "value",
            "scale": not standing.is_count,
            "splitLine": {"lineStyle": {"color": "--d-line"}},
            "axisLabel": {"color": "--d-ink-2"},
        },
        "series": series,
    }


def _by_month(figures: Sequence[IndicatorActual], year: int) -> list[float | None]:
    """The last figure known at the end of each month; the list ends with the last month that has one of its own."""
    last = max((row.as_of.month for row in figures), default=0)
    known: list[float | None] = []
    for month in range(1, last + 1):
        until = date(year, month, monthrange(year, month)[1])
        of_month = [row.value for row in figures if row.as_of <= until]
        known.append(float(of_month[-1]) if of_month else None)
    return known


def _pace(standing: Standing, year: int, quarters: Sequence[Decimal]) -> list[float | None]:
    """What should be reached at the end of each month; of a period-end value the way from last year's."""
    target = standing.target
    if target is None:
        return []
    start = Decimal(0) if standing.is_count else (target if standing.base is None else standing.base)
    shares = (elapsed_share(date(year, month, monthrange(year, month)[1]), quarters) for month in MONTHS)
    return [float(round(start + (target - start) * share, 2)) for share in shares]


def _line(name: str, data: list[float | None], colour: str, style: dict[str, Any], symbol: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "data": data,
        "symbol": symbol,
        "symbolSize": 6,
        "connectNulls": True,
        "lineStyle": {"color": colour, **style},
        "itemStyle": {"color": colour},
    }


def _last_point(standing: Standing, month: str, value: float | None) -> dict[str, Any]:
    """The figure, written at the end of its line."""
    colour = LABEL_OF_LIGHT.get(standing.light, "--d-blue-800")
    label = {"formatter": f"{value:,g} {standing.indicator.unit}", "color": colour, "fontWeight": 700, "fontSize": 13}
    return {
        "symbol": "circle",
        "symbolSize": 1,
        "label": {**label, "offset": [0, -12]},
        "data": [{"coord": [month, value]}],
    }
