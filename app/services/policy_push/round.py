"""The service tasks of a round: the match, the packages it makes, and what they came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from app.db import table_of
from app.models.enterprise import Enterprise
from app.models.policy import Policy, PolicyMatch, PolicyRoundLine
from app.queries.policies import reach_of_round
from app.queries.policy_profiles import policy_catalogue
from app.services.cases import Action, Case, Data
from app.services.children import done_effect
from app.services.policy_push.matching import Outcome, match_policies
from app.services.policy_push.packages import (
    Offer,
    Offered,
    chosen,
    enjoyed_by,
    enterprise_start,
    offered_of,
    write_packages,
)
from app.services.policy_push.pairing import specialists_of
from app.services.policy_push.rows import ENTERPRISE, lines_of, owner_of, round_key_of, round_of
from app.services.telling import tell

MATCH = table_of(PolicyMatch)
DONE = "policy_packages_done"
PAGE = 1000
PUSHED = ("confirmed", "adjusted")


def match_chosen(case: Case, data: Data) -> Mapping[str, Any]:
    """Holds every policy of the round against the enterprises of its target, and names the departments to ask."""
    lines = lines_of(case)
    _match(case, lines)
    departments = sorted({owner_of(case, line.policy) for line in lines})
    return {"departments": {unit_id: {} for unit_id in departments}}


def match_line(case: Case, line: PolicyRoundLine) -> None:
    """The same for one policy, after its conditions were rewritten."""
    line.version = line.policy.version
    _match(case, [line])


def _match(case: Case, lines: Sequence[PolicyRoundLine]) -> None:
    found_round, known = round_of(case), policy_catalogue(case.session)
    policies = [line.policy for line in lines]
    found = match_policies(case.session, policies, case.today, found_round.titles, found_round.localities)
    for line in lines:
        outcome = found[line.policy_id]
        line.met, line.nearly, line.unknown = len(outcome.met), outcome.nearly, outcome.unknown
        line.excluded, line.hint, line.samples = outcome.excluded, outcome.hint(known)[:300], outcome.samples
        _store(case, line.policy_id, outcome)
    case.session.flush()


def _store(case: Case, policy_id: int, outcome: Outcome) -> None:
    key = round_key_of(case)
    case.connection.execute(delete(MATCH).where(MATCH.c.round_key == key, MATCH.c.policy_id == policy_id))
    for first in range(0, len(outcome.met), PAGE):
        rows = [
            {"round_key": key, "policy_id": policy_id, **vars(fitting)} for fitting in outcome.met[first : first + PAGE]
        ]
        case.connection.execute(MATCH.insert(), rows)


def start_packages(case: Case, data: Data) -> None:
    """One child an enterprise with at least one policy. What no department confirmed stays out, and it is told so."""
    for line in lines_of(case):
        if not line.decision:
            _tell_of_silence(case, line)
    packages = _packages(case)
    write_packages(case.connection, packages, case.at)
    case.put("pushed", "", {"packages": len(packages), "on": case.today.isoformat()})
    enterprises = {row.id: row for row in case.session.scalars(select(Enterprise).where(_of_round(case)))}
    for offer in packages:
        case.start(enterprise_start(offer, enterprises[offer.enterprise_id]))
    if not packages:  # nobody's end would tell the round that it need not wait
        told = (DONE, f"{case.instance.id}:none", case.instance.business_key, case.instance.id, ENTERPRISE)
        case.effects.append(done_effect(*told))


def _of_round(case: Case) -> Any:
    return Enterprise.id.in_(select(MATCH.c.enterprise_id).where(MATCH.c.round_key == round_key_of(case)))


def _packages(case: Case) -> dict[Offer, list[Offered]]:
    found_round, year = round_of(case), case.instance.year or case.today.year
    offers = _offers(case, enjoyed_by(case.session, (), year))
    paired = specialists_of(case.connection, list(offers))
    return {
        Offer(
            f"{ENTERPRISE}:{found_round.key}:{enterprise_id}",
            enterprise_id,
            found_round.key,
            year,
            enterprise_id in paired,
            found_round.message,
            tuple(found_round.tools),
        ): offers[enterprise_id]
        for enterprise_id in sorted(offers)
        if found_round.with_all or enterprise_id in paired
    }


def _offers(case: Case, enjoyed: set[tuple[str, int]]) -> dict[str, list[Offered]]:
    pushed: dict[int, Policy] = {line.policy_id: line.policy for line in lines_of(case) if line.decision in PUSHED}
    wanted = select(MATCH.c.enterprise_id, MATCH.c.policy_id, MATCH.c.closes_on, MATCH.c.why)
    rows = case.connection.execute(wanted.where(MATCH.c.round_key == round_key_of(case), MATCH.c.policy_id.in_(pushed)))
    fitting: dict[str, list[Offered]] = {}
    for row in rows:
        if (row.enterprise_id, row.policy_id) not in enjoyed:
            one = offered_of(pushed[row.policy_id], row.closes_on, row.why)
            fitting.setdefault(row.enterprise_id, []).append(one)
    return {enterprise_id: chosen(offered) for enterprise_id, offered in fitting.items()}


def _tell_of_silence(case: Case, line: PolicyRoundLine) -> None:
    title = f"《{line.policy.title}》未列入本批政策推送"
    text = f"{case.instance.title}的匹配结果未按期确认，本批不推送。下一批推送前，请先核对该政策的条件和申报时间。"
    tell(case, [f"contact:{owner_of(case, line.policy)}"], title, text, f"silent:{line.policy_id}")


def summarize_round(case: Case, data: Data) -> None:
    """What came of each policy is counted from the packages whenever it is shown; here the departments get the hint."""
    found_round = round_of(case)
    found_round.closed_on = case.today
    reached = reach_of_round(case.session, found_round.key)
    for line in lines_of(case):
        reach = reached.get(line.policy_id)
        if reach is None:
            continue
        words = f"推送{reach.pushed}家，阅读{reach.read}家，已申报{reach.applied}家。"
        hint = f"排除企业最多的条件：{line.hint}。" if line.hint else ""
        title = f"《{line.policy.title}》推送成效"
        tell(case, [f"contact:{owner_of(case, line.policy)}"], title, words + hint, f"reach:{line.policy_id}")


ACTIONS: Mapping[str, Action] = {
    "policy_push.match_policies": match_chosen,
    "policy_push.start_packages": start_packages,
    "policy_push.summarize_round": summarize_round,
}
