"""What the review of applications reckons: who is visited, whom the departments bar, how experts' points rank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from app.duties.recognition.facts import day_of
from app.duties.recognition.periods import years_before

SAMPLED_LEVELS = frozenset({"innovative", "tech_sme"})  # the others are visited without exception
KINDS_OF_C4 = frozenset({"safety", "environment", "tax", "market"})  # 安全、环境、税收、质量 in the last 3 years
LISTS = "credit"  # 经营异常名录、严重失信主体名单: bars as long as it stands, however old
DROPPED_FROM = 5
WIDE_SPREAD = 20


@dataclass(frozen=True)
class Ranked:
    """One application after the experts. place: 1 is the best, equal means share one. mean: None without sheets."""

    key: str
    place: int | None
    mean: Fraction | None
    spread: Decimal
    needs_second_look: bool

    @property
    def shown_mean(self) -> str:
        return "" if self.mean is None else f"{Decimal(self.mean.numerator) / self.mean.denominator:.2f}"


def visit_sample(level: str, key: str, share: Decimal | int, *, asks_manual_check: bool = False) -> bool:
    """Whether the firm is visited. share: percent of those sampled, told by a hash of the key and so always alike."""
    if level not in SAMPLED_LEVELS or asks_manual_check:
        return True
    lot = int.from_bytes(sha256(key.encode()).digest()[:8]) % 10_000
    return lot < Decimal(share) * 100


def is_barred(checks: Iterable[Mapping[str, Any]], on: date, years: int = 3) -> bool:
    """Whether a department's answer bars the enterprise.

    checks: `function` (such as check.tax), `has_problem`, and for a problem its day `on`. A problem without a day bars.
    """
    return any(_bars(check, on, years) for check in checks if check.get("has_problem") is True)


def _bars(check: Mapping[str, Any], on: date, years: int) -> bool:
    kind = str(check.get("function", "")).removeprefix("check.")
    if kind == LISTS:
        return True
    happened = day_of(check.get("on"))
    return kind in KINDS_OF_C4 and (happened is None or years_before(on, years) <= happened)


def mean_of(scores: Sequence[Decimal | int]) -> Fraction | None:
    """The mean; from five sheets on without the highest and the lowest."""
    ordered = sorted(Fraction(score) for score in scores)
    counted = ordered[1:-1] if len(ordered) >= DROPPED_FROM else ordered
    return sum(counted, Fraction(0)) / len(counted) if counted else None


def rank(sheets: Mapping[str, Sequence[Decimal | int]]) -> tuple[Ranked, ...]:
    """Applications by the experts' mean, the best first; those without a sheet come last and have no place."""
    means = {key: mean_of(scores) for key, scores in sheets.items()}
    known = sorted((mean for mean in means.values() if mean is not None), reverse=True)
    rows = [_ranked(key, sheets[key], mean, known) for key, mean in means.items()]
    return tuple(sorted(rows, key=lambda row: (row.place is None, row.place or 0, row.key)))


def _ranked(key: str, scores: Sequence[Decimal | int], mean: Fraction | None, known: list[Fraction]) -> Ranked:
    spread = Decimal(max(scores)) - Decimal(min(scores)) if scores else Decimal(0)
    return Ranked(key, None if mean is None else known.index(mean) + 1, mean, spread, spread > WIDE_SPREAD)
