"""A form that was sent, as lines on paper: its sections, each field with its words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.documents.handling_sheet import Part
from app.services.form_rules import Schema
from app.views.form_fields import Field
from app.views.forms import Block, answer_sections


def printed_parts(
    schema: Schema, answers: Mapping[str, Any], files: Mapping[str, Mapping[str, str]], told: set[str] | None = None
) -> list[Part]:
    """files: names of those that lie with the matter, as task_panels.marks_of_files gives them.

    told: what earlier forms of the same paper have said; what this one only shows again is left out, and what it says
    is added. Without it everything stands there as it was sent.
    """
    again = {name for name, field in schema["properties"].items() if field.get("readOnly")} if told is not None else ()
    parts = [
        Part(
            section.title,
            [line for block in section.blocks for line in _lines(block, again, set() if told is None else told)],
        )
        for section in answer_sections(schema, answers, files)
    ]
    return parts if told is None else [part for part in parts if part.lines]


def _lines(block: Block, again: Collection[str], told: set[str]) -> Iterator[str]:
    if block.table is not None:
        for number, row in enumerate(block.table.rows, 1):
            cells = [*([row.key] if row.key else []), *row.facts, *row.cells, *row.details]
            yield f"{number}. " + "；".join(_words(one) for one in _once(cells) if _value(one))
        return
    for one in block.facts or ([block.field] if block.field else []):
        if not (_is_told(one, told) and one.path in again):
            yield _words(one)


def _is_told(field: Field, told: set[str]) -> bool:
    """Nothing is told at any time. From now on this is told too."""
    value = _value(field)
    is_again = not value or value in told
    told.add(value)
    return is_again


def _once(fields: Sequence[Field]) -> list[Field]:
    """A fact of a card may be a cell as well."""
    return list({field.path: field for field in fields}.values())


def _words(field: Field) -> str:
    return f"{field.title}：{_value(field) or _('未填写')}{field.unit if _value(field) else ''}"


def _value(field: Field) -> str:
    return "、".join(str(file["name"]) for file in field.files) or field.shown.replace("\n", " ")
