"""What the rules of 会商 may ask, read only when asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.cases import Case
from app.services.consultation.rows import meetings_of, named_units, questions_of
from app.services.lazy_facts import LazyFacts


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    return LazyFacts(
        {
            "calendar": lambda: case.calendar,
            "today": lambda: case.today,
            "opened_on": lambda: case.today,
            "questions": lambda: questions_of(case),
            "units": lambda: named_units(case.session),
            "meeting": lambda: meetings_of(case)[-1],
            "is_refused": lambda: (case.row("way") or {}).get("outcome") == "refused",
        }
    )
