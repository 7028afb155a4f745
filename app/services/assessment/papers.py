"""The papers of 年度考核, drawn when asked for: ranking for the leading group, bulletin, a unit's own sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.documents import circular, score_sheet
from app.documents.circular import Circular, Table
from app.documents.paper import Letterhead
from app.documents.paper_table import Column
from app.duties.assessment import GRADES
from app.duties.lights import chinese_date
from app.errors import NotFound
from app.models.assessment import Assessment, AssessmentScore
from app.models.organization import GROUP, OFFICE, Unit
from app.models.process import ProcessInstance, WorkingRow
from app.queries.assessments import RANKINGS, ScorePage, in_words, shown_lines, total_text
from app.services import letterheads
from app.services.assessment.appeal_forms import VERDICTS, WHAT
from app.services.assessment.bulletin_text import spread
from app.services.house import House

COLUMNS = (
    Column("名次", 14, is_centred=True),
    Column("单位", 42),
    Column("总分", 18, is_centred=True),
    Column("分项得分", 50),
    Column("等次", 16, is_centred=True),
    Column("说明", 16),
)
CHAPTERS = (("good", "好的方面"), ("bad", "存在的不足"), ("demands", "工作要求"))


def bulletin_of(session: Session, year: int) -> Circular:
    """Raises NotFound before it was signed."""
    assessment = session.get(Assessment, year)
    if assessment is None or assessment.published_at is None:
        raise NotFound("考核通报尚未签发。")
    signed_on = clock.local(assessment.published_at).date()
    head = letterheads.of_office(session, assessment.number, "各有关单位", signed_on)
    text = assessment.text
    return Circular(
        letterhead=head,
        title=text["title"],
        opening=text["overall"],
        chapters=[(heading, text[name]) for name, heading in CHAPTERS],
        tables=_tables(session, year),
    )


def bulletin_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    return circular.render(bulletin_of(session, _year(instance)))


def submission_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """年度考核结果呈报单, to the leading group."""
    year = _year(instance)
    scores = _scores(session, year)
    group = session.get_one(Unit, GROUP)
    row = session.get(WorkingRow, (instance.id, "ranked", ""))
    on = date.fromisoformat(row.value["on"]) if row else clock.today()
    head = replace(letterheads.of_office(session, "", group.name, on), number="")
    adjusted = [f"{row['text']}（{row['name']}登记）" for row in _rows(session, instance.id, "adjustment")]
    open_units = row.value["open"] if row else []
    paper = Circular(
        letterhead=head,
        title=f"{year}年度考核结果呈报单",
        opening=f"{year}年度考核得分已经各单位确认，现将名次和等次呈报审定。",
        chapters=[
            ("得分分布", spread(scores)),
            ("人工加减分", "\n".join(adjusted) or "没有人工加减分。"),
            ("办理中的申诉", _open_text(len(open_units))),
        ],
        tables=_tables(session, year),
    )
    return circular.render(paper)


def _open_text(count: int) -> str:
    return f"{count}个单位的申诉尚未办结，得分暂定。" if count else "没有未办结的申诉。"


def answer_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """申诉答复, as it was signed."""
    answer = session.get_one(WorkingRow, (instance.id, "answer", "")).value
    found = {row["no"]: row for row in session.get_one(WorkingRow, (instance.id, "finding", "")).value["rows"]}
    appeal = session.get_one(WorkingRow, (instance.id, "appeal", "")).value
    unit = session.get_one(Unit, instance.unit_id)
    wanted = select(AssessmentScore).where(
        AssessmentScore.year == _year(instance), AssessmentScore.unit_id == instance.unit_id
    )
    revisions = session.scalars(wanted.order_by(AssessmentScore.revision)).all()
    titles = {line.no: line.title for line in shown_lines(revisions[0])}
    rows = tuple(
        (
            str(row["no"]),
            titles[row["no"]],
            WHAT[row["what"]],
            VERDICTS[found[row["no"]]["verdict"]],
            found[row["no"]]["ground"],
        )
        for row in appeal["rows"]
    )
    effect = f"总分由{total_text(revisions[0].total)}分变为{total_text(revisions[-1].total)}分。"
    insists = "你单位已要求提请领导小组裁定，裁定为最终结论。" if appeal["unit_insists"] else ""
    return score_sheet.render_answer(
        score_sheet.AppealAnswer(
            letterhead=_letter(session, answer, unit.name),
            year=_year(instance),
            unit=unit.name,
            findings=rows,
            effect=effect if len(revisions) > 1 else "总分没有变化。",
            next_step=insists,
        )
    )


def _letter(session: Session, answer: dict[str, str], addressee: str) -> Letterhead:
    return letterheads.of_office(session, answer["number"], addressee, date.fromisoformat(answer["on"]))


def sheet_of(session: Session, page: ScorePage) -> bytes:
    """得分明细单 of the revision that is shown."""
    approved = page.assessment.approved_on
    lines = tuple(
        (str(line.no), line.part_word, line.title, line.points_text, line.lost_text, line.cause) for line in page.lines
    )
    return score_sheet.render(
        score_sheet.ScoreSheet(
            agency=session.get_one(Unit, OFFICE).name,
            year=page.assessment.year,
            unit=page.unit.name,
            total=total_text(page.score.total),
            parts=in_words(page.score),
            grade=page.grade if approved else "",
            state=f"{chinese_date(approved)}审定" if approved else "暂定",
            rules=page.score.rules_id,
            lines=lines,
            on=clock.today(),
        )
    )


def _tables(session: Session, year: int) -> list[Table]:
    scores, names = _scores(session, year), {row.id: row.short_name for row in session.scalars(select(Unit))}
    return [
        Table(
            f"{year}年度考核{label}排名",
            COLUMNS,
            tuple(_cells(row, names[row.unit_id]) for row in scores if row.ranking == ranking and row.place),
        )
        for ranking, label in RANKINGS.items()
    ]


def _cells(row: AssessmentScore, name: str) -> tuple[str, ...]:
    grade = GRADES.get(row.grade, "")
    return str(row.place), name, total_text(row.total), in_words(row), grade, row.remark


def _scores(session: Session, year: int) -> Sequence[AssessmentScore]:
    wanted = select(AssessmentScore).where(AssessmentScore.year == year, AssessmentScore.is_current.is_(True))
    return session.scalars(wanted.order_by(AssessmentScore.place, AssessmentScore.id)).all()


def _rows(session: Session, instance_id: str, kind: str) -> list[dict[str, str]]:
    wanted = select(WorkingRow.value).where(WorkingRow.instance_id == instance_id, WorkingRow.kind == kind)
    return [dict(value) for value in session.scalars(wanted.order_by(WorkingRow.key))]


def _year(instance: ProcessInstance) -> int:
    assert instance.year is not None
    return instance.year
