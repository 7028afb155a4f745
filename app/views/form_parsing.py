"""What a browser posts, text under dotted names, becomes the typed JSON that a form's schema describes.

`value=1,200` is the number 1200; `priorities.0.title=…` a row of a table; several `fields=…` a list. What is empty is
left out. What cannot be read as its type stays the text it is, so that validation names the field and the text
comes back to the person as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from app.services.form_rules import is_table, join, row_key

Schema = Mapping[str, Any]
Posted = MultiDict[str, str]

ROW_ACT = "_row"  # the button that adds or removes a row: "add:priorities", "remove:priorities.2", "keep"
NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
SPACES = re.compile(r"\s")
TRUE = {"true", "on", "1", "yes"}
EXACT_DIGITS = 15  # what a binary float keeps of a decimal number


def parse(schema: Schema, form: Posted) -> dict[str, Any]:
    """The answers, typed; read-only fields are not looked for, but for the keys of fixed rows."""
    verb, _, path = form.get(ROW_ACT, "").partition(":")
    answers = _object(schema, _without(form, path) if verb == "remove" else form, at="")
    if verb == "add":
        answers.setdefault(path, []).append({})
    return answers


def changes_rows(form: Posted) -> bool:
    """True when the person only adds or removes a row, without a script: the form is to be shown again, not sent."""
    return ROW_ACT in form


def to_number(text: str) -> int | float | str:
    """「１，２００」 and "1,200" are 1200, "−3.5" is -3.5; anything else stays as it was typed."""
    digits = SPACES.sub("", unicodedata.normalize("NFKC", text)).replace("−", "-")
    if not NUMBER.fullmatch(digits) or len(digits) > EXACT_DIGITS + digits.count(","):
        return text
    plain = digits.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def to_day(text: str) -> str:
    """「2024年12月31日」 and "2024/12/31" as 2024-12-31; what is no day of the calendar stays as it was typed."""
    found = DAY.fullmatch(SPACES.sub("", unicodedata.normalize("NFKC", text)))
    try:
        return date(*map(int, found.groups())).isoformat() if found else text
    except ValueError:
        return text


def kind_of(field: Schema) -> str:
    """The JSON type of a field; of several the one that is not null."""
    kind = field.get("type", "string")
    return kind if isinstance(kind, str) else next(name for name in kind if name != "null")


def _object(schema: Schema, form: Posted, at: str, key: str | None = None) -> dict[str, Any]:
    answers = {}
    for name, field in schema.get("properties", {}).items():
        if field.get("readOnly") and name != key:
            continue
        value = _value(field, form, join(at, name))
        if value is not None:
            answers[name] = value
    return answers


def _value(field: Schema, form: Posted, path: str) -> Any:
    kind = kind_of(field)
    if is_table(field):
        return _rows(field, form, path)
    if kind == "array":
        return [_scalar(field["items"], text) for text in form.getlist(path) if text.strip()] or None
    if kind == "object":
        return _object(field, form, path) | _cells(field, form, path)
    if kind == "boolean":
        return _flag(field, form, path)
    text = _tidy(form.get(path, ""))
    return _scalar(field, text) if text else None


def _scalar(field: Schema, text: str) -> Any:
    kind = kind_of(field)
    if kind in ("number", "integer"):
        return to_number(text)
    return to_day(text) if field.get("format") == "date" else text


def _flag(field: Schema, form: Posted, path: str) -> bool | None:
    """A box that is not ticked is a no; a choice between two that was not made is no answer."""
    if path in form:
        return form[path] in TRUE
    return None if field.get("x-widget") in ("radio", "select") else False


def _cells(field: Schema, form: Posted, path: str) -> dict[str, Any]:
    """The entries of a matrix row, whose names the data decide."""
    entry = field.get("additionalProperties")
    if not isinstance(entry, Mapping):
        return {}
    start = f"{path}."
    names = [name for name in form if name.startswith(start) and "." not in name.removeprefix(start)]
    return {name.removeprefix(start): _scalar(entry, text) for name in names if (text := _tidy(form[name]))}


def _rows(field: Schema, form: Posted, path: str) -> list[dict[str, Any]] | None:
    """Rows in the order of their numbers, which may have gaps; a free row in which nothing stands is no row."""
    start, key = f"{path}.", row_key(field)
    numbers = {name.removeprefix(start).partition(".")[0] for name in form if name.startswith(start)}
    found = [
        _object(field["items"], form, join(path, at), key) for at in sorted(filter(str.isdecimal, numbers), key=int)
    ]
    return [row for row in found if key or _says_something(row)] or None


def _says_something(row: Mapping[str, Any]) -> bool:
    return any(value not in (False, {}) for value in row.values())


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _without(form: Posted, row: str) -> Posted:
    return MultiDict((name, text) for name, text in form.items(multi=True) if not name.startswith(f"{row}."))
