"""What the rules of 典型案例 may ask, read only when asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.typical_case import TEXTS
from app.models.enterprise import Title
from app.models.typical_case import TypicalCase
from app.services.cases import Case
from app.services.lazy_facts import LazyFacts
from app.services.typical_case.rows import case_of, firm_named, named_units
from app.terms import TitleStatus

MOST_COMPARED = 200  # the latest published cases: what a city publishes in ten years


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    session = case.session
    return LazyFacts(
        {
            "calendar": lambda: case.calendar,
            "opened_on": lambda: case.today,
            "today": lambda: case.today,
            "is_returned": lambda: case.row("returned") is not None,
            "units": lambda: named_units(session),
            "firm_named": lambda: lambda text: firm_facts(session, text),
            "published": lambda: published_texts(session),
            "round": lambda: case_of(case).round,
            "has_figures": lambda: bool(case_of(case).answers.get("figures")),
        }
    )


def firm_facts(session: Session, text: str) -> dict[str, bool] | None:
    firm = firm_named(session, text)
    if firm is None:
        return None
    statuses = set(session.scalars(select(Title.status).where(Title.enterprise_id == firm.id)))
    return {"holds_title": TitleStatus.VALID.value in statuses, "held_title": bool(statuses)}


def published_texts(session: Session) -> list[tuple[str, str]]:
    """Title and whole text of the cases that stand, the latest first."""
    wanted = select(TypicalCase).where(TypicalCase.state == "published").order_by(TypicalCase.published_on.desc())
    return [
        (f"《{row.title}》", "".join([row.title, *(str(row.told.get(part) or "") for part in TEXTS)]))
        for row in session.scalars(wanted.limit(MOST_COMPARED))
    ]
