"""What a form allows: which fields a person may write, what is wrong with them, and how known rows and answers join."""

from __future__ import annotations

from typing import Any

import pytest

from app.services.form_rules import overlay, read_form, strip_read_only, validate

FORM: dict[str, Any] = {
    "x-sections": [
        {"title": "全部", "fields": ["rows", "value", "note", "day", "outcome", "opinion", "sure", "files"]}
    ],
    "type": "object",
    "additionalProperties": False,
    "required": ["value", "outcome"],
    "properties": {
        "value": {"type": "number", "title": "目标值", "minimum": 0, "maximum": 100},
        "note": {"type": "string", "title": "说明", "minLength": 3, "maxLength": 5},
        "day": {"type": "string", "title": "日期", "format": "date"},
        "outcome": {
            "type": "string",
            "title": "结果",
            "x-widget": "radio",
            "oneOf": [{"const": "yes", "title": "同意"}, {"const": "no", "title": "退回"}],
        },
        "opinion": {"type": "string", "title": "意见", "x-required-unless-agreeing": "yes"},
        "sure": {"type": "boolean", "title": "声明", "const": True},
        "files": {"type": "array", "title": "附件", "x-widget": "files", "items": {"type": "string"}, "maxItems": 1},
        "rows": {
            "type": "array",
            "title": "指标",
            "x-widget": "table",
            "x-rows": "fixed",
            "x-key": "no",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["no", "answer"],
                "properties": {
                    "no": {"type": "integer", "readOnly": True},
                    "name": {"type": "string", "readOnly": True},
                    "answer": {"type": "integer", "title": "完成值"},
                    "reason": {"type": "string", "title": "原因"},
                },
            },
        },
    },
}
FINE = {"value": 1, "outcome": "yes", "opinion": "请补附件"}


def texts(**answers: Any) -> dict[str, str]:
    return {error.field: error.text for error in validate(FORM, {**FINE, **answers})}


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("value", "十", "请填写数字，例如 12 或 3.5"),
        ("value", -1, "不能小于 0"),
        ("value", 101, "不大于 100"),
        ("note", "甲乙", "至少填写 3 字，现有 2 字"),
        ("note", "甲乙丙丁戊己", "不超过 5 字，现有 6 字"),
        ("day", "12月31日", "请填写日期，例如 2024-12-31"),
        ("outcome", "maybe", "请在所列选项中选择"),
        ("sure", False, "请勾选“声明”"),
        ("files", ["a", "b"], "最多 1 个文件，现有 2 个文件"),
        ("other", 1, "表中没有“other”这一项"),
    ],
)
def test_each_broken_rule_has_its_sentence_at_its_field(field: str, value: Any, text: str) -> None:
    assert texts(**{field: value}) == {field: text}


def test_a_missing_field_is_named_where_it_should_stand() -> None:
    errors = validate(FORM, {"rows": [{"no": 7}]})

    assert [(error.field, error.text) for error in errors] == [
        ("rows.0.answer", "请填写完成值"),
        ("value", "请填写目标值"),
        ("outcome", "请选择结果"),
    ]


def test_an_opinion_may_be_empty_only_where_one_agrees() -> None:
    assert texts(outcome="yes", opinion="") == {}
    assert texts(outcome="no", opinion="  ") == {"opinion": "请写明意见"}
    assert texts(outcome="no", opinion="请补附件") == {}


def test_whatever_is_read_only_or_locked_is_not_taken_from_the_person() -> None:
    sent = {"value": 5, "note": "改动", "rows": [{"no": 7, "name": "改名", "answer": 3, "reason": "无"}]}

    kept = strip_read_only(FORM, sent, locked={"note", "rows.0.reason"})

    assert kept == {"value": 5, "rows": [{"no": 7, "answer": 3}]}


def test_answers_are_laid_over_what_is_known_row_by_row() -> None:
    known = {
        "value": 1,
        "note": "旧的",
        "rows": [{"no": 7, "name": "甲", "answer": 1}, {"no": 8, "name": "乙", "answer": 2}],
    }
    answers = {"value": 5, "rows": [{"no": 8, "answer": 20}, {"no": 99, "answer": 0}]}

    whole = overlay(FORM, known, answers)

    assert whole["value"] == 5
    assert "note" not in whole
    assert whole["rows"] == [{"no": 7, "name": "甲", "answer": 1}, {"no": 8, "name": "乙", "answer": 20}]


def test_a_locked_field_keeps_its_known_value() -> None:
    assert overlay(FORM, {"note": "旧的"}, {"note": "新的"}, locked={"note"}) == {"note": "旧的"}


def test_a_form_is_read_by_its_name() -> None:
    assert read_form("annual_target.propose_target")["title"] == "提出年度目标"
