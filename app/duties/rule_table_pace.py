"""指标进度灯色 as a rule table: from which lag behind its pace an indicator is 偏慢, and from which 落后."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from app.duties.pace import PacePolicy
from app.duties.rule_table import Column, Content, Form, Grid, Problem, uncovered
from app.terms import Light

NAME = "指标进度灯色"
KINDS = {"newly_added": "新增值", "period_end": "期末值"}
LIGHTS = (Light.GREEN, Light.YELLOW, Light.RED)
WORDS = {Light.GREEN.value: "正常（绿灯）", Light.YELLOW.value: "偏慢（黄灯）", Light.RED.value: "落后（红灯）"}

FORM = Form(
    singles=(
        Column("small_target", "目标不足多少算小目标", "decimal", "", "只用于新增值指标", most=1000),
        Column("spared_until", "小目标在序时进度多少以前不亮红灯", "decimal", "%", most=100),
    ),
    grids=(
        Grid(
            "rows",
            "按差距",
            (
                Column("kind", "指标类型", "choice", options=KINDS),
                Column("from_percent", "差目标值从", "decimal", "%", "第一行不填", optional=True, empty_word="以下"),
                Column("to_percent", "不到", "decimal", "%", "最后一行不填", optional=True, empty_word="以上"),
                Column("light", "灯色", "choice", options=WORDS),
            ),
        ),
    ),
)


def check(content: Content) -> Iterator[Problem]:
    """Each kind has a green, a yellow and a red row, in this order, without gap or overlap."""
    for kind, word in KINDS.items():
        rows = _rows(content, kind)
        if len(rows) != len(LIGHTS):
            yield Problem("", f"{word}应有正常、偏慢、落后三行。")
            continue
        stretches = [(path, _number(row["from_percent"]), _number(row["to_percent"])) for path, row in rows]
        yield from uncovered(stretches, None, 0, names=("from_percent", "to_percent"))
        for (path, row), light in zip(rows, LIGHTS, strict=True):
            if row["light"] != light.value:
                yield Problem(f"{path}.light", f"按差距从小到大，这一行应为{WORDS[light.value]}。")


def read(content: Content, version: str) -> PacePolicy:
    slow_points, behind_points = _lines(content, "newly_added")
    slow_percent, behind_percent = _lines(content, "period_end")
    return PacePolicy(
        slow_points=slow_points,
        behind_points=behind_points,
        slow_share=slow_percent / 100,
        behind_share=behind_percent / 100,
        small_target=Decimal(str(content["small_target"])),
        spared_until=Decimal(str(content["spared_until"])) / 100,
        name=NAME,
        version=version,
    )


def _rows(content: Content, kind: str) -> Sequence[tuple[str, Any]]:
    """With their paths, in the order of their lags."""
    own = [(f"rows.{number}", row) for number, row in enumerate(content["rows"]) if row["kind"] == kind]
    lowest = Decimal("-Infinity")
    return sorted(
        own, key=lambda row: lowest if row[1]["from_percent"] is None else Decimal(str(row[1]["from_percent"]))
    )


def _lines(content: Content, kind: str) -> tuple[Decimal, Decimal]:
    _green, (_yellow_path, yellow), (_red_path, red) = _rows(content, kind)
    return Decimal(str(yellow["from_percent"])), Decimal(str(red["from_percent"]))


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
