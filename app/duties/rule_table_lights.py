"""办理时限灯色 as a rule table: how long before its due day a task turns yellow, by the length of its limit."""

from __future__ import annotations

from collections.abc import Iterator

from app.duties.lights import LightPolicy, LimitRow
from app.duties.rule_table import Column, Content, Form, Grid, Problem, uncovered

NAME = "办理时限灯色"

FORM = Form(
    singles=(
        Column(
            "fixed_yellow_days",
            "规定日期的事项，到期前几个工作日起为黄灯",
            "whole",
            "个工作日",
            "由计划或文件规定了日期、没有限办天数的事项",
            most=60,
        ),
    ),
    grids=(
        Grid(
            "rows",
            "按限办天数",
            (
                Column("from_days", "限办天数从", "whole", "个工作日"),
                Column("to_days", "限办天数到", "whole", "个工作日", "最后一行不填", optional=True, empty_word="以上"),
                Column("yellow_days", "到期前几个工作日起为黄灯", "whole", "个工作日", most=60),
            ),
        ),
    ),
)


def check(content: Content) -> Iterator[Problem]:
    """Every limit has one row, and a limit is never yellow for longer than it is."""
    rows = list(enumerate(content["rows"]))
    stretches = [(f"rows.{number}", row["from_days"], row["to_days"]) for number, row in rows]
    yield from uncovered(stretches, 0, 1, names=("from_days", "to_days"))
    for number, row in rows:
        if row["yellow_days"] > max(row["from_days"], 1):
            yield Problem(f"rows.{number}.yellow_days", f"不应多于限办天数的下限 {max(row['from_days'], 1)} 个工作日。")


def read(content: Content, version: str) -> LightPolicy:
    rows = tuple(LimitRow(row["from_days"], row["to_days"], row["yellow_days"]) for row in content["rows"])
    return LightPolicy(
        rows=tuple(sorted(rows, key=lambda row: row.from_days)),
        fixed_yellow_days=content["fixed_yellow_days"],
        name=NAME,
        version=version,
    )
