"""What a rule table is made of: single values and rows of columns, how a form fills them, and how rows must cover.

A table's content is plain JSON: a value for each single, a list of rows for each grid. Every place has a path such as
`rows.1.from_days`, by which a problem finds its field. Pure: what is in force when is for the queries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Literal

Content = Mapping[str, Any]
Type = Literal["whole", "decimal", "choice", "several", "text", "clock", "days"]

MOST_ROWS = 20
LONGEST_TEXT = 300
BLANK_ROWS = 2  # offered below the rows of a grid that may grow
SEPARATORS = re.compile(r"[、,，;；\s]+")


@dataclass(frozen=True)
class Column:
    """type: days is a list of whole numbers. least: the smallest whole number. optional: empty says «without end»."""

    key: str
    label: str
    type: Type
    unit: str = ""
    hint: str = ""
    least: int = 0
    most: int = 999
    options: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False
    empty_word: str = "不限"

    def shown(self, value: Any) -> str:
        """As a person reads it."""
        if value is None or value == "" or value == []:
            return self.empty_word if self.optional else ""
        if self.type == "choice":
            return self.options.get(value, str(value))
        if self.type == "several":
            return "、".join(self.options.get(each, str(each)) for each in value)
        text = "、".join(map(str, value)) if self.type == "days" else str(value)
        return f"{text} {self.unit}" if self.unit else text


@dataclass(frozen=True)
class Grid:
    """Rows of the same columns. grows: a form may add rows, and take away those it leaves empty."""

    key: str
    title: str
    columns: tuple[Column, ...]
    grows: bool = True


@dataclass(frozen=True)
class Problem:
    path: str
    text: str


class InvalidTable(Exception):
    """The content cannot be used; every problem with its place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.path}: {problem.text}" for problem in self.problems))


@dataclass(frozen=True)
class Form:
    """What of a table may be edited."""

    singles: tuple[Column, ...]
    grids: tuple[Grid, ...]

    def places(self, content: Content) -> Iterator[tuple[str, str, str]]:
        """Path, label and shown value of all that a content says, in the order of the form."""
        for single in self.singles:
            yield single.key, single.label, single.shown(content.get(single.key))
        for grid in self.grids:
            for number, row in enumerate(content.get(grid.key, ())):
                for column in grid.columns:
                    label = f"{grid.title}第{number + 1}行 {column.label}"
                    yield f"{grid.key}.{number}.{column.key}", label, column.shown(row.get(column.key))


Check = Callable[[Content], Iterable[Problem]]


