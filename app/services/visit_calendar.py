"""What the calendar opens for specialists: a pairing for each little giant without one, and the visits of a quarter.

Pairings that a message opened at once are there already; these are of titles that were taken over with a plan or a
sheet. Work is found by what is missing, a pairing or a visit that has no instance yet; so it may be asked as often as
one likes, by several schedulers, and goes on after a death where it stopped. A page is one transaction; a page that
fails is done one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import structlog
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app import clock
from app.duties.specialist_pairing import quarter_of, visits_open_on
from app.duties.specialist_pairing_dates import SETTLING_DAYS
from app.models.enterprise import Enterprise, Title
from app.models.pairing import Pairing
from app.models.process import ProcessInstance
from app.services import steps
from app.services.calendar_pages import open_page
from app.services.commands import Answer, handles
from app.services.house import House
from app.services.specialist_pairing.opening import COVERED, start_of, visit_start
from app.services.specialist_pairing.rows import PAIRING, SERVICE, VISIT
from app.services.work import Work
from app.terms import EnterpriseState, InstanceStatus, TitleStatus
from app.workdays import Calendar

PAGE = 200

log = structlog.get_logger()


def open_pairings(house: House) -> int:
    """Open a page of the pairings that are missing; how many. 0: nothing is left."""
    with house.database.reading() as session:
        ids = list(session.scalars(unpaired()))
    return open_page(house, "open_pairings", ids, {"on": clock.today().isoformat()}) if ids else 0


def unpaired() -> Select[Any]:
    """Codes of active enterprises with a covered title in force, without a specialist and without one being chosen."""
    holds = exists().where(
        Title.enterprise_id == Enterprise.id, Title.status == TitleStatus.VALID.value, Title.level.in_(COVERED)
    )
    has_one = exists().where(Pairing.enterprise_id == Enterprise.id, Pairing.kind == SERVICE, Pairing.to_on.is_(None))
    is_chosen = exists().where(
        ProcessInstance.enterprise_id == Enterprise.id,
        ProcessInstance.definition_key == PAIRING,
        ProcessInstance.status == InstanceStatus.ACTIVE.value,
    )
    wanted = select(Enterprise.id).where(Enterprise.state == EnterpriseState.ACTIVE.value, holds, ~has_one, ~is_chosen)
    return wanted.order_by(Enterprise.id).limit(PAGE)


def open_visits(house: House) -> int:
    """Open a page of the visits that are owed in today's quarter; how many. 0: nothing is left."""
    today = clock.today()
    owed = owed_visits(today, house.calendar)
    if owed is None:
        return 0
    with house.database.reading() as session:
        ids = list(session.scalars(owed))
    year, quarter = quarter_of(today)
    return open_page(house, "open_visits", ids, {"year": year, "quarter": quarter}) if ids else 0


def owed_visits(today: date, calendar: Calendar) -> Select[Any] | None:
    """Ids of lasting pairings that were settled when the quarter opened and have no visit in it; None before that."""
    year, quarter = quarter_of(today)
    opens_on = visits_open_on(year, quarter, calendar)
    if today < opens_on:
        return None
    settled_on = calendar.add(opens_on, -SETTLING_DAYS)
    is_known = exists().where(
        ProcessInstance.definition_key == VISIT,
        ProcessInstance.business_key == f"{VISIT}:" + Pairing.enterprise_id + f":{year}-Q{quarter}",
    )
    return (
        select(Pairing.id)
        .join(Enterprise, Enterprise.id == Pairing.enterprise_id)
        .where(Pairing.kind == SERVICE, Pairing.to_on.is_(None), Pairing.from_on <= settled_on)
        .where(Enterprise.state == EnterpriseState.ACTIVE.value, ~is_known)
        .order_by(Pairing.id)
        .limit(PAGE)
    )


@handles("open_pairings")
def _open_pairings(work: Work, payload: Mapping[str, Any]) -> Answer:
    """A title may have ended since the page was read, or another scheduler have opened it."""
    with Session(work.connection) as session:
        found = session.scalars(unpaired().where(Enterprise.id.in_(payload["ids"]))).all()
        starts = [start_of(session, session.get_one(Enterprise, code), SERVICE, "") for code in found]
    for start in starts:
        steps.start(work, start)
    return {"opened": len(starts)}


@handles("open_visits")
def _open(work: Work, payload: Mapping[str, Any]) -> Answer:
    """A pairing may have ended since the page was read."""
    with Session(work.connection) as session:
        found = session.scalars(select(Pairing).where(Pairing.id.in_(payload["ids"]), Pairing.to_on.is_(None)))
        starts = [visit_start(session, pairing, payload["year"], payload["quarter"]) for pairing in found.all()]
    for start in starts:
        steps.start(work, start)
    return {"opened": len(starts)}
