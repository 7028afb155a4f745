"""通报: what the office tells all units, in chapters, with tables as annexes; of a period or of a year's assessment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.documents.paper import Letterhead, Paper
from app.documents.paper_table import Column


@dataclass(frozen=True)
class Table:
    """title: as the annex note names it. rows: cells as they shall stand."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Circular:
    """chapters: heading and text; one without text is left out. A line of a text is a paragraph."""

    letterhead: Letterhead
    title: str
    opening: str
    chapters: Sequence[tuple[str, str]]
    tables: Sequence[Table] = ()

    @property
    def written(self) -> list[tuple[str, str]]:
        return [(heading, text) for heading, text in self.chapters if text.strip()]


def render(circular: Circular) -> bytes:
    """The paper as a Word file."""
    paper, tables = Paper(circular.title), [table for table in circular.tables if table.rows]
    paper.head(circular.letterhead)
    paper.text(circular.opening)
    for heading, text in circular.written:
        paper.chapter(heading)
        paper.text(text)
    if tables:
        paper.annex_note([table.title for table in tables])
    paper.signature(circular.letterhead)
    for number, table in enumerate(tables, 1):
        paper.annex(f"附件{number}" if len(tables) > 1 else "附件", table.title)
        paper.table(table.columns, table.rows)
    paper.imprint(circular.letterhead)
    return paper.to_bytes()
