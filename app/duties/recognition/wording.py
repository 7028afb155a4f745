"""Thresholds, values and bands as an official reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from app.duties.quantity import plain
from app.duties.recognition.inputs import INPUTS, ROLES
from app.duties.recognition.measures import MEASURES, Exact
from app.duties.recognition.vocabulary import (
    JUDGES,
    AllOf,
    AnyOf,
    Band,
    Condition,
    Declared,
    Held,
    Judged,
    Measured,
    Recorded,
    Scored,
    Test,
    Worded,
)
from app.terms import TitleLevel

PLACES = 2
MOST_PLACES = 12


def threshold_text(test: Test) -> str:
    """「近2年每年均不低于3%」: the threshold of a condition; of a group, how many of its parts are needed."""
    match test:
        case Measured():
            return f"{_span(test)}{bound_text(test.at_least, test.at_most, test.unit)}"
        case Worded():
            return "、".join(INPUTS[test.key].options[word] for word in test.among)
        case Declared():
            return "具备"
        case Recorded():
            return _record_text(test)
        case Held():
            titles = "、".join(TitleLevel(level).label for level in test.levels)
            return f"{titles}（有效期内）" if test.wanted else f"未取得{titles}"
        case Judged():
            return f"由{JUDGES[test.by]}判断"
        case Scored():
            return f"总分不低于{test.at_least}分"
        case AllOf():
            return "以下各项均须满足"
        case AnyOf():
            return "以下各项满足其一"


def bound_text(at_least: Decimal | None, at_most: Decimal | None, unit: str) -> str:
    if at_least is not None:
        return f"不低于{plain(at_least)}{unit}"
    return f"前{plain(at_most or Decimal(0))}名" if unit == "名" else f"不超过{plain(at_most or Decimal(0))}{unit}"


def band_text(bands: tuple[Band, ...], place: int, unit: str) -> str:
    """「3%以上、不足5%」: a band with the border it has to the one above."""
    if place >= len(bands):
        return _beyond(bands[-1], unit)
    band = bands[place]
    own = band.at_least if band.at_least is not None else band.at_most
    word = "以上" if band.at_least is not None else "以下"
    text = f"{plain(own or Decimal(0))}{unit}{word}"
    return text if place == 0 else f"{text}、{_beyond(bands[place - 1], unit)}"


def value_text(value: Exact, unit: str, borders: Iterable[Decimal] = ()) -> str:
    """The value with 2 places; with more where it would otherwise be shown on a border that it does not lie on."""
    exact = value.decimal()
    for places in range(PLACES, MOST_PLACES + 1):
        shown = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        if all(shown != border or _lies_on(value, border) for border in borders):
            break
    return f"{plain(shown)}{unit}"


def measure_name(test: Measured) -> str:
    return MEASURES[test.measure].name


def _lies_on(value: Exact, border: Decimal) -> bool:
    return value.reaches(Fraction(border)) and value.stays_within(Fraction(border))


def _beyond(band: Band, unit: str) -> str:
    if band.at_least is not None:
        return f"不足{plain(band.at_least)}{unit}"
    return f"超过{plain(band.at_most or Decimal(0))}{unit}"


def _span(test: Measured) -> str:
    spans: Mapping[str, str] = {
        "last": "",
        "each": f"近{test.years}年每年均",
        "any": f"近{test.years}年任一年",
        "total": f"近{test.years}年合计",
        "mean": f"近{test.years}年平均",
    }
    return spans[test.over]


def _record_text(test: Recorded) -> str:
    names = "、".join(INPUTS[test.key].options[kind] for kind in test.kinds)
    roles = "、".join(ROLES[role] for role in test.roles)
    within = f"近{test.within_years}年内" if test.within_years else ""
    rank = f"，排名前{test.rank_at_most}" if test.rank_at_most else ""
    return f"{within}{roles}{names}{rank}{'（有效期内）' if test.is_valid else ''}"


def conditions_text(conditions: tuple[Condition, ...]) -> str:
    return "、".join(condition.name for condition in conditions)
