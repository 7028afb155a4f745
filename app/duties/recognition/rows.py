"""Plain data read strictly: each question names a field and a type; what is wrong is noted with file, row and field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?")
ROW_ID = re.compile(r"[A-Za-z0-9一-鿿][A-Za-z0-9一-鿿._-]{0,39}")
MAX_TEXT = 1000


@dataclass(frozen=True)
class RuleProblem:
    """One reason to refuse rules. row: ids of level and row; path: dotted, for a form that shows the field."""

    file: str
    row: str
    field: str
    text: str
    path: str = ""

    def __str__(self) -> str:
        return f"{self.file} [{self.row}] {self.field}：{self.text}"


@dataclass
class Reading:
    file: str
    problems: list[RuleProblem] = field(default_factory=list)


class Row:
    """A mapping. What is missing or of another type gives a neutral value, so that one reading finds everything."""

    def __init__(self, reading: Reading, data: Any, where: str, path: str) -> None:
        self.reading = reading
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        identity = self.data.get("id", self.data.get("level"))
        self.where = f"{where} {identity}".strip() if isinstance(identity, str) else where
        self.path = path
        self._asked: set[str] = set()
        if not isinstance(data, Mapping):
            self.refuse("", "应为字段和值")

    def refuse(self, key: str, text: str) -> None:
        path = f"{self.path}.{key}".strip(".")
        self.reading.problems.append(RuleProblem(self.reading.file, self.where, key, text, path))

    def has(self, key: str) -> bool:
        return self.data.get(key) is not None

    def text(self, key: str, *, required: bool = True, default: str = "") -> str:
        value = self._value(key, required)
        if value is None:
            return default
        if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
            self.refuse(key, f"应为{MAX_TEXT}字以内的文字（数字和日期请加引号）")
            return default
        return value.strip()

    def identity(self) -> str:
        value = self.text("id")
        if value and not ROW_ID.fullmatch(value):
            self.refuse("id", "编号只能用文字、数字、点、横线，40字以内")
        return value

    def choice(self, key: str, allowed: Any, default: str) -> Any:
        value = self.text(key, required=False, default=default)
        if value not in allowed:
            self.refuse(key, f"“{value}”不在 {'、'.join(allowed)} 之中")
            return default
        return value

    def known(self, key: str, catalogue: Any) -> str:
        """A word that must stand in the catalogue; an empty text where it does not."""
        value = self.text(key)
        if value and value not in catalogue:
            self.refuse(key, f"没有“{value}”")
            return ""
        return value

    def number(self, key: str) -> Decimal | None:
        value = self._value(key, False)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, str)) or not NUMBER.fullmatch(str(value)):
            self.refuse(key, "应为数字（小数请加引号）")
            return None
        return Decimal(str(value))

    def whole(self, key: str, least: int, *, default: int | None = None) -> int:
        value = self._value(key, default is None)
        if value is None:
            return least if default is None else default
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.refuse(key, f"应为不小于{least}的整数")
            return least
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self._value(key, default is None)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.refuse(key, "应为 true 或 false")
        return bool(default)

    def day(self, key: str, *, required: bool = True) -> date | None:
        value = self.text(key, required=required)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(key, "应为加引号的日期，如 '2022-06-01'")
            return None

    def words(self, key: str, catalogue: Any, *, required: bool = True) -> tuple[str, ...]:
        value = self._items(key, required)
        for word in value:
            if not isinstance(word, str) or word not in catalogue:
                self.refuse(key, f"没有“{word}”")
        return tuple(word for word in value if isinstance(word, str) and word in catalogue)

    def rows(self, key: str, *, required: bool = True) -> Iterator[Row]:
        for place, data in enumerate(self._items(key, required)):
            yield Row(self.reading, data, self.where, f"{self.path}.{key}.{place}".strip("."))

    def row(self, key: str) -> Row:
        return Row(self.reading, self._value(key, True) or {}, self.where, f"{self.path}.{key}".strip("."))

    def mapping(self, key: str, *, required: bool = True) -> Mapping[str, Any]:
        value = self._value(key, required)
        if value is None or isinstance(value, Mapping):
            return value or {}
        self.refuse(key, "应为字段和值")
        return {}

    def close(self) -> None:
        """Refuses the fields nobody asked for."""
        for key in self.data:
            if key not in self._asked:
                self.refuse(str(key), "没有这个字段")

    def _value(self, key: str, required: bool) -> Any:
        self._asked.add(key)
        value = self.data.get(key)
        if value is None and required:
            self.refuse(key, "缺少")
        return value

    def _items(self, key: str, required: bool) -> list[Any]:
        value = self._value(key, required)
        if value is None:
            return []
        if not isinstance(value, list) or not value:
            self.refuse(key, "应为非空列表")
            return []
        return value
