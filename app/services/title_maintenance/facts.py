"""What the rules of 称号动态管理 may ask, read only when asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.services.cases import Case
from app.services.lazy_facts import LazyFacts
from app.services.title_maintenance import changes, late_renewals, renewals, updates
from app.services.title_maintenance.case_rows import facts_of_titles, is_rectified, proposal_of, version_of
from app.services.title_maintenance.renewal_batch import window_closes_on
from app.services.title_maintenance.rows import CASE, CHANGE, RENEWAL, UPDATE, enterprise_id_of, last_row


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    common = {
        "calendar": lambda: case.calendar,
        "today": lambda: case.today,
        "opened_on": lambda: case.today,
    }
    return LazyFacts({**common, **SOURCES[case.instance.definition_key](case)})


def _of_update(case: Case) -> dict[str, Any]:
    return {
        "year": lambda: updates.year_of(case),
        "version": lambda: updates.update_of(case).version,
        "is_returned": lambda: case.row("correction") is not None,
        "figures": lambda: updates.asked_figures(case),
        "round": lambda: len(case.rows("check")) + 1,
    }


def _of_change(case: Case) -> dict[str, Any]:
    return {
        "event_on": lambda: changes.event_on_of(case),
        "kind": lambda: changes.kind_of(case),
        "enterprise_id": lambda: enterprise_id_of(case),
        "known_codes": lambda: changes.Library(case),
        "localities": lambda: changes.localities(case),
    }


def _of_renewal(case: Case) -> dict[str, Any]:
    return {
        "valid_to": lambda: renewals.valid_to(case),
        "window_closes_on": lambda: window_closes_on(case.session, renewals.title_of(case).level),
        "figures": lambda: renewals.asked_figures(case),
        "is_live": lambda: late_renewals.is_live(case),
        "is_joined": lambda: late_renewals.is_joined(case),
        "next_look_on": lambda: late_renewals.next_look_on(case),
    }


def _of_case(case: Case) -> dict[str, Any]:
    return {
        "titles": lambda: facts_of_titles(case),
        "version": lambda: version_of(case),
        "is_rectified": lambda: is_rectified(case),
        "proposal": lambda: proposal_of(case),
        "rectify_by": lambda: date.fromisoformat(last_row(case, "decision")["rectify_by"]),
    }


SOURCES = {CASE: _of_case, UPDATE: _of_update, CHANGE: _of_change, RENEWAL: _of_renewal}
