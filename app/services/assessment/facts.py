"""What the rules of 年度考核 need to know; each is looked up only when a rule asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.services.assessment.inputs import items_of
from app.services.assessment.rows import assessment_of, score_of, unit_named
from app.services.assessment.rules import in_force, weights_of
from app.services.case_notes import year_of
from app.services.cases import Case
from app.services.lazy_facts import LazyFacts


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    return LazyFacts(
        {
            "calendar": lambda: case.calendar,
            "opened_on": lambda: case.today,
            "today": lambda: case.today,
            "year": lambda: year_of(case),
            "moved_on": lambda: _moved_on(case),
            "weights": lambda: weights_of(in_force(case.session, year_of(case))),
            "numbers": lambda: set(items_of(score_of(case).inputs)),
            "timed": lambda: {row["no"] for row in score_of(case).inputs["tasks"]},
            "unit_named": lambda: lambda text: unit_named(case, text),
            "most_manual": lambda: Decimal(str(assessment_of(case).rules["events"]["manual_most"])),
        }
    )


def _moved_on(case: Case) -> date | None:
    row = case.row("moved")
    return None if row is None else date.fromisoformat(row["on"])
