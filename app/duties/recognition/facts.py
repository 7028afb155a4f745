"""What is known of one enterprise, asked by key and year; every answer remembers which inputs it was read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.duties.enterprise_figures import decimal_of
from app.duties.quantity import plain
from app.duties.recognition.evaluation import Given, PartPoints
from app.duties.recognition.inputs import INPUTS

NO_WORD = ("", None)
MOST_DIGITS = 30  # before and behind the point


@dataclass(frozen=True)
class Facts:
    """figures: closed year -> key -> value. scores: the parts' points, once they are reckoned."""

    figures: Mapping[int, Mapping[str, Any]]
    profile: Mapping[str, Any]
    on: date
    is_reverification: bool = False
    scores: Mapping[str, PartPoints] = field(default_factory=dict)

    def year(self, back: int = 1) -> int:
        """The closed year so many years back; 1 is 上年度."""
        return self.on.year - back

    def number(self, key: str, back: int = 1) -> tuple[Fraction | None, Given]:
        """The exact number, None where none was given that the figure can be."""
        number = decimal_of(self._raw(key, back))
        if number is not None and not _is_possible(number, key):
            number = None
        return (None if number is None else Fraction(number)), self._given(key, back, _number_text(key, number))

    def words(self, key: str) -> tuple[tuple[str, ...] | None, Given]:
        """The word or words given; None where none was, or one that the catalogue does not know."""
        raw = self._raw(key)
        listed = [str(word) for word in raw] if isinstance(raw, (list, tuple, set, frozenset)) else [str(raw)]
        options = INPUTS[key].options
        if raw in NO_WORD or not listed or any(word not in options for word in listed):
            return None, self._given(key, 1, None)
        return tuple(sorted(listed)), self._given(key, 1, "、".join(options[word] for word in sorted(listed)))

    def answer(self, key: str) -> tuple[bool | None, Given]:
        """True or false; None where neither was given."""
        raw = self._raw(key)
        value = raw if isinstance(raw, bool) else None
        return value, self._given(key, 1, None if value is None else ("是" if value else "否"))

    def records(self, key: str) -> tuple[Sequence[Mapping[str, Any]] | None, Given]:
        """The entries of a list; an empty list is an answer, none at all is missing."""
        raw = self._raw(key)
        if not isinstance(raw, (list, tuple)) or not all(isinstance(entry, Mapping) for entry in raw):
            return None, self._given(key, 1, None)
        return raw, self._given(key, 1, f"{len(raw)}项" if raw else "无")

    def _raw(self, key: str, back: int = 1) -> Any:
        """A key that last year's row lacks is looked up in the profile."""
        row = self.figures.get(self.year(back), {})
        if INPUTS[key].place == "year" and row.get(key) not in NO_WORD:
            return row[key]
        return self.profile.get(key) if back == 1 else None

    def _given(self, key: str, back: int, value: str | None) -> Given:
        of_year = INPUTS[key].place == "year"
        return Given(key, INPUTS[key].label, self.year(back) if of_year else None, value)


def _is_possible(number: Decimal, key: str) -> bool:
    """Negative only where the figure may be; of a size that can be reckoned with exactly."""
    is_of_size = number.adjusted() < MOST_DIGITS and number.as_tuple().exponent >= -MOST_DIGITS  # type: ignore[operator]
    return is_of_size and (number >= 0 or INPUTS[key].may_be_negative)


def _number_text(key: str, number: Decimal | None) -> str | None:
    return None if number is None else f"{plain(number)}{INPUTS[key].unit}"


def day_of(value: Any) -> date | None:
    """A day of a record, kept as a date or as its ISO text."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
