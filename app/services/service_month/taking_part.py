"""The enterprises of an activity: whom it invites, who registered, who was there, and what they are told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.db import table_of
from app.models.service_month import ActivityFirm, ServiceActivity
from app.queries.actor import enterprise_inbox
from app.services.cases import Case
from app.services.telling import tell

FIRM = table_of(ActivityFirm)
PAGE = 200  # inboxes of one telling


def invite(case: Case, chosen: dict[int, Sequence[str]]) -> None:
    """Activity -> codes, written down at once."""
    rows = [_row(activity_id, code, invited_on=case.today) for activity_id, codes in chosen.items() for code in codes]
    if rows:
        case.connection.execute(FIRM.insert(), rows)


def invited_codes(case: Case, activity: ServiceActivity) -> list[str]:
    """Those that were invited or have registered by themselves."""
    concerned = or_(FIRM.c.invited_on.is_not(None), FIRM.c.registered_at.is_not(None))
    where = (FIRM.c.activity_id == activity.id, concerned)
    return list(case.connection.execute(select(FIRM.c.code).where(*where).order_by(FIRM.c.code)).scalars())


def registered_codes(case: Case, activity: ServiceActivity) -> list[str]:
    where = (FIRM.c.activity_id == activity.id, FIRM.c.registered_at.is_not(None))
    return list(case.connection.execute(select(FIRM.c.code).where(*where).order_by(FIRM.c.code)).scalars())


def mark_present(case: Case, activity: ServiceActivity, codes: Collection[str]) -> None:
    """Those of the list were there, and nobody else, however often the list is sent."""
    own = FIRM.c.activity_id == activity.id
    known = set(case.connection.execute(select(FIRM.c.code).where(own)).scalars())
    case.connection.execute(FIRM.update().where(own).values(is_present=FIRM.c.code.in_(list(codes))))
    new = [_row(activity.id, code, is_present=True) for code in codes if code not in known]
    if new:
        case.connection.execute(FIRM.insert(), new)


def present_codes(case: Case, activity: ServiceActivity) -> list[str]:
    where = (FIRM.c.activity_id == activity.id, FIRM.c.is_present)
    return list(case.connection.execute(select(FIRM.c.code).where(*where).order_by(FIRM.c.code)).scalars())


def tell_firms(case: Case, codes: Iterable[str], title: str, text: str, reason: str) -> None:
    """A message to the accounts of these enterprises, a page at a time."""
    wanted = [enterprise_inbox(code) for code in codes]
    for first in range(0, len(wanted), PAGE):
        tell(case, wanted[first : first + PAGE], title, text, reason)


def _row(activity_id: int, code: str, *, invited_on: date | None = None, is_present: bool = False) -> dict[str, Any]:
    return {
        "activity_id": activity_id,
        "code": code,
        "invited_on": invited_on,
        "is_present": is_present,
        "comment": "",
    }
