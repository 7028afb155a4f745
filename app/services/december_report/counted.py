"""Which figures of a report are counted by the libraries: they are shown with their source, confirmed, never typed."""

from __future__ import annotations

from app.services.cases import Case
from app.services.december_report.facts import UnitFacts
from app.services.library_counts import counts_of
from app.terms import Source

LOCKED = ("value", "source")


def counted_fields(case: Case) -> list[str]:
    """Dotted paths of the draft's figures whose value is the libraries' count."""
    facts = UnitFacts(case)
    counts = counts_of(case.house, facts.plan.plan.key)
    return [
        f"figures.{index}.{name}"
        for index, row in enumerate(facts.scope.led)
        if row.number in counts and _is_count(facts, row.number)
        for name in LOCKED
    ]


def _is_count(facts: UnitFacts, number: int) -> bool:
    latest = facts.known[number].latest
    return latest is not None and latest.source == Source.LEDGER.value
