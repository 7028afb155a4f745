"""What is expected after a step, and what lies just before it, on a drawing that goes back and into boxes."""

from __future__ import annotations

import pytest

from app.engine import Definition, load
from app.queries.steps_ahead import just_before, steps_ahead
from app.services.definitions import WORKFLOWS

DRAFT, SIGN, REVIEW = "draft_report", "sign_report", "review_report"


@pytest.fixture(scope="module")
def unit_report() -> Definition:
    file = "december_report_unit.bpmn"
    return load({file: (WORKFLOWS / file).read_bytes()}, "december_report_unit")


@pytest.mark.parametrize(
    ("here", "behind", "expected"),
    [
        (DRAFT, [], [SIGN, REVIEW]),
        (SIGN, [DRAFT], [REVIEW]),
        (REVIEW, [DRAFT, SIGN], []),
        (DRAFT, [DRAFT, SIGN, REVIEW], []),
    ],
)
def test_all_goes_well_from_here_on(unit_report: Definition, here: str, behind: list[str], expected: list[str]) -> None:
    assert [element.id for element in steps_ahead(unit_report, here, behind)] == expected


def test_what_lies_before_is_what_was_entered(unit_report: Definition) -> None:
    assert just_before(unit_report, SIGN, [DRAFT]) == DRAFT
    assert just_before(unit_report, DRAFT, ["reporting_begun"]) == "reporting_begun"
    assert just_before(unit_report, DRAFT, []) is None
