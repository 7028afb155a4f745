"""The rules of drawing: those of the house, each on the smallest file that breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.bpmnlint import OTHER, TEXTS, lint

WORKFLOWS = sorted((Path(__file__).parents[2] / "workflows").glob("*.bpmn"))
TEXT = (Path(__file__).parents[2] / "workflows" / "annual_target_indicator.bpmn").read_text("utf-8")


def told(text: str) -> dict[str, list[str]]:
    """Rule -> elements."""
    found: dict[str, list[str]] = {}
    for remark in lint(text.encode()):
        found.setdefault(remark.reason.partition(": ")[0], []).append(remark.element_id)
    return found


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_the_houses_own_drawings_break_no_rule_that_refuses(file: Path) -> None:
    assert [remark for remark in lint(file.read_bytes()) if remark.is_error] == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('name="提出年度目标"', 'name="Propose"', "duban/chinese-names"),
        ('"propose_target"', '"ProposeTarget"', "duban/snake-case-ids"),
    ],
)
def test_a_rule_of_the_house_names_the_element(old: str, new: str, rule: str) -> None:
    text = TEXT.replace(old, new).replace(
        ">propose_target<", ">ProposeTarget<" if "Target" in new else ">propose_target<"
    )

    assert text != TEXT
    assert set(told(text)) - set(told(TEXT)) >= {rule}


def test_a_choice_without_a_name_or_a_default_is_told() -> None:
    flow = next(line for line in TEXT.splitlines() if "<bpmn:sequenceFlow" in line and " name=" in line)
    name = flow.split(' name="')[1].split('"')[0]

    assert "duban/named-choices" in told(TEXT.replace(flow, flow.replace(f' name="{name}"', "")))


def test_a_timer_that_names_no_deadline_is_told() -> None:
    text = (WORKFLOWS[0].parent / "december_report_unit.bpmn").read_text("utf-8")

    found = told(text.replace(">escalate_at<", ">PT1H<"))

    assert found["duban/deadline-timers"] == ["report_overdue"]


def test_every_rule_has_its_chinese_sentence() -> None:
    assert all(text.endswith("。") for text in (*TEXTS.values(), OTHER))
