"""What a person has typed into a form, as plain text: to be shown again, or to become a comment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.services.form_rules import Schema, is_table
from app.views.form_fields import Filling, as_read

LONGEST_COMMENT = 1000


def typed_pairs(schema: Schema, typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(title, text) of every field in which something stands, rows of tables one after another."""
    return list(_pairs(schema, typed))


def as_comment(schema: Schema, typed: Mapping[str, Any]) -> str:
    """The same as one text, no longer than a comment may be."""
    return "\n".join(f"{title}：{text}" for title, text in typed_pairs(schema, typed))[:LONGEST_COMMENT]


def _pairs(schema: Schema, typed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, field in schema["properties"].items():
        value, title = typed.get(name), field.get("title", name)
        if is_table(field):
            yield from _rows(field, title, value if isinstance(value, list) else [])
        elif value not in (None, "", [], {}, False):
            yield title, as_read(field, value, name, Filling(typed))


def _rows(field: Schema, title: str, rows: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for number, row in enumerate((row for row in rows if isinstance(row, Mapping)), start=1):
        texts = [text for _title, text in _pairs(field["items"], row) if text]
        if texts:
            yield f"{title} {number}", "；".join(texts)
