"""Forms of user tasks on the page: drawn from their schema, read back from what a browser posts.

In a template, inside a <form method="post" enctype="multipart/form-data">:
`{{ render_form(schema, data, errors=…, marks=…, offered=…, locked=…) }}`, and where it is history
`{{ render_answers(schema, data) }}`. In a view: `parse(schema, request.form)`, then `form_rules.validate`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, render_template
from markupsafe import Markup
from werkzeug.datastructures import FileStorage, MultiDict

from app.duties.duty import FieldError
from app.services.form_rules import Schema, is_table
from app.views.form_fields import Choice, Field, Filling, Mark, draw_field, id_of
from app.views.form_parsing import changes_rows, parse
from app.views.form_tables import Table, draw_table

__all__ = ["changes_rows", "errors_by_field", "init_app", "parse", "render_answers", "render_form", "uploads"]

NUMERALS = "一二三四五六七八九十"
NEW_FILES = ".new"  # the file input beside the list of files that are there already
WHOLE = ("",)

Errors = Iterable[FieldError | tuple[str, str]]


@dataclass(frozen=True)
class Block:
    """Facts that stand together as one list, or one field, or one table."""

    facts: Sequence[Field] = ()
    field: Field | None = None
    table: Table | None = None


@dataclass(frozen=True)
class Section:
    numeral: str
    title: str
    hint: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Complaint:
    """A line of the summary on top: where it leads, what the field is called, what is wrong."""

    href: str
    label: str
    text: str


def render_form(
    schema: Schema,
    data: Mapping[str, Any],
    errors: Errors = (),
    marks: Mapping[str, Mark] | None = None,
    offered: Collection[str] = (),
    locked: Collection[str] = (),
    choices: Mapping[str, Sequence[Choice]] | None = None,
    units: Mapping[str, str] | None = None,
    files: Mapping[str, Mapping[str, Any]] | None = None,
) -> Markup:
    """The inside of a form: the summary of errors and the sections. The parameters are those of Filling."""
    found = errors_by_field(errors)
    filling = Filling(data, found, marks or {}, offered, locked, choices or {}, units or {}, files or {})
    sections = _sections(schema, filling)
    html = render_template(
        "form/form.html",
        sections=sections,
        verb=schema.get("x-verb", ""),
        wrong=_complaints(found, sections, "error"),
        doubtful=_complaints(found, sections, "warning"),
    )
    return Markup(html)


def render_answers(
    schema: Schema,
    data: Mapping[str, Any],
    choices: Mapping[str, Sequence[Choice]] | None = None,
    units: Mapping[str, str] | None = None,
    files: Mapping[str, Mapping[str, Any]] | None = None,
) -> Markup:
    """The same form for reading only, as in 「当时的表单」; what was empty then is said to have been empty."""
    filling = Filling(data, locked=WHOLE, choices=choices or {}, units=units or {}, files=files or {})
    return Markup(render_template("form/answers.html", sections=_sections(schema, filling)))


def answer_sections(
    schema: Schema, data: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Section]:
    """The same for whoever writes it in another form than HTML."""
    return _sections(schema, Filling(data, locked=WHOLE, files=files or {}))


def errors_by_field(errors: Errors) -> dict[str, list[FieldError]]:
    """Dotted path -> its errors. Takes the pairs of InvalidForm too."""
    found: dict[str, list[FieldError]] = {}
    for error in errors:
        one = error if isinstance(error, FieldError) else FieldError(*error)
        found.setdefault(one.field, []).append(one)
    return found


def uploads(files: MultiDict[str, FileStorage]) -> list[tuple[str, FileStorage]]:
    """The files that came with the form, each with the path of the field whose list its id joins once it is stored."""
    return [
        (name.removesuffix(NEW_FILES), file)
        for name, file in files.items(multi=True)
        if name.endswith(NEW_FILES) and file.filename
    ]


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(render_form=render_form, render_answers=render_answers)


def numeral(place: int) -> str:
    """一, 二 … 十, 十一 … for the sections of a paper."""
    tens, ones = divmod(place, 10)
    ten = "" if tens == 0 else ("十" if tens == 1 else NUMERALS[tens - 1] + "十")
    return ten + (NUMERALS[ones - 1] if ones else "")


def _sections(schema: Schema, filling: Filling) -> list[Section]:
    """The sections in which something stands or can be written, numbered without a gap."""
    drawn = [(section, _blocks(schema, section["fields"], filling)) for section in schema["x-sections"]]
    return [
        Section(numeral(place), section["title"], section.get("hint", ""), blocks)
        for place, (section, blocks) in enumerate([(section, blocks) for section, blocks in drawn if blocks], start=1)
    ]


def _blocks(schema: Schema, names: Sequence[str], filling: Filling) -> list[Block]:
    blocks: list[Block] = []
    facts: list[Field] = []
    for name in names:
        drawn = _drawn(name, schema, filling)
        if drawn is None:
            continue
        if isinstance(drawn, Field) and drawn.widget == "shown":
            facts.append(drawn)
            continue
        if facts:
            blocks.append(Block(facts=facts))
            facts = []
        blocks.append(Block(table=drawn) if isinstance(drawn, Table) else Block(field=drawn))
    return [*blocks, Block(facts=facts)] if facts else blocks


def _drawn(name: str, schema: Schema, filling: Filling) -> Field | Table | None:
    """None for a known text that is empty and for a table without rows that nobody fills in."""
    field, needed, value = schema["properties"][name], name in schema.get("required", ()), filling.data.get(name)
    if is_table(field):
        table = draw_table(name, field, value, filling, needed)
        return None if table.is_hidden else table
    drawn = draw_field(name, field, value, filling, needed)
    is_empty_text = drawn.widget == "shown" and not drawn.is_number and not drawn.shown
    return None if is_empty_text and not drawn.errors else drawn


def _complaints(found: Mapping[str, Sequence[FieldError]], sections: Sequence[Section], level: str) -> list[Complaint]:
    """In the order of the page; what names no field of the form comes last and leads to its head."""
    labels = dict(_labels(sections))
    complaints = [
        (path, Complaint(f"#{id_of(path if path in labels else '')}", labels.get(path, ""), error.text))
        for path, errors in found.items()
        for error in errors
        if error.level == level
    ]
    places = {path: place for place, path in enumerate(labels)}
    return [complaint for path, complaint in sorted(complaints, key=lambda pair: places.get(pair[0], len(places)))]


def _labels(sections: Sequence[Section]) -> Iterable[tuple[str, str]]:
    for section in sections:
        for block in section.blocks:
            if block.table:
                yield block.table.path, block.table.title
                for row in block.table.rows:
                    yield from ((field.path, field.label) for field in (*row.cells, *row.facts, *row.details))
            for field in (*block.facts, *([block.field] if block.field else [])):
                yield field.path, field.title
