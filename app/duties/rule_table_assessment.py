"""年度考核计分 as a rule table: weights, credits and points, edited in versions like the rules of the lights.

A table is flat (`completion.weights.indicator`), the rules of the assessment are nested; the numbers are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.duties.assessment_rules import EVENTS, GRADES, KINDS, LEVELS, PARTS, STATES, InvalidRules, Rules, read_rules
from app.duties.rule_table import Column, Content, Form, Problem

NAME = "年度考核计分"
META = ("key", "name", "first_year", "published_on", "source")
SCORED = [grade for grade in GRADES if grade != "fail"]


def _columns(path: str, words: Mapping[str, str], what: str, least: int, most: int) -> Iterator[Column]:
    for name, word in words.items():
        yield Column(f"{path}.{name}", f"{what}：{word}", "decimal", least=least, most=most)


FORM = Form(
    singles=(
        *_columns("weights", PARTS, "权重", 0, 100),
        Column("timeliness.late_day", "每逾期一个工作日扣去的比例", "decimal", hint="0 至 1，扣完为止", most=1),
        Column("timeliness.after_order", "督办后办结的，至多计入的比例", "decimal", hint="0 至 1", most=1),
        *_columns("completion.weights", KINDS, "完成部分的权数", 0, 10),
        *_columns("completion.states", STATES, "完成比例", 0, 1),
        *_columns("quality.levels", LEVELS, "质量等次折算", 0, 1),
        Column("quality.second_return", "每次二次退回扣分", "decimal", "分", most=20),
        *_columns("events.points", EVENTS, "加减分", -20, 20),
        Column("events.most", "加减分合计不超过正负", "decimal", "分", most=100),
        Column("events.manual_most", "单项人工加减分不超过正负", "decimal", "分", most=100),
        *_columns("grades", {grade: GRADES[grade] for grade in SCORED}, "等次起点分", 0, 100),
        Column("excellent_share", "一个排名中优秀的比例", "decimal", hint="0 至 1，向下取整，至少一个", most=1),
    ),
    grids=(),
)


def check(content: Content) -> Iterator[Problem]:
    try:
        read_rules(nested(content))
    except InvalidRules as invalid:
        for path, text in invalid.problems:
            at = {"weights": "weights.quality", "grades": "grades.pass"}.get(path, path)
            yield Problem(at, f"{text}。")


def read(content: Content, version: str) -> Rules:
    """version: 第2版."""
    return read_rules({**nested(content), "version": int(version.strip("第版"))})


def nested(content: Content) -> dict[str, Any]:
    """As duties/assessment_rules reads it."""
    made: dict[str, Any] = {name: content[name] for name in META if name in content}
    for column in FORM.singles:
        *above, last = column.key.split(".")
        place = made
        for step in above:
            place = place.setdefault(step, {})
        place[last] = content.get(column.key)
    made["grades"] = [{"grade": grade, "from": made["grades"][grade]} for grade in SCORED]
    return made


def content_of(rules: Mapping[str, Any]) -> dict[str, Any]:
    """The table of a file as duties/assessment_rules reads it; whole numbers as numbers, others as text."""
    grades = {row["grade"]: row["from"] for row in rules["grades"]}
    made = {name: str(rules[name]) if name == "published_on" else rules[name] for name in META if name in rules}
    for column in FORM.singles:
        value: Any = {**rules, "grades": grades}
        for step in column.key.split("."):
            value = value[step]
        made[column.key] = int(value) if str(value).lstrip("-").isdigit() else str(value)
    return made
