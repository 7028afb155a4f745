"""What a policy may ask of an enterprise's file, and the file put into these terms: latest figures, shares, titles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.duties.enterprise_figures import FIGURES, Figure, decimal_of
from app.duties.policy_conditions import Askable, Catalogue
from app.duties.policy_matching import Known
from app.terms import TitleLevel

SHARES = {
    "rd_ratio_pct": ("研发费用占营业收入比重", "rd_wan", "revenue_wan"),
    "main_ratio_pct": ("主营业务收入占比", "main_revenue_wan", "revenue_wan"),
    "debt_ratio_pct": ("资产负债率", "liabilities_wan", "assets_wan"),
    "rd_staff_pct": ("研发人员占比", "rd_staff", "staff"),
}
GROWTH = "revenue_growth_pct"


@dataclass(frozen=True)
class Year:
    """The figures of one closed year, as the file keeps them. as_of: the last day they speak of."""

    year: int
    figures: Mapping[str, Any]
    as_of: date


@dataclass(frozen=True)
class Firm:
    """Of an enterprise's file what policies ask beside its figures. titles: levels it holds on the day."""

    titles: Iterable[str]
    locality: str
    industry: str
    chain: str
    is_in_library: bool
    years: Iterable[Year]


def catalogue(localities: Mapping[str, str]) -> Catalogue:
    """All that a condition may ask. localities: unit -> name."""
    figures = [_asked(figure) for figure in FIGURES.values()]
    shares = [Askable(key, label, "number", "%") for key, (label, _, _) in SHARES.items()]
    titles = {level.value: level.label for level in TitleLevel}
    others = (
        Askable(GROWTH, "营业收入增长率", "number", "%"),
        Askable("titles", "企业称号", "words", choices=titles),
        Askable("locality", "所在地", "words", choices=localities),
        Askable("industry", "所属行业", "words"),
        Askable("chain", "所属产业链", "words"),
        Askable("in_library", "在千企升级培育库", "yes_no"),
    )
    return {one.key: one for one in (*figures, *shares, *others)}


def _asked(figure: Figure) -> Askable:
    if figure.words is not None:
        return Askable(figure.key, figure.label, "words", choices=figure.words)
    return Askable(figure.key, figure.label, "number", figure.unit)


def profile(firm: Firm) -> dict[str, Known]:
    """Every value that is known, with its day. Of a figure the latest year in which it was given."""
    years = sorted(firm.years, key=lambda row: row.year, reverse=True)
    found: dict[str, Known] = {
        "titles": Known(tuple(sorted(firm.titles))),
        "locality": Known(firm.locality),
        "in_library": Known(firm.is_in_library),
    }
    found |= {key: Known(text) for key, text in (("industry", firm.industry), ("chain", firm.chain)) if text}
    readers: dict[str, Callable[[Year], Decimal | str | None]] = {key: _reader(key) for key in FIGURES}
    readers |= {key: _share(part, whole) for key, (_, part, whole) in SHARES.items()}
    readers[GROWTH] = _growth({row.year: row for row in years})
    for key, read in readers.items():
        latest = _latest(years, read)
        if latest is not None:
            found[key] = latest
    return found


def _latest(years: Iterable[Year], read: Callable[[Year], Decimal | str | None]) -> Known | None:
    for row in years:
        value = read(row)
        if value is not None:
            return Known(value, row.as_of)
    return None


def _reader(key: str) -> Callable[[Year], Decimal | str | None]:
    if FIGURES[key].words is not None:
        return lambda row: str(row.figures[key]) if row.figures.get(key) not in (None, "") else None
    return lambda row: decimal_of(row.figures.get(key))


def _share(part: str, whole: str) -> Callable[[Year], Decimal | None]:
    return lambda row: _per_cent(decimal_of(row.figures.get(part)), decimal_of(row.figures.get(whole)))


def _growth(years: Mapping[int, Year]) -> Callable[[Year], Decimal | None]:
    def read(row: Year) -> Decimal | None:
        before = years.get(row.year - 1)
        now = decimal_of(row.figures.get("revenue_wan"))
        base = decimal_of(before.figures.get("revenue_wan")) if before else None
        return None if now is None or base is None else _per_cent(now - base, base)

    return read


def _per_cent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Not rounded, so that 2.999 % never passes for 3 %."""
    if part is None or whole is None or whole <= 0:
        return None
    return part * 100 / whole
