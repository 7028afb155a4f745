"""YAML read strictly, with the line of every value, so that a refusal can say where.

Only plain mappings, lists and scalars: tags, aliases and merge keys are refused before anything is built, so a small
file cannot grow large and cannot name a type. Problems are collected, not raised: one reading shows all of them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

MAX_BYTES = 2_000_000
MAX_DEPTH = 12
MAX_TEXT = 2000
NUMBER = re.compile(r"-?\d{1,13}(\.\d{1,6})?")
MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")
LEAP_YEAR = 2024  # so that a 29 February is a day

# libyaml where the wheel has it: the pure reader needs seconds for a file at the limit
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class PlanProblem:
    """One reason to refuse a file. line counts from 1; path is dotted, such as `indicators.3.lead`; text is Chinese."""

    line: int
    path: str
    text: str

    def __str__(self) -> str:
        return f"第{self.line}行 {self.path}：{self.text}" if self.path else f"第{self.line}行：{self.text}"


@dataclass(frozen=True)
class Reference:
    """An id that must exist by the end of the file."""

    kind: str
    value: Any
    node: yaml.Node
    path: str


@dataclass
class Reading:
    """What one reading has gathered: problems, ids by kind with their line, and references still to be resolved."""

    problems: list[PlanProblem] = field(default_factory=list)
    ids: dict[str, dict[Any, int]] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)

    def refuse(self, node: yaml.Node, path: str, text: str) -> None:
        self.problems.append(PlanProblem(node.start_mark.line + 1, path, text))

    def register(self, kind: str, value: Any, node: yaml.Node, path: str) -> None:
        """Notes an id; the second one of a kind is a problem that names the first one's line."""
        known = self.ids.setdefault(kind, {})
        if value in known:
            self.refuse(node, path, f"{kind}“{value}”重复，第{known[value]}行已有")
        known.setdefault(value, node.start_mark.line + 1)

    def resolve(self) -> None:
        """Refuses every reference to an id that no line has registered."""
        for reference in self.references:
            if reference.value not in self.ids.get(reference.kind, {}):
                self.refuse(reference.node, reference.path, f"没有{reference.kind}“{reference.value}”")


