"""Enterprises for the tables of hand-reckoned cases: one that stands for each level, and what a case changes in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from app.duties.recognition import Evaluation, Finding, Points, RuleSet, evaluate, read_yaml
from config import ROOT

ON_2022 = date(2022, 10, 10)
ON_2026 = date(2026, 5, 6)
FOLDER = ROOT / "rules" / "recognition"

# Worked example 1: 5+8+3+3, 3+5+8+5, 9, 8+6+3+4 = 70. Key@2 is the figure of the year before last, key@3 before that.
SPECIALISED: Mapping[str, Any] = {
    "revenue_wan": "8000",
    "main_revenue_wan": "6560",  # 82 %
    "main_revenue_wan@2": "6080",
    "main_revenue_wan@3": "5500",  # 10.5454… % and 7.8947… %: a mean of 9.22 %
    "rd_wan": "380",  # 4.75 %
    "net_profit_wan": "640",  # 8.0 %
    "assets_wan": "1000",
    "liabilities_wan": "500",  # 50.0 %
    "staff": 100,
    "rd_staff": 12,
    "segment_years": 7,
    "digital_level": "2",
    "rd_body": "city",
    "class1_high_ip": 0,
    "class1_own_ip": 1,
    "class1_ip": 1,
    "class2_ip": 3,
    "field": "six_base",
    "is_key_link": False,
    "serves_chain_leader": False,
    "own_brand": True,
    "honours": [],
    "certificates": [{"kind": "quality_system", "valid_until": "2024-06-30"}],
    "standards": [],
    "local_points": 9,
    "titles": [{"level": "innovative", "from_on": "2022-09-01", "until_on": "2025-08-31"}],
}

# 20+15, 10+10, 10+20 = 85
INNOVATIVE: Mapping[str, Any] = {
    "revenue_wan": "1000",
    "main_revenue_wan": "800",  # 80 %, grown by 6.66… %
    "main_revenue_wan@2": "750",
    "rd_wan": "40",  # 4 %
    "assets_wan": "1000",
    "liabilities_wan": "500",
    "class1_high_ip": 1,
    "class1_own_ip": 1,
    "class1_ip": 1,
    "class2_ip": 0,
    "field": "strategic",
    "rd_body": "none",
    "honours": [],
    "equity_wan": 0,
    "equity_wan@2": 0,
    "equity_wan@3": 0,
}

GIANT_2022: Mapping[str, Any] = {
    "revenue_wan": "20000",
    "revenue_wan@2": "18000",
    "main_revenue_wan": "18000",
    "main_revenue_wan@2": "16000",
    "main_revenue_wan@3": "15000",
    "rd_wan": "1000",
    "rd_wan@2": "900",  # 5 % in both years
    "assets_wan": "1000",
    "liabilities_wan": "600",
    "staff": 200,
    "rd_staff": 40,
    "segment_years": 8,
    "market_share_pct": "12",
    "class1_ip": 3,
    "rd_body": "provincial",
    "joint_rd_body": False,
    "own_brand": True,
    "core_information_system": True,
    "is_key_link": True,
    "field": ["six_base"],
    "honours": [],
    "certificates": [{"kind": "management_system", "valid_until": "2023-01-01"}],
    "equity_wan": 0,
    "equity_wan@2": 0,
    "titles": [{"level": "specialised", "until_on": "2025-08-31"}],
}

# Worked example 8, all on the border
SPECIALISED_2026: Mapping[str, Any] = {
    "segment_years": 3,
    "revenue_wan": "5000",
    "revenue_wan@2": "4000",
    "main_revenue_wan": "4000",  # 80 %
    "assets_wan": "1000",
    "liabilities_wan": "800",  # 80 %
    "rd_wan": "150",  # 3 %
    "rd_wan@2": "120",  # 3 %
    "class1_ip": 1,
    "platform_score": "50",
    "equity_wan": 0,
    "equity_wan@2": 0,
    "honours": [],
    "rd_body": "none",
    "titles": [{"level": "innovative", "until_on": "2026-05-06"}],
}

# All on the border again: 11025 = 10000 x 1.05 x 1.05
GIANT_2026: Mapping[str, Any] = {
    "segment_years": 3,
    "revenue_wan": "11025",
    "revenue_wan@2": "30000",
    "revenue_wan@3": "10000",
    "main_revenue_wan": "9922.5",  # 90 %
    "assets_wan": "1000",
    "liabilities_wan": "750",  # 75 %
    "rd_wan": "330.75",  # 3 %
    "rd_wan@2": "900",  # 3 %
    "class1_own_ip": 4,
    "market_share_pct": "10",
    "market_rank": 9,
    "field": "six_base",
    "is_key_link": False,
    "platform_score": "60",
    "honours": [],
    "titles": [{"level": "specialised", "until_on": "2027-12-29"}],
}


@cache
def rule_set(name: str) -> RuleSet:
    return read_yaml((FOLDER / f"{name}.yaml").read_bytes(), f"{name}.yaml")


def split(answers: Mapping[str, Any], on: date) -> tuple[dict[int, dict[str, Any]], dict[str, Any]]:
    """Figures by year and profile; a figure of last year lies in the profile as well, where the rules look it up."""
    figures: dict[int, dict[str, Any]] = {}
    profile: dict[str, Any] = {}
    for name, value in answers.items():
        key, _, back = name.partition("@")
        if back:
            figures.setdefault(on.year - int(back), {})[key] = value
        else:
            profile[key] = value
    return figures, profile


def judged(
    rules: str,
    level: str,
    base: Mapping[str, Any],
    on: date,
    change: Mapping[str, Any] | None = None,
    *,
    is_reverification: bool = False,
) -> Evaluation:
    """The base with what the case changes; None takes an answer away."""
    answers = {key: value for key, value in {**base, **(change or {})}.items() if value is not None}
    figures, profile = split(answers, on)
    return evaluate(rule_set(rules), level, figures, profile, on, is_reverification=is_reverification)


def finding(evaluation: Evaluation, id_: str) -> Finding:
    def walk(found: tuple[Finding, ...]) -> Finding | None:
        for each in found:
            inner = each if each.id == id_ else walk(each.parts)
            if inner is not None:
                return inner
        return None

    found = walk(evaluation.findings)
    assert found is not None, f"no condition {id_}"
    return found


def points(evaluation: Evaluation, id_: str) -> Points:
    return next(each for part in evaluation.parts for each in part.indicators if each.id == id_)


def award(kind: str, rank: int | None = None, granted_on: str = "2022-01-05", **more: Any) -> list[dict[str, Any]]:
    return [{"kind": kind, "rank": rank, "granted_on": granted_on, **more}]
