"""The charts of the cockpit's second page, as options for charts.js: pace, localities, ranking, burden of forms.

Every chart lies on its side, because names of units and indicators are long; the same facts stand as a table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.queries.assessments import RankedLine
from app.queries.burden import Burden
from app.queries.cockpit import Locality
from app.queries.standings import Standing
from app.terms import Light

LONGEST_PERCENT = 150  # a longer bar would flatten all others
COLOUR_OF_LIGHT = {
    Light.RED: "--d-red-600",
    Light.YELLOW: "--l-yellow",
    Light.GREEN: "--d-blue-600",
    Light.BLUE: "--d-blue-800",
    Light.GREY: "--d-ink-3",
}
GRADE_COLOURS = {"excellent": "--d-blue-800", "good": "--d-blue-600"}


def pace(rows: Sequence[Standing]) -> dict[str, Any]:
    """How much of its target each indicator has reached, and where it should be by now; the table has the numbers."""
    names = [f"{row.indicator.number} {row.indicator.short_name}" for row in rows]
    done = [_bar(min(row.percent or 0, LONGEST_PERCENT), COLOUR_OF_LIGHT[row.light]) for row in rows]
    due = [round(float(row.due_now / row.target * 100), 1) if row.due_now and row.target else None for row in rows]
    return {
        **_lying(names, longest=LONGEST_PERCENT),
        "legend": _legend(),
        "series": [
            _bars(_("完成率"), done, "--d-blue-600"),
            {
                "name": _("序时进度"),
                "type": "line",
                "data": due,
                "lineStyle": {"width": 0},
                "symbol": "rect",
                "symbolSize": [3, 14],
                "itemStyle": {"color": "--d-ink"},
            },
        ],
    }


def localities(rows: Sequence[Locality]) -> dict[str, Any]:
    """User tasks with a limit: completed in time, completed late, overdue today."""
    series = (
        (_("按时办结"), [row.on_time for row in rows], "--d-blue-600"),
        (_("超时办结"), [row.limited - row.on_time for row in rows], "--l-yellow"),
        (_("逾期未办"), [row.overdue for row in rows], "--d-red-600"),
    )
    stacked = [{**_bars(name, data, colour), "stack": "all"} for name, data, colour in series]
    return {**_lying([row.name for row in rows]), "legend": _legend(), "series": stacked}


def ranking(lines: Sequence[RankedLine]) -> dict[str, Any]:
    """Points of each unit, the first on top."""
    known = [line for line in lines if line.score.total is not None]
    data = [
        _bar(round(float(line.score.total or 0), 1), GRADE_COLOURS.get(line.score.grade, "--d-ink-3"), line.grade)
        for line in known
    ]
    return {**_lying([line.unit.short_name for line in known]), "series": [_bars(_("得分"), data, "--d-blue-600")]}


def burden(rows: Sequence[Burden]) -> dict[str, Any]:
    """Fields that the forms of each unit asked for, with the number of the forms."""
    data = [_bar(row.fields, "--d-blue-600", _("%(count)s 张表", count=row.tasks)) for row in rows]
    return {**_lying([row.name for row in rows]), "series": [_bars(_("填写项"), data, "--d-blue-600")]}


def _lying(names: Sequence[str], longest: int | None = None) -> dict[str, Any]:
    """A grid for bars that lie, the first name on top."""
    axis = {"axisTick": {"show": False}, "axisLine": {"lineStyle": {"color": "--d-field"}}}
    return {
        "grid": {"left": 8, "right": 64, "top": 28, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": {
            "type": "value",
            "splitLine": {"lineStyle": {"color": "--d-line"}},
            "axisLabel": {"color": "--d-ink-2"},
            **({} if longest is None else {"max": longest}),
        },
        "yAxis": {
            "type": "category",
            "data": list(names),
            "inverse": True,
            "axisLabel": {"color": "--d-ink-2", "interval": 0},
            **axis,
        },
    }


def _legend() -> dict[str, Any]:
    return {"top": 0, "left": 0, "itemWidth": 14, "itemHeight": 8, "textStyle": {"color": "--d-ink-2"}}


def _bars(name: str, data: Sequence[Any], colour: str) -> dict[str, Any]:
    return {"name": name, "type": "bar", "data": list(data), "barMaxWidth": 12, "itemStyle": {"color": colour}}


def _bar(value: float, colour: str, label: str = "") -> dict[str, Any]:
    """One bar of its own colour, with a word at its end, if any."""
    said = {"show": bool(label), "position": "right", "formatter": label, "color": "--d-ink-2", "fontSize": 12}
    return {"value": value, "itemStyle": {"color": colour}, "label": said}
