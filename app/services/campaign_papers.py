"""Which papers a campaign offers so far, and each of them drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, defer

from app.errors import NotFound
from app.models.annual_target import ResponsibilityLetter
from app.models.organization import Unit
from app.models.process import ProcessInstance, WorkingRow
from app.services.annual_target import papers as target_papers
from app.services.assessment import papers as assessment_papers
from app.services.consultation import papers as consultation_papers
from app.services.december_report import papers as report_papers
from app.services.growth_selection import papers as growth_papers
from app.services.house import House
from app.services.library_entry import papers as library_papers
from app.services.policy_push import papers as policy_papers
from app.services.practical_matter import papers as matter_papers
from app.services.service_month import papers as month_papers
from app.services.title_maintenance import papers as title_papers

Draw = Callable[[Session, House, ProcessInstance], bytes]


@dataclass(frozen=True)
class Sort:
    """A sort of paper. row: the working row that must be there before it can be drawn, empty where none must."""

    title: str
    row: str
    draw: Draw


@dataclass(frozen=True)
class Paper:
    """key: what the address of the paper says; unit_id: whose it is, where each unit has one."""

    key: str
    title: str
    unit_id: str = ""


def _of_year(draw: Callable[[Session, House, int], bytes]) -> Draw:
    return lambda session, house, instance: draw(session, house, _year(instance))


def _year(instance: ProcessInstance) -> int:
    """Every campaign is about a year."""
    assert instance.year is not None
    return instance.year


SORTS: Mapping[str, Mapping[str, Sort]] = {
    "december_report": {
        "notice": Sort("{year}年度反馈报送通知", "notice", _of_year(report_papers.notice_paper)),
        "late_list": Sort("逾期未报单位清单", "notice", _of_year(report_papers.late_list_paper)),
        "annual_report": Sort("{year}年度工作总结报告", "annual", _of_year(report_papers.annual_report_paper)),
    },
    "assessment": {
        "submission": Sort("{year}年度考核结果呈报单", "ranked", assessment_papers.submission_paper),
        "bulletin": Sort("{year}年度考核通报", "published", assessment_papers.bulletin_paper),
    },
    "assessment_unit": {
        "answer": Sort("{year}年度考核申诉答复", "answer", assessment_papers.answer_paper),
    },
    "policy_push": {
        "reach": Sort("{year}年政策推送成效统计", "pushed", policy_papers.reach_paper),
    },
    "annual_target": {
        "request": Sort(
            "关于报请审定{year}年度目标的请示",
            "request",
            lambda session, house, instance: target_papers.request_paper(session, instance.id),
        ),
    },
    "consultation": {
        "letter": Sort("会商函", "asked", consultation_papers.letter_paper),
        "call": Sort("会商会议通知", "meeting", consultation_papers.call_paper),
        "minutes": Sort("会商纪要", "minutes", consultation_papers.minutes_paper),
    },
    "library_entry": {
        "entered": Sort("{year}年入库企业名单", "entered", library_papers.entered_paper),
    },
    "library_entry_check": {
        "left": Sort("{year}年出库企业名单", "applied", library_papers.left_paper),
    },
    "growth_selection": {
        "call": Sort("{year}年高成长企业遴选通知", "selection", growth_papers.call_paper),
        "selected": Sort("关于公布{year}年高成长企业名单的通知", "published", growth_papers.selected_paper),
        "results": Sort("{year}年高成长企业培育成效表", "published", growth_papers.results_paper),
    },
    "growth_selection_plan": {
        "plan": Sort("“一企一策”培育方案", "plan", growth_papers.plan_paper),
    },
    "service_month": {
        "plan": Sort("关于开展{year}年专精特新企业服务月活动的通知", "published", month_papers.plan_paper),
        "calendar": Sort("{year}年服务月活动日历", "published", month_papers.calendar_paper),
        "summary": Sort("{year}年服务月总结", "closed", month_papers.summary_paper),
    },
    "service_month_activity": {
        "invitation": Sort("服务月活动邀请函", "confirmed", month_papers.invitation_paper),
    },
    "practical_matter": {
        "list": Sort("{year}年为专精特新中小企业办实事清单", "published", matter_papers.list_paper),
        "results": Sort("关于{year}年办实事成效的通报", "reported", matter_papers.results_paper),
    },
    "practical_matter_item": {
        "plan": Sort("办实事项目实施计划", "plan", matter_papers.plan_paper),
        "acceptance": Sort("办实事项目验收表", "acceptance", matter_papers.acceptance_paper),
    },
    "title_maintenance": {
        "investigation": Sort("核查通知书", "opened", title_papers.investigation_paper),
        "report": Sort("报请取消称号的报告", "upwards", title_papers.report_paper),
        "decision": Sort("取消称号决定书", "city_decision", title_papers.decision_paper),
    },
    "title_maintenance_update": {
        "notice": Sort("{year}年度更新通知", "", title_papers.update_paper),
    },
    "title_maintenance_change": {
        "sheet": Sort("变更登记表", "effect", title_papers.change_paper),
    },
}


def offered(session: Session, instance_id: str) -> Sequence[Paper]:
    """The papers that can be drawn now, letters of units after those of the campaign. Raises NotFound."""
    instance = _instance(session, instance_id)
    rows = set(session.scalars(select(WorkingRow.kind).where(WorkingRow.instance_id == instance_id).distinct()))
    sorts = SORTS.get(instance.definition_key, {}).items()
    papers = [
        Paper(key, sort.title.format(year=instance.year)) for key, sort in sorts if not sort.row or sort.row in rows
    ]
    letters = (
        select(Unit.id, Unit.short_name)
        .where(exists().where(ResponsibilityLetter.unit_id == Unit.id, ResponsibilityLetter.instance_id == instance_id))
        .order_by(Unit.position)
    )
    return papers + [
        Paper("letter", f"{name}{instance.year}年度目标责任书", id_) for id_, name in session.execute(letters)
    ]


def draw(session: Session, house: House, instance_id: str, key: str, unit_id: str) -> tuple[str, bytes]:
    """The name and the bytes of a Word file. Raises NotFound for one that is not offered."""
    instance = _instance(session, instance_id)
    paper = next((row for row in offered(session, instance_id) if (row.key, row.unit_id) == (key, unit_id)), None)
    if paper is None:
        raise NotFound("这份文件尚未形成。")
    if paper.unit_id:
        content = target_papers.responsibility_letter(session, _year(instance), paper.unit_id)
    else:
        content = SORTS[instance.definition_key][key].draw(session, house, instance)
    return f"{paper.title}.docx", content


def _instance(session: Session, instance_id: str) -> ProcessInstance:
    wanted = select(ProcessInstance).options(defer(ProcessInstance.state)).where(ProcessInstance.id == instance_id)
    instance = session.scalars(wanted).one_or_none()
    if instance is None:
        raise NotFound
    return instance
