"""中小企业划型标准 as data: from which size on an enterprise of an industry is large.

Source: 工信部联企业〔2011〕300号, 四 (GK: from general knowledge, to be checked against the text before use). An
enterprise is large where it reaches both limits of its industry; 以上 includes the number, so one on both is large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.duties.quantity import to_decimal

STAFF, REVENUE, ASSETS = "staff", "revenue_wan", "assets_wan"


@dataclass(frozen=True)
class SizeRow:
    """An industry of the rule. large_from: figure -> from which number on; all of them must be reached."""

    key: str
    label: str
    large_from: Mapping[str, Decimal]


def _row(key: str, label: str, **large_from: int) -> SizeRow:
    return SizeRow(key, label, {figure: Decimal(limit) for figure, limit in large_from.items()})


SIZE_ROWS: Mapping[str, SizeRow] = {
    row.key: row
    for row in (
        _row("agriculture", "农、林、牧、渔业", revenue_wan=20_000),
        _row("industry", "工业", staff=1_000, revenue_wan=40_000),
        _row("construction", "建筑业", revenue_wan=80_000, assets_wan=80_000),
        _row("wholesale", "批发业", staff=200, revenue_wan=40_000),
        _row("retail", "零售业", staff=300, revenue_wan=20_000),
        _row("transport", "交通运输业", staff=1_000, revenue_wan=30_000),
        _row("storage", "仓储业", staff=200, revenue_wan=30_000),
        _row("post", "邮政业", staff=1_000, revenue_wan=30_000),
        _row("lodging", "住宿业", staff=300, revenue_wan=10_000),
        _row("catering", "餐饮业", staff=300, revenue_wan=10_000),
        _row("information", "信息传输业", staff=2_000, revenue_wan=100_000),
        _row("software", "软件和信息技术服务业", staff=300, revenue_wan=10_000),
        _row("real_estate", "房地产开发经营", revenue_wan=200_000, assets_wan=10_000),
        _row("property", "物业管理", staff=1_000, revenue_wan=5_000),
        _row("leasing", "租赁和商务服务业", staff=300, assets_wan=120_000),
        _row("other", "其他未列明行业", staff=300),
    )
}
DEFAULT_INDUSTRY = "industry"  # nearly all of the library makes things; a file without its class is taken as such


def is_sme(industry: str, staff: Any, revenue_wan: Any, assets_wan: Any = None) -> bool:
    """True unless the enterprise is large by its industry's row; an unknown industry is 其他未列明行业.

    A figure that is missing (None) is not held against the enterprise.
    """
    row = SIZE_ROWS.get(industry or DEFAULT_INDUSTRY, SIZE_ROWS["other"])
    given = {STAFF: staff, REVENUE: revenue_wan, ASSETS: assets_wan}
    return not all(_reaches(given[figure], limit) for figure, limit in row.large_from.items())


def _reaches(value: Any, limit: Decimal) -> bool:
    return value is not None and to_decimal(value) >= limit
