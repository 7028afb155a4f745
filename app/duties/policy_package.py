"""What goes into an enterprise's package of policies, and what became of the packages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

MOST_POLICIES = 12
NO_END = date.max

Use = Literal["applied", "preparing", "not_applicable", "help", "enjoyed", "unwanted"]

USES: Mapping[Use, str] = {
    "applied": "已申报",
    "preparing": "准备申报",
    "not_applicable": "不适用",
    "help": "需要帮助",
    "enjoyed": "已享受",
    "unwanted": "企业不需要",
}
ENJOYED = ("applied", "enjoyed")


@dataclass(frozen=True)
class Fit:
    """A policy that an enterprise meets. closes_on: last day to apply; amount_wan: the most it brings, 万元."""

    policy: str
    closes_on: date | None
    amount_wan: Decimal | None = None


def already_enjoyed(uses: Iterable[Mapping[str, Any]], policy: str, year: int) -> bool:
    """Whether the enterprise applied for the policy in the year, or said that it has it.

    uses: {policy, year, use} of the one enterprise.
    """
    return any(row["policy"] == policy and row["year"] == year and row["use"] in ENJOYED for row in uses)


def package(fits: Iterable[Fit]) -> list[Fit]:
    """The policies of one package: what closes first stands first, then what brings most; at most 12."""
    return sorted(fits, key=lambda fit: (fit.closes_on or NO_END, -(fit.amount_wan or 0), fit.policy))[:MOST_POLICIES]


def use_rate(applied: int, pushed: int) -> Decimal | None:
    """Per cent of the policies pushed for which the enterprise applied; None where nothing was pushed."""
    return _per_cent(applied, pushed)


def reach(read: int, pushed: int) -> Decimal | None:
    """Per cent of the packages pushed that were read."""
    return _per_cent(read, pushed)


def _per_cent(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1")) if whole else None
