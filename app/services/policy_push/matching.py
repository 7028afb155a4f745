"""Policies held against enterprises: which of them fit one today and why, and what a page of them adds to a round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from app.duties.policy_conditions import Catalogue, why
from app.duties.policy_matching import Condition, Match, match, missed
from app.duties.policy_matching import Policy as Rule
from app.models.policy import Policy
from app.queries.policy_profiles import Profiled, policy_catalogue, rules_of
from app.services.policy_push.packages import Offered

SAMPLES = 10
MARKS = {"met": "符合", "nearly": "接近", "unknown": "待补数据"}


@dataclass(frozen=True)
class Library:
    """Policies with the rules by which they are matched. known: what conditions may ask."""

    policies: Mapping[int, Policy]
    rules: Mapping[int, Rule]
    known: Catalogue

    def offers(self, firm: Profiled, ids: Iterable[int], on: date) -> list[Offered]:
        """Of these policies those that fit on the day, each with its reasons."""
        found = [(self.policies[id_], match(self.rules[id_], firm.file, on)) for id_ in ids]
        return [
            Offered(policy.id, policy.version, one.closes_on, policy.amount_wan, self.reasons(one))
            for policy, one in found
            if one.verdict == "met"
        ]

    def reasons(self, found: Match) -> list[str]:
        """The conditions of the group that decided, each with its value and date."""
        return [why(one, self.known) for one in found.tested if one.condition.group == found.group]


@dataclass
class Tally:
    """What one policy finds on a page. samples: verdict -> enterprise and reasons; shut_out: condition -> how many."""

    met: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    shut_out: Counter[Condition] = field(default_factory=Counter)


def library_of(session: Session, policies: Sequence[Policy]) -> Library:
    known = policy_catalogue(session)
    return Library({policy.id: policy for policy in policies}, rules_of(session, policies, known), known)


def tallies(library: Library, page: Sequence[Profiled], on: date) -> dict[int, Tally]:
    """Every policy of the library against every enterprise of the page."""
    found: dict[int, Tally] = {policy_id: Tally() for policy_id in library.rules}
    for firm in page:
        for policy_id, rule in library.rules.items():
            _count(found[policy_id], firm, match(rule, firm.file, on), library)
    return found


def _count(tally: Tally, firm: Profiled, found: Match, library: Library) -> None:
    tally.counts[found.verdict] = tally.counts.get(found.verdict, 0) + 1
    if found.verdict == "met":
        tally.met.append(firm.enterprise.id)
    tally.shut_out.update(missed(found))
    if found.verdict in MARKS:
        shown = tally.samples.setdefault(found.verdict, [])
        if len(shown) < SAMPLES:
            shown.append({"enterprise": firm.enterprise.name, "why": "\n".join(library.reasons(found))})
