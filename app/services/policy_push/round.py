"""The service tasks of a round: the match it asks for, the packages, and what they came to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.models.policy import PolicyRound, PolicyRoundLine
from app.queries.policies import reach_of_round
from app.services.cases import Action, Case, Data
from app.services.policy_push.match_pages import ask_for_match, is_matched
from app.services.policy_push.package_pages import ask_for_packages
from app.services.policy_push.rows import lines_of, owner_of, round_key_of, round_of
from app.services.telling import tell


def match_policies(case: Case, data: Data) -> Mapping[str, Any]:
    """Has every policy of the round held against the enterprises of its target, and names the departments to ask."""
    lines = lines_of(case)
    ask_for_match(case.connection, round_key_of(case), lines, case.at)
    case.session.flush()
    departments = sorted({owner_of(case, line.policy) for line in lines})
    return {"departments": {unit_id: {} for unit_id in departments}}


def start_packages(case: Case, data: Data) -> None:
    """Packages are made when all is matched. What no department confirmed stays out, and it is told so."""
    for line in lines_of(case):
        if not line.decision:
            _tell_of_silence(case, line)
    found = case.session.get_one(PolicyRound, round_key_of(case), with_for_update=True)
    found.is_packing = True
    case.session.flush()
    if is_matched(case.session, found.key):
        ask_for_packages(case.connection, found.key, "", case.at)
    case.put("pushed", "", {"on": case.today.isoformat()})


def _tell_of_silence(case: Case, line: PolicyRoundLine) -> None:
    title = f"《{line.policy.title}》未列入本批政策推送"
    text = f"{case.instance.title}的匹配结果未按期确认，本批不推送。下一批推送前，请先核对该政策的条件和申报时间。"
    tell(case, [f"contact:{owner_of(case, line.policy)}"], title, text, f"silent:{line.policy_id}")


def summarize_round(case: Case, data: Data) -> None:
    """What came of each policy is counted from the packages whenever it is shown; here the departments get the hint."""
    found = round_of(case)
    found.closed_on = case.today
    reached = reach_of_round(case.session, found.key)
    for line in lines_of(case):
        reach = reached.get(line.policy_id)
        if reach is None:
            continue
        words = f"推送{reach.pushed}家，阅读{reach.read}家，已申报{reach.applied}家。"
        hint = f"排除企业最多的条件：{line.hint}。" if line.hint else ""
        title = f"《{line.policy.title}》推送成效"
        tell(case, [f"contact:{owner_of(case, line.policy)}"], title, words + hint, f"reach:{line.policy_id}")


ACTIONS: Mapping[str, Action] = {
    "policy_push.match_policies": match_policies,
    "policy_push.start_packages": start_packages,
    "policy_push.summarize_round": summarize_round,
}
