"""One field of a form as the page draws it: its words, its value, what is wrong with it, where its value came from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from flask_babel import gettext as _

from app.duties.duty import FieldError
from app.services.form_rules import OUTCOME, Schema, is_locked
from app.terms import Light
from app.views import formats
from app.views.form_parsing import kind_of

LONG_TEXT_ROWS = ((300, 3), (1000, 5))  # longest text, lines; beyond: the last
MOST_LINES = 9
MUST = "必填"  # a description that says so itself needs no second word

Choice = tuple[str, ...]  # value, label and, for the search, pinyin
Mark = Mapping[str, Any]


@dataclass(frozen=True)
class Filling:
    """What a form is filled with.

    marks: path -> {text: where the value came from, value: what came, if the person may have changed it}.
    offered: the outcomes that may be chosen; none means all. locked: paths that may not be written; "" is the whole.
    choices: path without row numbers -> options of a select or columns of a matrix. units: the same -> unit.
    files: attachment id -> {name, size, href}.
    """

    data: Mapping[str, Any]
    errors: Mapping[str, Sequence[FieldError]] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    offered: Collection[str] = ()
    locked: Collection[str] = ()
    choices: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def locks(self, path: str) -> bool:
        return "" in self.locked or is_locked(path, self.locked)


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_chosen: bool
    is_danger: bool = False
    pinyin: str = ""


@dataclass(frozen=True)
class Field:
    """text: for an input, as typed; shown: for reading. need: "required", "optional" or "", which says nothing."""

    path: str
    title: str
    widget: str
    text: str
    shown: str
    row: str = ""
    hint: str = ""
    need: Literal["required", "optional", ""] = ""
    unit: str = ""
    width: str = ""
    lines: int = 1
    longest: int | None = None
    is_integer: bool = False
    is_number: bool = False
    is_chosen: bool = False
    is_read_only: bool = False
    is_locked: bool = False
    options: Sequence[Option] = ()
    files: Sequence[Mapping[str, Any]] = ()
    most_files: int | None = None
    errors: Sequence[FieldError] = ()
    mark: Mark | None = None
    light: str = ""

    @property
    def id(self) -> str:
        return id_of(self.path)

    @property
    def label(self) -> str:
        """What tells the field apart where its column head is not read with it."""
        return f"{self.row} {self.title}".strip()

    @property
    def is_wrong(self) -> bool:
        return any(error.level == "error" for error in self.errors)

    @property
    def is_prefilled(self) -> bool:
        """True while the value is still the one that came by itself."""
        return self.mark is not None and as_typed(self.mark.get("value", self.text)) == self.text

    @property
    def described_by(self) -> str:
        """Ids of the hint, the source and the error beside the field."""
        return self._ids(h=bool(self.hint), s=bool(self.mark), e=bool(self.errors))

    @property
    def described_in_cell(self) -> str:
        """A cell has its hint in the head of the column, and room for one line below it."""
        return self._ids(s=bool(self.mark and not self.errors), e=bool(self.errors))

    def _ids(self, **parts: bool) -> str:
        return " ".join(f"{self.id}-{part}" for part, stands in parts.items() if stands)


def draw_field(path: str, schema: Schema, value: Any, filling: Filling, needed: bool = False, row: str = "") -> Field:
    """row: the name of the table's row in which the field stands."""
    given = schema.get("default") if value is None else value
    kind, widget = kind_of(schema), widget_of(schema)
    locked = filling.locks(path)
    return Field(
        path=path,
        title=schema.get("title", path.rpartition(".")[2]),
        widget=widget,
        text=as_typed(given),
        shown=as_read(schema, value, path, filling),
        row=row,
        hint=schema.get("description", ""),
        need="" if locked else _need(schema, needed),
        unit=filling.units.get(without_rows(path), schema.get("x-unit", "")),
        width=schema.get("x-width", ""),
        lines=_lines(schema),
        longest=schema.get("maxLength"),
        is_integer=kind == "integer",
        is_number=kind in ("number", "integer"),
        is_chosen=given is True,
        is_read_only=locked or bool(schema.get("readOnly")),
        is_locked=locked and not schema.get("readOnly"),
        options=_options(path, schema, given, filling),
        files=_files(value, filling) if widget == "files" else (),
        most_files=schema.get("maxItems"),
        errors=filling.errors.get(path, ()),
        mark=filling.marks.get(path),
        light=_light(path, value),
    )


def widget_of(schema: Schema) -> str:
    return str(schema.get("x-widget", "shown" if schema.get("readOnly") else "text"))


def id_of(path: str) -> str:
    return "f-" + path.replace(".", "-") if path else "form-errors"


def without_rows(path: str) -> str:
    """rows.0.cells is rows.cells."""
    return ".".join(step for step in path.split(".") if not step.isdecimal())


def as_typed(value: Any) -> str:
    if value is None or isinstance(value, list | dict):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_read(schema: Schema, value: Any, path: str, filling: Filling) -> str:
    """The value in words; nothing is an empty text."""
    labels = {option.value: option.label for option in _options(path, schema, value, filling)}
    if isinstance(value, bool):
        return labels.get(as_typed(value)) or (_("是") if value else _("否"))
    if isinstance(value, list):
        return "、".join(labels.get(str(item), str(item)) for item in value)
    if isinstance(value, int | float) and not _is_a_name(path, schema):
        return formats.number(value)
    if schema.get("format") == "date":
        return _day(str(value or ""))
    return labels.get(as_typed(value), as_typed(value))


def _is_a_name(path: str, schema: Schema) -> bool:
    """Years, ordinals and quarters are names that happen to be digits: 2024 is not 2,024."""
    name = path.rpartition(".")[2]
    return schema.get("type") == "integer" and name.removesuffix("_no") in (
        "year",
        "no",
        "quarter",
        "measure",
        "indicator",
    )


def _day(text: str) -> str:
    try:
        return formats.full_day(date.fromisoformat(text))
    except ValueError:
        return text


def _need(schema: Schema, needed: bool) -> Literal["required", "optional", ""]:
    if schema.get("readOnly"):
        return ""
    if needed or schema.get("const") is True or schema.get("minItems"):
        return "required"
    says_so = MUST in schema.get("description", "") or "x-required-unless-agreeing" in schema
    return "" if says_so or "选填" in schema.get("description", "") or schema.get("type") == "boolean" else "optional"


def _lines(schema: Schema) -> int:
    longest = schema.get("maxLength", 0)
    return next((lines for limit, lines in LONG_TEXT_ROWS if longest <= limit), MOST_LINES)


def _options(path: str, schema: Schema, value: Any, filling: Filling) -> list[Option]:
    """The options of the schema, else those handed in. An outcome that is not offered now is left out."""
    chosen = as_typed(value)
    handed = filling.choices.get(without_rows(path))
    if handed is not None:
        return [Option(choice[0], choice[1], choice[0] == chosen, pinyin="".join(choice[2:])) for choice in handed]
    offered = filling.offered if path == OUTCOME else ()
    return [
        Option(as_typed(one["const"]), one["title"], as_typed(one["const"]) == chosen, bool(one.get("x-danger")))
        for one in schema.get("oneOf", ())
        if not offered or one["const"] in offered
    ]


def _files(value: Any, filling: Filling) -> list[Mapping[str, Any]]:
    ids = value if isinstance(value, list) else []
    return [{"id": file_id, "name": file_id, **filling.files.get(str(file_id), {})} for file_id in ids]


def _light(path: str, value: Any) -> str:
    return str(value) if path.rpartition(".")[2] == "light" and value in list(Light) else ""
