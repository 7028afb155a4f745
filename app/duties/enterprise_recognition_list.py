"""The list of a batch: the sheet of the experts, the rule's proposal for each row, and what a refusal says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from app.duties.form_parts import Row

SHEET: Mapping[str, tuple[str, int]] = {  # PP: the parts of annex 2 with their maxima
    "specialisation": ("专业化", 25),
    "refinement": ("精细化", 25),
    "distinctiveness": ("特色化", 15),
    "innovation": ("创新能力", 35),
}
EXPERTS_EACH = 3
LEAST_SHEETS = 2

CHECKS: Mapping[str, str] = {
    "check.environment": "生态环境",
    "check.safety": "安全生产",
    "check.tax": "税务",
    "check.market": "市场监管",
    "check.credit": "信用",
}


@dataclass(frozen=True)
class Proposal:
    """What the rules say of a row. reasons: by condition, empty for one that is proposed."""

    is_proposed: bool
    reasons: tuple[str, ...] = ()


def proposal(row: Row) -> Proposal:
    """Proposed is what meets its conditions, what the locality recommends and no department bars.

    row: {locality: pass | reject | "", locality_reason, is_met, unmet: names of conditions, problems: sentences}.
    """
    reasons = [f"不符合条件：{name}" for name in row["unmet"]]
    if not row["is_met"] and not reasons:
        reasons.append("未达到认定条件")
    if row["locality"] == "reject":
        reasons.append(f"属地不予推荐：{row['locality_reason']}")
    elif row["locality"] != "pass":
        reasons.append("属地意见未报送")
    reasons += row["problems"]
    return Proposal(not reasons, tuple(reasons))


def points_total(sheet: Row) -> int:
    """Sum of an expert's points over the parts."""
    return sum(int(sheet.get(part) or 0) for part in SHEET)


def drawn(seed: str, application: str, candidates: Iterable[str], wanted: int) -> list[str]:
    """So many of the candidates by lot. The lot is told by the seed, so whoever repeats the drawing gets the same."""
    lots = sorted(candidates, key=lambda person: sha256(f"{seed}:{application}:{person}".encode()).digest())
    return lots[:wanted]


def refusal(reasons: Sequence[Any]) -> str:
    """The reasons as one text for the enterprise; numbered where there are several."""
    texts = [str(reason).rstrip("。") for reason in reasons if reason]
    if len(texts) <= 1:
        return f"{texts[0]}。" if texts else ""
    return "；".join(f"{number}. {text}" for number, text in enumerate(texts, 1)) + "。"
