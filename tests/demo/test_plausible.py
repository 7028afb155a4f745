"""The clerk who fills in any form: what she writes is what the form's schema accepts, files apart."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from app.demo.plausible import file_fields, fill
from app.services.form_rules import FOLDER, overlay, read_form, validate

TODAY = date(2024, 5, 6)
EVERY_FORM = sorted(file.stem for file in FOLDER.glob("*.json"))


@pytest.mark.parametrize("name", EVERY_FORM)
def test_every_form_is_filled_as_its_schema_wants_it(name: str) -> None:
    schema = read_form(name)

    answers = overlay(schema, {}, fill(schema, {}, TODAY, Random(name)))
    answers |= {field: ["a-file"] for field in file_fields(schema)}

    fixed = {name for name, field in schema["properties"].items() if field.get("x-rows") == "fixed"}
    shown = {name for name, field in schema["properties"].items() if field.get("readOnly")}
    wrong = [error for error in validate(schema, answers) if error.field.partition(".")[0] not in fixed | shown]
    assert wrong == []


def test_what_is_known_stands() -> None:
    schema = read_form("library_entry.nominate_enterprises")
    known = {"rows": [{"credit_code": "91321003MA00000012", "chain": "食品", "product": "乳制品"}]}

    (row,) = fill(schema, known, TODAY, Random(1))["rows"]

    assert (row["credit_code"], row["chain"], row["product"]) == ("91321003MA00000012", "食品", "乳制品")
