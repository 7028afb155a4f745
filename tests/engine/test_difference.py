"""Two versions of a process: what came, what went, and what is said differently."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.difference import Change, Detail, difference

FILE = Path(__file__).parents[2] / "workflows" / "december_report_unit.bpmn"
TEXT = FILE.read_text("utf-8")
KEY = FILE.stem


def changes(before: str, after: str) -> tuple[Change, ...]:
    return difference({f"{KEY}.bpmn": before.encode()}, {f"{KEY}.bpmn": after.encode()}, KEY)


def only(after: str) -> Change:
    (change,) = changes(TEXT, after)
    return change


def test_a_version_does_not_differ_from_itself() -> None:
    assert changes(TEXT, TEXT) == ()


def test_a_moved_drawing_is_no_difference_of_the_process() -> None:
    assert changes(TEXT, TEXT.replace('<dc:Bounds x="632" y="340"', '<dc:Bounds x="640" y="340"')) == ()


@pytest.mark.parametrize(
    ("old", "new", "id_", "detail"),
    [
        ('name="审核年度反馈"', 'name="复核年度反馈"', "review_report", Detail("name", "审核年度反馈", "复核年度反馈")),
        ("round &lt;= 2", "round &lt;= 3", "is_report_accepted_returned",
         Detail("condition", 'outcome == "returned" and round <= 2', 'outcome == "returned" and round <= 3')),
        ("<bpmn:timeDate>escalate_at<", "<bpmn:timeDate>overdue_at<", "report_overdue",
         Detail("timer", "escalate_at", "overdue_at")),
        ('id="december_report_unit.set_correction"', 'id="december_report_unit.correct"', "set_correction",
         Detail("operator", "december_report_unit.set_correction", "december_report_unit.correct")),
        ('name="lane" value="承办单位联络员"/>', 'name="lane" value="牵头单位联络员"/>', "draft_report",
         Detail("lane", "承办单位联络员", "牵头单位联络员")),
        ('attachedToRef="reporting" cancelActivity="false"', 'attachedToRef="reporting" cancelActivity="true"',
         "report_overdue", Detail("interrupting", "false", "true")),
        ("只开放退回意见所列内容。", "开放全部内容。", "set_correction",
         Detail("documentation", "只开放退回意见所列内容。", "开放全部内容。")),
    ],
)  # fmt: skip
def test_what_is_said_differently_is_named(old: str, new: str, id_: str, detail: Detail) -> None:
    text = TEXT.replace(old, new)

    change = next(change for change in changes(TEXT, text) if change.id == id_)

    assert change.how == "changed"
    assert change.details == (detail,)


def test_an_element_that_came_comes_with_its_arrows() -> None:
    task = """<bpmn:userTask id="check_figures" name="核对数据"><bpmn:extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="lane" value="领导小组办公室"/></spiffworkflow:properties></bpmn:extensionElements>
      </bpmn:userTask>"""
    flow = '<bpmn:sequenceFlow id="after_check_figures" sourceRef="check_figures" targetRef="review_report"/>'
    text = TEXT.replace('<bpmn:userTask id="review_report"', task + '<bpmn:userTask id="review_report"', 1)
    text = text.replace('sourceRef="to_review_report" targetRef="review_report"/>',
                        'sourceRef="to_review_report" targetRef="check_figures"/>' + flow, 1)  # fmt: skip
    text = text.replace("<bpmn:incoming>after_to_review_report</bpmn:incoming>", "", 1)

    came = {change.id: change for change in changes(TEXT, text)}
    went = {change.id: change for change in changes(text, TEXT)}

    assert {id_: change.how for id_, change in came.items()} == {
        "check_figures": "added",
        "after_check_figures": "added",
        "after_to_review_report": "changed",
    }
    assert came["after_to_review_report"].details == (Detail("target", "审核年度反馈", "核对数据"),)
    assert came["check_figures"].name == "核对数据"
    assert went["check_figures"].how == "removed"


def test_another_name_of_an_element_changes_nothing_that_is_drawn_to_it() -> None:
    change = only(TEXT.replace('name="审核年度反馈"', 'name="复核年度反馈"'))

    assert (change.id, change.how) == ("review_report", "changed")


def test_another_name_of_the_process_is_a_change_of_the_whole() -> None:
    change = only(
        TEXT.replace('id="december_report_unit" name="单位年度反馈"', 'id="december_report_unit" name="年度反馈表"')
    )

    assert (change.id, change.type) == (KEY, "process")
    assert change.details == (Detail("name", "单位年度反馈", "年度反馈表"),)
