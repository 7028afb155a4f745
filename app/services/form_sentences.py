"""What a broken rule of a form's schema says to the person, in Chinese, and at which field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import ValidationError

from app.duties.duty import FieldError


@dataclass(frozen=True)
class Broken:
    """The limit that was broken, the schema of the field, and what stands in it."""

    limit: Any
    field: Mapping[str, Any]
    value: Any


Rule = Callable[[Broken], str]

CHOSEN = {"radio", "select"}
TYPES = {
    "number": "请填写数字，例如 12 或 3.5",
    "integer": "请填写整数，例如 12",
    "boolean": "请勾选或取消勾选",
    "string": "请填写文字",
    "array": "请逐行填写",
    "object": "请逐项填写",
}


def sentence(error: ValidationError) -> Iterator[FieldError]:
    """One error for each field concerned: `required` and `additionalProperties` speak of fields below their own."""
    at = ".".join(map(str, error.absolute_path))
    broken = Broken(error.validator_value, error.schema if isinstance(error.schema, Mapping) else {}, error.instance)
    if error.validator == "required":
        yield from _missing(broken, at)
    elif error.validator == "additionalProperties":
        yield from _unknown(broken, at)
    else:
        yield FieldError(at, SENTENCES.get(str(error.validator), _other)(broken))


def _missing(broken: Broken, at: str) -> Iterator[FieldError]:
    for name in broken.limit:
        if name not in broken.value:
            yield FieldError(f"{at}.{name}" if at else name, fill_in(broken.field["properties"].get(name, {}), name))


def _unknown(broken: Broken, at: str) -> Iterator[FieldError]:
    for name in broken.value:
        if name not in broken.field.get("properties", {}):
            yield FieldError(f"{at}.{name}" if at else name, f"表中没有“{name}”这一项")


def fill_in(field: Mapping[str, Any], name: str) -> str:
    """The sentence for a field that is empty and must not be."""
    title, widget = field.get("title", name), field.get("x-widget")
    if field.get("type") == "boolean" and widget not in CHOSEN:
        return f"请勾选“{title}”"
    if widget == "files":
        return f"请上传{title}"
    return f"请选择{title}" if widget in CHOSEN else f"请填写{title}"


def _type(broken: Broken) -> str:
    if broken.field.get("format") == "date":
        return _date(broken)
    kind = broken.limit
    return TYPES.get(kind if isinstance(kind, str) else kind[0], "请核对填写的内容")


def _date(broken: Broken) -> str:
    return "请填写日期，例如 2024-12-31"


def _format(broken: Broken) -> str:
    return _date(broken) if broken.limit == "date" else _other(broken)


def _const(broken: Broken) -> str:
    if broken.limit is True:
        return fill_in(broken.field, "本项")
    return f"此项只能是 {broken.limit}"


def _least_rows(broken: Broken) -> str:
    title = broken.field.get("title", "本表")
    if broken.field.get("x-widget") == "files":
        return f"请上传{title}"
    return f"请至少填写 {broken.limit} 项{title}"


def _most_rows(broken: Broken) -> str:
    unit = "个文件" if broken.field.get("x-widget") == "files" else "项"
    return f"最多 {broken.limit} {unit}，现有 {len(broken.value)} {unit}"


def _minimum(broken: Broken) -> str:
    return "不能小于 0" if broken.limit == 0 else f"不小于 {broken.limit}"


def _other(broken: Broken) -> str:
    return "不符合填报要求，请核对"


SENTENCES: Mapping[str, Rule] = {
    "type": _type,
    "format": _format,
    "const": _const,
    "enum": lambda broken: "请在所列选项中选择",
    "oneOf": lambda broken: "请在所列选项中选择",
    "minLength": lambda broken: f"至少填写 {broken.limit} 字，现有 {len(broken.value)} 字",
    "maxLength": lambda broken: f"不超过 {broken.limit} 字，现有 {len(broken.value)} 字",
    "minimum": _minimum,
    "exclusiveMinimum": lambda broken: f"应大于 {broken.limit}",
    "maximum": lambda broken: f"不大于 {broken.limit}",
    "exclusiveMaximum": lambda broken: f"应小于 {broken.limit}",
    "multipleOf": lambda broken: f"应为 {broken.limit} 的倍数",
    "minItems": _least_rows,
    "maxItems": _most_rows,
    "uniqueItems": lambda broken: "有重复的内容，请核对",
}
