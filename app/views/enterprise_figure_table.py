"""年度情况: the figures of a file as a table, one row a figure, with what follows from them and where they are from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.duties.enterprise_figures import FIGURES, Figure, decimal_of
from app.models.enterprise import EnterpriseYear
from app.queries.enterprise_sight import MASKED, Sight
from app.terms import Source
from app.views.formats import day, number

# behind which figure a share stands: its name, the part, the whole
SHARES = {
    "main_revenue_wan": (_l("主营业务收入占比"), "main_revenue_wan", "revenue_wan"),
    "rd_wan": (_l("研发费用占比"), "rd_wan", "revenue_wan"),
    "net_profit_wan": (_l("净利润率"), "net_profit_wan", "revenue_wan"),
    "liabilities_wan": (_l("资产负债率"), "liabilities_wan", "assets_wan"),
    "rd_staff": (_l("研发人员占比"), "rd_staff", "staff"),
}


@dataclass(frozen=True)
class Line:
    """cells: one a year, as they are shown. source: of the last year; is_share: reckoned from others."""

    label: str
    cells: Sequence[str]
    source: str
    is_share: bool = False


def lines(years: Sequence[EnterpriseYear], sight: Sight) -> list[Line]:
    """Of every figure that any of the years has."""
    found: list[Line] = []
    for key, figure in FIGURES.items():
        if all(row.figures.get(key) in (None, "") for row in years):
            continue
        found.append(_figure_line(figure, years, sight))
        if key in SHARES:
            found.append(_share_line(*SHARES[key], years, sight))
    return found


def source_of(row: EnterpriseYear, key: str) -> str:
    """Where the figure came from and on which day, such as 企业年报，12月16日."""
    word, on = row.sources.get(key, (row.source, clock.local(row.recorded_at).date().isoformat()))
    label = Source(word).label if word in set(Source) else word
    return f"{label}，{day(date.fromisoformat(on))}"


def _figure_line(figure: Figure, years: Sequence[EnterpriseYear], sight: Sight) -> Line:
    label = f"{figure.label}（{figure.unit}）" if figure.unit else figure.label
    cells = [_cell(figure, row.figures.get(figure.key), sight) for row in years]
    return Line(label, cells, source_of(years[-1], figure.key))


def _cell(figure: Figure, value: Any, sight: Sight) -> str:
    if value is None or value == "":
        return "–"
    if sight.hides(figure.key):
        return MASKED
    return figure.words.get(str(value), str(value)) if figure.words is not None else number(decimal_of(value))


def _share_line(label: Any, part: str, whole: str, years: Sequence[EnterpriseYear], sight: Sight) -> Line:
    is_hidden = sight.hides(part) or sight.hides(whole)
    cells = [MASKED if is_hidden else _share(row.figures, part, whole) for row in years]
    return Line(str(label), cells, _("自动计算"), is_share=True)


def _share(figures: Mapping[str, Any], part: str, whole: str) -> str:
    above, below = decimal_of(figures.get(part)), decimal_of(figures.get(whole))
    return f"{number(round(100 * above / below, 2))}%" if above is not None and below else "–"
