"""The forms of the policy library and of the service resources, as JSON Schema with the words of the house's forms.

What may be chosen beside closed lists, units and figures of the file, is handed to the page as `choices`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.policy_conditions import MOST_CONDITIONS, Catalogue
from app.duties.policy_matching import OPERATORS
from app.terms import PolicyKind, PolicyLevel, ResourceKind, Word

Field = dict[str, Any]
ANY_TIME = "申报时间不填写，即有效期内随时可以申报"
GROUPS = "同组条件须同时满足，满足任意一组即可。不设条件即面向全体企业"
BOUNDS = "介于写作 300~2000，多项用顿号隔开"
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def policy_form(catalogue: Catalogue) -> Mapping[str, Any]:
    return _form(
        "录入政策",
        "保存政策",
        [
            ("政策", "", ["title", "number", "issuer", "owner_id", "level", "kind"]),
            ("支持内容", "", ["benefit", "amount_wan", "link"]),
            ("期限与申报", ANY_TIME, ["valid_from", "valid_to", "windows", "how", "contact"]),
            ("适用条件", GROUPS, ["conditions", "reason"]),
        ],
        ["title", "issuer", "owner_id", "level", "kind", "benefit", "valid_from"],
        {
            "title": _text("政策名称", 120, least=4),
            "number": _text("文号", 80),
            "issuer": _text("发文机关", 80, least=2),
            "owner_id": _select("责任部门"),
            "level": _closed("级别", PolicyLevel),
            "kind": _closed("类别", PolicyKind),
            "benefit": {**_text("支持内容", 100, least=2), "x-widget": "longtext"},
            "amount_wan": {"type": "number", "title": "最高支持金额（万元）", "x-widget": "number", "minimum": 0,
                           "maximum": 10**8},
            "link": {**_text("全文链接", 300), "pattern": "^https?://"},
            "valid_from": _day("生效日期"),
            "valid_to": _day("失效日期"),
            "windows": _rows("申报时间", WINDOW, ("from_on", "to_on"), 12),
            "how": {**_text("申报方式", 300), "x-widget": "longtext"},
            "contact": _text("联系人和电话", 120),
            "conditions": _conditions(catalogue),
            "reason": {**_text("修改理由", 200), "description": "修改条件时填写"},
        },
    )  # fmt: skip


def resource_form() -> Mapping[str, Any]:
    return _form(
        "登记服务资源",
        "保存服务",
        [
            ("服务", "", ["title", "kind", "provider", "owner_id", "content"]),
            ("联系", "", ["contact", "link", "is_free"]),
        ],
        ["title", "kind", "provider", "owner_id", "contact"],
        {
            "title": _text("服务名称", 120, least=2),
            "kind": _closed("类别", ResourceKind),
            "provider": _text("提供单位", 120, least=2),
            "owner_id": _select("责任部门"),
            "content": {**_text("服务内容", 500), "x-widget": "longtext"},
            "contact": _text("联系人和电话", 120, least=2),
            "link": {**_text("网址", 300), "pattern": "^https?://"},
            "is_free": {"type": "boolean", "title": "公益性服务，不收费", "x-widget": "bool"},
        },
    )


def _conditions(catalogue: Catalogue) -> Field:
    figures = [
        {"const": one.key, "title": f"{one.label}（{one.unit}）" if one.unit else one.label}
        for one in catalogue.values()
    ]
    columns: dict[str, Field] = {
        "group": {"type": "integer", "title": "组别", "x-widget": "number", "minimum": 1, "maximum": MOST_CONDITIONS,
                  "default": 1, "x-width": "s"},
        "figure": {"type": "string", "title": "企业档案字段", "x-widget": "select", "oneOf": figures, "x-width": "l"},
        "operator": {"type": "string", "title": "比较方式", "x-widget": "select", "x-width": "s",
                     "oneOf": [{"const": key, "title": word} for key, word in OPERATORS.items()]},
        "value": {**_text("数值或内容", 200, least=1), "description": BOUNDS, "x-width": "m"},
    }  # fmt: skip
    return _rows("条件", columns, ("figure", "operator", "value"), MOST_CONDITIONS)


def _form(
    title: str,
    verb: str,
    sections: list[tuple[str, str, list[str]]],
    required: list[str],
    properties: dict[str, Field],
) -> Mapping[str, Any]:
    return {
        "$schema": DRAFT,
        "title": title,
        "x-verb": verb,
        "x-sections": [{"title": name, "hint": hint, "fields": fields} for name, hint, fields in sections],
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }


def _text(title: str, most: int, least: int = 0) -> Field:
    return {"type": "string", "title": title, "x-widget": "text", "minLength": least, "maxLength": most}


def _day(title: str) -> Field:
    return {"type": "string", "format": "date", "title": title, "x-widget": "date", "x-width": "m"}


def _select(title: str) -> Field:
    return {"type": "string", "title": title, "x-widget": "select"}


def _closed(title: str, words: type[Word]) -> Field:
    return {**_select(title), "oneOf": [{"const": word.value, "title": word.label} for word in words]}


def _rows(title: str, columns: dict[str, Field], required: tuple[str, ...], most: int) -> Field:
    row = {"type": "object", "additionalProperties": False, "required": list(required), "properties": columns}
    return {"type": "array", "title": title, "x-widget": "table", "x-rows": "free", "maxItems": most, "items": row}


WINDOW = {"from_on": _day("开始日期"), "to_on": _day("截止日期")}
