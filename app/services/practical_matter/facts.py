"""What the rules of 办实事清单 need to know; each is looked up only when a rule asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from app.models.enterprise import Enterprise
from app.models.practical_matter import MatterMilestone
from app.services.cases import Case
from app.services.growth_selection.facts import unit_named
from app.services.lazy_facts import LazyFacts
from app.services.practical_matter.rows import matter_of, milestones_in, year_of


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    return LazyFacts(
        {
            "calendar": lambda: case.calendar,
            "today": lambda: case.today,
            "opened_on": lambda: case.today,
            "year": lambda: year_of(case),
            "unit_named": lambda: partial(unit_named, case),
            "is_returned": lambda: matter_of(case).round > 1,
            "planned_on": lambda: matter_of(case).by_on,
            "round": lambda: matter_of(case).round,
            "without_file": lambda: partial(_without_file, case),
            "milestones": lambda: [_fact(case, row) for row in milestones_in(case)],
        }
    )


def _without_file(case: Case, codes: Sequence[str]) -> list[str]:
    known = set(case.session.scalars(select(Enterprise.id).where(Enterprise.id.in_(codes))))
    return [code for code in codes if code not in known]


def _fact(case: Case, row: MatterMilestone) -> dict[str, Any]:
    return {
        "no": row.number,
        "goal": row.goal,
        "is_done": row.is_done,
        "value": row.value,
        "is_closed": is_closed(case, row),
    }


def is_closed(case: Case, row: MatterMilestone) -> bool:
    """After a return, what the office had no objection to stands fast."""
    return matter_of(case).round > 1 and row.verdict == "ok"
