"""Policies held against the enterprises of the city, as a round wants it: who meets them, how many nearly, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.duties.policy_conditions import Catalogue, in_words, why
from app.duties.policy_matching import Condition, Match, match, missed
from app.models.policy import Policy
from app.queries.policy_profiles import Profiled, policy_catalogue, profiles, rules_of

SAMPLES = 10
MARKS = {"met": "符合", "nearly": "接近", "unknown": "待补数据"}


@dataclass(frozen=True)
class Fitting:
    """An enterprise that meets a policy. why: all conditions of the group that decided, in words."""

    enterprise_id: str
    closes_on: date | None
    why: list[str]


@dataclass
class Outcome:
    """What a policy finds among the enterprises. samples: at most ten, the fitting ones first."""

    policy: Policy
    met: list[Fitting] = field(default_factory=list)
    nearly: int = 0
    unknown: int = 0
    excluded: int = 0
    shut_out: dict[Condition, int] = field(default_factory=dict)
    shown: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {verdict: [] for verdict in MARKS})

    @property
    def samples(self) -> list[dict[str, Any]]:
        return [row for verdict in MARKS for row in self.shown[verdict]][:SAMPLES]

    def hint(self, catalogue: Catalogue) -> str:
        """The condition that shuts out most, for the department that wrote it."""
        if not self.shut_out:
            return ""
        condition, count = max(self.shut_out.items(), key=lambda item: item[1])
        return f"{in_words(condition, catalogue)}：{count}家不满足"


def match_policies(
    session: Session,
    policies: Sequence[Policy],
    on: date,
    titles: Collection[str] = (),
    localities: Collection[str] = (),
    ids: Collection[str] = (),
) -> dict[int, Outcome]:
    """Each policy against each enterprise of the target, by policy."""
    known = policy_catalogue(session)
    rules = rules_of(session, policies, known)
    found = {policy.id: Outcome(policy) for policy in policies}
    for firm in profiles(session, titles, localities, ids):
        for policy_id, rule in rules.items():
            _count(found[policy_id], firm, match(rule, firm.file, on), known)
    return found


def reasons(found: Match, catalogue: Catalogue) -> list[str]:
    """The conditions of the group that decided, each with its value and date."""
    return [why(one, catalogue) for one in found.tested if one.condition.group == found.group]


def _count(outcome: Outcome, firm: Profiled, found: Match, known: Catalogue) -> None:
    if found.verdict == "met":
        told = reasons(found, known)
        outcome.met.append(Fitting(firm.enterprise.id, found.closes_on, told))
    elif found.verdict == "nearly":
        outcome.nearly += 1
    elif found.verdict == "unknown":
        outcome.unknown += 1
    else:
        outcome.excluded += 1
    for condition in missed(found):
        outcome.shut_out[condition] = outcome.shut_out.get(condition, 0) + 1
    shown = outcome.shown.get(found.verdict)
    if shown is not None and len(shown) < SAMPLES:
        row = {"enterprise": firm.enterprise.name, "verdict": MARKS[found.verdict]}
        shown.append({**row, "why": "\n".join(reasons(found, known))})
