"""What the rules of 属地工作方案 need to know; each is looked up only when a rule asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.case_notes import year_of
from app.services.cases import Case
from app.services.lazy_facts import LazyFacts
from app.services.locality_plan.rows import city_measures, city_plan, given_figures, plan_row


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    return LazyFacts(
        {
            "calendar": lambda: case.calendar,
            "opened_on": lambda: case.today,
            "started_on": lambda: plan_row(case).started_on,
            "is_first": lambda: plan_row(case).is_first,
            "returned_on": lambda: plan_row(case).returned_on,
            "moved_on": lambda: plan_row(case).moved_on,
            "year": lambda: year_of(case),
            "first_year": lambda: city_plan(case).first_year,
            "last_year": lambda: city_plan(case).last_year,
            "figures": lambda: [{"no": row.number, "target": value} for row, value in given_figures(case)],
            "measures": lambda: {row.number for row in city_measures(case)},
            "round": lambda: plan_row(case).round,
            "line_numbers": lambda: list(range(1, len(plan_row(case).answers.get("lines", ())) + 1)),
        }
    )
