"""The rules of 年度考核 as versioned data: weights, credits, grades; read strictly: a version says all it means.

A version never changes once it is there. A score keeps the id of its version and its inputs, so that a year is
reckoned again by the rules it was judged by, whatever came later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

PARTS: Mapping[str, str] = {"timeliness": "时效", "completion": "完成", "quality": "质量"}
KINDS: Mapping[str, str] = {
    "indicator": "牵头指标",
    "measure": "牵头任务",
    "matter": "牵头实事",
    "contribution": "配合任务",
    "figure": "分解目标",
    "plan_line": "方案措施",
}
STATES: Mapping[str, str] = {
    "done": "已完成",
    "on_schedule": "按序推进",
    "behind": "滞后",
    "not_started": "未启动",
    "accepted": "通过验收",
    "partly": "部分通过验收",
    "not_accepted": "未通过验收",
}
LEVELS: Mapping[str, str] = {"excellent": "优", "good": "良", "fair": "一般", "poor": "差"}
EVENTS: Mapping[str, str] = {
    "blue": "蓝色督办逾期",
    "orange": "橙色督办逾期",
    "red": "红色督办逾期",
    "absent": "无故缺席会商",
    "falsified": "数据造假",
    "city_praise": "上级表扬",
    "province_praise": "省级推广",
}
GRADES: Mapping[str, str] = {"excellent": "优秀", "good": "良好", "pass": "合格", "fail": "不合格"}
WHOLE = 100


class InvalidRules(ValueError):
    """The version cannot be used; problems: path of the place and Chinese sentence."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(f"{path} {text}" for path, text in problems))


@dataclass(frozen=True)
class Rules:
    """One version. grades: from the highest down, with the total from which each counts.

    published_on: when it was made known; later than the year's first day, the leading group must approve it.
    """

    key: str
    version: int
    name: str
    first_year: int
    published_on: date
    weights: Mapping[str, Fraction]
    late_day: Fraction
    after_order: Fraction
    completion: Mapping[str, Fraction]
    states: Mapping[str, Fraction]
    levels: Mapping[str, Fraction]
    second_return: Fraction
    events: Mapping[str, Fraction]
    most_events: Fraction
    most_manual: Fraction
    grades: tuple[tuple[str, Fraction], ...]
    excellent_share: Fraction

    @property
    def id(self) -> str:
        return f"{self.key}.{self.version}"

    def is_published_before(self, year: int) -> bool:
        return self.published_on < date(year, 1, 1)


def read_rules(content: Mapping[str, Any]) -> Rules:
    """Raises InvalidRules with all that is wrong."""
    if problems := list(_problems(content)):
        raise InvalidRules(problems)
    timeliness, completion = content["timeliness"], content["completion"]
    quality, events = content["quality"], content["events"]
    return Rules(
        key=content["key"],
        version=int(content.get("version", 1)),
        name=content["name"],
        first_year=int(content["first_year"]),
        published_on=date.fromisoformat(str(content["published_on"])),
        weights=_numbers(content["weights"]),
        late_day=Fraction(str(timeliness["late_day"])),
        after_order=Fraction(str(timeliness["after_order"])),
        completion=_numbers(completion["weights"]),
        states=_numbers(completion["states"]),
        levels=_numbers(quality["levels"]),
        second_return=Fraction(str(quality["second_return"])),
        events=_numbers(events["points"]),
        most_events=Fraction(str(events["most"])),
        most_manual=Fraction(str(events["manual_most"])),
        grades=tuple((row["grade"], Fraction(str(row["from"]))) for row in content["grades"]),
        excellent_share=Fraction(str(content["excellent_share"])),
    )


NAMED: Mapping[str, Mapping[str, str]] = {
    "weights": PARTS,
    "completion.weights": KINDS,
    "completion.states": STATES,
    "quality.levels": LEVELS,
    "events.points": EVENTS,
}
BOUNDS: Mapping[str, tuple[int, int]] = {
    "timeliness.late_day": (0, 1),
    "timeliness.after_order": (0, 1),
    "quality.second_return": (0, 20),
    "events.most": (0, 100),
    "events.manual_most": (0, 100),
    "excellent_share": (0, 1),
}
LIMITS: Mapping[str, tuple[int, int]] = {
    "weights": (0, WHOLE),
    "completion.weights": (0, 10),
    "completion.states": (0, 1),
    "quality.levels": (0, 1),
    "events.points": (-20, 20),
}


def _problems(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path in ("key", "name", "first_year", "published_on"):
        if not content.get(path):
            yield path, "没有填写"
    for path, words in NAMED.items():
        table = _at(content, path)
        if not isinstance(table, Mapping) or set(table) != set(words):
            yield path, f"应当逐项列出：{'、'.join(words.values())}"
        else:
            for name, value in table.items():
                yield from _bounded(f"{path}.{name}", value, *LIMITS[path])
    for path, bounds in BOUNDS.items():
        yield from _bounded(path, _at(content, path), *bounds)
    weights = _at(content, "weights")
    if isinstance(weights, Mapping) and sum(filter(None, map(_number, weights.values()))) != WHOLE:
        yield "weights", f"权重合计须为{WHOLE}"
    yield from _grade_problems(content.get("grades"))


def _grade_problems(rows: Any) -> Iterator[tuple[str, str]]:
    wanted = [grade for grade in GRADES if grade != "fail"]
    if not isinstance(rows, list) or [row.get("grade") for row in rows if isinstance(row, Mapping)] != wanted:
        yield "grades", "应当依次列出：优秀、良好、合格"
        return
    limits = [_number(row.get("from")) for row in rows]
    known = [limit for limit in limits if limit is not None]
    if len(known) != len(limits) or known != sorted(known, reverse=True):
        yield "grades", "起点分应当逐级降低"


def _bounded(path: str, value: Any, least: int, most: int) -> Iterator[tuple[str, str]]:
    number = _number(value)
    if number is None or not least <= number <= most:
        yield path, f"应当是{least}至{most}之间的数"


def _at(content: Mapping[str, Any], path: str) -> Any:
    found: Any = content
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _number(value: Any) -> Fraction | None:
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None


def _numbers(table: Mapping[str, Any]) -> dict[str, Fraction]:
    return {name: Fraction(str(value)) for name, value in table.items()}
