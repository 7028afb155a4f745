"""What the rules of 政策推送 may ask, read only when asked; the names are those of app/duties/policy_push.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.queries.policies import policies_on
from app.queries.policy_profiles import policy_catalogue
from app.services.cases import Case
from app.services.lazy_facts import LazyFacts
from app.services.policy_push.rows import lines_of


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    return LazyFacts(
        {
            "calendar": lambda: case.calendar,
            "today": lambda: case.today,
            "opened_on": lambda: case.today,
            "policies": lambda: _policies(case),
            "matches": lambda: [
                {"no": number, "is_matched": line.is_matched} for number, line in enumerate(lines_of(case, item), 1)
            ],
            "catalogue": lambda: policy_catalogue(case.session),
        }
    )


def _policies(case: Case) -> list[dict[str, Any]]:
    """Those that are valid; one that is not among them has ended."""
    return [
        {"key": str(policy.id), "is_valid": True, "checked_on": policy.checked_on}
        for policy in policies_on(case.session, case.today)
    ]
