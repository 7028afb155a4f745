"""Enterprises in the terms of policies, read in pages; and policies of the library in the terms of matching."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.duties.policy_conditions import Catalogue, read_conditions
from app.duties.policy_matching import Known, Window
from app.duties.policy_matching import Policy as Rule
from app.duties.policy_profile import Firm, Year, catalogue, profile
from app.models.enterprise import Enterprise, EnterpriseYear, Title
from app.models.organization import Unit
from app.models.policy import Policy, PolicyVersion
from app.terms import EnterpriseState, TitleStatus

LIVE = (EnterpriseState.ACTIVE, EnterpriseState.STOPPED)
HELD = (TitleStatus.VALID, TitleStatus.PENDING)


@dataclass(frozen=True)
class Profiled:
    enterprise: Enterprise
    file: Mapping[str, Known]


def policy_catalogue(session: Session) -> Catalogue:
    """All that a condition may ask, with the localities that there are."""
    rows = session.scalars(select(Unit).where(Unit.kind.in_(("county", "functional_zone"))).order_by(Unit.position))
    return catalogue({unit.id: unit.short_name for unit in rows})


def rules_of(session: Session, policies: Sequence[Policy], known: Catalogue) -> dict[int, Rule]:
    """Each policy with the version of its conditions that counts."""
    ids = [policy.id for policy in policies]
    versions = session.scalars(select(PolicyVersion).where(PolicyVersion.policy_id.in_(ids)))
    rows = {(version.policy_id, version.version): version.conditions for version in versions}
    return {policy.id: rule_of(policy, rows.get((policy.id, policy.version), ()), known) for policy in policies}


def rule_of(policy: Policy, conditions: Sequence[Mapping[str, object]], known: Catalogue) -> Rule:
    """The policy with these rows of conditions; a repealed one ends the day before."""
    last_on = policy.repealed_on - timedelta(days=1) if policy.repealed_on else None
    ends = [day for day in (policy.valid_to, last_on) if day]
    windows = [
        Window(date.fromisoformat(row["from_on"]), date.fromisoformat(row["to_on"])) for row in policy.windows or ()
    ]
    return Rule(
        str(policy.id), read_conditions(conditions, known), policy.valid_from, min(ends) if ends else None, windows
    )


def profile_page(
    session: Session, after: str, limit: int, titles: Collection[str] = (), localities: Collection[str] = ()
) -> list[Profiled]:
    """Enterprises at work behind this code, those with one of the titles and in one of the localities; all where none.

    A page with fewer than the limit is the last one.
    """
    where: list[ColumnElement[bool]] = [Enterprise.state.in_(LIVE), Enterprise.id > after]
    if titles:
        held = select(Title.enterprise_id).where(Title.level.in_(titles), Title.status.in_(HELD))
        where.append(Enterprise.id.in_(held))
    if localities:
        where.append(Enterprise.locality_id.in_(localities))
    page = select(Enterprise).where(*where).order_by(Enterprise.id).limit(limit)
    return list(_profiled(session, session.scalars(page).all()))


def profiles_of(session: Session, ids: Collection[str]) -> list[Profiled]:
    """These enterprises, as far as they are at work, by code."""
    wanted = select(Enterprise).where(Enterprise.id.in_(ids), Enterprise.state.in_(LIVE)).order_by(Enterprise.id)
    return list(_profiled(session, session.scalars(wanted).all()))


def _profiled(session: Session, enterprises: Sequence[Enterprise]) -> Iterator[Profiled]:
    ids = [enterprise.id for enterprise in enterprises]
    years: dict[str, list[Year]] = {}
    for row in session.scalars(select(EnterpriseYear).where(EnterpriseYear.enterprise_id.in_(ids))):
        years.setdefault(row.enterprise_id, []).append(Year(row.year, row.figures, row.as_of))
    titles: dict[str, list[str]] = {}
    held = select(Title.enterprise_id, Title.level).where(Title.enterprise_id.in_(ids), Title.status.in_(HELD))
    for enterprise_id, level in session.execute(held):
        titles.setdefault(enterprise_id, []).append(level)
    for enterprise in enterprises:
        yield Profiled(
            enterprise, profile(_firm(enterprise, titles.get(enterprise.id, ()), years.get(enterprise.id, ())))
        )


def _firm(enterprise: Enterprise, titles: Collection[str], years: Sequence[Year]) -> Firm:
    return Firm(
        titles=set(titles),
        locality=enterprise.locality_id,
        industry=enterprise.industry,
        chain=enterprise.chain,
        is_in_library=enterprise.library_since is not None,
        years=years,
    )
