"""Years that were assessed, as screens show them: the rankings, and one unit's score line by line with its proof.

Before the leading group has approved a year its scores are provisional (暂定), seen by the unit, the office, leaders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, defer

from app.duties.assessment import GRADES, LISTS, PARTS, Rules, read_rules, shown
from app.errors import NotFound
from app.models.assessment import Assessment, AssessmentScore
from app.models.organization import Unit
from app.queries.actor import Actor

NOT_FOUND = "没有找到这份考核得分。"
RANKINGS: Mapping[str, str] = {"department": "部门", "locality": "县（市、区）和功能区"}
EVENTS = "events"
PART_WORDS: Mapping[str, str] = {**PARTS, EVENTS: "加减分"}
LIST_OF: Mapping[str, str] = {**{part: name for name, part in LISTS.items()}, EVENTS: EVENTS}


@dataclass(frozen=True)
class ShownLine:
    """One item: points it brought and lost, why, and where that is proved. correction: what an appeal found."""

    no: int
    part: str
    title: str
    points: Fraction
    lost: Fraction
    cause: str
    at: Mapping[str, Any]
    correction: Mapping[str, Any]

    @property
    def part_word(self) -> str:
        return PART_WORDS[self.part]

    @property
    def has_effect(self) -> bool:
        """Whether it cost something or is an event: what its unit looks at first."""
        return self.lost > 0 or self.part == EVENTS

    @property
    def points_text(self) -> str:
        return shown(self.points)

    @property
    def lost_text(self) -> str:
        return shown(self.lost) if self.part != EVENTS else ""


@dataclass(frozen=True)
class RankedLine:
    """A unit's place. merged: units that were merged into it in the year, shown beside it."""

    score: AssessmentScore
    unit: Unit
    merged: Sequence[tuple[AssessmentScore, Unit]] = ()

    @property
    def grade(self) -> str:
        return GRADES.get(self.score.grade, "")

    @property
    def parts(self) -> Mapping[str, str]:
        return parts_text(self.score)


@dataclass(frozen=True)
class YearPage:
    assessment: Assessment
    rankings: Mapping[str, Sequence[RankedLine]]
    years: Sequence[int]

    @property
    def is_provisional(self) -> bool:
        return self.assessment.approved_on is None


@dataclass(frozen=True)
class ScorePage:
    """revisions: all that were reckoned, the newest first. merged: scores of units merged into this one."""

    assessment: Assessment
    score: AssessmentScore
    unit: Unit
    lines: Sequence[ShownLine]
    revisions: Sequence[AssessmentScore]
    merged: Sequence[tuple[AssessmentScore, Unit]]
    rules: Rules

    @property
    def is_provisional(self) -> bool:
        return self.assessment.approved_on is None

    @property
    def grade(self) -> str:
        return GRADES.get(self.score.grade, "")

    @property
    def parts(self) -> Mapping[str, str]:
        return parts_text(self.score)

    @property
    def weights(self) -> Mapping[str, str]:
        return {part: shown(self.rules.weights[part]) for part in PARTS}

    def of(self, part: str) -> list[ShownLine]:
        return [line for line in self.lines if line.part == part]


def years(session: Session) -> list[int]:
    """The newest first."""
    return list(session.scalars(select(Assessment.year).order_by(Assessment.year.desc())))


def all_years(session: Session) -> Sequence[Assessment]:
    """The same with what each was judged by and when."""
    return session.scalars(select(Assessment).order_by(Assessment.year.desc())).all()


def year_page(session: Session, actor: Actor, year: int) -> YearPage:
    """The rankings, of which a unit sees only its own line until they are approved. Raises NotFound."""
    assessment = session.get(Assessment, year)
    if assessment is None:
        raise NotFound("这一年度还没有开始考核。")
    rows = _scores(session, year, _visible(actor, assessment))
    found = {ranking: _lines([row for row in rows if row[0].ranking == ranking], rows) for ranking in RANKINGS}
    return YearPage(assessment, found, years(session))


