"""Which version of the rules an application is held against: the one in force on the day it was made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.duties.recognition.vocabulary import RuleSet
from app.errors import RuleViolation

NO_VERSION = "该日期无适用的认定标准"


def rule_version(level: str, applied_on: date, rule_sets: Iterable[RuleSet]) -> RuleSet:
    """The rule set for this level on this day; of several the one that came into force last, then the latest version.

    Raises RuleViolation("applied_on") when none is in force.
    """
    in_force = [each for each in rule_sets if _covers(each, level, applied_on)]
    if not in_force:
        raise RuleViolation("applied_on", f"{NO_VERSION}，请核对申报日期，或先在“认定标准”中载入。")
    return max(in_force, key=lambda each: (each.in_force_from, each.version))


def until_of(rule_set: RuleSet, level: str) -> date | None:
    """The last day on which the rule set serves this level; None without an end."""
    asked = rule_set.level(level)
    return None if asked is not None and asked.is_open_ended else rule_set.in_force_until


def _covers(rule_set: RuleSet, level: str, day: date) -> bool:
    until = until_of(rule_set, level)
    return rule_set.level(level) is not None and rule_set.in_force_from <= day and (until is None or day <= until)
