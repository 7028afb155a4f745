"""The specialists as the ranking sees them for one enterprise on one day: read in a few queries, however many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.duties.specialist_pairing import Firm, Person, satisfaction
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.models.pairing import Pairing, PairingRefusal, Specialist, Visit
from app.models.person import Person as Account
from app.models.person import PersonRole
from app.terms import Role

DEFAULT_LIMIT = 5


@dataclass(frozen=True)
class _Known:
    """What the tables know of persons, by id."""

    loads: Mapping[int, int]
    last_new: Mapping[int, date]
    refused: Mapping[int, date]
    served: frozenset[int]
    scores: Mapping[int, Sequence[int]]
    firm_scores: Mapping[int, Sequence[int]]


def firm_of(session: Session, enterprise: Enterprise) -> Firm:
    return Firm(enterprise.id, _present(_units(session), enterprise.locality_id), enterprise.chain, enterprise.industry)


def persons_for(session: Session, enterprise_id: str, kind: str) -> list[Person]:
    """Everybody active with the role specialist who serves this kind, by id; one without a profile serves firms."""
    units, known = _units(session), _known(session, enterprise_id)
    rows = session.execute(
        select(Account, Specialist)
        .outerjoin(Specialist, Specialist.person_id == Account.id)
        .where(Account.is_active, Account.id.in_(_with_the_role()))
        .order_by(Account.id)
    )
    return [
        _person(account, profile, units, known)
        for account, profile in rows
        if kind in (profile.kinds if profile else ["service"])
    ]


def _with_the_role() -> Any:
    return select(PersonRole.person_id).where(PersonRole.role == Role.SPECIALIST.value)


def _person(account: Account, profile: Specialist | None, units: Mapping[str, Unit], known: _Known) -> Person:
    unit = units[_present(units, account.unit_id)]
    scores = known.firm_scores.get(account.id, ())
    of_profile: dict[str, Any] = {"limit": DEFAULT_LIMIT}
    if profile is not None:
        of_profile = {
            "post": profile.post,
            "chains": tuple(profile.chains),
            "industries": tuple(profile.industries),
            "limit": profile.load_limit,
            "conflicts": frozenset(profile.conflicts),
            "leave_from": profile.leave_from,
            "leave_until": profile.leave_until,
            "retires_on": profile.retires_on,
        }
    return Person(
        id=account.id,
        name=account.name,
        unit=unit.id,
        unit_name=unit.short_name,
        locality=unit.id if unit.is_locality else None,
        load=known.loads.get(account.id, 0),
        refused_on=known.refused.get(account.id),
        served_before=account.id in known.served,
        firm_rating=round(sum(scores) / len(scores)) if scores else None,
        satisfaction=satisfaction(known.scores.get(account.id, ())),
        last_new_on=known.last_new.get(account.id),
        **of_profile,
    )


def _known(session: Session, enterprise_id: str) -> _Known:
    of_firm = Pairing.enterprise_id == enterprise_id
    pairings = select(Pairing.person_id, func.count(), func.max(Pairing.from_on)).group_by(Pairing.person_id)
    now = session.execute(pairings.where(Pairing.to_on.is_(None))).all()
    all_ = session.execute(pairings).all()
    left = session.execute(
        select(Pairing.person_id, func.max(Pairing.to_on)).where(of_firm).group_by(Pairing.person_id)
    ).all()
    refusals = select(PairingRefusal.person_id, func.max(PairingRefusal.on)).group_by(PairingRefusal.person_id)
    refused = session.execute(refusals.where(PairingRefusal.enterprise_id == enterprise_id)).all()
    return _Known(
        loads={row[0]: row[1] for row in now},
        last_new={row[0]: row[2] for row in all_},
        refused=_latest([*left, *refused]),
        served=frozenset(row[0] for row in left),
        scores=_scores(session),
        firm_scores=_scores(session, enterprise_id),
    )


def _latest(rows: Sequence[Any]) -> dict[int, date]:
    """Person -> the last of her days, of those that have one."""
    latest: dict[int, date] = {}
    for person_id, day in rows:
        if day is not None:
            latest[person_id] = max(day, latest.get(person_id, day))
    return latest


def _scores(session: Session, enterprise_id: str | None = None) -> dict[int, list[int]]:
    query = select(Visit.person_id, Visit.score).where(Visit.score.is_not(None)).order_by(Visit.id)
    if enterprise_id is not None:
        query = query.where(Visit.enterprise_id == enterprise_id)
    found: dict[int, list[int]] = defaultdict(list)
    for person_id, score in session.execute(query):
        found[person_id].append(score or 0)
    return found


def _units(session: Session) -> dict[str, Unit]:
    return {unit.id: unit for unit in session.scalars(select(Unit))}


def _present(units: Mapping[str, Unit], unit_id: str) -> str:
    """The unit, or whoever followed it."""
    successor = units[unit_id].successor_id
    return unit_id if successor is None else _present(units, successor)
