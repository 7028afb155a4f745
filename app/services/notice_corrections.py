"""更正公示: a wrong list or link is put right while the notice stands; it then stands its whole time again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.duties.public_notice import check_day, check_link, notice_ends, notice_ends_at
from app.errors import InvalidForm, NotFound, NotPermitted, StaleProcess
from app.models.recognition import PublicNotice
from app.queries.actor import Actor
from app.services.commands import Answer, Command, handles, run
from app.services.deadlines import move_timer
from app.services.house import House
from app.services.objections import bureau_of
from app.services.work import Work
from app.terms import Role

SHORTEST_REASON = 2
ELEMENT = "notice_ends"


def correct_notice(house: House, actor: Actor, notice_id: int, change: Mapping[str, Any], *, key: str) -> Answer:
    """The office or the bureau's head; {id, ends_on}. change: {published_on, link?, text?, reason}.

    Raises NotFound, NotPermitted, InvalidForm, StaleProcess once the notice is over.
    """
    return run(house, actor, Command("correct_notice", key, {"notice_id": notice_id, "change": dict(change)}))


@handles("correct_notice")
def _correct(work: Work, payload: Mapping[str, Any]) -> Answer:
    with Session(work.connection, expire_on_commit=False) as session:
        notice = session.get(PublicNotice, payload["notice_id"])
        if notice is None:
            raise NotFound("没有找到这个公示。")
        _require(work, bureau_of(work, notice))
        case = work.case(notice.instance_id)
        if notice.status != "running":
            raise StaleProcess("公示已经期满，不能更正。")
        change = payload["change"]
        published = _checked(work, change)
        notice.earlier = [*notice.earlier, _copy(work, notice, str(change["reason"]).strip())]
        notice.published_on = published
        notice.ends_on = notice_ends(published, case.calendar, notice.days)
        notice.link = str(change.get("link") or notice.link)
        notice.text = str(change.get("text") or notice.text)
        session.flush()
        facts = {"published_on": published, "days": notice.days, "calendar": case.calendar}
        move_timer(work, case, ELEMENT, notice_ends_at(facts), str(change["reason"]).strip())
        return {"id": notice.id, "ends_on": notice.ends_on.isoformat()}


def _require(work: Work, bureau: str) -> None:
    if not (work.actor.has(Role.OFFICE) or f"head:{bureau}" in work.actor.principals):
        raise NotPermitted


def _checked(work: Work, change: Mapping[str, Any]) -> date:
    errors = []
    try:
        published: date | None = date.fromisoformat(str(change.get("published_on") or ""))
    except ValueError:
        published = None
        errors.append(("published_on", "请填写日期，例如 2024-12-31"))
    if published and (wrong := check_day(published, clock.local(work.at).date(), work.house.calendar)):
        errors.append(("published_on", wrong))
    if change.get("link") and (wrong := check_link(str(change["link"]))):
        errors.append(("link", wrong))
    if len(str(change.get("reason") or "").strip()) < SHORTEST_REASON:
        errors.append(("reason", "请写明更正的理由"))
    if errors or published is None:
        raise InvalidForm(errors)
    return published


def _copy(work: Work, notice: PublicNotice, reason: str) -> dict[str, Any]:
    at: datetime = work.at
    return {
        "published_on": notice.published_on.isoformat(),
        "ends_on": notice.ends_on.isoformat(),
        "link": notice.link,
        "text": notice.text,
        "reason": reason,
        "by": work.actor.name,
        "at": at.isoformat(),
    }
