"""The service tasks of a matter: it is returned, dropped, rated by enterprises, and recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.duties.practical_matter import GRADES, OUTCOME_WORDS, sample, satisfaction
from app.duties.practical_matter_dates import RATING_DAYS
from app.models.enterprise import Enterprise
from app.models.practical_matter import MatterRating
from app.queries.actor import enterprise_inbox
from app.services.cases import Action, Case, Data
from app.services.practical_matter.rows import matter_of
from app.services.telling import tell


def set_matter_correction(case: Case, data: Data) -> Mapping[str, Any]:
    """Opens the milestones that were refused, and counts the round."""
    matter = matter_of(case)
    matter.round += 1
    matter.status = "returned"
    case.session.flush()
    return {"round": matter.round}


def record_drop(case: Case, data: Data) -> None:
    """The leading group changed the list within the year: the matter is reported as 调整."""
    matter, told = matter_of(case), case.row("drop") or {}
    matter.status, matter.closed_on = "dropped", case.today
    matter.note = told.get("reason", "")
    case.session.flush()
    text = f"{case.instance.title}经领导小组决定调整，不再实施。{matter.note}"
    tell(case, [f"contact:{matter.lead_id}", f"head:{matter.lead_id}"], "办实事项目调整", text, "dropped")


def ask_enterprises(case: Case, data: Data) -> None:
    """Some of those who had the benefit; they answer in the portal, where the question stands until the day."""
    matter = matter_of(case)
    known = case.session.execute(
        select(Enterprise.id, Enterprise.locality_id).where(Enterprise.id.in_(matter.firms)).order_by(Enterprise.id)
    )
    asked = sample({row.id: row.locality_id for row in known}, matter.key)
    closes_on = case.calendar.add(case.today, RATING_DAYS)
    for code in asked:
        case.session.add(
            MatterRating(matter_id=matter.id, enterprise_id=code, asked_on=case.today, closes_on=closes_on)
        )
    matter.asked_count = len(asked)
    case.session.flush()
    text = f"“{matter.title}”已验收，请在企业首页评价实际效果。"
    tell(case, map(enterprise_inbox, asked), "请评价办实事项目", text, "asked")


def record_matter(case: Case, data: Data) -> None:
    matter = matter_of(case)
    wanted = select(MatterRating.grade).where(MatterRating.matter_id == matter.id, MatterRating.grade.in_(GRADES))
    grades = list(case.session.scalars(wanted))
    matter.rated_count, matter.satisfaction = len(grades), satisfaction(grades)
    matter.status, matter.closed_on = matter.outcome, case.today
    case.session.flush()
    told = f"企业评价{matter.rated_count}份" + (
        f"，满意度{matter.satisfaction}%" if matter.satisfaction is not None else "，不足10份，不计满意度"
    )
    text = f"{case.instance.title}：验收{OUTCOME_WORDS[matter.outcome]}；{told}。"
    tell(case, [f"contact:{matter.lead_id}", f"head:{matter.lead_id}"], "办实事项目办结", text, "recorded")


ITEM_ACTIONS: Mapping[str, Action] = {
    f"practical_matter_item.{action.__name__}": action
    for action in (set_matter_correction, record_drop, ask_enterprises, record_matter)
}
