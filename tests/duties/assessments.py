"""Inputs of an assessment for tests: items as the tables would give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from app.duties.assessment import Rules, read_rules
from config import ROOT

FILE = ROOT / "rules" / "assessment" / "yz-assessment.yaml"
Item = dict[str, Any]


def shipped_content() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_bytes()))


def shipped(**weights: int) -> Rules:
    content = shipped_content()
    return read_rules({**content, "weights": {**content["weights"], **weights}})


def timed(late: int = 0, *, is_done: bool = True, after_order: bool = False) -> Item:
    return {
        "title": "年度反馈",
        "due_on": "2022-12-30",
        "done_on": "2022-12-30" if is_done else None,
        "late_days": late,
        "after_order": after_order,
    }


def figure(ratio: str, kind: str = "indicator") -> Item:
    return {"kind": kind, "title": "省级企业技术中心", "value": ratio, "target": "1"}


def stated(kind: str, state: str) -> Item:
    return {"kind": kind, "title": "任务1", "state": state}


def judged(level: str, second_returns: int = 0) -> Item:
    return {"title": "报送", "level": level, "second_returns": second_returns}


def happened(kind: str, **more: Any) -> Item:
    return {"kind": kind, "title": "督办单", **more}


def inputs(
    tasks: list[Item] | None = None,
    completions: list[Item] | None = None,
    qualities: list[Item] | None = None,
    events: list[Item] | None = None,
) -> Mapping[str, Any]:
    """Numbered as they stand."""
    number, made = 0, {}
    lists = {"tasks": tasks, "completions": completions, "qualities": qualities, "events": events}
    for name, rows in lists.items():
        made[name] = []
        for row in rows or ():
            number += 1
            made[name].append({"no": number, "key": f"{name}:{number}", **row})
    return made


TWENTY = [timed() for _ in range(18)] + [timed(2), timed(12)]
DONE = [*map(figure, ("1", "0.9", "1.17", "0.6")), stated("measure", "on_schedule"), stated("matter", "partly")]
LEVELS = [judged("excellent"), judged("good", 1), judged("good"), judged("fair"), judged("excellent")]
