"""How a quantity of the plan is read, rounded and written.

Everything is Decimal: a share of 3.825 % must round up to 3.9, and a binary float cannot promise that.
"""

import re
from decimal import ROUND_CEILING, Decimal
from typing import Any

WRITTEN = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,8})?")
COUNT_UNITS = frozenset({"家", "项", "个", "人", "人次", "场"})
COMPARATOR_WORDS = {"eq": "", "gt": "超过", "gte": "不少于", "approx": "约"}


def to_decimal(value: Any) -> Decimal:
    """The number as it was written; goes through text, so that the float 3.9 stays 3.9."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def number_in(text: Any) -> Decimal | None:
    """The number a person wrote, grouped or not; None when it is none, or longer than any figure of ours."""
    written = str("" if text is None else text).strip().replace(",", "").replace("，", "")
    return Decimal(written) if WRITTEN.fullmatch(written) else None


def is_ratio(unit: str, name: str = "") -> bool:
    """True for a share or a mean per enterprise, which cannot be divided among localities.

    Indicator 11 has the unit 个 but counts patents per enterprise (户均), so the unit alone does not tell.
    """
    return unit not in COUNT_UNITS or "户均" in name


def precision_of(unit: str, name: str = "") -> int:
    """Decimal places an indicator is set with: counts 0, shares 1, means per enterprise 2."""
    if not is_ratio(unit, name):
        return 0
    return 1 if unit == "%" else 2


def round_up(value: Decimal, precision: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-precision), rounding=ROUND_CEILING)


def fits(value: Decimal, precision: int) -> bool:
    """True when the value has no more decimal places than the indicator allows; 30.0 is a whole number."""
    return value == round_up(value, precision)


def plain(value: Decimal) -> str:
    """The number for a sentence: grouped by thousands, no trailing zeros, never an exponent."""
    digits = f"{value:,f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def digits(value: Decimal) -> str:
    """The number as it is stored in a text: no grouping, no trailing zeros, never an exponent."""
    return plain(value).replace(",", "")


def as_number(value: Any) -> int | float:
    """The number for JSON that a form holds: a whole one without a point."""
    exact = to_decimal(value)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def in_words(value: Decimal, unit: str, comparator: str = "eq") -> str:
    """「超过60%」: a comparator of the plan is kept as its word and never turned into a larger number."""
    return f"{COMPARATOR_WORDS[comparator]}{plain(value)}{unit}"
