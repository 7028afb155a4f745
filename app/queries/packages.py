"""Packages of policies: who may see one, what is in it, and how those of a round stand."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.enterprise import Enterprise
from app.models.pairing import Pairing
from app.models.policy import PackageLine, PolicyPackage, PolicyRound, ServiceResource
from app.models.process import ProcessInstance
from app.queries.actor import Actor

BEFORE_SENDING = ("prepared", "none")


def seen_package(session: Session, actor: Actor, package_id: int) -> PolicyPackage:
    """Raises NotFound, also for one that is not the actor's to see.

    An enterprise sees its own once they were sent; its specialist, its locality and whoever reads all see them always.
    """
    package = session.get(PolicyPackage, package_id)
    if package is None or not _is_visible(session, actor, package):
        raise NotFound
    return package


def _is_visible(session: Session, actor: Actor, package: PolicyPackage) -> bool:
    if actor.enterprise_id is not None:
        return actor.enterprise_id == package.enterprise_id and package.state not in BEFORE_SENDING
    if actor.reads_all or session.get_one(Enterprise, package.enterprise_id).locality_id in actor.unit_ids:
        return True
    paired = exists().where(
        Pairing.enterprise_id == package.enterprise_id,
        Pairing.person_id == actor.person_id,
        Pairing.to_on.is_(None),
    )
    return bool(session.scalar(select(paired)))


def lines_of(session: Session, package: PolicyPackage) -> Sequence[PackageLine]:
    wanted = select(PackageLine).where(PackageLine.package_id == package.id)
    return session.scalars(wanted.order_by(PackageLine.position)).all()


def tools_of(session: Session, package: PolicyPackage) -> Sequence[ServiceResource]:
    wanted = select(ServiceResource).where(ServiceResource.id.in_(package.tools), ServiceResource.ended_on.is_(None))
    return session.scalars(wanted.order_by(ServiceResource.id)).all()


def instance_of(session: Session, package: PolicyPackage) -> str | None:
    """Id of the instance that brings the package."""
    where = (ProcessInstance.definition_key == "policy_push_enterprise", ProcessInstance.business_key == package.key)
    return session.scalars(select(ProcessInstance.id).where(*where)).one_or_none()


def policy_round(session: Session, key: str) -> PolicyRound:
    """Raises NotFound."""
    found = session.get(PolicyRound, key)
    if found is None:
        raise NotFound
    return found


def rounds(session: Session) -> Sequence[PolicyRound]:
    """The newest first."""
    return session.scalars(select(PolicyRound).order_by(PolicyRound.opened_on.desc(), PolicyRound.key.desc())).all()


def states_of_round(session: Session, round_key: str) -> dict[str, int]:
    """How many packages of a round are in each state."""
    counted = select(PolicyPackage.state, func.count().label("number")).where(PolicyPackage.round_key == round_key)
    return {row.state: row.number for row in session.execute(counted.group_by(PolicyPackage.state))}
