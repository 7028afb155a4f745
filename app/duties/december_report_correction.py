"""A returned report: only the fields that the reviewer listed may change, and what counts as a change.

A form posted again differs from what was stored in ways that mean nothing (line breaks, 3 against 3.0, an empty text
against none, columns that only show something), so only what the unit writes is compared.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.duties.duty import FieldError

Row = Mapping[str, Any]

FIELDS = (
    "figures",
    "shared_figures",
    "measures",
    "priority_review",
    "matters",
    "problems",
    "priorities",
    "cases",
    "attachments",
    "statement",
)

# What the unit writes in each table: rows of the first kind are known by `no`, rows of the second are its own.
FIXED_ROWS: Mapping[str, tuple[str, ...]] = {
    "figures": ("value", "nature", "as_of", "source", "change_reason", "gap_reason"),
    "shared_figures": ("objected_value", "objected_source", "objection_reason"),
    "measures": ("state", "result", "highlight", "contribution", "evidence"),
    "priority_review": ("state", "note"),
    "matters": ("note",),
}
FREE_ROWS: Mapping[str, tuple[str, ...]] = {
    "priorities": ("title", "content", "measure_no", "indicator_no", "expected"),
    "cases": ("title", "text"),
}


def unlocked_fields(return_points: Iterable[Row]) -> list[str]:
    """The fields that a return opens, in the order of the form."""
    named = {point["field"] for point in return_points}
    return [field for field in FIELDS if field in named]


def is_locked(field: str, facts: Row) -> bool:
    """True for a field, or a dotted path into one, that the unit may not change now."""
    unlocked = facts["unlocked"]
    return unlocked is not None and field.split(".", 1)[0] not in unlocked


def changed_while_locked(answers: Row, facts: Row) -> Iterator[FieldError]:
    for field in FIELDS:
        if is_locked(field, facts) and _written(field, answers) != _written(field, facts["submitted"]):
            yield FieldError(field, "该项未列入退回意见，不能修改")


def _written(field: str, answers: Row) -> Any:
    value = answers.get(field)
    if columns := FIXED_ROWS.get(field):
        cells = {str(row["no"]): _cells(row, columns) for row in value or ()}
        return {no: row for no, row in cells.items() if any(cell is not None for cell in row)}
    if columns := FREE_ROWS.get(field):
        return [_cells(row, columns) for row in value or ()]
    return _plain(value)


def _cells(row: Row, columns: Iterable[str]) -> list[Any]:
    return [_plain(row.get(column)) for column in columns]


def _plain(value: Any) -> Any:
    """One form for what says the same: None for nothing, a number for a number, text without its margins."""
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value] or None
    if value is None or isinstance(value, bool):
        return value or None
    text = "\n".join(str(value).strip().splitlines())
    number = _number(text)
    return text or None if number is None else number


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
