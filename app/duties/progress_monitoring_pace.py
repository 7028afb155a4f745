"""How far an indicator is behind at the end of a period, which rows a person must look at, and what a year may bring.

The light is that of app/duties/pace.py; what is added here is the share of the year that a period stands for: the
target's own quarters where it has any, else the months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from app.duties.pace import DEFAULT_PACE, Kind, PacePolicy, Standing
from app.duties.progress_monitoring_periods import Period
from app.duties.quantity import to_decimal
from app.terms import Light

Row = Mapping[str, Any]

LAGGING = (Light.YELLOW, Light.RED)
MOST_JUMP = Decimal("0.5")  # of the year's target in one period
SAMPLE_OF = 10  # one report in ten is looked at although nothing stands out
REASONS: Mapping[str, str] = {
    "changed": "与台账计数不一致",
    "fall": "低于上期",
    "jump": "本期新增超过年度目标一半",
    "no_evidence": "缺少佐证",
    "basis": "统计口径不一致",
    "first": "本单位首次报送",
    "done": "任务报已完成",
    "behind": "任务报滞后",
    "sample": "随机抽查",
}


@dataclass(frozen=True)
class Figure:
    """A reported figure as the machine sees it. last: of the period before, in the same year; counted: the library's.

    quarters: the parts of the year's target that are planned for each quarter; empty for an even pace. policy: the
    rules of the period.
    """

    key: str
    kind: Kind
    value: Decimal
    target: Decimal | None = None
    comparator: str = "eq"
    quarters: Sequence[Decimal] = ()
    base: Decimal | None = None
    last: Decimal | None = None
    counted: Decimal | None = None
    has_evidence: bool = False
    is_basis_settled: bool = True
    policy: PacePolicy = DEFAULT_PACE

    @property
    def is_changed(self) -> bool:
        return self.counted is not None and self.value != self.counted

    @property
    def falls(self) -> bool:
        """Only what is counted from January on cannot fall; a share or a stock may."""
        return self.kind == "newly_added" and self.last is not None and self.value < self.last

    @property
    def jumps(self) -> bool:
        if self.kind != "newly_added" or not self.target:
            return False
        return self.value - (self.last or 0) > self.target * MOST_JUMP

    @property
    def is_new(self) -> bool:
        """Whether the figure says anything that was not known; a count that is confirmed needs no proof."""
        return (self.counted is None and self.value != (self.last or 0)) or self.is_changed


def expected_share(quarters: Sequence[Decimal], period: Period) -> Decimal:
    """The part of the target that should be reached by the period's end, 0 to 1."""
    total = sum(quarters, Decimal(0))
    return sum(quarters[: period.quarter], Decimal(0)) / total if total else period.share


def standing(figure: Figure, period: Period) -> Standing | None:
    """None without a target of the year. The year has ended with its last period, whatever its quarters say."""
    if figure.target is None:
        return None
    share = Decimal(1) if period.is_final else min(expected_share(figure.quarters, period), Decimal("0.9999"))
    return Standing(
        figure.value, figure.target, share, figure.kind, figure.comparator, figure.base, policy=figure.policy
    )


def light(figure: Figure, period: Period) -> Light:
    """Grey without a target."""
    found = standing(figure, period)
    return Light.GREY if found is None else found.light


def deficit(figure: Figure, period: Period) -> Decimal:
    """What is missing to the pace as a share of the target; 0 without one."""
    found = standing(figure, period)
    return Decimal(0) if found is None else found.deficit


def is_behind(figure: Figure, period: Period) -> bool:
    return light(figure, period) in LAGGING


def attainment(figure: Figure) -> Decimal | None:
    """The part of the target that is reached, at most 1 for a score; None without a target."""
    return min(figure.value / figure.target, Decimal(1)) if figure.target else None


def projection(figure: Figure, period: Period) -> Decimal | None:
    """Where a newly added figure would end at the same pace; only shown. None where that says nothing."""
    share = expected_share(figure.quarters, period)
    return figure.value / share if figure.kind == "newly_added" and share else None


def exceptions(figures: Iterable[Figure], measures: Iterable[Row], *, is_first: bool, key: str) -> dict[str, list[str]]:
    """Row -> why a person looks at it, in words of REASONS; "" stands for the report as a whole.

    measures: rows {key, state}. key: the report's, of which the sample is drawn.
    """
    found: dict[str, list[str]] = {}
    for figure in figures:
        if why := _stands_out(figure):
            found[figure.key] = why
    for row in measures:
        if row.get("state") in ("done", "behind"):
            found[row["key"]] = [row["state"]]
    whole = [word for word, holds in (("first", is_first), ("sample", is_sampled(key))) if holds]
    return {**found, **({"": whole} if whole else {})}


def needs_check(figures: Iterable[Figure], measures: Iterable[Row], *, is_first: bool, key: str) -> bool:
    return bool(exceptions(figures, measures, is_first=is_first, key=key))


def is_sampled(key: str) -> bool:
    """The same for the same key, so that nobody can try again for a better draw."""
    return int(sha256(key.encode()).hexdigest()[:8], 16) % SAMPLE_OF == 0


def _stands_out(figure: Figure) -> list[str]:
    holds = {
        "changed": figure.is_changed,
        "fall": figure.falls,
        "jump": figure.jumps,
        "no_evidence": figure.is_new and not figure.has_evidence,
        "basis": not figure.is_basis_settled,
    }
    return [word for word, stands in holds.items() if stands]


def figure_of(known: Row, answer: Row) -> Figure:
    """The row of the form `answer`, held against what is known of it (the facts' row)."""

    def decimal(name: str) -> Decimal | None:
        return None if known.get(name) is None else to_decimal(known[name])

    return Figure(
        key=f"figures.{known['no']}",
        kind=known["kind"],
        value=value_of(answer),
        target=decimal("target"),
        comparator=known["comparator"],
        quarters=tuple(to_decimal(part) for part in known.get("quarters") or ()),
        base=decimal("base"),
        last=decimal("last"),
        counted=decimal("counted"),
        has_evidence=bool(answer.get("evidence")),
        is_basis_settled=bool(known.get("basis")),
        policy=known.get("pace", DEFAULT_PACE),
    )


def value_of(answer: Row) -> Decimal:
    """What the unit reports: its own number where it does not agree with the count, else what stands there."""
    own = answer.get("own_value")
    return to_decimal(answer["value"] if own is None else own)
