"""What becomes of a finding: the office explains it, an auditor accepts that or gives it back. Each is an act."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from app import clock
from app.db import table_of
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted
from app.models.rule_finding import RuleFinding
from app.queries.actor import Actor
from app.services import history
from app.services.history import Happening
from app.services.house import House
from app.terms import Act, EventType, FindingStatus, Role

FINDING = table_of(RuleFinding)
SHORTEST, LONGEST = 5, 500


def explain(house: House, actor: Actor, finding_id: int, reason: str, *, key: str) -> None:
    """The office says how it came to it, and what follows."""
    if not actor.has(Role.OFFICE):
        raise NotPermitted
    words = reason.strip()
    if not SHORTEST <= len(words) <= LONGEST:
        raise InvalidForm([("reason", f"请写明情况和处理，{SHORTEST}到{LONGEST}字。")])
    said = {"reason": words, "explained_by": actor.login, "explained_at": clock.now()}
    _move(house, actor, finding_id, FindingStatus.OPEN, FindingStatus.EXPLAINED, Act.FINDING_EXPLAINED, said, key)


def settle(house: House, actor: Actor, finding_id: int, *, key: str) -> None:
    """The explanation is accepted; never by who gave it."""
    settled = {"settled_by": actor.login, "settled_at": clock.now()}
    _judge(house, actor, finding_id, FindingStatus.SETTLED, Act.FINDING_SETTLED, settled, key)


def give_back(house: House, actor: Actor, finding_id: int, *, key: str) -> None:
    """The explanation does not do; it stays readable until there is another."""
    _judge(house, actor, finding_id, FindingStatus.OPEN, Act.FINDING_RETURNED, {}, key)


def _judge(
    house: House, actor: Actor, finding_id: int, to: FindingStatus, act: Act, said: dict[str, Any], key: str
) -> None:
    if not actor.has(Role.AUDITOR):
        raise NotPermitted
    _move(house, actor, finding_id, FindingStatus.EXPLAINED, to, act, said, key)


def _move(
    house: House,
    actor: Actor,
    finding_id: int,
    of: FindingStatus,
    to: FindingStatus,
    act: Act,
    said: dict[str, Any],
    key: str,
) -> None:
    with house.database.writing() as connection:
        row = _locked(connection, finding_id)
        if row.explained_by == actor.login and act != Act.FINDING_EXPLAINED:
            raise NotPermitted("说明人不能认可或退回自己的说明。")
        if row.status != of:
            raise AlreadyDone(f"这条发现现在是“{FindingStatus(row.status).label}”，请刷新后再办。")
        connection.execute(FINDING.update().where(FINDING.c.id == finding_id).values(status=to.value, **said))
        payload = {"act": act.value, "rule": row.rule, "instance": row.instance_id, "event": row.seq}
        told = payload | ({"reason": said["reason"]} if "reason" in said else {})
        history.append_administration(
            connection, Happening(EventType.ADMINISTERED, actor.login, clock.now(), key, told)
        )


def _locked(connection: Connection, finding_id: int) -> Any:
    row = connection.execute(select(FINDING).where(FINDING.c.id == finding_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("没有这条核查发现。")
    return row
