"""A table of a form as the page draws it: which columns stand in the row, which below it, and when rows become cards.

A clerk's screen has about 780 pixels for the form. Columns are taken in the order of the schema until it is used up;
what is left over, long texts first, goes into a second line under the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import gettext as _

from app.duties.duty import FieldError
from app.services.form_rules import Schema, join
from app.views.form_fields import Field, Filling, draw_field, id_of, widget_of, without_rows
from app.views.formats import number

Layout = Literal["rows", "cards"]

ROOM = 800  # pixels for a row
READ_WIDTHS = {"s": 58, "m": 120, "l": 160, "": 130}
INPUT_WIDTHS = {
    "number": 96,
    "date": 148,
    "select": 110,
    "radio": 120,
    "bool": 52,
    "longtext": 240,
    "files": ROOM,
    "text": 120,
}
CARD_TEXT = 600  # a longer text wants the whole width
CARD_INPUTS = 4  # so many inputs and a long text are no row any more
NAMES = ("name", "title", "unit_name", "field_name")  # columns that say what a row is about
MOST_ROWS = 200
NARROW = 3  # columns


@dataclass(frozen=True)
class Column:
    name: str
    title: str
    hint: str = ""
    is_required: bool = False
    is_number: bool = False
    is_name: bool = False
    is_key: bool = False
    kind: Literal["", "cell", "sum"] = ""


@dataclass(frozen=True)
class Row:
    """head: what the row is about. facts: its read-only values, for a card. is_folded: its details may be hidden."""

    index: int
    head: str
    key: Field | None
    cells: Sequence[Field]
    details: Sequence[Field]
    facts: Sequence[Field] = ()
    is_folded: bool = False
    is_open: bool = False

    @property
    def marked(self) -> list[Field]:
        """Cells whose source is told in the line below the row."""
        return [cell for cell in self.cells if cell.mark and not cell.errors]


@dataclass(frozen=True)
class Table:
    path: str
    title: str
    hint: str
    layout: Layout
    columns: Sequence[Column]
    rows: Sequence[Row]
    blank: Row | None
    is_free: bool
    is_read_only: bool
    is_locked: bool
    can_add: bool
    most_rows: int
    need: str
    errors: Sequence[FieldError]

    @property
    def id(self) -> str:
        return id_of(self.path)

    @property
    def is_matrix(self) -> bool:
        return any(column.kind for column in self.columns)

    @property
    def is_narrow(self) -> bool:
        """A few figures need not be spread over the whole width."""
        return len(self.columns) <= NARROW and not any(
            column.is_name or not column.is_number for column in self.columns[1:]
        )

    @property
    def is_hidden(self) -> bool:
        """Nothing stands in it and nothing can be written into it."""
        return not self.rows and self.blank is None and not self.errors

    @property
    def count_hint(self) -> str:
        if not self.is_free or self.is_read_only or self.hint:
            return ""
        return _("最多 %(most)s 项", most=self.most_rows) if self.most_rows < MOST_ROWS else ""


@dataclass(frozen=True)
class Plan:
    """Which columns of a table's schema go where."""

    layout: Layout
    hidden: Sequence[str]
    main: Sequence[str]
    below: Sequence[str]


def draw_table(path: str, schema: Schema, value: Any, filling: Filling, needed: bool = False) -> Table:
    plan = plan_of(schema, filling.locks(path))
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    is_free, locked = schema.get("x-rows") == "free", filling.locks(path)
    read_only = locked or bool(schema.get("readOnly"))
    if is_free and not rows and not read_only and needed:
        rows = [{}]
    most = schema.get("maxItems", MOST_ROWS)
    return Table(
        path=path,
        title=schema.get("title", path),
        hint=schema.get("description", ""),
        layout=plan.layout,
        columns=_columns(path, schema, plan, rows, filling),
        rows=[_row(path, index, schema, plan, row, filling) for index, row in enumerate(rows)],
        blank=_row(path, "__row__", schema, plan, {}, filling) if is_free and not read_only else None,
        is_free=is_free,
        is_read_only=read_only,
        is_locked=locked and not schema.get("readOnly"),
        can_add=is_free and not read_only and len(rows) < most,
        most_rows=most,
        need="required" if is_free and needed and not read_only else "",
        errors=filling.errors.get(path, ()),
    )


