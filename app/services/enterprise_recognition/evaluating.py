"""An application held against the rules in force on the day it was made; each time a row that is never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.enterprise_recognition import figures_of, profile_of
from app.duties.recognition import Condition, Evaluation, Level, RuleSet, evaluate, from_json, to_json
from app.duties.recognition.vocabulary import AllOf, AnyOf, Judged
from app.models.enterprise import EnterpriseYear, Title
from app.models.enterprise import Evaluation as StoredEvaluation
from app.models.recognition import Application
from app.queries import rule_sets
from app.services.cases import Case
from app.terms import Source

OF_APPLICATION, OF_FILE, OF_TITLES = "本次申报", "企业档案", "称号台账"
DEPARTMENTS = "departments"
JUDGEMENTS: Mapping[str, str] = {"check": "属地判断", "departments": "部门联审"}  # working row -> whose it is
MET = {True: "满足", False: "不满足", None: "待判断"}
Row = dict[str, Any]


def rules_for(case: Case, application: Application, level: str) -> RuleSet:
    """The version in force on the day of the application, whenever the batch decides."""
    return rule_sets.applicable(case.session, level, application.applied_on or case.today)


def evaluate_application(case: Case, application: Application) -> StoredEvaluation:
    """Reckons, stores and links it. Raises RuleViolation where no rules are in force."""
    level = application.batch.level
    on = application.applied_on or case.today
    figures, sources = _figures(case, application, on)
    profile, sources["profile"] = _profile(case, application)
    rules = rules_for(case, application, level)
    found = evaluate(rules, level, figures, profile, on, is_reverification=application.is_renewal)
    row = StoredEvaluation(
        enterprise_id=application.enterprise_id,
        level=level,
        rule_version=found.rule_version,
        on=on,
        inputs={"figures": _plain(figures), "sources": sources, "profile": profile},
        result=to_json(found),
        is_met=found.is_met,
        score=found.score,
        instance_id=application.instance_id,
        at=case.at,
    )
    case.session.add(row)
    case.session.flush()
    application.evaluation_id = row.id
    case.session.flush()
    return row


def result_of(stored: StoredEvaluation) -> Evaluation:
    return from_json(stored.result)


def checklist(found: Evaluation) -> list[Row]:
    """Every condition as a line of a form: its number, what was given, what is asked, whether it is met."""
    lines = [
        {"no": part.id, "name": part.name, "value": part.value, "threshold": part.threshold, "met": MET[part.met],
         "note": part.note}
        for finding in found.findings
        for part in (finding, *(leaf for leaf in finding.leaves() if leaf is not finding))
    ]  # fmt: skip
    unique = {line["no"]: line for line in lines}
    return [{name: value for name, value in line.items() if value} for line in unique.values()]


def judgement_keys(rules: RuleSet, level: str, *, by_departments: bool = False) -> Mapping[str, tuple[Condition, str]]:
    """Conditions that people judge: id -> the condition and the key under which the rules look for the judgement.

    The locality judges all but those that the departments' checks answer.
    """
    asked = rules.level(level)
    return {
        each.id: (each, each.test.key)
        for each in _leaves(asked)
        if isinstance(each.test, Judged) and (each.test.by == DEPARTMENTS) is by_departments
    }


def _leaves(level: Level | None) -> Iterator[Condition]:
    open_ = list(level.conditions) if level else []
    while open_:
        condition = open_.pop(0)
        if isinstance(condition.test, AllOf | AnyOf):
            open_ = [*condition.test.parts, *open_]
        else:
            yield condition
        open_ = [*condition.waived_if, *open_]


def known_years(case: Case, enterprise_id: str) -> dict[int, EnterpriseYear]:
    rows = case.session.scalars(select(EnterpriseYear).where(EnterpriseYear.enterprise_id == enterprise_id))
    return {row.year: row for row in rows}


def _figures(case: Case, application: Application, on: date) -> tuple[dict[int, Row], Row]:
    """The yearly updates with the application over them, and by year and key where each value is from."""
    figures: dict[int, Row] = {}
    sources: Row = {}
    for year, row in known_years(case, application.enterprise_id).items():
        figures[year] = dict(row.figures)
        told = f"{Source(row.source).label if row.source in set(Source) else row.source}，截至{row.as_of.isoformat()}"
        sources[str(year)] = dict.fromkeys(row.figures, told)
    for year, given in figures_of(application.answers, on).items() if application.answers else ():
        figures[year] = {**figures.get(year, {}), **given}
        sources[str(year)] = {**sources.get(str(year), {}), **dict.fromkeys(given, OF_APPLICATION)}
    return figures, sources


def _profile(case: Case, application: Application) -> tuple[Row, Row]:
    """What belongs to no year, the titles held, and what people judged; and where each of it is from."""
    titles = case.session.scalars(select(Title).where(Title.enterprise_id == application.enterprise_id))
    held = [
        {"level": row.level, "from_on": row.from_on.isoformat(), "until_on": row.until_on.isoformat()}
        for row in titles
        if row.status in ("valid", "pending")
    ]
    layers: list[tuple[str, Mapping[str, Any]]] = [
        (OF_FILE, application.enterprise.profile),
        (OF_APPLICATION, profile_of(application.answers)),
        (OF_TITLES, {"titles": held}),
        *((whose, _judged(case, application, kind)) for kind, whose in JUDGEMENTS.items()),
    ]
    profile = {key: value for _, layer in layers for key, value in layer.items()}
    return profile, {key: whose for whose, layer in layers for key in layer}


def _judged(case: Case, application: Application, kind: str) -> Row:
    row = case.row(kind, instance_id=application.instance_id) or {}
    return {each["key"]: each["judged"] for each in row.get("judgements", {}).values()}


def _plain(figures: Mapping[int, Row]) -> Row:
    return {str(year): row for year, row in sorted(figures.items())}
