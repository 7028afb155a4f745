"""A form that came back is mended at the very fields that were named."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from app.demo.mending import Mender

TODAY = date(2024, 5, 6)
FORM = {
    "properties": {
        "reason": {"type": "string", "maxLength": 300},
        "on_day": {"type": "string", "format": "date"},
        "outcome": {"oneOf": [{"const": "yes"}, {"const": "no", "x-danger": True}]},
        "sure": {"type": "boolean"},
        "evidence": {"type": "array", "x-widget": "files"},
        "rows": {
            "type": "array",
            "x-rows": "free",
            "items": {
                "type": "object",
                "properties": {
                    "what": {"type": "string"},
                    "proof": {"type": "array", "x-widget": "files"},
                },
            },
        },
    }
}


def mended(answers: dict[str, Any], *errors: tuple[str, str]) -> dict[str, Any]:
    mender = Mender(FORM, TODAY, Random(1), lambda field: f"file of {field}")
    return mender.mend(answers, [{"field": field, "text": text} for field, text in errors])


def test_a_text_is_written_and_what_was_not_named_stands() -> None:
    found = mended({"sure": True}, ("reason", "请写明理由"))

    assert len(found["reason"]) > 20
    assert found["sure"] is True


def test_a_day_is_the_one_that_the_refusal_names_or_a_week_later() -> None:
    assert mended({"on_day": "2024-06-30"}, ("on_day", "最多可延至2024年5月11日"))["on_day"] == "2024-05-11"
    assert mended({"on_day": "2024-05-06"}, ("on_day", "太早"))["on_day"] == "2024-05-13"
    assert mended({}, ("on_day", "请填写"))["on_day"] == "2024-05-06"


def test_choices_ticks_and_files_are_given() -> None:
    found = mended({"outcome": "yes", "sure": False}, ("outcome", ""), ("sure", ""), ("evidence", ""))

    assert found == {"outcome": "no", "sure": True, "evidence": ["file of evidence"]}


def test_a_row_is_mended_inside_and_one_is_added_where_there_is_none() -> None:
    found = mended({"rows": [{"what": "a"}]}, ("rows.0.proof", "请附佐证"))
    assert found["rows"] == [{"what": "a", "proof": ["file of proof"]}]

    assert len(mended({"rows": []}, ("rows", "至少一行"))["rows"]) == 1


def test_a_field_that_is_none_changes_nothing() -> None:
    assert mended({"reason": "好"}, ("", "不能办理"), ("rows.7.what", ""), ("gone", "")) == {"reason": "好"}
