"""What a notice does by itself: begin to stand, count what came against it, and close with what it found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.duties.public_notice import notice_ends
from app.models.recognition import PublicNotice
from app.services.cases import Action, Case, Data
from app.services.public_notice.rows import (
    NoticeList,
    current_notice,
    lock_notice,
    next_notice_key,
    open_objections,
    results_of,
)

DRAFT = "notice_draft"


def keep_draft(case: Case, listed: NoticeList, answers: Mapping[str, Any]) -> None:
    """The list is frozen as it was completed."""
    kept = {name: answers[name] for name in ("title", "text", "published_on", "link", "contact") if name in answers}
    rows = [dict(row) for row in listed.rows]
    case.put(DRAFT, "", {**kept, "kind": listed.kind, "subject": listed.subject, "rows": rows})


def set_notice_end(case: Case, data: Data) -> None:
    """From here on objections may be registered."""
    draft = case.row(DRAFT) or {}
    key, days = next_notice_key(case), int(str(data["notice_days"]))
    published = date.fromisoformat(draft["published_on"])
    case.session.add(
        PublicNotice(
            key=key,
            instance_id=case.instance.id,
            number=int(key.rpartition(":")[2]),
            kind=draft["kind"],
            subject=draft["subject"],
            title=draft["title"],
            text=draft["text"],
            days=days,
            published_on=published,
            ends_on=notice_ends(published, case.calendar, days),
            link=draft.get("link", ""),
            contact=draft["contact"],
            rows=draft["rows"],
            earlier=[],
        )
    )
    case.session.flush()


def count_objections(case: Case, data: Data) -> Mapping[str, Any]:
    notice = current_notice(case)
    lock_notice(case, notice.id)
    has_open = bool(open_objections(case, notice.id))
    notice.status = "waiting" if has_open else "running"
    case.session.flush()
    return {"has_open_objection": has_open}


def close_notice(case: Case, data: Data) -> Mapping[str, Any]:
    notice = current_notice(case)
    results = results_of(case, notice)
    notice.status, notice.closed_on = "closed", case.today
    notice.is_upheld = any(result.is_out or result.has_remark for result in results.values())
    case.session.flush()
    return {"is_upheld": notice.is_upheld}


def drop_notice(case: Case) -> None:
    """The caller was cancelled: the notice ends with it, and whoever examines an objection is told."""
    for notice in case.session.query(PublicNotice).filter_by(instance_id=case.instance.id):
        if notice.status in ("running", "waiting"):
            notice.status, notice.closed_on = "dropped", case.today
            for objection in open_objections(case, notice.id):
                told = {"name": "notice_dropped", "key": objection.key, "sender": case.instance.id}
                case.effect(f"notice_dropped:{objection.key}", "message", **told)


ACTIONS: Mapping[str, Action] = {
    f"public_notice.{action.__name__}": action for action in (set_notice_end, count_objections, close_notice)
}
