"""What the rules of 高成长企业遴选 need to know; each is looked up only when a rule asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import select

from app.duties.growth_selection import PANEL_SIZE, band, bounds, cut
from app.models.organization import Unit
from app.services.cases import Case
from app.services.growth_selection.nominees import nominees
from app.services.growth_selection.opening import number_promised
from app.services.growth_selection.rows import Row, by_rule, ranking, selection_of, year_of
from app.services.lazy_facts import LazyFacts


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    rows = band_rows if element_id == "panel_review" else nominees
    return LazyFacts(
        {
            "calendar": lambda: case.calendar,
            "today": lambda: case.today,
            "opened_on": lambda: case.today,
            "year": lambda: year_of(case),
            "bounds": lambda: bounds(number_promised(case.session, case.house, year_of(case))),
            "panel_size": lambda: PANEL_SIZE,
            "quota": lambda: (case.row("quota") or {})["quota"],
            "rows": lambda: rows(case),
            "proposed": lambda: proposed(case),
            "unit_named": lambda: partial(unit_named, case),
        }
    )


def proposed(case: Case) -> list[str]:
    """Whom the order of points puts on the list."""
    return [place.code for place in cut(ranking(case), selection_of(case)["number"])]


def band_rows(case: Case) -> list[Row]:
    """Around the cut, as the rule's score alone has it."""
    known = case.rows("candidate")
    order = band(by_rule(case), selection_of(case)["number"])
    return [{"credit_code": place.code, **known[place.code]} for place in order]


def unit_named(case: Case, text: str) -> str | None:
    """The id of the department that a person names by its id, full name or short name."""
    wanted = text.strip()
    rows = case.session.scalars(select(Unit).where(Unit.kind != "body", Unit.ended_on.is_(None)))
    return next((row.id for row in rows if wanted in (row.id, row.name, row.short_name)), None)
