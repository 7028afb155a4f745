"""The figures of an enterprise's file: each once, with its unit, so that every form, rule and policy means the same.

A year's figures are those of the closed year; amounts are 万元 as decimal texts. What the catalogue does not name is no
figure. `is_sensitive` ones are masked for whoever has no part in the enterprise's matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

Kind = Literal["amount", "count", "percent", "years", "score", "word"]


@dataclass(frozen=True)
class Figure:
    """unit: as it is shown. may_be_negative: only a profit. words: value -> label, where the figure is a word."""

    key: str
    label: str
    kind: Kind
    unit: str = ""
    is_sensitive: bool = False
    may_be_negative: bool = False
    words: Mapping[str, str] | None = None


RD_BODIES = {"national": "国家级", "provincial": "省级", "city": "市级", "below": "市级以下", "none": "无"}
DIGITAL_LEVELS = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}

FIGURES: Mapping[str, Figure] = {
    figure.key: figure
    for figure in (
        Figure("revenue_wan", "营业收入", "amount", "万元"),
        Figure("main_revenue_wan", "主营业务收入", "amount", "万元"),
        Figure("rd_wan", "研发费用", "amount", "万元", is_sensitive=True),
        Figure("net_profit_wan", "净利润", "amount", "万元", is_sensitive=True, may_be_negative=True),
        Figure("assets_wan", "资产总额", "amount", "万元", is_sensitive=True),
        Figure("liabilities_wan", "负债总额", "amount", "万元", is_sensitive=True),
        Figure("staff", "职工人数", "count", "人"),
        Figure("rd_staff", "研发人员", "count", "人"),
        Figure("equity_wan", "新增股权融资（实缴）", "amount", "万元", is_sensitive=True),
        Figure("tax_paid_wan", "实缴税额", "amount", "万元", is_sensitive=True),
        Figure("invoiced_wan", "开票销售", "amount", "万元", is_sensitive=True),
        Figure("segment_years", "从事特定细分市场年限", "years", "年"),
        Figure("market_share_pct", "主导产品市场占有率", "percent", "%", is_sensitive=True),
        Figure("market_rank", "主导产品市场排名", "count", "名"),
        Figure("platform_score", "平台发展评价得分", "score", "分"),
        Figure("digital_level", "数字化水平", "word", words=DIGITAL_LEVELS),
        Figure("rd_body", "研发机构级别", "word", words=RD_BODIES),
        Figure("class1_ip", "Ⅰ类知识产权", "count", "项"),
        Figure("class1_own_ip", "自主研发的Ⅰ类知识产权", "count", "项"),
        Figure("class1_high_ip", "Ⅰ类高价值知识产权", "count", "项"),
        Figure("class2_ip", "Ⅱ类知识产权", "count", "项"),
    )
}


def decimal_of(value: Any) -> Decimal | None:
    """The number behind what is kept; None where nothing, or no number, was given."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def shown(key: str, value: Any) -> str:
    """The value as people read it, with its unit; empty where nothing was given."""
    figure = FIGURES[key]
    if value is None or value == "":
        return ""
    if figure.words is not None:
        return figure.words.get(str(value), str(value))
    number = decimal_of(value)
    return "" if number is None else f"{number:,f} {figure.unit}".strip()
