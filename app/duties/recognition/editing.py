"""A new version of a rule set: the base's content with thresholds, points, wording, marks and local indicators changed.

The form has one field for each place that may be changed, named by the place's dotted path in the content. A row that
was not verified becomes so with the text it was held against, which joins the sources of the new version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from app.duties.recognition.reading_conditions import UNVERIFIED_SOURCES

WHOLE = re.compile(r"-?\d{1,9}")
MOST_LOCAL = 3
LOCAL_KEYS = ("local_points", "local_points_2", "local_points_3")
IN_UNIT = frozenset({"at_least", "at_most", "every"})
NUMBERS: Mapping[str, str] = {
    "at_least": "不低于",
    "at_most": "不超过",
    "points": "得分",
    "points_each": "每项得分",
    "every": "每满",
    "rank_at_most": "排名前",
    "within_years": "近几年内",
    "years": "所看年数",
    "otherwise": "其他情形得分",
}
GROUPS = ("conditions", "all_of", "any_of", "waived_if", "items", "indicators", "bands", "rungs")


@dataclass(frozen=True)
class Place:
    """One field of the form. row: id and name of the row it belongs to. kind: number, text or mark (已核, 未核)."""

    path: str
    level: str
    row: str
    label: str
    value: str
    unit: str = ""
    kind: str = "number"
    source: str = ""


@dataclass(frozen=True)
class LocalPart:
    """A part whose indicators the province sets. rows: name and maximum of each, filled up to three."""

    path: str
    level: str
    name: str
    max: int
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Around:
    """What a row takes over from those above it. part_names: id -> name of the level's parts."""

    level: str
    part_names: Mapping[str, str]
    row: str = ""
    unit: str = ""


def places(content: Mapping[str, Any]) -> tuple[Place, ...]:
    """All that may be changed, in the order of the rule; local indicators have fields of their own."""
    terms = _Around("", {})
    return tuple(
        place for index, term in enumerate(content.get("terms", ())) for place in _of_row(term, f"terms.{index}", terms)
    ) + tuple(
        place
        for number, level in enumerate(content["levels"])
        for group in ("conditions", "parts")
        for index, row in enumerate(level.get(group, ()))
        if "local" not in row
        for place in _of_row(row, f"levels.{number}.{group}.{index}", _around(level))
    )


def local_parts(content: Mapping[str, Any]) -> tuple[LocalPart, ...]:
    return tuple(
        _local_part(part, f"levels.{number}.parts.{index}", level["name"])
        for number, level in enumerate(content["levels"])
        for index, part in enumerate(level.get("parts", ()))
        if "local" in part
    )


def edited(content: Mapping[str, Any], version: int, answers: Mapping[str, str]) -> dict[str, Any]:
    """The content of the new version; the reader has still to check it.

    answers: path -> text for places; `<path of a local part>.<0 to 2>.name` and `.max`; in_force_from, in_force_until,
    note; basis: the text that rows were held against. What is not answered stays.
    """
    new: dict[str, Any] = deepcopy(dict(content))
    new["version"] = version
    for key in ("in_force_from", "in_force_until", "note"):
        if key in answers:
            new[key] = answers[key].strip() or None
    basis = answers.get("basis", "").strip()
    if basis:
        new["sources"][source_of(version)] = basis
    for place in places(content):
        if place.path in answers and answers[place.path].strip() != place.value:
            _change(new, place, answers[place.path].strip(), source_of(version))
    for part in local_parts(content):
        _set_local(new, part, answers, source_of(version) if basis else "")
    return new


def source_of(version: int) -> str:
    """The id of the source that a version brings."""
    return f"V{version}"


def _around(level: Mapping[str, Any]) -> _Around:
    return _Around(level["name"], {part["id"]: part["name"] for part in level.get("parts", ())})


def _of_row(row: Mapping[str, Any], path: str, above: _Around) -> Iterator[Place]:
    name = _name_of(row, path, above)
    here = _Around(above.level, above.part_names, name, row.get("unit", above.unit))
    yield from _texts(row, path, here)
    yield from _numbers(row, path, here)
    if "score" in row:
        yield from _score(row["score"], f"{path}.score", here)
    for key in ("steps", "condition"):
        if key in row:
            yield from _of_row(row[key], f"{path}.{key}", here)
    for group in GROUPS:
        for index, each in enumerate(row.get(group, ())):
            yield from _of_row(each, f"{path}.{group}.{index}", here)