def filled(form: Form, base: Content, answers: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The base with what the form says in its place; a row that is left empty is gone.

    answers: name of the field -> what was typed or ticked. Raises InvalidTable naming each field that cannot be read.
    """
    problems: list[Problem] = []
    content = dict(base)
    for single in form.singles:
        content[single.key] = _value(single, single.key, answers, problems)
    for grid in form.grids:
        content[grid.key] = [
            {
                column.key: _value(column, f"{grid.key}.{number}.{column.key}", answers, problems)
                for column in grid.columns
            }
            for number in _rows_of(grid, answers)
        ]
    if problems:
        raise InvalidTable(problems)
    return content


def differences(form: Form, before: Content, after: Content) -> list[tuple[str, str | None, str | None]]:
    """Label, value before and value after of every place that is not the same; None where it was not there."""
    old = {path: (label, shown) for path, label, shown in form.places(before)}
    new = {path: (label, shown) for path, label, shown in form.places(after)}
    gone = ("", None)
    return [
        ((new.get(path) or old[path])[0], old.get(path, gone)[1], new.get(path, gone)[1])
        for path in {**new, **old}
        if old.get(path, gone)[1] != new.get(path, gone)[1]
    ]


def uncovered(
    stretches: Sequence[tuple[str, Any, Any]], begins: Any, step: Any, *, names: tuple[str, str]
) -> Iterator[Problem]:
    """Gaps and overlaps of rows (path, from, to), each beside the row where it begins; to None is without end.

    begins: where the first must begin (None: without a beginning). step: from the end of a row to the next one's
    beginning, 1 for whole days that belong to both ends, 0 where a row ends before its limit. names: of both fields.
    """
    low, high = names
    ordered = sorted(stretches, key=lambda row: (row[1] is not None, row[1] or 0))
    if not ordered:
        yield Problem("", "至少要有一行。")
        return
    if ordered[0][1] != begins:
        start = "下限应不填" if begins is None else f"应从 {begins} 开始"
        yield Problem(f"{ordered[0][0]}.{low}", f"第一行之前有空档：{start}。")
    for path, start, end in ordered:
        if start is not None and end is not None and end < start + (0 if step else Decimal("0.000001")):
            yield Problem(f"{path}.{high}", "上限应大于下限。")
    for (path, _start, end), (next_path, start, _end) in pairwise(ordered):
        yield from _between(path, end, next_path, start, step, names)
    if ordered[-1][2] is not None:
        yield Problem(f"{ordered[-1][0]}.{high}", f"{ordered[-1][2]} 以上没有规定，最后一行的上限应不填。")


def _between(path: str, end: Any, next_path: str, start: Any, step: Any, names: tuple[str, str]) -> Iterator[Problem]:
    low, high = names
    if end is None:
        yield Problem(f"{path}.{high}", "与下一行重叠：只有最后一行的上限可以不填。")
    elif start is None or start < end + step:
        yield Problem(f"{next_path}.{low}", f"与上一行重叠：应从 {end + step} 开始。")
    elif start > end + step:
        yield Problem(f"{next_path}.{low}", f"与上一行之间有空档：应从 {end + step} 开始。")


def _rows_of(grid: Grid, answers: Mapping[str, Sequence[str]]) -> list[int]:
    """Numbers of the rows in which something was filled in."""
    found = {
        int(match[1])
        for name, values in answers.items()
        if (match := re.fullmatch(rf"{re.escape(grid.key)}\.(\d{{1,2}})\.\w+", name)) and any(map(str.strip, values))
    }
    return sorted(found)[:MOST_ROWS]


def _value(column: Column, path: str, answers: Mapping[str, Sequence[str]], problems: list[Problem]) -> Any:
    typed = [text.replace("\0", "").strip() for text in answers.get(path, ())]
    typed = [text for text in typed if text]
    if column.type == "several":
        return _several(column, path, typed, problems)
    text = typed[0] if typed else ""
    if not text:
        if not column.optional:
            problems.append(Problem(path, f"请填写{column.label}。"))
        return None
    try:
        return READERS[column.type](column, text)
    except ValueError as error:
        problems.append(Problem(path, str(error)))
        return None


def _several(column: Column, path: str, typed: Sequence[str], problems: list[Problem]) -> list[str]:
    chosen = [option for option in column.options if option in typed]
    if not chosen and not column.optional:
        problems.append(Problem(path, f"请选择{column.label}。"))
    return chosen


def _whole(column: Column, text: str) -> int:
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or not column.least <= int(text) <= column.most:
        raise ValueError(f"{column.label}应为 {column.least} 至 {column.most} 的整数。")
    return int(text)


def _decimal(column: Column, text: str) -> int | str:
    """A whole number where it is one, else its text: JSON has no decimals of its own."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not column.least <= number <= column.most or number != round(number, 2):
        raise ValueError(f"{column.label}应为 {column.least} 至 {column.most} 的数，最多两位小数。")
    return int(number) if number == int(number) else str(number.normalize())


def _choice(column: Column, text: str) -> str:
    if text not in column.options:
        raise ValueError(f"请选择{column.label}。")
    return text


def _text(column: Column, text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"{column.label}最多 {LONGEST_TEXT} 个字。")
    return text


def _clock(column: Column, text: str) -> str:
    try:
        return time.fromisoformat(text).strftime("%H:%M")
    except ValueError as error:
        raise ValueError(f"{column.label}应为 08:30 这样的时刻。") from error


def _days(column: Column, text: str) -> list[int]:
    return sorted({_whole(column, part) for part in SEPARATORS.split(text) if part}, reverse=True)


READERS: Mapping[str, Callable[[Column, str], Any]] = {
    "whole": _whole,
    "decimal": _decimal,
    "choice": _choice,
    "text": _text,
    "clock": _clock,
    "days": _days,
}
