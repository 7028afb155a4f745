"""Every form of every duty: a valid schema whose sections show each field once, in Chinese, with known hints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.duties.registry import DUTIES

FORMS = Path(__file__).parents[2] / "workflows" / "forms"
FILES = sorted(FORMS.glob("*.json"))
TASKS = [(duty, task) for duty in DUTIES.values() for task in duty.forms]
WIDGETS = {"shown", "text", "longtext", "number", "date", "select", "radio", "bool", "files", "table", "matrix"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")

every_form = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"))


def fields_of(schema: dict[str, Any], at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of the form with its path, columns of tables included."""
    for name, field in schema["properties"].items():
        path = f"{at}{name}"
        yield path, field
        if field.get("items", {}).get("type") == "object":
            yield from fields_of(field["items"], f"{path}.")


def tables_of(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {path: field for path, field in fields_of(schema) if field.get("x-widget") == "table"}


@pytest.mark.parametrize(("duty", "task"), TASKS, ids=lambda value: getattr(value, "key", value))
def test_every_user_task_has_its_form(duty: Any, task: str) -> None:
    assert duty.forms[task] == f"{duty.key}.{task}"
    assert (FORMS / f"{duty.forms[task]}.json").is_file()


def test_no_form_is_left_over() -> None:
    assert {file.stem for file in FILES} == {form for duty in DUTIES.values() for form in duty.forms.values()}


@every_form
def test_it_is_a_valid_schema_named_by_its_file(file: Path) -> None:
    schema = read(file)

    Draft202012Validator.check_schema(schema)

    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"] == file.stem
    assert schema["additionalProperties"] is False


@every_form
def test_the_sections_show_every_field_once(file: Path) -> None:
    schema = read(file)

    shown = [name for section in schema["x-sections"] for name in section["fields"]]

    assert sorted(shown) == sorted(schema["properties"])


@every_form
def test_what_is_required_is_there_and_may_be_written(file: Path) -> None:
    schema = read(file)
    tables = tables_of(schema).values()

    for part in (schema, *(table["items"] for table in tables)):
        assert set(part.get("required", ())) <= set(part["properties"])
    assert [name for name in schema["required"] if schema["properties"][name].get("readOnly")] == []


@every_form
def test_every_word_on_the_screen_is_chinese(file: Path) -> None:
    schema = read(file)
    words = [schema["title"], schema["x-verb"]]
    for section in schema["x-sections"]:
        words += [section["title"], section.get("hint", section["title"])]
    for _path, field in fields_of(schema):
        words += [field["title"], field.get("description", field["title"])]
        words += [option["title"] for option in field.get("oneOf", ())]

    assert [word for word in words if not CHINESE.search(word)] == []


@every_form
def test_every_hint_is_one_that_the_page_knows(file: Path) -> None:
    fields = dict(fields_of(read(file)))

    assert {field["x-widget"] for field in fields.values() if "x-widget" in field} <= WIDGETS
    assert {field["x-width"] for field in fields.values() if "x-width" in field} <= {"s", "m", "l"}
    assert [path for path, field in fields.items() if "x-widget" not in field and not field.get("readOnly")] == []
    assert [
        path for path, field in fields.items() if field.get("x-widget") in ("select", "radio") and not field["oneOf"]
    ] == []


@every_form
def test_rows_are_either_given_and_known_by_a_key_or_free(file: Path) -> None:
    for path, table in tables_of(read(file)).items():
        columns, key = table["items"]["properties"], table.get("x-key")
        if table["x-rows"] == "free":
            assert key is None, path
            assert [name for name, column in columns.items() if column.get("readOnly")] == [], path
        else:
            assert table["x-rows"] == "fixed", path
            assert columns[key]["readOnly"], path
            assert key in table["items"]["required"], path


@every_form
def test_an_opinion_is_needed_unless_the_agreeing_outcome_is_chosen(file: Path) -> None:
    properties = read(file)["properties"]
    agreeing = {
        field["x-required-unless-agreeing"] for field in properties.values() if "x-required-unless-agreeing" in field
    }

    assert agreeing <= {option["const"] for option in properties.get("outcome", {}).get("oneOf", ())}
