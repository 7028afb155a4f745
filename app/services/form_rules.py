"""Forms as JSON Schema: reading them, what of a form a person may write, and what is wrong with it, field by field."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from app.duties.duty import FieldError
from app.services.form_sentences import sentence

Schema = Mapping[str, Any]
Answers = Mapping[str, Any]

FOLDER = Path(__file__).parents[2] / "workflows" / "forms"
DATES = FormatChecker(["date"])
OUTCOME = "outcome"


@cache
def read_form(name: str) -> Schema:
    """The schema workflows/forms/<name>.json; it is shared, so nobody changes it."""
    schema: Schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return schema


def validate(schema: Schema, data: Answers) -> list[FieldError]:
    """Every field that breaks the schema, in the order of the form; one sentence a field."""
    found: dict[str, FieldError] = {}
    for error in (*_schema_errors(schema, data), *_missing_opinions(schema, data)):
        found.setdefault(error.field, error)
    positions = {name: place for place, name in enumerate(field_order(schema))}
    return sorted(found.values(), key=lambda error: _place(error.field, positions))


def field_order(schema: Schema) -> list[str]:
    """The names of the top fields as the sections show them."""
    listed = [name for section in schema.get("x-sections", ()) for name in section["fields"]]
    return [*listed, *(name for name in schema["properties"] if name not in listed)]


def strip_read_only(schema: Schema, data: Answers, locked: Collection[str] = ()) -> dict[str, Any]:
    """What a person may send: without fields that are read-only or locked, but with the keys of table rows.

    locked: dotted paths; a path also locks all that lies under it. Unknown names stay, for validate to name.
    """
    return _writable(schema, data, locked, at="")


def overlay(schema: Schema, known: Answers, answers: Answers, locked: Collection[str] = ()) -> dict[str, Any]:
    """The whole form: what is known beforehand, and over it what the person has answered.

    Rows of a fixed table are matched by their key; rows with an unknown key are dropped, as only the office's data
    decide which rows there are. A field that the person has emptied is empty, except the rows of a fixed table.
    """
    whole = _merged(schema, known, strip_read_only(schema, answers), locked, at="")  # it leaves out what is locked
    return {name: value for name, value in whole.items() if value is not None}


def row_key(table: Schema) -> str | None:
    """The column that tells the rows of a fixed table apart."""
    return table.get("x-key") if table.get("x-rows") == "fixed" else None


def is_locked(path: str, locked: Collection[str]) -> bool:
    steps = path.split(".")
    return any(".".join(steps[:length]) in locked for length in range(1, len(steps) + 1))


def join(at: str, name: str | int) -> str:
    """The dotted path of a field under another."""
    return f"{at}.{name}" if at else str(name)


def _schema_errors(schema: Schema, data: Answers) -> Iterator[FieldError]:
    validator = Draft202012Validator(schema, format_checker=DATES)
    for error in validator.iter_errors(data):
        yield from sentence(error)


def _missing_opinions(schema: Schema, data: Answers) -> Iterator[FieldError]:
    """A field with x-required-unless-agreeing may stay empty only where the outcome is the agreeing one."""
    for name, field in schema["properties"].items():
        agreeing = field.get("x-required-unless-agreeing")
        outcome = data.get(OUTCOME)
        if agreeing is not None and outcome not in (None, agreeing) and not str(data.get(name, "")).strip():
            yield FieldError(name, f"请写明{field.get('title', name)}")


def _place(path: str, positions: Mapping[str, int]) -> tuple[int, tuple[int, ...]]:
    top, *rest = path.split(".")
    return positions.get(top, len(positions)), tuple(int(step) for step in rest if step.isdecimal())


def _writable(
    schema: Schema, data: Answers, locked: Collection[str], at: str, key: str | None = None
) -> dict[str, Any]:
    sent = {}
    for name, value in data.items():
        field, path = schema.get("properties", {}).get(name), join(at, name)
        if field is None or name == key:
            sent[name] = value
        elif not field.get("readOnly") and not is_locked(path, locked):
            sent[name] = _writable_value(field, value, locked, path)
    return sent


def _writable_value(field: Schema, value: Any, locked: Collection[str], at: str) -> Any:
    if not is_table(field) or not isinstance(value, list):
        return value
    key = row_key(field)
    return [
        _writable(field["items"], row, locked, join(at, index), key) if isinstance(row, Mapping) else row
        for index, row in enumerate(value)
    ]


def is_table(field: Schema) -> bool:
    items = field.get("items")
    return field.get("type") == "array" and isinstance(items, Mapping) and items.get("type") == "object"


def _merged(schema: Schema, known: Answers, sent: Answers, locked: Collection[str], at: str) -> dict[str, Any]:
    whole = {name: value for name, value in sent.items() if name not in schema["properties"]}
    for name, field in schema["properties"].items():
        path = join(at, name)
        if field.get("readOnly") or is_locked(path, locked):
            whole[name] = known.get(name)
        elif is_table(field) and row_key(field):
            rows = _merged_rows(field, known.get(name) or [], sent.get(name) or [], locked, path)
            whole[name] = rows if rows or name in schema.get("required", ()) else None  # no rows to ask for
        else:
            whole[name] = sent.get(name)
    return {name: value for name, value in whole.items() if value is not None}


def _merged_rows(field: Schema, known: list[Any], sent: Any, locked: Collection[str], at: str) -> Any:
    """sent: whatever a program may send; what is no list stays as it is, for validate to name."""
    if not isinstance(sent, list):
        return sent
    key = row_key(field)
    given = {row[key]: row for row in sent if isinstance(row, Mapping) and isinstance(row.get(key), int | float | str)}
    return [
        {key: row.get(key)} | _merged(field["items"], row, given[row.get(key)], locked, join(at, index))
        if row.get(key) in given
        else dict(row)
        for index, row in enumerate(known)
    ]
