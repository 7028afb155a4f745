"""Makers for the tests of 年度反馈: what the services know of a unit, and a report that satisfies every check."""

from datetime import date
from typing import Any

from app.duties.december_report import DUTY
from app.workdays import STATUTORY


def make_figure(**more: Any) -> dict[str, Any]:
    return {
        "no": 2,
        "name": "省级以上专精特新小巨人",
        "unit": "家",
        "kind": "newly_added",
        "comparator": "eq",
        "precision": 0,
        "target": 33,
        "prefill": 36,
        "counted": None,
        "last_accepted": 36,
        "base": None,
    } | more


def make_facts(**more: Any) -> dict[str, Any]:
    return {
        "today": date(2023, 12, 14),
        "opened_on": date(2023, 12, 1),
        "calendar": STATUTORY,
        "year": 2023,
        "report_due_on": None,
        "is_returned": False,
        "entries": 0,
        "kind": "department",
        "figures": [make_figure()],
        "shared_figures": [],
        "measures": [{"no": 2, "lead": True}],
        "priority_review": [],
        "matters": [],
        "last_texts": {},
        "plan_measures": range(1, 27),
        "plan_indicators": range(1, 29),
        "unlocked": None,
        "submitted": None,
        "unit": "gov",
        "units": [
            {"unit": "miit", "name": "扬州市工业和信息化局", "short_name": "市工信局"},
            {"unit": "gov", "name": "扬州市政务服务管理办公室", "short_name": "市政务办"},
        ],
        "round": 1,
        "objections": [],
        "actions": [],
        "items": [],
    } | more


def make_report(**more: Any) -> dict[str, Any]:
    return {
        "figures": [{"no": 2, "value": 36, "nature": "expected"}],
        "measures": [{"no": 2, "state": "on_schedule", "result": "培育" * 30}],
        "problems": "部分企业研发投入不足，服务力量仍较薄弱，政策兑现周期偏长，需要继续加强统筹和指导。",
        "priorities": [{"title": "梯队培育", "content": "继续开展入库培育" * 5, "measure_no": 2}],
        "statement": True,
    } | more


def errors_of(element_id: str, answers: dict[str, Any], facts: dict[str, Any] | None = None) -> dict[str, str]:
    return {error.field: error.text for error in DUTY.check(element_id, answers, facts or make_facts())}


def draft_errors(answers: dict[str, Any], **facts: Any) -> dict[str, str]:
    return errors_of("draft_report", answers, make_facts(**facts))
