"""Scores as they are stored: reckoned from inputs, sealed, followed by a revision, and reckoned again for proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.assessment import Rules, Score, Standing, rank, read_rules, score
from app.models.assessment import Assessment, AssessmentScore

Inputs = Mapping[str, Any]


def stored(
    year: int, unit_id: str, inputs: Inputs, rules: Rules, reason: str, revision: int, instance_id: str, at: datetime
) -> AssessmentScore:
    """A new row, with its seal."""
    made = score(inputs, rules)
    return AssessmentScore(
        year=year,
        unit_id=unit_id,
        revision=revision,
        ranking=inputs["ranking"],
        rules_id=rules.id,
        reason=reason,
        inputs=dict(inputs),
        instance_id=instance_id,
        at=at,
        **written(inputs, made, rules.id),
    )


def written(inputs: Inputs, made: Score, rules_id: str) -> dict[str, Any]:
    """What was reckoned, as it is stored: fractions as text, exact to the last digit."""
    parts = {name: str(points) for name, points in made.parts.items()} | {"events": str(made.events)}
    lines = {str(line.no): [str(line.credit), str(line.points), str(line.most), line.cause] for line in made.lines}
    told = {"inputs": inputs, "rules": rules_id, "parts": parts, "lines": lines, "total": str(made.total)}
    seal = sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return {
        "parts": parts,
        "lines": lines,
        "total": made.total,
        "is_falsified": made.is_falsified,
        "seal": seal,
    }


def revise(
    session: Session, row: AssessmentScore, inputs: Inputs, rules: Rules, reason: str, instance_id: str, at: datetime
) -> AssessmentScore:
    """The next revision takes the place of this one, which stays as it was."""
    row.is_current = False
    session.flush()
    follower = stored(row.year, row.unit_id, inputs, rules, reason, row.revision + 1, instance_id, at)
    follower.successor_id, follower.place = row.successor_id, row.place
    follower.grade, follower.remark = row.grade, row.remark
    session.add(follower)
    session.flush()
    return follower


def place_all(session: Session, year: int, rules: Rules) -> dict[str, tuple[int | None, int | None]]:
    """Give each unit its place and grade; unit -> place before and after, where they differ."""
    wanted = select(AssessmentScore).where(AssessmentScore.year == year, AssessmentScore.is_current.is_(True))
    rows = {row.unit_id: row for row in session.scalars(wanted.order_by(AssessmentScore.id))}
    changed = {}
    for ranking in sorted({row.ranking for row in rows.values()}):
        among = [row for row in rows.values() if row.ranking == ranking and row.successor_id is None]
        for ranked in rank([Standing(row.unit_id, row.total, row.is_falsified) for row in among], rules):
            row = rows[ranked.unit]
            if row.place != ranked.place:
                changed[ranked.unit] = (row.place, ranked.place)
            row.place, row.grade, row.remark = ranked.place, ranked.grade, ranked.remark
    session.flush()
    return changed


@dataclass(frozen=True)
class Difference:
    """A stored score that is not what its own inputs give. text: English, for operators."""

    year: int
    unit_id: str
    revision: int
    instance_id: str
    text: str


def differences(session: Session, year: int | None = None) -> Iterator[Difference]:
    """Reckon every stored score again by the rules of its year; an honest house yields none."""
    wanted = select(AssessmentScore).order_by(AssessmentScore.year, AssessmentScore.unit_id, AssessmentScore.revision)
    if year is not None:
        wanted = wanted.where(AssessmentScore.year == year)
    rules = {row.year: read_rules(row.rules) for row in session.scalars(select(Assessment))}
    for row in session.scalars(wanted.execution_options(yield_per=100)):
        for text in _departures(row, rules[row.year]):
            yield Difference(row.year, row.unit_id, row.revision, row.instance_id, text)


def _departures(row: AssessmentScore, rules: Rules) -> Iterator[str]:
    if row.rules_id != rules.id:
        yield f"was reckoned by {row.rules_id}, the year by {rules.id}"
    again = written(row.inputs, score(row.inputs, rules), row.rules_id)
    for name, value in again.items():
        if getattr(row, name) != value:
            yield f"{name} is {getattr(row, name)!r}, reckoned again {value!r}"[:300]
