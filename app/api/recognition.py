"""Recognition rules, and what they say of figures that a program sends; nothing is stored."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from app import clock
from app.api.resources import Reply, reads, resource, writes
from app.api.shapes import Body, Name, Query, Shape, listed
from app.duties.recognition import Evaluation as Found
from app.duties.recognition import RuleSet, evaluate, to_json
from app.duties.recognition.inputs import INPUTS
from app.duties.recognition.outline import IndicatorLine, condition_lines, indicator_line
from app.errors import InvalidForm, RuleViolation
from app.queries import rule_sets
from app.terms import TitleLevel
from app.views.context import current_house

bp = resource("recognition", "Recognition")

MOST_YEARS = 10
NO_LEVEL = "没有这一级别。"


class Applicable(Query):
    """level and on: only the rules for this level that are in force on that day; all that are in use without both."""

    level: Name | None = None
    on: date | None = None


class Condition(Shape):
    """depth: 0 for a condition of the level, 1 for its parts. verified: held against the rule's text."""

    id: str
    depth: int
    name: str
    text: str
    threshold: str
    source: str
    verified: bool
    only: str
    is_waiver: bool


class Band(Shape):
    text: str
    points: int | None


class ScoredIndicator(Shape):
    id: str
    part: str
    name: str
    max: int
    bands: list[Band]
    source: str
    verified: bool


class Level(Shape):
    level: str
    name: str
    conditions: list[Condition]
    indicators: list[ScoredIndicator]


class RecognitionRules(Shape):
    """id: what evaluations and titles name as rule_version. sources: id -> text."""

    id: str
    name: str
    number: str
    in_force_from: date
    in_force_until: date | None
    sources: dict[str, str]
    levels: list[Level]


class RecognitionRulesList(Shape):
    items: list[RecognitionRules]
    next_cursor: str | None


class EvaluationRequest(Body):
    """figures: closed year -> figure -> value, amounts in 万元. on: the day of the application, today without it.

    rule_version: another version than the one in force on that day.
    """

    level: Name
    on: date | None = Field(None, strict=False)
    figures: dict[str, dict[str, Any]] = Field(max_length=MOST_YEARS)
    profile: dict[str, Any] = Field(default_factory=dict)
    rule_version: Name | None = None
    is_reverification: bool = False


class RecognitionEvaluation(Shape):
    """As it is stored with an application: every condition with value, threshold, source and inputs, and the points."""

    rule_version: str
    rule_name: str
    level: str
    level_name: str
    on: date
    is_reverification: bool
    is_met: bool
    score: int | None
    findings: list[dict[str, Any]]
    parts: list[dict[str, Any]]
    missing: list[dict[str, Any]]
    to_be_judged: list[str]


@bp.get("/recognition-rules", responses=reads(RecognitionRulesList))
def list_recognition_rules(query: Applicable) -> Reply:
    """The rule sets in use, of each level every condition with threshold and source."""
    if query.level is not None:
        _check_level(query.level)
    with current_house().database.reading() as session:
        if query.level is None or query.on is None:
            found = rule_sets.in_use(session)
        else:
            found = (rule_sets.applicable(session, query.level, query.on),)
    wanted = [each for each in found if query.level is None or each.level(query.level) is not None]
    return listed([_rules(each) for each in wanted], None)


@bp.post("/recognition-evaluations", responses=writes(RecognitionEvaluation))
def evaluate_recognition(body: EvaluationRequest) -> Reply:
    """What the rules say of these figures, condition by condition. A figure that is missing is never met."""
    _check_level(body.level)
    figures = _figures(body)
    on = body.on or clock.today()
    with current_house().database.reading() as session:
        if body.rule_version is None:
            rule_set = rule_sets.applicable(session, body.level, on)
        else:
            rule_set = rule_sets.by_id(session, body.rule_version)
    found = evaluate(rule_set, body.level, figures, body.profile, on, is_reverification=body.is_reverification)
    return _evaluation(found).as_json()


def _check_level(level: str) -> None:
    if level not in {each.value for each in TitleLevel}:
        raise RuleViolation("level", NO_LEVEL)


def _figures(body: EvaluationRequest) -> dict[int, dict[str, Any]]:
    """Raises InvalidForm for a year or a key that the rules do not know."""
    errors = [(f"figures.{year}", "应为四位数的年份。") for year in body.figures if not _is_year(year)]
    errors += [
        (f"figures.{year}.{key}", "没有这一数据。")
        for year, row in body.figures.items()
        for key in row
        if key not in INPUTS or INPUTS[key].place != "year"
    ]
    errors += [(f"profile.{key}", "没有这一数据。") for key in body.profile if key not in INPUTS]
    if errors:
        raise InvalidForm(errors)
    return {int(year): row for year, row in body.figures.items()}


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdecimal()


def _rules(rule_set: RuleSet) -> RecognitionRules:
    return RecognitionRules(
        id=rule_set.id,
        name=rule_set.name,
        number=rule_set.number,
        in_force_from=rule_set.in_force_from,
        in_force_until=rule_set.in_force_until,
        sources=dict(rule_set.sources),
        levels=[
            Level(
                level=level.level,
                name=level.name,
                conditions=[Condition.model_validate(line) for line in condition_lines(level.conditions)],
                indicators=[
                    _indicator(part.id, line) for part in level.parts for line in map(indicator_line, part.indicators)
                ],
            )
            for level in rule_set.levels
        ],
    )


def _indicator(part: str, line: IndicatorLine) -> ScoredIndicator:
    bands = [Band(text=text, points=points) for text, points in line.bands]
    return ScoredIndicator(
        id=line.id,
        part=part,
        name=line.name,
        max=line.max,
        bands=bands,
        source=line.source,
        verified=line.verified,
    )


def _evaluation(found: Found) -> RecognitionEvaluation:
    return RecognitionEvaluation(**to_json(found))
