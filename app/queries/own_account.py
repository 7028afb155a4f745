"""What a person's own settings page shows of her account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models.person import ApiToken, Person, Substitution, UserSession


@dataclass(frozen=True)
class OwnAccount:
    """sessions that can still be used, the latest first; tokens that are not revoked; substitutions not yet over."""

    person: Person
    sessions: Sequence[UserSession]
    tokens: Sequence[ApiToken]
    substitutions: Sequence[Substitution]
    stands_in_for: Sequence[Substitution]


def own_account(session: Session, person_id: int, today: date, alive_since: datetime) -> OwnAccount:
    """alive_since: sessions seen before it have ended by themselves."""
    mine = select(UserSession).where(UserSession.person_id == person_id, UserSession.seen_at >= alive_since)
    tokens = select(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    spans = select(Substitution).where(Substitution.until_on >= today).order_by(Substitution.from_on)
    away = spans.where(Substitution.absent_id == person_id).options(joinedload(Substitution.substitute))
    others = spans.where(Substitution.substitute_id == person_id).options(joinedload(Substitution.absent))
    return OwnAccount(
        person=session.get_one(Person, person_id),
        sessions=session.scalars(mine.order_by(UserSession.seen_at.desc())).all(),
        tokens=session.scalars(tokens.order_by(ApiToken.id.desc())).all(),
        substitutions=session.scalars(away).all(),
        stands_in_for=session.scalars(others).all(),
    )
