"""What is different between two versions of a rule set, row by row, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LABELS: Mapping[str, str] = {
    "at_least": "不低于",
    "at_most": "不超过",
    "points": "得分",
    "points_each": "每项得分",
    "every": "每满",
    "otherwise": "其他情形得分",
    "max": "满分",
    "rank_at_most": "排名前",
    "within_years": "近几年内",
    "years": "所看年数",
    "over": "年度口径",
    "source": "来源",
    "sources": "来源",
    "verified": "核对",
    "name": "名称",
    "text": "条文",
    "value": "数值",
    "unit": "单位",
    "note": "说明",
    "number": "文号",
    "in_force_from": "施行日期",
    "in_force_until": "截止日期",
    "score": "评分",
    "bands": "第",
    "rungs": "第",
    "steps": "",
    "condition": "",
}
IGNORED = frozenset({"key", "version", "id", "levels", "given"})
TOP = ("", "")

Place = tuple[str, str, str]


@dataclass(frozen=True)
class Difference:
    """row: id of the row, with name. before, after: None where the row or the field is not there."""

    level: str
    row: str
    name: str
    field: str
    before: str | None
    after: str | None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """In the order of the newer version; what is gone comes last."""
    old, new = dict(_all(before)), dict(_all(after))
    known = {**old, **new}
    changed = [place for place in {**new, **old} if old.get(place) != new.get(place)]
    return tuple(
        Difference(
            level, row, known.get((level, row, "名称"), "") if row else "", field, old.get(place), new.get(place)
        )
        for place in changed
        for level, row, field in (place,)
    )


def _all(content: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    yield from _leaves(content, TOP, "")
    for level in content["levels"]:
        yield from _leaves(level, (level["name"], ""), "")


def _leaves(data: Any, where: tuple[str, str], field: str) -> Iterator[tuple[Place, str]]:
    """Every text, number and mark with level, row and field."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key not in IGNORED:
                yield from _leaves(value, where, f"{field} {LABELS.get(key, key)}".strip())
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _item(value, where, field, index)
    elif data is not None:
        yield (*where, field), {True: "已核", False: "未核"}[data] if isinstance(data, bool) else str(data)


def _item(value: Any, where: tuple[str, str], field: str, index: int) -> Iterator[tuple[Place, str]]:
    """Rows go by their id, so that one put in between changes no other; bands have none and go by their place."""
    if isinstance(value, Mapping) and ("id" in value or "term" in value):
        level, row = where
        own = value["name"] if "indicators" in value else value.get("id") or value["term"]
        yield from _leaves(value, (level, f"{row} {own}".strip()), "")
    elif isinstance(value, Mapping):
        yield from _leaves(value, where, f"{field}{index + 1}档")
    else:
        yield from _leaves(value, where, f"{field} {index + 1}")
