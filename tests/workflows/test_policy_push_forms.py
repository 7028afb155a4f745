"""The forms of 政策推送 name what their rules know: every figure that may be asked, every comparison, every use."""

from __future__ import annotations

from typing import Any

from app.duties.policy_matching import OPERATORS
from app.duties.policy_package import USES
from app.duties.policy_profile import catalogue
from app.services.form_rules import read_form


def choices(form: str, table: str, column: str) -> dict[str, str]:
    field: Any = read_form(f"policy_push.{form}")["properties"][table]["items"]["properties"][column]
    return {one["const"]: one["title"] for one in field["oneOf"]}


def test_conditions_are_chosen_from_the_file_of_the_enterprise() -> None:
    asked = {one.key: f"{one.label}（{one.unit}）" if one.unit else one.label for one in catalogue({}).values()}

    assert choices("confirm_match", "conditions", "figure") == asked
    assert choices("confirm_match", "conditions", "operator") == OPERATORS


def test_what_an_enterprise_or_its_specialist_says_of_a_policy_has_a_word() -> None:
    said = choices("read_package", "policies", "use") | choices("confirm_package", "policies", "drop_reason")

    assert said == USES
