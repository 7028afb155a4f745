"""The packages of a round, a page of enterprises at a time: what fits today is written down and brought to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.models.policy import PolicyMatch, PolicyPackage, PolicyRound, PolicyRoundLine
from app.models.process import ProcessInstance
from app.queries.policy_profiles import Profiled, profiles_of
from app.services.cases import Effect
from app.services.children import done_effect, start_page
from app.services.effects import put_effects
from app.services.house import House
from app.services.policy_push.matching import library_of
from app.services.policy_push.packages import Offer, Offered, chosen, enjoyed_by, enterprise_start, write_packages
from app.services.policy_push.pairing import specialists_of
from app.services.policy_push.rows import DONE, ENTERPRISE

MATCH = table_of(PolicyMatch)
MESSAGE = "policy_packages_wanted"
PAGE = 200
PUSHED = ("confirmed", "adjusted")


def ask_for_packages(connection: Connection, round_key: str, after: str, at: datetime) -> None:
    told = {"name": MESSAGE, "key": round_key, "after": after}
    put_effects(connection, [Effect(f"{MESSAGE}:{round_key}:{after}", "message", told)], at)


def package_page(session: Session, house: House, told: Mapping[str, Any]) -> None:
    """told: {key: round, after}. One instance an enterprise with at least one policy."""
    found = session.get(PolicyRound, str(told["key"]))
    if found is None:
        return
    fitting = _fitting(session, found.key, str(told["after"]))
    firms = {firm.enterprise.id: firm for firm in profiles_of(session, list(fitting))}
    packages = _packages(session, found, fitting, firms)
    connection, at = session.connection(), clock.now()
    write_packages(connection, packages, at)
    starts = [enterprise_start(offer, firms[offer.enterprise_id].enterprise) for offer in packages]
    if starts:
        page = start_page(f"{MESSAGE}:{found.key}:{told['after']}:start", found.instance_id, starts)
        put_effects(connection, [page], at)
    if len(fitting) == PAGE:
        ask_for_packages(connection, found.key, max(fitting), at)
    elif not session.scalar(select(func.count()).where(PolicyPackage.round_key == found.key)):
        _end_without(session, found, at)


def _fitting(session: Session, round_key: str, after: str) -> dict[str, list[int]]:
    """The next enterprises behind this code, each with the policies of the round that are pushed and fit it."""
    pushed = select(PolicyRoundLine.policy_id).where(
        PolicyRoundLine.round_key == round_key, PolicyRoundLine.decision.in_(PUSHED)
    )
    where = (MATCH.c.round_key == round_key, MATCH.c.policy_id.in_(pushed))
    behind = select(MATCH.c.enterprise_id).where(*where, MATCH.c.enterprise_id > after).distinct()
    ids = list(session.scalars(behind.order_by(MATCH.c.enterprise_id).limit(PAGE)))
    rows = select(MATCH.c.enterprise_id, MATCH.c.policy_id).where(*where, MATCH.c.enterprise_id.in_(ids))
    found: dict[str, list[int]] = defaultdict(list)
    for row in session.execute(rows.order_by(MATCH.c.enterprise_id, MATCH.c.policy_id)):
        found[row.enterprise_id].append(row.policy_id)
    return found


def _packages(
    session: Session, found: PolicyRound, fitting: Mapping[str, list[int]], firms: Mapping[str, Profiled]
) -> dict[Offer, list[Offered]]:
    """Without what the enterprise has already, and without what does not fit any more today."""
    today, year = clock.today(), found.opened_on.year
    lines = session.scalars(select(PolicyRoundLine).where(PolicyRoundLine.round_key == found.key)).all()
    library = library_of(session, [line.policy for line in lines])
    enjoyed, paired = enjoyed_by(session, list(firms), year), specialists_of(session.connection(), list(firms))
    packages = {}
    for id_, firm in firms.items():
        ids = [policy_id for policy_id in fitting[id_] if (id_, policy_id) not in enjoyed]
        offered = chosen(library.offers(firm, ids, today))
        if offered and (found.with_all or id_ in paired):
            key = f"{ENTERPRISE}:{found.key}:{id_}"
            offer = Offer(key, id_, found.key, year, id_ in paired, found.message, tuple(found.tools))
            packages[offer] = offered
    return packages


def _end_without(session: Session, found: PolicyRound, at: datetime) -> None:
    """Nobody's end would tell the round that it need not wait."""
    parent = session.get_one(ProcessInstance, found.instance_id)
    effect = done_effect(DONE, f"{found.instance_id}:none", parent.business_key, parent.id, ENTERPRISE)
    put_effects(session.connection(), [effect], at)
