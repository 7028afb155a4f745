"""What the rules of 千企升级入库培育 need to know; each is looked up only when a rule asks for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select

from app.models.library import NominationRow
from app.models.organization import Unit
from app.services.cases import Case
from app.services.lazy_facts import LazyFacts
from app.services.library_entry.rows import (
    CHECK,
    Row,
    files_of,
    home_of,
    list_of,
    returned_opinion,
    to_review,
)


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    return LazyFacts(
        {
            "calendar": lambda: case.calendar,
            "today": lambda: case.today,
            "opened_on": lambda: case.today,
            "round_opened_on": lambda: date.fromisoformat(list_of(case)["opened_on"]),
            "is_returned": lambda: is_returned(case),
            "files_of": lambda: partial(files_of, case.session),
            "locality": lambda: home_of(case),
            "localities": lambda: localities(case),
            "chains": lambda: case.house.chains.names,
            "confirmed": lambda: confirmed(case),
            "unlocked": lambda: (case.row("correction") or {}).get("codes"),
            "submitted": lambda: (case.row("nomination") or {}).get("rows", []),
            "round": lambda: list_of(case)["round"],
            "rows": lambda: [{"no": row.position, "name": row.name} for row in to_review(case)],
        }
    )


def is_returned(case: Case) -> bool:
    """A list returned by its reviewer, or a check sent back by anybody."""
    if case.instance.definition_key == CHECK:
        return bool(returned_opinion(case, "review_check", "sign_check"))
    return case.row("correction") is not None


def localities(case: Case) -> list[Row]:
    rows = case.session.scalars(select(Unit).order_by(Unit.position))
    return [
        {"unit": row.id, "name": row.name, "short_name": row.short_name}
        for row in rows
        if row.is_locality and row.ended_on is None
    ]


def confirmed(case: Case) -> Collection[str]:
    """Enterprises of the list that have agreed on the platform."""
    wanted = (NominationRow.instance_id == case.instance.id, NominationRow.consent == "platform")
    return set(case.session.scalars(select(NominationRow.enterprise_id).where(*wanted)))
