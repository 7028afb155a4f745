"""What the rules of 企业认定 may ask, read only when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.duties.duty import FieldError
from app.duties.enterprise_recognition import admission
from app.errors import RuleViolation
from app.models.enterprise import Ban, Title
from app.models.recognition import Application
from app.services.cases import Case
from app.services.enterprise_recognition.evaluating import known_years, rules_for
from app.services.enterprise_recognition.experts import silent_experts
from app.services.enterprise_recognition.listing import lines_of
from app.services.enterprise_recognition.rows import APPLICATION, application_of, batch_of
from app.services.lazy_facts import LazyFacts
from app.terms import TitleStatus

PLATFORM_SINCE = "cn-2026"  # rule sets that ask the score of the platform


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    common = {
        "calendar": lambda: case.calendar,
        "opened_on": lambda: case.today,
        "today": lambda: case.today,
        "window_to": lambda: batch_of(case).window_to,
        "expected_on": lambda: batch_of(case).expected_on,
        "upper_due_on": lambda: batch_of(case).upper_due_on,
    }
    if case.instance.definition_key == APPLICATION:
        return LazyFacts({**common, **_of_application(case)})
    return LazyFacts({**common, "silent": lambda: silent_experts(case), "rows": lambda: _list(case)})


def _of_application(case: Case) -> dict[str, Any]:
    def known() -> dict[int, Any]:
        return {year: row.figures for year, row in known_years(case, application_of(case).enterprise_id).items()}

    return {
        "round": lambda: application_of(case).round,
        "correction_on": lambda: application_of(case).correction_on,
        "level": lambda: application_of(case).batch.level,
        "known": known,
        "admission": lambda: admission_of(case.session, application_of(case), case.today),
        "needs_platform": lambda: _needs_platform(case),
    }


def admission_of(session: Any, application: Application, today: Any) -> Sequence[FieldError]:
    """What stands against it by now: a ban, a title that is still valid, one that is lacking."""
    return admission(
        application.batch.level,
        today,
        titles_held(session, application.enterprise_id),
        bans_of(session, application.enterprise_id),
        has_open=False,
    )


def titles_held(session: Any, enterprise_id: str) -> list[dict[str, Any]]:
    held = select(Title).where(Title.enterprise_id == enterprise_id, Title.status == TitleStatus.VALID.value)
    return [{"level": row.level, "until_on": row.until_on} for row in session.scalars(held)]


def bans_of(session: Any, enterprise_id: str) -> list[dict[str, Any]]:
    rows = session.scalars(select(Ban).where(Ban.enterprise_id == enterprise_id))
    return [{"until_on": row.until_on, "levels": row.levels} for row in rows]


def _needs_platform(case: Case) -> bool:
    application = application_of(case)
    try:
        rules = rules_for(case, application, application.batch.level)
    except RuleViolation:
        return False
    return rules.key.startswith(PLATFORM_SINCE) and application.batch.level != "innovative"


def _list(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "credit_code": line.application.enterprise_id,
            "is_proposed": line.proposal.is_proposed,
            "is_pending": line.is_pending,
        }
        for line in lines_of(case)
    ]
