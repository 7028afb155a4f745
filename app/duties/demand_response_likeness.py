"""Whether two demands are the same one raised twice: same firm, same category, near in time, alike in words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NO_WORD = re.compile(r"[\W_]+")
LIKE = Decimal("0.8")
DAYS = 60


@dataclass(frozen=True)
class Raised:
    """What of a demand decides whether another is the same. text: title and text together."""

    firm: str
    category: str
    text: str
    on: date


def is_duplicate(a: Raised, b: Raised, likeness: Decimal = LIKE, days: int = DAYS) -> bool:
    same = (a.firm, a.category) == (b.firm, b.category) and abs((a.on - b.on).days) <= days
    return same and alike(a.text, b.text) >= likeness


def alike(a: str, b: str) -> Decimal:
    """0 to 1: how many pairs of neighbouring signs two texts share (Dice), whatever their spaces and punctuation."""
    first, second = _pairs(a), _pairs(b)
    total = first.total() + second.total()
    if total == 0:
        return Decimal(1 if _signs(a) == _signs(b) else 0)
    return Decimal(2 * (first & second).total()) / total


def _pairs(text: str) -> Counter[str]:
    signs = _signs(text)
    return Counter(signs[place : place + 2] for place in range(len(signs) - 1))


def _signs(text: str) -> str:
    return NO_WORD.sub("", text).lower()
