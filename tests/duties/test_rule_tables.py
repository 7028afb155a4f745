"""Rule tables as a form fills them: every number has one row, and whoever leaves a gap is told where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.duties.pace import PacePolicy
from app.duties.rule_table import Content, InvalidTable, differences, filled
from app.duties.rule_tables import KINDS, LIGHTS, PACE, REMINDERS
from app.queries.rule_tables import shipped


def answers_of(key: str, content: Content) -> dict[str, list[str]]:
    """As a form would send the content."""
    form, typed = KINDS[key].form, {}
    rows = [("", form.singles, content)]
    rows += [
        (f"{grid.key}.{number}.", grid.columns, row)
        for grid in form.grids
        for number, row in enumerate(content[grid.key])
    ]
    for before, columns, values in rows:
        for column in columns:
            value = values[column.key]
            if column.type == "days":
                typed[before + column.key] = ["、".join(map(str, value))]
            elif column.type == "several":
                typed[before + column.key] = list(value)
            else:
                typed[before + column.key] = ["" if value is None else str(value)]
    return typed


def problems(key: str, **changes: str | Sequence[str]) -> dict[str, str]:
    """What is wrong with the shipped table after these fields were changed; a dot is written as two underscores."""
    typed = answers_of(key, shipped(key).content)
    typed |= {
        name.replace("__", "."): [value] if isinstance(value, str) else [*value] for name, value in changes.items()
    }
    try:
        KINDS[key].table(filled(KINDS[key].form, shipped(key).content, typed), 2)
    except InvalidTable as invalid:
        return {problem.path: problem.text for problem in invalid.problems}
    return {}


@pytest.mark.parametrize("key", KINDS)
def test_what_ships_is_read_and_comes_back_from_its_form_unchanged(key: str) -> None:
    known = shipped(key)

    assert known.table
    assert filled(known.kind.form, known.content, answers_of(key, known.content)) == known.content


def test_what_ships_is_what_the_lights_take_without_a_table() -> None:
    assert shipped(PACE).table == PacePolicy()
    assert shipped(LIGHTS).table.rows == type(shipped(LIGHTS).table)().rows


@pytest.mark.parametrize(
    ("changes", "path", "word"),
    [
        ({"rows__1__from_days": "8"}, "rows.1.from_days", "空档"),
        ({"rows__1__from_days": "4"}, "rows.1.from_days", "重叠"),
        ({"rows__0__from_days": "1"}, "rows.0.from_days", "第一行之前有空档"),
        ({"rows__1__to_days": "40"}, "rows.1.to_days", "40 以上没有规定"),
        ({"rows__0__to_days": ""}, "rows.0.to_days", "重叠"),
        ({"rows__0__yellow_days": "3"}, "rows.0.yellow_days", "不应多于"),
        ({"rows__0__yellow_days": "x"}, "rows.0.yellow_days", "整数"),
        ({"fixed_yellow_days": ""}, "fixed_yellow_days", "请填写"),
    ],
)
def test_a_row_of_the_lights_that_does_not_fit_is_named(changes: dict[str, str], path: str, word: str) -> None:
    assert word in problems(LIGHTS, **changes)[path]


@pytest.mark.parametrize(
    ("changes", "path", "word"),
    [
        ({"rows__1__from_percent": "12"}, "rows.1.from_percent", "空档"),
        ({"rows__1__from_percent": "8"}, "rows.1.from_percent", "重叠"),
        ({"rows__2__light": "green"}, "rows.2.light", "落后"),
        ({"rows__2__kind": "period_end"}, "", "三行"),
        ({"rows__0__to_percent": "a"}, "rows.0.to_percent", "数"),
    ],
)
def test_a_row_of_the_pace_that_does_not_fit_is_named(changes: dict[str, str], path: str, word: str) -> None:
    assert word in problems(PACE, **changes)[path]


@pytest.mark.parametrize(
    ("changes", "path", "word"),
    [
        ({"limits__2__at_least": "3"}, "limits.0.at_least", "从 0 开始"),
        ({"limits__1__at_least": "20"}, "limits.1.at_least", "相同"),
        ({"overdue__1__after": "1"}, "overdue.1.after", "已有一行"),
        ({"limits__0__unit_head_on": "4"}, "limits.0.unit_head_on", "没有这一天"),
        ({"digest_at": "19:00"}, "digest_at", "时段内"),
        ({"quiet_until": "08:00"}, "quiet_until", "晚于"),
        ({"digest_at": "8点"}, "digest_at", "时刻"),
        ({"overdue__0__recipients": []}, "overdue.0.recipients", "请选择"),
        ({"limits__0__before": "15、七"}, "limits.0.before", "整数"),
    ],
)
def test_a_rung_that_does_not_fit_is_named(changes: dict[str, Any], path: str, word: str) -> None:
    assert word in problems(REMINDERS, **changes)[path]


def test_an_emptied_row_is_gone_and_a_new_one_is_there() -> None:
    typed = answers_of(REMINDERS, shipped(REMINDERS).content)
    typed |= {name: [""] for name in typed if name.startswith("overdue.4.")}
    typed |= {"overdue.7.after": ["15"], "overdue.7.recipients": ["leader"], "overdue.7.channels": ["message"]}
    typed |= {"overdue.7.meaning": ["告知领导小组"]}

    content = filled(KINDS[REMINDERS].form, shipped(REMINDERS).content, typed)

    assert [row["after"] for row in content["overdue"]] == [1, 2, 3, 5, 15]
    changed = differences(KINDS[REMINDERS].form, shipped(REMINDERS).content, content)
    assert ("到期后第5行 逾期第几个工作日", "10", "15") in changed
    assert KINDS[REMINDERS].table(content, 2).overdue[-1].meaning == "告知领导小组"


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=5, unique=True), st.integers(0, 60))
def test_a_table_without_gap_and_overlap_has_one_row_for_every_limit(starts: list[int], limit: int) -> None:
    begins = [0, *sorted(start + 1 for start in starts)]
    rows = [
        {"from_days": begin, "to_days": following - 1 if following else None, "yellow_days": 1}
        for begin, following in zip(begins, [*begins[1:], None], strict=True)
    ]

    policy = KINDS[LIGHTS].table({"rows": rows, "fixed_yellow_days": 5}, 2)

    assert len([row for row in policy.rows if row.covers(limit)]) == 1


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.none() | st.integers(0, 20)), min_size=1, max_size=4))
def test_a_table_is_taken_exactly_when_each_limit_has_one_row(stretches: list[tuple[int, int | None]]) -> None:
    rows = [{"from_days": low, "to_days": high, "yellow_days": 1} for low, high in stretches]
    covered = [sum(low <= limit and (high is None or limit <= high) for low, high in stretches) for limit in range(50)]
    has_sense = all(high is None or low <= high for low, high in stretches)

    try:
        KINDS[LIGHTS].table({"rows": rows, "fixed_yellow_days": 5}, 2)
        is_taken = True
    except InvalidTable:
        is_taken = False

    assert is_taken == (has_sense and set(covered) == {1})
