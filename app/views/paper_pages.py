"""A paper on the screen, cut into sheets as GB/T 9704 has them: 22 lines of 28 signs, less what the head takes.

It is for reading and for printing in haste; the Word file is what is issued.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

from app.documents.paper import in_chinese, signs

SIGNS, LINES = 28, 22
HEAD_LINES, FOOT_LINES = 14, 15  # mark, number and title above; signature, slip and imprint below
PLAIN, HEADING, GOES_ON = "", "h1p", "to"


@dataclass
class Sheet:
    """paragraphs: (class of paper.css, text). has_foot: signature, slip and imprint stand on it."""

    room: int
    paragraphs: list[tuple[str, str]] = field(default_factory=list)
    has_foot: bool = False


def sheets(first: str, chapters: Iterable[tuple[str, str]]) -> Sequence[Sheet]:
    """first: the text before the first chapter."""
    made = [Sheet(LINES - HEAD_LINES)]
    for kind, text in _paragraphs(first, chapters):
        _put(made, kind, text)
    if made[-1].room < FOOT_LINES:
        made.append(Sheet(LINES))
    made[-1].has_foot = True
    return made


def _paragraphs(first: str, chapters: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    yield PLAIN, first
    for number, (heading, text) in enumerate(chapters, 1):
        yield HEADING, f"{in_chinese(number)}、{heading}"
        for line in filter(None, map(str.strip, text.split("\n"))):
            yield PLAIN, line


def _put(made: list[Sheet], kind: str, text: str) -> None:
    """On the last sheet as far as there is room; a heading never stands alone at the foot."""
    indent = 0 if kind == GOES_ON else 2
    needed = ceil((signs(text) + indent) / SIGNS) or 1
    least = 2 if kind == HEADING else 1
    if made[-1].room < least:
        made.append(Sheet(LINES))
    sheet = made[-1]
    if needed <= sheet.room:
        sheet.paragraphs.append((kind, text))
        sheet.room -= needed
        return
    cut = sheet.room * SIGNS - indent
    sheet.paragraphs.append((kind, text[:cut]))
    sheet.room = 0
    _put(made, GOES_ON, text[cut:])
