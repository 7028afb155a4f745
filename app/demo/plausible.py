"""What a clerk would write into any form: known values stand, choices agree, texts are long enough, days are near.

It knows the form's schema and nothing of its duty; where a duty asks for more, `answers` has a writer of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from random import Random
from typing import Any

Schema = Mapping[str, Any]
Answers = dict[str, Any]

SENTENCES = (
    "已核对有关材料，情况属实。",
    "按职责分工办理，已与有关单位和企业沟通。",
    "下一步将持续跟进，按季度调度，及时反馈进展。",
    "相关数据来自业务系统和企业年报，已存档备查。",
    "对企业提出的困难，已明确责任人和办理时限。",
)
WORDS = ("按计划办理", "已核实", "情况正常", "材料齐全", "进展顺利")
RETURNING = ("returned", "no")
ENOUGH = 60  # characters of a long text where the form asks for no minimum


def fill(schema: Schema, known: Mapping[str, Any], today: date, random: Random, *, is_whole: bool = False) -> Answers:
    """Answers for every field that must be given or is usually given; files are left to whoever stores them.

    is_whole: every field is filled in.
    """
    required = set(schema.get("properties", ()) if is_whole else schema.get("required", ()))
    answers: Answers = {}
    for name, field in schema.get("properties", {}).items():
        value = _value(name, field, known.get(name), name in required, today, random)
        if value is not None:
            answers[name] = value
    return answers


def file_fields(schema: Schema) -> list[str]:
    """Fields that want at least one file."""
    required = set(schema.get("required", ()))
    return [
        name
        for name, field in schema.get("properties", {}).items()
        if field.get("x-widget") == "files" and (name in required or field.get("minItems", 0) > 0)
    ]


def agreeing(field: Schema) -> Any:
    """The first choice that returns or refuses nothing."""
    choices = field.get("oneOf", ())
    return next((one["const"] for one in choices if not one.get("x-danger")), choices[0]["const"])


def returning(form: Schema) -> str | None:
    """The choice that sends back what was handed in, where the form has one."""
    choices = form.get("properties", {}).get("outcome", {}).get("oneOf", ())
    harsh = [str(one["const"]) for one in choices if one.get("x-danger")]
    return next((const for const in harsh if const in RETURNING), None)


def _value(name: str, field: Schema, known: Any, is_required: bool, today: date, random: Random) -> Any:
    if field.get("readOnly") or field.get("x-widget") == "shown":
        return None
    if field.get("type") == "array":
        return _rows(field, known, is_required, today, random) if _is_table(field) else None
    if known not in (None, "", []):
        return known
    if "oneOf" in field:
        return agreeing(field) if is_required or name == "outcome" else None
    if field.get("type") == "boolean":
        return is_required or field.get("const") is True or None
    if not is_required and field.get("x-widget") != "longtext":
        return None
    return plain(field, today, random)


def plain(field: Schema, today: date, random: Random) -> Any:
    """A number, day or text that the field takes."""
    match field.get("type"):
        case "number" | "integer":
            low = field.get("minimum", field.get("exclusiveMinimum", 0))
            return min(max(low, 1), field.get("maximum", low + 1))
        case "string" if field.get("format") == "date":
            return today.isoformat()
        case "string":
            return _text(field, random)
    return None


def _text(field: Schema, random: Random) -> str:
    least, most = field.get("minLength", 0), field.get("maxLength", 500)
    if field.get("x-widget") != "longtext" and least <= len(WORDS[0]) <= most:
        return next(word for word in random.sample(WORDS, len(WORDS)) if len(word) >= least)
    text = ""
    for sentence in random.sample(SENTENCES, len(SENTENCES)):
        text += sentence
        if len(text) >= max(least, min(ENOUGH, most)):
            break
    while len(text) < least:
        text += SENTENCES[0]
    return text[:most]


def _rows(field: Schema, known: Any, is_required: bool, today: date, random: Random) -> list[Answers] | None:
    """The rows that are there, each filled in; a free table that must not be empty gets as many as it needs."""
    rows = [row for row in known if isinstance(row, Mapping)] if isinstance(known, Iterable) and known else []
    columns, key = field["items"], field.get("x-key")
    if not rows and field.get("x-rows") == "free":
        least = field.get("minItems", 1 if is_required else 0)
        rows = [{} for _ in range(least)]
    if not rows:
        return None
    keys = [key] if key is not None else []
    return [{name: row[name] for name in keys if name in row} | fill(columns, row, today, random) for row in rows]


def _is_table(field: Schema) -> bool:
    return bool(field.get("items", {}).get("type") == "object")