def plan_of(schema: Schema, locked: bool = False) -> Plan:
    columns: Mapping[str, Schema] = schema["items"]["properties"]
    hidden = [
        name for name in columns if name == "unit" and name == schema.get("x-key")
    ]  # the code of a unit is no word
    shown = [name for name in columns if name not in hidden]
    if _is_card(schema, {name: columns[name] for name in shown}):
        main = [name for name in shown if not _is_written(columns[name]) and not _is_long(columns[name])]
        return Plan("cards", hidden, main, [name for name in shown if name not in main])
    main = _fitting(shown, columns, schema["items"].get("required", ()))
    return Plan("rows", hidden, main, [name for name in shown if name not in main])


def _is_card(schema: Schema, columns: Mapping[str, Schema]) -> bool:
    written = {name: column for name, column in columns.items() if _is_written(column)}
    long = {name: column for name, column in written.items() if _is_long(column)}
    if schema.get("readOnly") or not long:
        return False
    is_needed = any(name in schema["items"].get("required", ()) for name in long)
    return (
        schema.get("x-rows") == "free"
        or schema.get("maxItems") == 1
        or any(column.get("maxLength", 0) > CARD_TEXT for column in long.values())
        or (is_needed and len(written) > CARD_INPUTS)
    )


def _fitting(shown: Sequence[str], columns: Mapping[str, Schema], required: Sequence[str]) -> list[str]:
    """First the row's facts, its ticks and what must be filled in, then what still finds room."""
    first = [name for name in shown if not _is_long(columns[name]) and _comes_first(name, columns[name], required)]
    room = ROOM - sum(_width(columns[name]) for name in first)
    taken = set(first)
    for name in shown:
        if name not in taken and _width(columns[name]) <= room:
            taken.add(name)
            room -= _width(columns[name])
        elif name not in taken and not _is_long(columns[name]):
            room = 0  # what belongs together stays together: the rest goes below
    return [name for name in shown if name in taken]


def _comes_first(name: str, column: Schema, required: Sequence[str]) -> bool:
    return not _is_written(column) or widget_of(column) == "bool" or name in required


def _width(column: Schema) -> int:
    if _is_written(column) or _is_long(column):
        return INPUT_WIDTHS.get(widget_of(column), ROOM if widget_of(column) == "matrix" else 120)
    return READ_WIDTHS[column.get("x-width", "")]


def _is_written(column: Schema) -> bool:
    return not column.get("readOnly")


def _is_long(column: Schema) -> bool:
    return widget_of(column) in ("longtext", "files")


def _columns(
    path: str, schema: Schema, plan: Plan, rows: Sequence[Mapping[str, Any]], filling: Filling
) -> list[Column]:
    if plan.layout == "cards":
        return []
    columns: list[Column] = []
    for name in plan.main:
        field = schema["items"]["properties"][name]
        if widget_of(field) == "matrix":
            places = _places(join(path, name), name, rows, filling)
            columns += [Column(place, title, kind="cell", is_number=True) for place, title in places]
            columns.append(Column(f"{name}.sum", _("合计"), kind="sum", is_number=True))
            continue
        columns.append(
            Column(
                name,
                field.get("title", name),
                hint=field.get("description", "") if _is_written(field) else "",
                is_required=_is_written(field) and name in schema["items"].get("required", ()),
                is_number=field.get("type") in ("number", "integer") and name != schema.get("x-key"),
                is_name=name in NAMES,
                is_key=name == schema.get("x-key"),
            )
        )
    return columns