class Entry:
    """A mapping of the file. Each question names a key and a type; what is wrong is noted and gives a neutral value."""

    def __init__(self, reading: Reading, node: yaml.Node, path: str, *, is_missing: bool = False) -> None:
        self.reading = reading
        self.node = node
        self.path = path
        self._asked: set[str] = set()
        self._is_usable = not is_missing and isinstance(node, yaml.MappingNode)
        if not self._is_usable and not is_missing:
            reading.refuse(node, path, "应为字段和值")
        self._fields = self._read_fields() if self._is_usable else {}

    def text(self, key: str, *, pattern: str | None = None) -> str:
        return self.optional_text(key, pattern=pattern, required=True) or ""

    def optional_text(self, key: str, *, pattern: str | None = None, required: bool = False) -> str | None:
        node = self._value(key, required=required)
        return None if node is None else self._as_text(node, self._path(key), pattern)

    def number(self, key: str) -> Decimal:
        return self.optional_number(key, required=True) or Decimal(0)

    def optional_number(self, key: str, *, required: bool = False) -> Decimal | None:
        node = self._value(key, required=required)
        return None if node is None else self._as_number(node, self._path(key))

    def whole(self, key: str, least: int = 0) -> int:
        node = self._value(key, required=True)
        return least if node is None else self._as_whole(node, self._path(key), least)

    def flag(self, key: str) -> bool:
        node = self._value(key, required=True)
        if node is None:
            return False
        if isinstance(node, yaml.ScalarNode) and node.tag.endswith(":bool"):
            return node.value.lower() in ("true", "yes", "on")
        self.reading.refuse(node, self._path(key), "应为 true 或 false")
        return False

    def choice(self, key: str, allowed: tuple[str, ...]) -> Any:
        """One of the allowed words; typed Any, because it fills a Literal."""
        node = self._value(key, required=True)
        value = "" if node is None else self._as_text(node, self._path(key), None)
        if node is not None and value and value not in allowed:
            self.reading.refuse(node, self._path(key), f"“{value}”不在 {'、'.join(allowed)} 之中")
        return value

    def day(self, key: str) -> date:
        node = self._value(key, required=True)
        text = "" if node is None else self._as_text(node, self._path(key), None)
        try:
            return date.fromisoformat(text or "2000-01-01")
        except ValueError:
            self.refuse(key, "应为加引号的日期，如 '2022-04-18'")
            return date.min

    def month_day(self, key: str, *, required: bool = True) -> tuple[int, int] | None:
        """A day of every year, written '12-31'."""
        node = self._value(key, required=required)
        text = None if node is None else self._as_text(node, self._path(key), None)
        if node is None or not text:
            return None
        match = MONTH_DAY.fullmatch(text)
        try:
            day = date(LEAP_YEAR, int(match[1]), int(match[2])) if match else None
        except ValueError:
            day = None
        if day is None:
            self.reading.refuse(node, self._path(key), "应为加引号的月-日，如 '12-31'")
            return None
        return day.month, day.day

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        return tuple(self._as_text(node, path, None) for node, path in self._items(key, required=required))

    def numbers(self, key: str) -> tuple[Decimal, ...]:
        return tuple(self._as_number(node, path) for node, path in self._items(key, required=False))

    def wholes(self, key: str) -> tuple[int, ...]:
        return tuple(self._as_whole(node, path, 0) for node, path in self._items(key, required=True))

    def entry(self, key: str) -> "Entry":
        node = self._value(key, required=True)
        return Entry(self.reading, node or self.node, self._path(key), is_missing=node is None)

    def entries(self, key: str, *, required: bool = True) -> Iterator["Entry"]:
        for node, path in self._items(key, required=required):
            yield Entry(self.reading, node, path)

    def identity(self, key: str, kind: str, *, numbered: bool = False) -> Any:
        """The id of this entry, registered under its kind; a text, or a number from 1."""
        value: Any = self.whole(key, 1) if numbered else self.text(key)
        node = self._fields.get(key)
        if node is not None:
            self.reading.register(kind, value, node, self._path(key))
        return value

    def reference(self, key: str, kind: str, *, numbered: bool = False, required: bool = False) -> Any:
        """An id of another entry, or None; that it exists is looked at when the whole file is read."""
        node = self._value(key, required=required)
        return None if node is None else self._refer(node, self._path(key), kind, numbered)

    def references(self, key: str, kind: str, *, numbered: bool = False, required: bool = False) -> tuple[Any, ...]:
        nodes = self._items(key, required=required)
        return tuple(self._refer(node, path, kind, numbered) for node, path in nodes)

    def refuse(self, key: str, text: str) -> None:
        """A problem that only the caller can see, at the line of this key."""
        self.reading.refuse(self._fields.get(key, self.node), self._path(key), text)

    def close(self) -> None:
        """Refuses the keys nobody asked for; called when the entry is read."""
        for key, node in self._fields.items():
            if key not in self._asked:
                self.reading.refuse(node, self._path(key), "没有这个字段")

    def _read_fields(self) -> dict[str, yaml.Node]:
        fields: dict[str, yaml.Node] = {}
        for key_node, value in self.node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            if not key or key in fields:
                self.reading.refuse(key_node, self._path(key), "字段重复" if key else "字段名应为文字")
                continue
            fields[key] = value
        return fields

    def _path(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _value(self, key: str, *, required: bool) -> yaml.Node | None:
        """The node of a key; None when it is absent or null, which is a problem where it is required."""
        self._asked.add(key)
        node = self._fields.get(key)
        if node is not None and not (isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")):
            return node
        if required and self._is_usable:  # an entry that is missing or no mapping has been refused as a whole
            self.reading.refuse(node or self.node, self._path(key), "缺少")
        return None

    def _items(self, key: str, *, required: bool) -> list[tuple[yaml.Node, str]]:
        node = self._value(key, required=required)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.reading.refuse(node, self._path(key), "应为列表")
            return []
        return [(item, f"{self._path(key)}.{number}") for number, item in enumerate(node.value)]

    def _as_text(self, node: yaml.Node, path: str, pattern: str | None) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.tag.endswith(":str") or not node.value.strip():
            self.reading.refuse(node, path, "应为文字（数字和日期请加引号）")
            return ""
        if len(node.value) > MAX_TEXT:
            self.reading.refuse(node, path, f"文字超过 {MAX_TEXT} 个字符")
        if pattern is not None and not re.fullmatch(pattern, node.value):
            self.reading.refuse(node, path, f"“{node.value}”的写法不对")
        return str(node.value).strip()

    def _as_number(self, node: yaml.Node, path: str) -> Decimal:
        """A number in plain decimal notation; YAML's octal, base sixty, infinity and nan are none."""
        if isinstance(node, yaml.ScalarNode) and node.tag.endswith((":int", ":float")) and NUMBER.fullmatch(node.value):
            return Decimal(node.value)
        self.reading.refuse(node, path, "应为数字")
        return Decimal(0)

    def _as_whole(self, node: yaml.Node, path: str, least: int) -> int:
        value = self._as_number(node, path)
        if value == int(value) and value >= least:
            return int(value)
        self.reading.refuse(node, path, f"应为不小于 {least} 的整数")
        return least

    def _refer(self, node: yaml.Node, path: str, kind: str, numbered: bool) -> Any:
        before = len(self.reading.problems)
        value: Any = self._as_whole(node, path, 1) if numbered else self._as_text(node, path, None)
        if len(self.reading.problems) == before:
            self.reading.references.append(Reference(kind, value, node, path))
        return value


def compose(source: str | bytes, reading: Reading) -> Entry | None:
    """The file's top mapping; None, with the problem noted, when it is no YAML of the plain kind."""
    text = _decoded(source, reading)
    if text is None or not _is_plain(text, reading):
        return None
    node = _guarded(lambda: yaml.compose(text, Loader=LOADER), reading)
    if node is None:
        if not reading.problems:
            reading.problems.append(PlanProblem(1, "", "文件是空的"))
        return None
    return Entry(reading, node, "")


def _decoded(source: str | bytes, reading: Reading) -> str | None:
    """The text within the size limit; the bytes must be UTF-8."""
    try:
        data = source.encode() if isinstance(source, str) else source
        if len(data) > MAX_BYTES:
            reading.problems.append(PlanProblem(1, "", f"文件超过 {MAX_BYTES // 1_000_000} MB"))
            return None
        return data.decode("utf-8-sig")
    except UnicodeError:
        reading.problems.append(PlanProblem(1, "", "文件不是 UTF-8 编码"))
        return None


def _is_plain(text: str, reading: Reading) -> bool:
    """Looks at the events first: no alias, no tag, no great depth, nothing the reader cannot parse."""
    return bool(_guarded(lambda: _walk(text, reading), reading)) and not reading.problems


def _walk(text: str, reading: Reading) -> bool:
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            reading.problems.append(PlanProblem(line, "", "不能使用引用（*）"))
            return False
        if getattr(event, "tag", None) is not None:
            reading.problems.append(PlanProblem(line, "", "不能使用类型标记（!）"))
            return False
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            reading.problems.append(PlanProblem(line, "", f"层次超过 {MAX_DEPTH} 层"))
            return False
    return True


def _guarded(read: Callable[[], Any], reading: Reading) -> Any:
    """The library's answer; what it raises becomes a problem at its line."""
    try:
        return read()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        reading.problems.append(
            PlanProblem(line, "", f"不是有效的 YAML（{getattr(error, 'problem', None) or '含有不可用的字符'}）")
        )
    except (ValueError, OverflowError):  # the pure reader's, on an escape or a version number out of range
        reading.problems.append(PlanProblem(1, "", "不是有效的 YAML"))
    return None