def score_page(session: Session, actor: Actor, year: int, unit_id: str, revision: int | None = None) -> ScorePage:
    """One unit's score, the present one unless a revision is named. Raises NotFound."""
    assessment = session.get(Assessment, year)
    unit = session.get(Unit, unit_id)
    if assessment is None or unit is None or not _may_see(actor, assessment, unit):
        raise NotFound(NOT_FOUND)
    wanted = select(AssessmentScore).where(AssessmentScore.year == year, AssessmentScore.unit_id == unit_id)
    revisions = session.scalars(wanted.order_by(AssessmentScore.revision.desc())).all()
    score = next((row for row in revisions if revision in (None, row.revision)), None)
    if score is None:
        raise NotFound(NOT_FOUND)
    merged = _scores(session, year, AssessmentScore.successor_id == unit_id)
    return ScorePage(assessment, score, unit, shown_lines(score), revisions, merged, read_rules(assessment.rules))


def _may_see(actor: Actor, assessment: Assessment, unit: Unit) -> bool:
    if actor.reads_all or assessment.approved_on is not None:
        return True
    return unit.id in actor.unit_ids or unit.successor_id in actor.unit_ids


def _visible(actor: Actor, assessment: Assessment) -> ColumnElement[bool]:
    if actor.reads_all or assessment.approved_on is not None:
        return true()
    return or_(AssessmentScore.unit_id.in_(actor.unit_ids), AssessmentScore.successor_id.in_(actor.unit_ids))


def _scores(session: Session, year: int, visible: ColumnElement[bool]) -> list[tuple[AssessmentScore, Unit]]:
    """In the order of the places, without what only the page of one score needs."""
    rows = session.execute(
        select(AssessmentScore, Unit)
        .options(defer(AssessmentScore.inputs), defer(AssessmentScore.lines))
        .join(Unit, Unit.id == AssessmentScore.unit_id)
        .where(AssessmentScore.year == year, AssessmentScore.is_current.is_(True), visible)
        .order_by(AssessmentScore.ranking, AssessmentScore.place, Unit.position)
    )
    return [(row[0], row[1]) for row in rows]


def _lines(rows: Iterable[tuple[AssessmentScore, Unit]], all_rows: Sequence[Any]) -> list[RankedLine]:
    standing = [(score, unit) for score, unit in rows if score.successor_id is None]
    ordered = sorted(standing, key=lambda row: (row[0].place is None, row[0].place or 0, row[1].position))
    return [
        RankedLine(score, unit, [row for row in all_rows if row[0].successor_id == unit.id]) for score, unit in ordered
    ]


def shown_lines(score: AssessmentScore) -> list[ShownLine]:
    """Every item of a score with what it brought, in the order of the numbers."""
    made = []
    for part, name in LIST_OF.items():
        for row in score.inputs.get(name, ()):
            line = score.lines.get(str(row["no"]))
            if line is None:  # of a part that weighs nothing
                continue
            points, most = Fraction(line[1]), Fraction(line[2])
            made.append(
                ShownLine(
                    no=row["no"],
                    part=part,
                    title=row["title"],
                    points=points,
                    lost=Fraction(0) if part == EVENTS else most - points,
                    cause=line[3],
                    at=row.get("at", {}),
                    correction=row.get("correction") or {},
                )
            )
    return made


def parts_text(score: AssessmentScore) -> dict[str, str]:
    """Points by part as a table shows them; a dash where a part had no items."""
    return {part: shown(Fraction(score.parts[part])) if part in score.parts else "–" for part in PART_WORDS}


def in_words(score: AssessmentScore) -> str:
    """时效 37.6，完成 34，质量 16.7，加减分 -1"""
    return "，".join(f"{PART_WORDS[part]} {text}" for part, text in parts_text(score).items())


def total_text(total: Decimal | None) -> str:
    return "–" if total is None else f"{total:.1f}"
