"""What the forms of a notice begin with, and what its rules may ask."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import select

from app.clock import local
from app.duties.lights import chinese_date
from app.models.organization import Unit
from app.models.recognition import Objection, PublicNotice
from app.models.user_task import IS_OPEN, UserTask
from app.services.assignment import unit_with
from app.services.cases import Case, Prefill
from app.services.lazy_facts import LazyFacts
from app.services.public_notice.rows import NoticeList, current_notice, open_objections

RECOGNITION = "recognition"


def facts(case: Case, listed: Callable[[], NoticeList]) -> Mapping[str, Any]:
    return LazyFacts(
        {
            "calendar": lambda: case.calendar,
            "opened_on": lambda: case.today,
            "today": lambda: case.today,
            "listed": lambda: len(listed().rows),
            "published_on": lambda: current_notice(case).published_on,
            "ended_on": lambda: current_notice(case).ends_on,
            "pressed_on": lambda: current_notice(case).pressed_on,
            "days": lambda: current_notice(case).days,
        }
    )


def publish_notice(case: Case, listed: NoticeList) -> Prefill:
    days = int(case.instance.data.get("notice_days") or 5)
    bureau = case.session.get(Unit, unit_with(case.connection, RECOGNITION))
    name = bureau.name if bureau else ""
    text = listed.text or (
        f"根据有关规定，经审核，现将{listed.subject}（共{len(listed.rows)}家）予以公示，"
        f"公示期为{days}个工作日，自公布次日起算。公示期内如有异议，请以真实姓名向{name}反映，并附事实依据和联系方式。"
    )
    known = {
        "list": [_row(row) for row in listed.rows],
        "title": (listed.title or f"关于{listed.subject}的公示")[:60],
        "text": text,
        "published_on": case.today.isoformat(),
        "days": days,
        "contact": f"{name}，0514-87936000",
    }
    return known, {"title": {"text": "按名单生成"}, "text": {"text": "按名单生成"}, "contact": {"text": "主管部门"}}


def press_objections(case: Case) -> Prefill:
    notice = current_notice(case)
    known = [_objection(case, notice, objection) for objection in open_objections(case, notice.id)]
    return ({"objections": known} if known else {}), {}


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("key", "name", "locality", "remark") if row.get(name)}


def _objection(case: Case, notice: PublicNotice, objection: Objection) -> dict[str, Any]:
    names = {row["key"]: row["name"] for row in notice.rows}
    step = case.session.execute(
        select(UserTask.name, Unit.short_name)
        .join(Unit, Unit.id == UserTask.unit_id)
        .where(UserTask.instance_id == objection.instance_id, IS_OPEN)
        .limit(1)
    ).one_or_none()
    received = local(objection.received_at).date()
    return {
        "no": objection.number,
        "about": "、".join(names.get(row["key"], row["key"]) for row in objection.rows),
        "step": step.name if step else "",
        "investigator": step.short_name if step else "",
        "received_on": received.isoformat(),
        "days": case.calendar.count(received, case.today),
    }


def inboxes_of(case: Case, instance_ids: Collection[str]) -> list[str]:
    """Where the open user tasks of these instances lie."""
    where = (UserTask.instance_id.in_(instance_ids), IS_OPEN)
    return list(case.session.scalars(select(UserTask.principal).where(*where).order_by(UserTask.principal).distinct()))


def period_of(notice: PublicNotice) -> str:
    return f"{chinese_date(notice.published_on)}至{chinese_date(notice.ends_on)}"
