"""The service tasks of a case: a lead that nobody wrote, a return, what the author is told, and the publishing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.clock import local
from app.duties.typical_case import BONUS, unlocked_parts
from app.models.enterprise import Title
from app.models.typical_case import QualityBonus, TypicalCase
from app.queries.actor import enterprise_inbox
from app.services.cases import Action, Case, Data
from app.services.telling import tell
from app.services.typical_case.rows import PROCESS, case_of, findings_of, last_review, settled_parts, subject_name
from app.terms import InstanceStatus, TitleStatus

UNWRITTEN = "线索在期限内没有成稿。"
SILENT = "企业在期限内没有确认内容，不视为同意公开。"
TITLE_LOST = "企业称号已取消。"


def drop_lead(case: Case, data: Data) -> None:
    case_of(case).reason = UNWRITTEN
    case.session.flush()


def set_case_correction(case: Case, data: Data) -> Mapping[str, Any]:
    """Opens the points that were named, and nothing else."""
    told, review = case_of(case), last_review(case)
    points = review["return_points"]
    text = f"{review['name']}：{review['opinion_text'] or '请按所列意见修改'}"
    case.put("returned", "", {"by": "审核退回", "text": text, "points": points, "unlocked": unlocked_parts(points)})
    told.round += 1
    case.session.flush()
    return {"round": told.round}


def tell_author(case: Case, data: Data) -> None:
    told = case_of(case)
    told.state, told.reason = "unused", told.reason or _reason(case, told)
    case.session.flush()
    text = f"您报送的典型案例“{told.title}”未采用。{told.reason}"
    tell(case, [told.author], f"典型案例未采用：{told.title}", text, "unused")


def _reason(case: Case, told: TypicalCase) -> str:
    """Nobody said why: the firm's title was taken away since, or the firm was silent."""
    since = local(case.instance.started_at).date()
    lost = select(Title.id).where(
        Title.enterprise_id == told.enterprise_id,
        Title.status == TitleStatus.REVOKED.value,
        Title.ended_on >= since,
    )
    return TITLE_LOST if case.session.scalars(lost.limit(1)).first() is not None else SILENT


def publish_case(case: Case, data: Data) -> None:
    """The text as it was settled goes to the column; the unit earns its points for the assessment."""
    told, findings = case_of(case), findings_of(case, case_of(case))
    told.told = {**settled_parts(told, findings), "figures": [_figure(row) for row in findings if row["verdict"]]}
    told.photos = list(told.answers.get("photos", ()))
    told.state, told.published_at, told.published_on = "published", case.at, case.today
    if told.unit_id is not None:
        case.session.add(_bonus(case, told, told.unit_id))
    case.session.flush()
    firm = [enterprise_inbox(told.enterprise_id)] if told.enterprise_id else []
    text = f"典型案例“{told.title}”已在专精特新专栏发布，编号{told.number}。"
    tell(case, [told.author, *firm], f"典型案例已发布：{told.title}", text, "published")


def _figure(row: Mapping[str, Any]) -> dict[str, Any]:
    value = row["right_value"] if row["verdict"] == "wrong" else row["value"]
    source = row.get("right_source") if row["verdict"] == "wrong" else row.get("source")
    return {"label": row["label"], "value": value, "unit": row.get("unit", ""), "source": source or ""}


def _bonus(case: Case, told: TypicalCase, unit_id: str) -> QualityBonus:
    return QualityBonus(
        source_key=f"{PROCESS}:{told.number}",
        source=PROCESS,
        year=case.today.year,
        unit_id=unit_id,
        points=BONUS,
        reason=f"典型案例“{told.title}”（{subject_name(told)}）发布",
        given_on=case.today,
        instance_id=case.instance.id,
    )


def ended(case: Case) -> None:
    """What was neither published nor refused was taken back by its author, or annulled by the office."""
    told = case_of(case)
    if told.state in ("published", "taken_down", "unused"):
        return
    is_cancelled = case.instance.status == InstanceStatus.CANCELLED
    told.state, told.reason = ("unused", "已作废。") if is_cancelled else ("withdrawn", told.reason)


ACTIONS: Mapping[str, Action] = {
    f"{PROCESS}.{action.__name__}": action for action in (drop_lead, set_case_correction, tell_author, publish_case)
}
