"""An enterprise's file held against the rules in force today: what is met, what is missing. Nothing is kept."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from app.duties.recognition import Evaluation, evaluate
from app.errors import RuleViolation
from app.models.enterprise import Enterprise
from app.queries import rule_sets
from app.services.title_maintenance.standing import figures_of, profile_of


def self_check(session: Session, enterprise: Enterprise, level: str, today: date) -> Evaluation | None:
    """None where no rules for the level are in force."""
    try:
        rules = rule_sets.applicable(session, level, today)
    except RuleViolation:
        return None
    figures = figures_of(session, enterprise.id)
    return evaluate(rules, level, figures, profile_of(session, enterprise), today)
