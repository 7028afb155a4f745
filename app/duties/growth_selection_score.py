"""How well an enterprise has grown: a score of 100 points from the figures of its file (PP; the weights are data).

Source: measure 2 of the plan asks for 具备高成长潜力 without defining it, so parts, weights and full marks are a
proposal of the product; the office may set other weights. A figure that is missing scores nothing and is marked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.duties.enterprise_figures import decimal_of
from app.duties.quantity import plain

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
STEP = Decimal("0.01")
HIGH_TITLES = frozenset({"specialised_city", "specialised", "little_giant", "single_champion"})


@dataclass(frozen=True)
class Part:
    """One part of the score. zero_at, full_at: between these the points rise evenly; weight: its full mark."""

    key: str
    label: str
    unit: str
    weight: Decimal
    zero_at: Decimal
    full_at: Decimal


PARTS: tuple[Part, ...] = (
    Part("growth", "近两年主营业务收入平均增长率", "%", Decimal(30), ZERO, Decimal(30)),
    Part("rd_ratio", "研发费用占营业收入比重", "%", Decimal(20), ZERO, Decimal(8)),
    Part("ip_per_100", "每百人Ⅰ类知识产权", "项", Decimal(15), ZERO, Decimal(3)),
    Part("net_margin", "净利润率", "%", Decimal(10), ZERO, Decimal(15)),
    Part("main_share", "主营业务收入占比", "%", Decimal(10), Decimal(60), Decimal(90)),
    Part("chain", "属于重点产业链", "", Decimal(10), ZERO, ONE),
    Part("title", "专精特新及以上称号", "", Decimal(5), ZERO, ONE),
)
WEIGHTS: Mapping[str, Decimal] = {part.key: part.weight for part in PARTS}


@dataclass(frozen=True)
class Profile:
    """What is measured; None where a figure is missing. Percentages are numbers: 15 is 15 %."""

    growth: Decimal | None = None
    rd_ratio: Decimal | None = None
    ip_per_100: Decimal | None = None
    net_margin: Decimal | None = None
    main_share: Decimal | None = None
    is_on_chain: bool = False
    has_title: bool = False

    def value(self, key: str) -> Decimal | None:
        if key == "chain":
            return Decimal(self.is_on_chain)
        if key == "title":
            return Decimal(self.has_title)
        value: Decimal | None = getattr(self, key)
        return value


@dataclass(frozen=True)
class Scored:
    part: Part
    value: Decimal | None
    points: Decimal

    @property
    def is_missing(self) -> bool:
        return self.value is None


@dataclass(frozen=True)
class Score:
    parts: tuple[Scored, ...]

    @property
    def total(self) -> Decimal:
        return sum((scored.points for scored in self.parts), ZERO)

    @property
    def missing(self) -> tuple[str, ...]:
        """The labels of parts without a figure."""
        return tuple(scored.part.label for scored in self.parts if scored.is_missing)


def growth_score(profile: Profile, weights: Mapping[str, Decimal] = WEIGHTS) -> Score:
    """Each part rises evenly from its zero to its full mark and no further; points have two decimals."""
    return Score(tuple(_scored(part, profile.value(part.key), weights[part.key]) for part in PARTS))


def profile_of(
    figures: Mapping[int, Mapping[str, Any]],
    year: int,
    *,
    chain: str = "",
    chains: Collection[str] = (),
    titles: Collection[str] = (),
) -> Profile:
    """The profile by the figures of the closed years. year: the last of them; titles: those that are valid.

    A place that lists no chains takes every chain as one of its own.
    """
    own = figures.get(year, {})
    revenue, staff = decimal_of(own.get("revenue_wan")), decimal_of(own.get("staff"))
    return Profile(
        growth=_growth(
            [decimal_of(figures.get(back, {}).get("main_revenue_wan")) for back in (year - 2, year - 1, year)]
        ),
        rd_ratio=_share(own.get("rd_wan"), revenue),
        ip_per_100=_share(own.get("class1_ip"), staff),
        net_margin=_share(own.get("net_profit_wan"), revenue),
        main_share=_share(own.get("main_revenue_wan"), revenue),
        is_on_chain=chain in chains if chains else bool(chain),
        has_title=not HIGH_TITLES.isdisjoint(titles),
    )


def shown(score: Score) -> str:
    """增长 15（满分30） … in one line, for a list; a missing figure is named."""
    return "；".join(f"{scored.part.label} {_words(scored)}" for scored in score.parts)


def _words(scored: Scored) -> str:
    if scored.value is None:
        return "缺数据，0分"
    value = f"{plain(scored.value.quantize(STEP, ROUND_HALF_UP))}{scored.part.unit}，" if scored.part.unit else ""
    return f"{value}{plain(scored.points)}分"


def _scored(part: Part, value: Decimal | None, weight: Decimal) -> Scored:
    if value is None:
        return Scored(part, None, ZERO)
    share = min(ONE, max(ZERO, (value - part.zero_at) / (part.full_at - part.zero_at)))
    return Scored(part, value, (weight * share).quantize(STEP, ROUND_HALF_UP))


def _growth(revenues: Sequence[Decimal | None]) -> Decimal | None:
    """The mean of two yearly growths in percent; None where a year is missing or one has nothing to grow from."""
    before, middle, last = revenues
    if before is None or middle is None or last is None or before <= 0 or middle <= 0:
        return None
    return ((middle - before) / before + (last - middle) / middle) * HUNDRED / 2


def _share(value: Any, whole: Decimal | None) -> Decimal | None:
    part = decimal_of(value)
    return part * HUNDRED / whole if part is not None and whole is not None and whole > 0 else None
