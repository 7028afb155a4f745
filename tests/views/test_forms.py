"""Forms on the page: what is posted becomes typed, what is drawn says where it came from and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from werkzeug.datastructures import FileStorage, MultiDict

from app.duties.duty import FieldError
from app.services.form_rules import overlay, read_form, validate
from app.views.form_parsing import changes_rows, parse, to_day, to_number
from app.views.forms import errors_by_field, numeral, uploads
from tests.views.small_app import form_page, page

EVERY_FORM = sorted(path.stem for path in Path("workflows/forms").glob("*.json"))
PROPOSE, REVIEW = "annual_target.propose_target", "annual_target.review_package"
DRAFT, BREAKDOWN = "december_report.draft_report", "annual_target.confirm_breakdown"


def drawn(name: str, data: Mapping[str, Any], **options: Any) -> html.HtmlElement:
    return html.fromstring(form_page(name, data, **options))


def posted(document: html.HtmlElement) -> MultiDict[str, str]:
    """What a browser sends when nothing is changed on the page."""
    form = document.get_element_by_id("task")
    return MultiDict((name, value or "") for name, value in form.form_values())


def answers(name: str, **texts: str) -> dict[str, Any]:
    return parse(read_form(name), MultiDict({key.replace("__", "."): text for key, text in texts.items()}))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,200", 1200),
        ("１，２００", 1200),
        (" 3.50 ", 3.5),
        ("−2", -2),
        ("六", "六"),
        ("1,23", "1,23"),
        ("1e5", "1e5"),
        ("1" * 20, "1" * 20),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, number: int | float | str) -> None:
    assert to_number(text) == number


@pytest.mark.parametrize(
    ("text", "day"),
    [("2024年12月3日", "2024-12-03"), ("2024/2/29", "2024-02-29"), ("2023-02-29", "2023-02-29"), ("月底", "月底")],
)
def test_a_day_is_read_as_people_write_it(text: str, day: str) -> None:
    assert to_day(text) == day


def test_posted_text_becomes_typed_json_and_what_is_empty_is_left_out() -> None:
    data = answers(
        PROPOSE,
        value="１，０２７",
        reason="  ",
        quarter_plan__0__quarter="1",
        quarter_plan__0__value="六",
        approach="甲\r\n乙",
    )

    assert data == {"value": 1027, "quarter_plan": [{"quarter": 1, "value": "六"}], "approach": "甲\n乙"}


def test_read_only_fields_are_not_taken_from_the_page() -> None:
    assert answers(PROPOSE, suggested="1", value="2") == {"value": 2}


def test_free_rows_close_their_gaps_and_empty_ones_vanish() -> None:
    data = answers(DRAFT, priorities__0__title="", priorities__2__title="甲", priorities__10__title="乙")

    assert data["priorities"] == [{"title": "甲"}, {"title": "乙"}]


def test_a_matrix_is_read_with_the_columns_that_were_posted() -> None:
    data = answers(BREAKDOWN, rows__0__no="3", rows__0__cells__guangling="5", rows__0__cells__hanjiang="")

    assert data["rows"] == [{"no": 3, "cells": {"guangling": 5}}]


def test_an_unticked_box_is_no_and_an_open_choice_is_no_answer() -> None:
    assert answers(DRAFT)["statement"] is False
    assert answers(DRAFT, statement="true")["statement"] is True
    assert "has_successor" not in answers("december_report.name_successor")
    assert answers("december_report.name_successor", has_successor="false")["has_successor"] is False


def test_rows_are_added_and_removed_without_a_script() -> None:
    schema = read_form(DRAFT)
    texts = {"priorities.0.title": "甲", "priorities.1.title": "", "priorities.2.title": "乙"}

    added = MultiDict({**texts, "_row": "add:priorities"})
    removed = MultiDict({**texts, "_row": "remove:priorities.2"})

    assert changes_rows(added)
    assert parse(schema, added)["priorities"] == [{"title": "甲"}, {"title": "乙"}, {}]
    assert parse(schema, removed)["priorities"] == [{"title": "甲"}]
    assert not changes_rows(MultiDict(texts))


def test_new_files_are_found_by_the_field_they_belong_to() -> None:
    files = MultiDict(
        [("measures.0.evidence.new", FileStorage(BytesIO(b"x"), "名单.xlsx")), ("attachments.new", FileStorage())]
    )

    assert [(path, file.filename) for path, file in uploads(files)] == [("measures.0.evidence", "名单.xlsx")]


@pytest.mark.parametrize("name", EVERY_FORM)
def test_every_form_is_drawn_and_comes_back_as_it_was(name: str) -> None:
    schema, data = read_form(name), sample(read_form(name))

    document = drawn(name, data)

    answered = overlay(schema, data, parse(schema, posted(document)))
    assert answered == overlay(schema, data, data)


@pytest.mark.parametrize("name", EVERY_FORM)
def test_every_form_has_unique_ids_and_a_name_for_every_control(name: str) -> None:
    document = drawn(name, sample(read_form(name)))

    ids = document.xpath("//*[not(ancestor::template)]/@id")
    labelled = set(document.xpath("//label/@for"))
    controls = document.xpath(
        "//form[@id='task']//*[self::input or self::select or self::textarea][not(ancestor::template)]"
    )
    nameless = [
        control.get("name")
        for control in controls
        if control.get("type") != "hidden"
        and not control.get("aria-label")
        and control.get("id") not in labelled
        and not control.xpath("ancestor::label")
    ]
    assert sorted(ids) == sorted(set(ids))
    assert nameless == []


def test_no_page_holds_a_style_or_a_script_of_its_own() -> None:
    document = drawn(DRAFT, sample(read_form(DRAFT)))

    assert document.xpath("//@style | //style | //@*[starts-with(name(), 'on')]") == []
    assert [script for script in document.xpath("//script") if not script.get("src")] == []


def test_errors_stand_on_top_with_a_link_and_beside_their_field() -> None:
    data = {"quarter_plan": [{"quarter": 4, "value": "六"}]}
    errors = [*validate(read_form(PROPOSE), data), FieldError("reason", "请再核对", "warning")]

    document = drawn(PROPOSE, data, errors=errors)

    summary = document.get_element_by_id("form-errors")
    assert "有 2 处需要修改后才能提交" in summary.text_content()
    assert summary.xpath(".//a/@href") == ["#f-value", "#f-quarter_plan-0-value"]
    assert summary.xpath(".//a/text()") == ["本年目标值", "季度 4 目标值"]
    typed = document.get_element_by_id("f-quarter_plan-0-value")
    assert typed.get("value") == "六"
    assert typed.get("aria-invalid") == "true"
    assert "请填写数字" in document.get_element_by_id(typed.get("aria-describedby")).text_content()
    assert document.get_element_by_id("f-reason").get("aria-invalid") is None


def test_an_error_without_a_field_leads_nowhere_but_is_told() -> None:
    document = drawn(PROPOSE, {}, errors=[("", "该年度不在计划期内")])

    assert "该年度不在计划期内" in document.get_element_by_id("form-errors").text_content()


def test_a_prefilled_value_is_pale_blue_while_it_is_unchanged_and_names_its_source() -> None:
    data = {"figures": [{"no": 14, "name": "星级上云企业", "value": 96}, {"no": 15, "name": "标杆平台", "value": 2}]}
    source = "运行监测，11月，12月6日核实"
    marks = {"figures.0.value": {"text": source}, "figures.1.value": {"text": source, "value": 1}}

    document = drawn(DRAFT, data, marks=marks)

    unchanged, changed = (document.get_element_by_id(f"f-figures-{index}-value") for index in (0, 1))
    assert "pre" in unchanged.get("class").split()
    assert "pre" not in changed.get("class").split()
    assert changed.get("data-prefilled") == "1"
    assert source in document.get_element_by_id("f-figures-0-value-s").text_content()


def test_only_the_outcomes_that_are_offered_can_be_chosen() -> None:
    document = drawn(REVIEW, {}, offered=("submit",))

    assert document.xpath("//input[@name='outcome']/@value") == ["submit"]


def test_a_dangerous_outcome_is_marked() -> None:
    document = drawn(REVIEW, {})

    assert document.xpath("//label[@class='danger']/input/@value") == ["return_items"]


def test_locked_fields_are_shown_and_cannot_be_written() -> None:
    document = drawn(DRAFT, {"problems": "已审核的文字"}, locked={"problems", "priorities"})

    assert document.xpath("//*[@name='problems'] | //*[starts-with(@name, 'priorities')]") == []
    assert "已审核的文字" in document.text_content()
    assert document.xpath("//*[@name='statement']")


def test_columns_of_a_matrix_are_the_places_handed_in_with_their_sum() -> None:
    data = {"rows": [{"no": 3, "name": "市级专精特新", "cells": {"guangling": 5, "hanjiang": 7}}]}

    document = drawn(BREAKDOWN, data, choices={"rows.cells": [("guangling", "广陵区"), ("hanjiang", "邗江区")]})

    heads = [cell.text_content().strip() for cell in document.xpath("//table//th[@scope='col']")]
    assert heads[-3:] == ["广陵区", "邗江区", "合计"]
    assert document.xpath("//output/text()") == ["12"]


def test_history_shows_what_was_filled_in_and_what_was_empty() -> None:
    template = "{{ render_answers(schema, data) }}"

    text = html.fromstring(page(template, schema=read_form(REVIEW), data={"outcome": "submit"})).text_content()

    assert "审核结果" in text
    assert "上报" in text
    assert "（当时为空）" in text
    assert not html.fromstring(page(template, schema=read_form(REVIEW), data={})).xpath("//input")


def test_sections_without_content_are_left_out_and_the_rest_numbered_on() -> None:
    heads = [head.text_content() for head in drawn(DRAFT, {}).xpath("//section/h3")]

    assert heads[0] == "一、存在问题"


def test_errors_are_gathered_by_field_from_pairs_too() -> None:
    assert errors_by_field([("a.0.b", "甲"), FieldError("a.0.b", "乙")]) == {
        "a.0.b": [FieldError("a.0.b", "甲"), FieldError("a.0.b", "乙")]
    }


def test_sections_are_numbered_as_in_a_paper() -> None:
    assert [numeral(place) for place in (1, 10, 11, 20, 21)] == ["一", "十", "十一", "二十", "二十一"]


def sample(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A value for every field, two rows for every table."""
    return {name: _value(name, field) for name, field in schema["properties"].items()}


def _value(name: str, field: Mapping[str, Any], row: int = 0) -> Any:
    if options := field.get("oneOf"):
        return options[-1]["const"]
    if field["type"] == "array" and field["items"]["type"] == "object":
        columns = field["items"]["properties"]
        return [{column: _value(column, columns[column], row) for column in columns} for row in (1, 2)]
    values: dict[str, Any] = {
        "array": [f"{name}-file"],
        "object": {"guangling": 5, "hanjiang": 7},
        "boolean": True,
        "integer": row + 1,
        "number": 12.5,
        "string": "2024-12-31"
        if field.get("format") == "date"
        else f"{name} {row} <甲>\n乙".replace("\n", "\n" if _is_long(field) else " "),
    }
    return json.loads(json.dumps(values[field["type"]]))


def _is_long(field: Mapping[str, Any]) -> bool:
    return field.get("x-widget") == "longtext"
