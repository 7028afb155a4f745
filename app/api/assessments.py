"""The yearly assessment for programs: rankings, and one unit's score with the cause and the proof of every point."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from app.api.resources import Reply, reads, resource
from app.api.shapes import Instant, Number, Path, Query, Shape
from app.models.assessment import AssessmentScore
from app.models.organization import Unit
from app.queries import assessments
from app.queries.assessments import RankedLine, ShownLine
from app.views.context import current_actor, current_house

bp = resource("assessments", "Yearly assessment")


class AssessedYear(Shape):
    """is_provisional: not approved by the leading group yet; is_data_late: reckoned before all figures were in."""

    year: int
    rules: str
    computed_on: date | None
    approved_on: date | None
    published_at: Instant | None
    number: str
    is_provisional: bool
    is_data_late: bool


class AssessedYearList(Shape):
    items: list[AssessedYear]
    next_cursor: str | None


class UnitScore(Shape):
    """parts: points by timeliness, completion, quality and events; a part that had nothing is left out. place: null
    before the ranking, and for a unit that was merged into successor. seal: SHA-256 over inputs and result.
    """

    unit: str
    name: str
    ranking: str
    place: int | None
    total: Number | None
    grade: str
    parts: dict[str, str]
    revision: int
    is_falsified: bool
    successor: str | None
    remark: str
    seal: str
    at: Instant


class YearOfScores(AssessedYear):
    """scores: both rankings in their order, merged units after the one that took them over."""

    scores: list[UnitScore]


class PointLine(Shape):
    """lost: null for an event. at: where it is proved, such as the instance and event; correction: of an appeal."""

    no: int
    part: str
    title: str
    points: str
    lost: str | None
    cause: str
    at: dict[str, Any]
    correction: dict[str, Any]


class ScoreWithLines(UnitScore):
    """reason: computed, appeal, ruling or adjustment. revisions: all that were reckoned, the newest first."""

    reason: str
    revisions: list[int]
    lines: list[PointLine]


class ByYear(Path):
    year: int = Field(ge=2000, le=2100)


class ByYearAndUnit(ByYear):
    unit: str = Field(max_length=40)


class OfRevision(Query):
    """revision: an earlier one; without it the present one."""

    revision: int | None = Field(None, ge=1, le=10_000)


@bp.get("/assessments", responses=reads(AssessedYearList))
def list_assessments() -> Reply:
    """The years that were assessed, the newest first; a plan has so few that they are one page."""
    with current_house().database.reading() as session:
        found = [_year(row) for row in assessments.all_years(session)]
        return AssessedYearList(items=found, next_cursor=None).as_json()


@bp.get("/assessments/<int:year>", responses=reads(YearOfScores))
def get_assessment(path: ByYear) -> Reply:
    """A year's rankings; until they are approved, of one's own unit only."""
    with current_house().database.reading() as session:
        page = assessments.year_page(session, current_actor(), path.year)
        scores = [_score(*row) for lines in page.rankings.values() for line in lines for row in _with_merged(line)]
        return YearOfScores(**dict(_year(page.assessment)), scores=scores).as_json()


@bp.get("/assessments/<int:year>/units/<unit>", responses=reads(ScoreWithLines))
def get_unit_score(path: ByYearAndUnit, query: OfRevision) -> Reply:
    with current_house().database.reading() as session:
        page = assessments.score_page(session, current_actor(), path.year, path.unit, query.revision)
        return ScoreWithLines(
            **dict(_score(page.score, page.unit)),
            reason=page.score.reason,
            revisions=[row.revision for row in page.revisions],
            lines=[_line(line) for line in page.lines],
        ).as_json()


def _with_merged(line: RankedLine) -> list[tuple[AssessmentScore, Unit]]:
    return [(line.score, line.unit), *line.merged]


def _year(row: assessments.Assessment) -> AssessedYear:
    return AssessedYear(
        year=row.year,
        rules=row.rules_id,
        computed_on=row.computed_on,
        approved_on=row.approved_on,
        published_at=row.published_at,
        number=row.number,
        is_provisional=row.approved_on is None,
        is_data_late=row.is_data_late,
    )


def _score(score: AssessmentScore, unit: Unit) -> UnitScore:
    return UnitScore(
        unit=unit.id,
        name=unit.name,
        ranking=score.ranking,
        place=score.place,
        total=score.total,
        grade=score.grade,
        parts=score.parts,
        revision=score.revision,
        is_falsified=score.is_falsified,
        successor=score.successor_id,
        remark=score.remark,
        seal=score.seal,
        at=score.at,
    )


def _line(line: ShownLine) -> PointLine:
    return PointLine(
        no=line.no,
        part=line.part,
        title=line.title,
        points=line.points_text,
        lost=line.lost_text or None,
        cause=line.cause,
        at=dict(line.at),
        correction=dict(line.correction),
    )
