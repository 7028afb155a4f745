"""An enterprise's figures by year, and whether it still meets the conditions of a title it holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.recognition import Evaluation, evaluate
from app.errors import NotFound, RuleViolation
from app.models.enterprise import Enterprise, EnterpriseYear, Title
from app.queries import rule_sets
from app.services.cases import Case
from app.terms import Source, TitleStatus


def years_of(session: Session, enterprise_id: str) -> dict[int, EnterpriseYear]:
    wanted = select(EnterpriseYear).where(EnterpriseYear.enterprise_id == enterprise_id)
    return {row.year: row for row in session.scalars(wanted)}


def figures_of(session: Session, enterprise_id: str) -> dict[int, Mapping[str, Any]]:
    return {year: row.figures for year, row in years_of(session, enterprise_id).items()}


def put_figures(case: Case, year: int, figures: Mapping[str, Any], enterprise_id: str) -> None:
    """Lay figures over those that are known of the year; what the enterprise was not asked for stays."""
    row = years_of(case.session, enterprise_id).get(year)
    if row is None:
        row = EnterpriseYear(enterprise_id=enterprise_id, year=year, figures={}, as_of=date(year, 12, 31))
        case.session.add(row)
    row.figures = {**row.figures, **figures}
    row.source = Source.ENTERPRISE.value
    row.recorded_at, row.recorded_by = case.at, case.actor.login
    row.instance_id = case.instance.id
    case.session.flush()


def held_against(session: Session, title: Title, on: date) -> Evaluation | None:
    """The title's own rules asked again, growth left out; None where no rules for it are known."""
    enterprise = session.get_one(Enterprise, title.enterprise_id)
    try:
        rules = _rules_of(session, title, on)
        figures = figures_of(session, enterprise.id)
        return evaluate(rules, title.level, figures, profile_of(session, enterprise), on, is_reverification=True)
    except (NotFound, RuleViolation):
        return None


def profile_of(session: Session, enterprise: Enterprise) -> dict[str, Any]:
    """What belongs to no year, with the titles as the rules ask for them; a revoked one was never held."""
    revoked = Title.status == TitleStatus.REVOKED.value
    titles = session.scalars(select(Title).where(Title.enterprise_id == enterprise.id, ~revoked))
    held = [{"level": title.level, "from_on": title.from_on, "until_on": title.until_on} for title in titles]
    return {**enterprise.profile, "titles": held}


def _rules_of(session: Session, title: Title, on: date) -> Any:
    if title.rule_version:
        return rule_sets.by_id(session, title.rule_version)
    return rule_sets.applicable(session, title.level, on)
