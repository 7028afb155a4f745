"""A rule set read from YAML or JSON, strictly: what is not in the vocabulary is refused with file, row and field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from app.duties.recognition.reading_conditions import Inherited, read_conditions
from app.duties.recognition.reading_indicators import read_parts
from app.duties.recognition.rows import Reading, Row, RuleProblem
from app.duties.recognition.vocabulary import AllOf, AnyOf, Condition, Definition, Level, RuleSet, Scored, Term
from app.terms import TitleLevel

WHOLE = 100


class InvalidRules(ValueError):
    """The rules cannot be used; problems say where and why."""

    def __init__(self, problems: list[RuleProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where it was built: ten times as fast


class _StrictLoader(_Loader):
    """Refuses a field that is written twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [key.value for key, _ in node.value]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.YAMLError(f"第{node.start_mark.line + 1}行起：字段“{twice}”重复")
        return super().construct_mapping(node, deep)


def read_yaml(source: str | bytes, file: str) -> RuleSet:
    """Raises InvalidRules."""
    return read_rule_set(parse_yaml(source, file), file)


def parse_yaml(source: str | bytes, file: str) -> dict[str, Any]:
    """The plain data of a file, as a version in the table keeps it. Raises InvalidRules."""
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(source, Loader=_Loader)):
            raise yaml.YAMLError("不能使用引用（*）")
        data = yaml.load(source, Loader=_StrictLoader)
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidRules([RuleProblem(file, "", "", f"不是有效的 YAML：{error}")]) from error
    if not isinstance(data, dict):
        raise InvalidRules([RuleProblem(file, "", "", "应为字段和值")])
    return data


def read_rule_set(data: Mapping[str, Any], file: str) -> RuleSet:
    """file: what problems name, a file or a version. Raises InvalidRules with every problem at once."""
    reading = Reading(file)
    rule_set = _rule_set(Row(reading, data, "", ""))
    if reading.problems:
        raise InvalidRules(reading.problems)
    return rule_set


def _rule_set(row: Row) -> RuleSet:
    sources = _sources(row)
    rule_set = RuleSet(
        key=row.text("key"),
        version=row.whole("version", 1, default=1),
        name=row.text("name"),
        number=row.text("number", required=False),
        in_force_from=row.day("in_force_from") or date.max,
        in_force_until=row.day("in_force_until", required=False),
        note=row.text("note", required=False),
        sources=sources,
        levels=tuple(_level(each, sources) for each in row.rows("levels")),
        terms=tuple(_term(each, sources) for each in row.rows("terms", required=False)),
        definitions=tuple(_definition(each, sources) for each in row.rows("definitions", required=False)),
    )
    if rule_set.in_force_until is not None and rule_set.in_force_until < rule_set.in_force_from:
        row.refuse("in_force_until", "不得早于施行日期")
    _once(row, "levels", [each.level for each in rule_set.levels])
    row.close()
    return rule_set


def _sources(row: Row) -> dict[str, str]:
    sources = row.mapping("sources")
    for key, text in sources.items():
        if not isinstance(key, str) or not isinstance(text, str) or not text.strip():
            row.refuse("sources", f"来源“{key}”应为文字")
    return {str(key): str(text) for key, text in sources.items()}


def _level(row: Row, sources: Mapping[str, str]) -> Level:
    inherited = Inherited(sources, "", False)
    parts = read_parts(row, inherited)
    level = Level(
        level=row.known("level", [each.value for each in TitleLevel]),
        name=row.text("name"),
        kind=row.choice("kind", ("评价", "认定"), "认定"),
        annex=row.text("annex", required=False),
        note=row.text("note", required=False),
        is_open_ended=row.flag("is_open_ended", False),
        conditions=read_conditions(row, "conditions", inherited),
        parts=parts,
    )
    _check_scores(row, level)
    _once(row, "conditions", [each.id for condition in level.conditions for each in _walk(condition)])
    _once(row, "parts", [each for part in parts for each in (part.id, *(one.id for one in part.indicators))])
    row.close()
    return level


def _check_scores(row: Row, level: Level) -> None:
    """The parts make 100 points, and a condition on points names parts that are there."""
    if level.parts and sum(part.max for part in level.parts) != WHOLE:
        row.refuse("parts", f"各部分满分合计应为{WHOLE}分")
    most = {part.id: part.max for part in level.parts}
    for condition in (each for top in level.conditions for each in _walk(top)):
        if isinstance(condition.test, Scored):
            asked = condition.test.parts
            if not most or any(part not in most or least > most[part] for part, least in asked.items()):
                row.refuse("conditions", f"{condition.id}：评分部分不存在，或要求超过该部分满分")


def _walk(condition: Condition) -> list[Condition]:
    parts = condition.test.parts if isinstance(condition.test, (AllOf, AnyOf)) else ()
    return [condition, *(each for part in (*parts, *condition.waived_if) for each in _walk(part))]


def _once(row: Row, field: str, ids: list[str]) -> None:
    for twice in sorted({each for each in ids if each and ids.count(each) > 1}):
        row.refuse(field, f"编号“{twice}”重复")


def _term(row: Row, sources: Mapping[str, str]) -> Term:
    origin = Inherited(sources, "", False).of(row)
    term = Term(row.identity(), row.text("name"), row.text("value"), origin.source, origin.verified)
    row.close()
    return term


def _definition(row: Row, sources: Mapping[str, str]) -> Definition:
    origin = Inherited(sources, "", False).of(row)
    definition = Definition(row.text("term"), row.text("text"), origin.source, origin.verified)
    row.close()
    return definition
