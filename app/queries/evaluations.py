"""One evaluation as it was stored: version, inputs with their sources, conditions, points, and what rests on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.recognition import Evaluation, Finding, from_json
from app.errors import NotFound
from app.models.enterprise import Enterprise, Title
from app.models.enterprise import Evaluation as Stored
from app.models.recognition import Application
from app.queries.actor import Actor
from app.queries.enterprise_sight import seen_enterprise
from app.queries.paging import LARGEST_INT

NOT_FOUND = "没有找到这次比对。"


@dataclass(frozen=True)
class InputLine:
    """One value as it was used. year: None for what belongs to none; source: where it is from, empty where unknown."""

    year: int | None
    label: str
    value: str
    source: str


@dataclass(frozen=True)
class ConditionLine:
    """One condition in the order of the rule set. depth: how far below its group it stands.

    is_needed: it decides; False below a group that another of its conditions has met already.
    """

    finding: Finding
    depth: int
    is_needed: bool


@dataclass(frozen=True)
class EvaluationPage:
    stored: Stored
    evaluation: Evaluation
    enterprise: Enterprise
    conditions: Sequence[ConditionLine]
    inputs: Sequence[InputLine]
    application: Application | None
    titles: Sequence[Title]

    @property
    def rule_key(self) -> str:
        return self.stored.rule_version.partition(".")[0]

    @property
    def rule_number(self) -> int:
        number = self.stored.rule_version.partition(".")[2]
        return int(number) if number.isdecimal() else 1


def evaluation_page(session: Session, actor: Actor, evaluation_id: int) -> EvaluationPage:
    """Raises NotFound, also for an enterprise whose whole file is not the actor's to see."""
    stored = session.get(Stored, min(evaluation_id, LARGEST_INT))
    if stored is None:
        raise NotFound(NOT_FOUND)
    enterprise, sight = seen_enterprise(session, actor, stored.enterprise_id)
    if not sight.is_whole:
        raise NotFound(NOT_FOUND)
    evaluation = from_json(stored.result)
    applied = select(Application).where(Application.evaluation_id == stored.id)
    titled = select(Title).where(Title.evaluation_id == stored.id).order_by(Title.id)
    return EvaluationPage(
        stored=stored,
        evaluation=evaluation,
        enterprise=enterprise,
        conditions=list(_conditions(evaluation.findings, 0)),
        inputs=_inputs(evaluation, stored.inputs.get("sources", {})),
        application=session.scalars(applied).first(),
        titles=session.scalars(titled).all(),
    )


def _conditions(findings: Sequence[Finding], depth: int, is_needed: bool = True) -> Iterator[ConditionLine]:
    for finding in findings:
        yield ConditionLine(finding, depth, is_needed)
        yield from _conditions(finding.parts, depth + 1, is_needed and finding.met is not True)


def _inputs(evaluation: Evaluation, sources: Mapping[str, Mapping[str, str]]) -> list[InputLine]:
    """Each value that a condition or an indicator asked for, once; what is missing is named."""
    given = [each for finding in evaluation.findings for leaf in finding.leaves() for each in leaf.inputs]
    given += [each for part in evaluation.parts for points in part.indicators for each in points.inputs]
    unique = {(each.year, each.key): each for each in given}
    lines = [
        InputLine(each.year, each.label, each.value or "", _source(sources, each.year, each.key))
        for each in unique.values()
    ]
    return sorted(lines, key=lambda line: (line.year is None, -(line.year or 0)))


def _source(sources: Mapping[str, Any], year: int | None, key: str) -> str:
    return str(sources.get("profile" if year is None else str(year), {}).get(key, ""))
