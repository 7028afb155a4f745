"""One enterprise against one level of a rule set: points first, then every condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.duties.recognition.conditions import applicable, inputs_of
from app.duties.recognition.evaluation import Evaluation, Finding, Given, PartPoints
from app.duties.recognition.facts import Facts
from app.duties.recognition.scoring import points_of
from app.duties.recognition.vocabulary import RuleSet
from app.errors import RuleViolation


def evaluate(
    rule_set: RuleSet,
    level: str,
    figures_by_year: Mapping[int, Mapping[str, Any]],
    profile: Mapping[str, Any],
    on: date,
    *,
    is_reverification: bool = False,
) -> Evaluation:
    """What the rule set says on that day; "last year" is the year before it. See the package for keys and shapes.

    Raises RuleViolation("level") when the rule set does not know the level.
    """
    asked = rule_set.level(level)
    if asked is None:
        raise RuleViolation("level", f"“{rule_set.name}”没有这一级别的认定标准。")
    facts = Facts(figures_by_year, profile, on, is_reverification)
    parts = tuple(points_of(part, facts) for part in asked.parts)
    findings = applicable(asked.conditions, replace(facts, scores={part.id: part for part in parts}))
    return Evaluation(
        rule_version=rule_set.id,
        rule_name=f"{rule_set.name}（{rule_set.number}）" if rule_set.number else rule_set.name,
        level=level,
        level_name=asked.name,
        on=on,
        is_reverification=is_reverification,
        findings=findings,
        parts=parts,
        score=sum(part.points for part in parts) if parts else None,
        is_met=all(finding.met is not False for finding in findings),
        missing=_missing(findings, parts),
        to_be_judged=tuple(
            leaf.id for finding in findings if finding.met is None for leaf in finding.leaves() if leaf.met is None
        ),
    )


def _missing(findings: Sequence[Finding], parts: Sequence[PartPoints]) -> tuple[Given, ...]:
    """What is missing and may have cost a condition or points; what was not needed is left out."""
    asked = inputs_of(finding for finding in findings if finding.met is False)
    scored = [each for part in parts for each in part.indicators if each.points != each.max]
    given = (*asked, *(given for each in scored for given in each.inputs))
    return tuple(dict.fromkeys(each for each in given if each.value is None))
