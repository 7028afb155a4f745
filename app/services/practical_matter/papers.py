"""The papers of 办实事清单, with what stands in the tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import practical_matters as paper
from app.duties.assessment_rules import LEVELS
from app.duties.practical_matter import OUTCOME_WORDS
from app.duties.quantity import plain, to_decimal
from app.models.organization import OFFICE, Unit
from app.models.plan import Matter
from app.models.practical_matter import MatterList, MatterMilestone, PracticalMatter
from app.models.process import ProcessInstance, WorkingRow
from app.queries.settled_indicators import plan_of_year
from app.services import letterheads
from app.services.house import House
from app.services.practical_matter.list_forms import goal_words

TO_ALL = "各县（市、区）、功能区，市各有关部门"
STATES: Mapping[str, str] = {"accepted": "通过", "partly": "部分完成", "dropped": "调整", "rating": "评价中"}
UNFINISHED = "未完成"


def list_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """清单 in the layout of the plan's annex 2."""
    year, plan = _year(instance), plan_of_year(session, _year(instance))
    wanted = select(Matter).where(Matter.plan_id == plan.id, Matter.year == year).order_by(Matter.number)
    rows = [paper.Matter(row.title, row.contents, row.responsible_as_written) for row in session.scalars(wanted)]
    known = session.get_one(MatterList, year)
    if known.is_adopted or known.published_on is None:
        return paper.adopted_list(year, rows)
    head = letterheads.of_office(session, known.number, TO_ALL, known.published_on)
    return paper.matter_list(head, year, plan.title, rows)


def results_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """成效通报, as the list was closed."""
    year, names = _year(instance), _names(session)
    closed = session.get_one(MatterList, year)
    matters = session.scalars(
        select(PracticalMatter).where(PracticalMatter.year == year).order_by(PracticalMatter.number)
    ).all()
    ended = {number: word for word in STATES for number in closed.report.get(word, ())}
    rows = [
        (
            row.title,
            names[row.lead_id],
            STATES[ended[row.number]] if row.number in ended else UNFINISHED,
            "–" if row.satisfaction is None else f"{plain(row.satisfaction)}%",
        )
        for row in matters
    ]
    assert closed.closed_on is not None
    head = letterheads.of_office(session, "", TO_ALL, closed.closed_on)
    return paper.results(head, year, _summary(year, closed.report, len(rows)), rows)


def _summary(year: int, report: Mapping[str, Any], count: int) -> str:
    done = len(report["accepted"]) + len(report["partly"])
    parts = [f"{year}年为专精特新中小企业办实事{count}项，通过验收{len(report['accepted'])}项"]
    named = (
        ("partly", "部分完成"),
        ("rating", "已验收、正在评价"),
        ("dropped", "经领导小组决定调整"),
        ("open", "尚未完成"),
    )
    parts += [f"{words}{len(report[word])}项（第{_numbers(report[word])}项）" for word, words in named if report[word]]
    share = report["satisfaction"]
    mean = f"企业平均满意度{plain(to_decimal(share))}%。" if share is not None else ""
    rest = "尚未完成的项目请牵头单位继续推进。" if report["open"] else ""
    return f"{'，'.join(parts)}。{mean if done else ''}{rest}"


def _numbers(numbers: list[int]) -> str:
    return "、".join(map(str, numbers))


def plan_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """实施计划 of one matter."""
    matter, told = _matter(session, instance), _row(session, instance, "plan")
    rows = [(row["content"], date.fromisoformat(row["by"]), row["success"]) for row in told["milestones"]]
    goal = goal_words({"quantity": matter.quantity, "quantity_unit": matter.quantity_unit})
    lead = session.get_one(Unit, matter.lead_id).name
    on = date.fromisoformat(told["on"])
    return paper.delivery_plan(lead, matter.title, on, goal, rows, told["public_text"])


def acceptance_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """验收表 of the last acceptance."""
    matter, request = _matter(session, instance), _row(session, instance, "request")
    where = (WorkingRow.instance_id == instance.id, WorkingRow.kind == "acceptance")
    told = dict(session.scalars(select(WorkingRow.value).where(*where).order_by(WorkingRow.key.desc())).first() or {})
    said = {row["no"]: row for row in told["milestones"]}
    wanted = select(MatterMilestone).where(MatterMilestone.matter_id == matter.id).order_by(MatterMilestone.number)
    rows = [
        (row.content, said[row.number].get("reported", ""), _verdict(said[row.number]))
        for row in session.scalars(wanted)
    ]
    sheet = paper.Acceptance(
        title=matter.title,
        lead=session.get_one(Unit, matter.lead_id).name,
        summary=request["summary"],
        rows=rows,
        outcome=OUTCOME_WORDS[told["outcome"]],
        quality=LEVELS.get(told["quality_level"], ""),
        remark=told["remark"],
        by=told["name"],
        on=date.fromisoformat(told["on"]),
    )
    return paper.acceptance_sheet(session.get_one(Unit, OFFICE).name, sheet)


def _verdict(row: Mapping[str, Any]) -> str:
    return f"不认可：{row.get('point', '')}" if row.get("verdict") == "refused" else "认可"


def _matter(session: Session, instance: ProcessInstance) -> PracticalMatter:
    return session.scalars(select(PracticalMatter).where(PracticalMatter.key == instance.business_key)).one()


def _names(session: Session) -> dict[str, str]:
    return {row.id: row.short_name for row in session.execute(select(Unit.id, Unit.short_name))}


def _row(session: Session, instance: ProcessInstance, kind: str) -> dict[str, Any]:
    return dict(session.get_one(WorkingRow, (instance.id, kind, "")).value)


def _year(instance: ProcessInstance) -> int:
    assert instance.year is not None
    return instance.year
