"""The rows of signings and signers, as the commands read and write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from app.db import table_of
from app.duties import joint_signing as rules
from app.models.joint_signing import JointSigning, Signer
from app.services.cases import Case

SIGNING, SIGNER = table_of(JointSigning), table_of(Signer)
LIVE = (rules.PLANNED, rules.OPEN)

Found = Row[Any]


def signing_of(case: Case) -> Found:
    """Of the instance in which it is signed."""
    return case.connection.execute(select(SIGNING).where(SIGNING.c.key == case.instance.business_key)).one()


def by_key(connection: Connection, key: str) -> Found | None:
    return connection.execute(select(SIGNING).where(SIGNING.c.key == key)).one_or_none()


def live_signings(connection: Connection, task_id: str) -> Sequence[Found]:
    """Those of a user task that are planned or under way, at most one for each side."""
    asked = select(SIGNING).where(SIGNING.c.task_id == task_id, SIGNING.c.state.in_(LIVE))
    return connection.execute(asked.order_by(SIGNING.c.id)).all()


def signers_of(connection: Connection, signing_id: int) -> Sequence[Found]:
    return connection.execute(select(SIGNER).where(SIGNER.c.signing_id == signing_id).order_by(SIGNER.c.id)).all()


def change(connection: Connection, signing_id: int, **values: Any) -> None:
    connection.execute(SIGNING.update().where(SIGNING.c.id == signing_id).values(values))


def change_signer(connection: Connection, signing_id: int, principal: str, **values: Any) -> None:
    where = (SIGNER.c.signing_id == signing_id, SIGNER.c.principal == principal)
    connection.execute(SIGNER.update().where(*where).values(values))


def verdict_of(signing: Found, signers: Iterable[Found]) -> str:
    return rules.verdict(signing.mode, signing.share, [signer.state for signer in signers])


def close(connection: Connection, signing: Found, state: str, at: datetime) -> None:
    """Its result, and nobody needs to sign any more."""
    change(connection, signing.id, state=state, closed_at=at)
    left = (SIGNER.c.signing_id == signing.id, SIGNER.c.state == rules.WAITING)
    connection.execute(SIGNER.update().where(*left).values(state=rules.CLOSED))