def _name_of(row: Mapping[str, Any], path: str, above: _Around) -> str:
    """Bands of an indicator have ids of their own in it alone, so its name stands before theirs."""
    if "condition" in row:
        return _name_of(row["condition"], f"{path}.condition", above)
    if "id" not in row:
        return above.row
    own = f"{row['id']} {row.get('name', '')}".strip()
    is_band = ".indicators." in path and not path.rpartition(".indicators.")[2].isdecimal()
    if not is_band:
        return own
    return above.row if above.row.endswith(f" / {own}") else f"{above.row} / {own}"


def _texts(row: Mapping[str, Any], path: str, here: _Around) -> Iterator[Place]:
    """The wording goes with the numbers; the name of a band of its own says them, too."""
    if path.endswith(".condition"):
        yield Place(f"{path}.name", here.level, here.row, "名称", row["name"], kind="text")
    for key, label in (("text", "条文"), ("value", "数值")):
        if key in row:
            yield Place(f"{path}.{key}", here.level, here.row, label, row[key], kind="text")
    if "verified" in row:
        mark = "true" if row["verified"] else "false"
        yield Place(f"{path}.verified", here.level, here.row, "核对", mark, kind="mark", source=row["source"])


def _numbers(row: Mapping[str, Any], path: str, here: _Around) -> Iterator[Place]:
    for key, label in NUMBERS.items():
        if key in row:
            unit = here.unit if key in IN_UNIT else "分" if "points" in key or key == "otherwise" else ""
            yield Place(f"{path}.{key}", here.level, here.row, label, str(row[key]), unit)


def _score(score: Mapping[str, Any], path: str, here: _Around) -> Iterator[Place]:
    yield Place(f"{path}.at_least", here.level, here.row, "总分不低于", str(score["at_least"]), "分")
    for part, points in score.get("parts", {}).items():
        name = here.part_names.get(part, part)
        yield Place(f"{path}.parts.{part}", here.level, here.row, f"{name}不低于", str(points), "分")


def _change(content: dict[str, Any], place: Place, text: str, new_source: str) -> None:
    *way, key = place.path.split(".")
    row: Any = content
    for step in way:
        row = row[int(step)] if isinstance(row, list) else row[step]
    if place.kind != "mark":
        row[key] = _number(text) if place.kind == "number" else text
        return
    row[key] = text == "true"
    if row[key] and row["source"] in UNVERIFIED_SOURCES:
        row["source"] = new_source


def _local_part(part: Mapping[str, Any], path: str, level: str) -> LocalPart:
    rows = [(each["name"], str(each["max"])) for each in part["indicators"]]
    return LocalPart(path, level, part["name"], part["max"], tuple([*rows, ("", ""), ("", "")][:MOST_LOCAL]))


def _set_local(content: dict[str, Any], part: LocalPart, answers: Mapping[str, str], source: str) -> None:
    """The indicators as they are named now; untouched ones keep how they are scored."""
    wanted = [
        tuple(answers.get(f"{part.path}.{n}.{key}", "").strip() for key in ("name", "max")) for n in range(MOST_LOCAL)
    ]
    named = [row for row in wanted if row[0]]
    if f"{part.path}.0.name" not in answers or named == [row for row in part.rows if row[0]]:
        return
    _, level, _, index = part.path.split(".")
    target = content["levels"][int(level)]["parts"][int(index)]
    first = target["indicators"][0]
    origin = {"source": source or first["source"], "verified": bool(source)}
    number = first["id"].partition(".")[0]
    target["indicators"] = [
        {"id": f"{number}.{place}", "name": name, "max": _number(most), **origin, "given": key}
        for place, ((name, most), key) in enumerate(zip(named, LOCAL_KEYS, strict=False), 1)
    ]


def _number(text: str) -> int | str:
    return int(text) if WHOLE.fullmatch(text) else text
