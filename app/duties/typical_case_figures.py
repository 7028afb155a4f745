"""The numbers in the text of a case: which of them a source is given for, and what becomes of one that was wrong.

A number is what a reader would want a source for: neither a date nor an ordinal, and no part of a name such as ISO9001.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.duties.quantity import plain, to_decimal

Row = Mapping[str, Any]

FULL_WIDTH = str.maketrans("０１２３４５６７８９．％", "0123456789.%")
NUMBER = re.compile(r"(?<![A-Za-z0-9.\-第])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|(?<![A-Za-z0-9.\-第])\d+(?:\.\d+)?")
NO_FIGURE = re.compile(r"\s*(?:年|月|日|号|季度|届|版)")
SENTENCE = re.compile(r"[^。；！？]*[。；！？]?")
STOPS = "。；！？"
COMMA = "，"


def numbers(text: str) -> Iterator[tuple[int, int, Decimal]]:
    """Where each number begins and ends, and what it is."""
    for found in NUMBER.finditer(text.translate(FULL_WIDTH)):
        if not NO_FIGURE.match(text, found.end()):
            yield found.start(), found.end(), Decimal(found.group().replace(",", ""))


def unsourced_numbers(text: str, figures: Iterable[Row]) -> list[Decimal]:
    """Those of the text that none of the figures accounts for. figures: each with its value."""
    known = {to_decimal(row["value"]) for row in figures if row.get("value") is not None}
    return [number for _, _, number in numbers(text) if number not in known]


def has_unsourced_number(text: str, figures: Iterable[Row]) -> bool:
    return bool(unsourced_numbers(text, figures))


def with_values(text: str, right: Mapping[Decimal, Decimal]) -> str:
    """The text with the right value in each place of a wrong one. right: wrong value -> right value."""
    for begin, end, number in reversed(list(numbers(text))):
        if number in right:
            text = text[:begin] + plain(right[number]) + text[end:]
    return text


def without_values(text: str, values: Collection[Decimal]) -> str:
    """The text without the clauses that hold one of the values; a sentence of which nothing is left goes whole."""
    return "".join(_sentence_without(sentence, values) for sentence in SENTENCE.findall(text))


def _sentence_without(sentence: str, values: Collection[Decimal]) -> str:
    stop = sentence[-1:] if sentence[-1:] in STOPS else ""
    clauses = sentence.removesuffix(stop).split(COMMA)
    kept = [clause for clause in clauses if all(number not in values for _, _, number in numbers(clause))]
    if len(kept) == len(clauses):
        return sentence
    return COMMA.join(kept) + stop if any(clause.strip() for clause in kept) else ""


def settled_text(text: str, findings: Iterable[Row]) -> str:
    """The text as it is published. findings: for each figure {value, verdict: right | wrong | "", right_value}.

    What nobody verified is taken out, then what was wrong is put right, all at once: a value that was put right is not
    put right again.
    """
    wrong: dict[Decimal, Decimal] = {}
    unverified: set[Decimal] = set()
    right: set[Decimal] = set()
    for row in findings:
        value = to_decimal(row["value"])
        if row["verdict"] == "wrong":
            wrong[value] = to_decimal(row["right_value"])
        else:
            (right if row["verdict"] == "right" else unverified).add(value)
    return with_values(without_values(text, unverified - right - wrong.keys()), wrong)
