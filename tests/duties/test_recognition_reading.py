"""Rule sets are read strictly: what is not in the vocabulary is refused with file, row and field."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from app.duties.recognition import Condition, InvalidRules, RuleSet, read_rule_set, read_yaml
from app.duties.recognition.comparison import Difference, differences
from app.duties.recognition.reading import parse_yaml
from app.duties.recognition.vocabulary import AllOf, AnyOf
from app.terms import TitleLevel
from tests.duties.recognition_cases import FOLDER, rule_set

FILES = sorted(FOLDER.glob("*.yaml"))
Change = Callable[[dict[str, Any]], Any]


def content() -> dict[str, Any]:
    return deepcopy(parse_yaml((FOLDER / "cn-2022-63.yaml").read_bytes(), "cn-2022-63.yaml"))


def specialised(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(level for level in data["levels"] if level["level"] == "specialised")
    return found


def row(data: dict[str, Any], id_: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in specialised(data)["conditions"] if each["id"] == id_)
    return found


def indicator(data: dict[str, Any], id_: str) -> dict[str, Any]:
    parts = specialised(data)["parts"]
    found: dict[str, Any] = next(each for part in parts for each in part["indicators"] if each["id"] == id_)
    return found


def refused(change: Change) -> list[tuple[str, str, str]]:
    data = content()
    change(data)
    with pytest.raises(InvalidRules) as caught:
        read_rule_set(data, "x.yaml")
    assert all(problem.file == "x.yaml" for problem in caught.value.problems)
    return [(problem.row, problem.field, problem.text) for problem in caught.value.problems]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_rule_set_is_read_and_names_its_sources(file: Any) -> None:
    found = read_yaml(file.read_bytes(), file.name)

    assert found.id == file.stem
    assert all(condition.source in found.sources for condition in conditions(found))
    assert not any(condition.verified for condition in conditions(found) if condition.source == "GK")
    assert read_rule_set(json.loads(json.dumps(parse_yaml(file.read_bytes(), file.name))), "json") == found


def test_every_level_of_the_ladder_has_rules() -> None:
    known = {level.level for file in FILES for level in rule_set(file.stem).levels}

    assert known == {level.value for level in TitleLevel}


def test_rows_on_general_knowledge_stay_unverified() -> None:
    city = rule_set("yz-city")
    giant = rule_set("cn-2022-63").level("little_giant")
    assert giant is not None

    assert not any(condition.verified for condition in conditions(city))
    assert [each.id for each in giant.conditions if each.verified] == []
    assert [each.id for each in walk(giant.conditions) if each.verified] == [
        "专.2"
    ]  # 70 %, which the rule of 2026 names


@pytest.mark.parametrize(
    ("change", "where", "field", "text"),
    [
        (lambda data: row(data, "B1").update(at_least="2.0x"), "specialised B1", "at_least", "应为数字"),
        (lambda data: row(data, "B1").update(at_least=2.5), "specialised B1", "at_least", "小数请加引号"),
        (lambda data: row(data, "B1").update(at_least=True), "specialised B1", "at_least", "应为数字"),
        (lambda data: row(data, "B1").update(at_most=3), "specialised B1", "at_least", "只有一个"),
        (lambda data: row(data, "B1").update(unit="月"), "specialised B1", "unit", "单位是年"),
        (lambda data: row(data, "B1").update(measure="age"), "specialised B1", "measure", "没有“age”"),
        (lambda data: row(data, "B1").update(treshold=3), "specialised B1", "treshold", "没有这个字段"),
        (lambda data: row(data, "B1").update(source="S9"), "specialised B1", "source", "没有“S9”"),
        (lambda data: row(data, "B1").update(source="GK"), "specialised B1", "verified", "未经核对"),
        (lambda data: row(data, "B1").pop("verified"), "specialised B1", "verified", "缺少"),
        (lambda data: row(data, "B1").pop("name"), "specialised B1", "name", "缺少"),
        (lambda data: row(data, "B1").update(declared="own_brand"), "specialised B1", "", "有且只有"),
        (lambda data: row(data, "B1").update(over="each"), "specialised B1", "years", "over"),
        (lambda data: row(data, "B2")["all_of"].clear(), "specialised B2", "all_of", "非空列表"),
        (lambda data: row(data, "B2").update(id="B1"), "specialised", "conditions", "编号“B1”重复"),
        (lambda data: row(data, "P0").update(title=["champion"]), "specialised P0", "title", "没有“champion”"),
        (lambda data: row(data, "P0").update(only="later"), "specialised P0", "only", "不在"),
        (lambda data: indicator(data, "1")["bands"].reverse(), "specialised specialisation 1", "bands", "从高到低"),
        (lambda data: indicator(data, "1").update(max=4), "specialised specialisation 1", "bands", "不得超过满分4分"),
        (lambda data: indicator(data, "1").update(max=6), "specialised specialisation", "max", "之和"),
        (lambda data: specialised(data)["parts"].pop(), "specialised", "parts", "合计应为100分"),
        (lambda data: data.update(in_force_until="2022-05-31"), "", "in_force_until", "不得早于"),
        (lambda data: data.update(in_force_from="1 June"), "", "in_force_from", "应为加引号的日期"),
        (lambda data: data.update(version=0), "", "version", "不小于1"),
        (lambda data: data["levels"].append(data["levels"][0]), "", "levels", "重复"),
        (lambda data: specialised(data).update(level="giant"), "giant", "level", "没有“giant”"),
        (lambda data: data.update(levels="all"), "", "levels", "非空列表"),
    ],
)
def test_what_does_not_fit_is_named_by_row_and_field(change: Change, where: str, field: str, text: str) -> None:
    found = refused(change)

    assert any((row_, field_) == (where, field) and text in said for row_, field_, said in found), found


def test_all_problems_are_named_at_once_and_with_their_place() -> None:
    data = content()
    row(data, "B1")["at_least"], row(data, "B2")["name"] = "x", ""
    with pytest.raises(InvalidRules) as caught:
        read_rule_set(data, "x.yaml")

    assert [problem.path for problem in caught.value.problems] == [
        "levels.1.conditions.5.at_least",
        "levels.1.conditions.5.at_least",
        "levels.1.conditions.6.name",
    ]
    assert str(caught.value.problems[0]) == "x.yaml [specialised B1] at_least：应为数字（小数请加引号）"


@pytest.mark.parametrize("source", ["a: [", "- 1", "a: 1\na: 2", "a: &x 1\nb: *x", "a: !!python/name:os.system x", ""])
def test_what_is_no_plain_yaml_is_refused(source: str) -> None:
    with pytest.raises(InvalidRules):
        read_yaml(source, "x.yaml")


def conditions(found: RuleSet) -> list[Condition]:
    return [each for level in found.levels for each in walk(level.conditions)]


def walk(found: tuple[Condition, ...]) -> list[Condition]:
    inner = [(*(each.test.parts if isinstance(each.test, (AllOf, AnyOf)) else ()), *each.waived_if) for each in found]
    return [one for each, parts in zip(found, inner, strict=True) for one in (each, *walk(parts))]


def test_a_changed_row_is_named_with_what_it_was_and_is() -> None:
    before, after = content(), content()
    row(after, "B1")["at_least"] = 3
    indicator(after, "1")["bands"][1]["points"] = 4
    specialised(after)["parts"][2]["indicators"][0]["id"] = "9.1"

    found = differences(before, after)

    assert differences(before, before) == ()
    assert Difference("专精特新中小企业", "B1", "从事特定细分市场时间", "不低于", "2", "3") in found
    share = "上年度主营业务收入总额占营业收入总额比重"
    assert Difference("专精特新中小企业", "专业化 1", share, "第2档 得分", "3", "4") in found
    assert {(each.row, each.before is None, each.after is None) for each in found[2:]} == {
        ("特色化 9.1", True, False),
        ("特色化 9", False, True),
    }