def _places(path: str, name: str, rows: Sequence[Mapping[str, Any]], filling: Filling) -> list[tuple[str, str]]:
    """The columns of a matrix: those handed in, else whatever its rows name."""
    handed = filling.choices.get(without_rows(path))
    if handed is not None:
        return [(choice[0], choice[1]) for choice in handed]
    return [(place, place) for place in dict.fromkeys(place for row in rows for place in row.get(name) or {})]


def _row(path: str, index: int | str, schema: Schema, plan: Plan, row: Mapping[str, Any], filling: Filling) -> Row:
    at, head = join(path, index), _head(schema, row)
    fields = schema["items"]["properties"]
    required = schema["items"].get("required", ())
    name_of_row = head or (_("第 %(place)s 项", place=index + 1) if isinstance(index, int) else "")

    def drawn(names: Sequence[str]) -> list[Field]:
        return [
            cell
            for name in names
            for cell in _cells(
                join(at, name),
                fields[name],
                row.get(name),
                filling,
                name in required,
                name_of_row,
                _all_rows(filling, path),
            )
        ]

    below = drawn(plan.below)
    key = schema.get("x-key")
    is_folded = _may_fold(below)
    return Row(
        index=index if isinstance(index, int) else -1,
        head=head,
        key=draw_field(join(at, key), fields[key], row.get(key), filling) if key else None,
        cells=drawn(plan.main) if plan.layout == "rows" else (),
        details=below,
        facts=[fact for fact in drawn(plan.main) if not _is_head(fact, key)] if plan.layout == "cards" else (),
        is_folded=is_folded,
        is_open=is_folded and any(field.errors or (field.text and field.widget == "longtext") for field in below),
    )


def _all_rows(filling: Filling, path: str) -> Sequence[Mapping[str, Any]]:
    rows = filling.data.get(path)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _cells(
    path: str, schema: Schema, value: Any, filling: Filling, needed: bool, head: str, rows: Sequence[Mapping[str, Any]]
) -> list[Field]:
    """A matrix stands for one field a place, and their sum."""
    if widget_of(schema) != "matrix":
        return [draw_field(path, schema, value, filling, needed, head)]
    entries = value if isinstance(value, Mapping) else {}
    entry = {"x-widget": "number", **schema["additionalProperties"]}
    places = _places(path, path.rpartition(".")[2], rows, filling)
    cells = [
        draw_field(join(path, place), {**entry, "title": title}, entries.get(place), filling, row=head)
        for place, title in places
    ]
    return [*cells, _sum(path, entries, filling, head)]


def _sum(path: str, entries: Mapping[str, Any], filling: Filling, head: str) -> Field:
    numbers = [value for value in entries.values() if isinstance(value, int | float) and not isinstance(value, bool)]
    shown = number(round(sum(numbers), 6)) if numbers else ""
    return Field(
        path,
        _("合计"),
        "sum",
        shown,
        shown,
        row=head,
        is_read_only=True,
        is_number=True,
        errors=filling.errors.get(path, ()),
    )


def _head(schema: Schema, row: Mapping[str, Any]) -> str:
    name = next((str(row[name]) for name in NAMES if row.get(name) and _is_fact(schema, name)), "")
    key = schema.get("x-key")
    if name or not key or key not in row:
        return name
    return f"{schema['items']['properties'][key].get('title', key)} {row[key]}"


def _is_fact(schema: Schema, name: str) -> bool:
    return bool(schema["items"]["properties"].get(name, {}).get("readOnly"))


def _is_head(fact: Field, key: str | None) -> bool:
    name = fact.path.rpartition(".")[2]
    return name in NAMES or name == key


def _may_fold(below: Sequence[Field]) -> bool:
    """Two or more fields that many rows leave empty need not stand open under each of them."""
    return len(below) > 1 and not any(field.is_read_only or field.need == "required" for field in below)
