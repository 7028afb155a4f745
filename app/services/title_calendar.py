"""What the calendar does for titles: yearly updates from 1 February, re-verifications before the end, and ends.

Work is found by what is missing: an update or a re-verification that is owed and has no row yet. So it may be asked as
often as one likes, by several schedulers, and goes on after a death where it stopped. A page is one transaction; a page
that fails is done one by one, so that one broken file stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Select, exists, or_, select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.title_maintenance import update_due
from app.duties.title_maintenance_dates import RENEWAL_CLOSES_BEFORE, RENEWAL_DAYS_BEFORE, RULES_2022, RULES_2026
from app.models.enterprise import Enterprise, Title
from app.models.process import ProcessInstance
from app.models.recognition import RecognitionBatch
from app.models.title_maintenance import TitleRenewal, TitleUpdate
from app.services import openings, steps
from app.services.calendar_pages import open_page
from app.services.cases import Effect
from app.services.commands import Answer, handles
from app.services.effects import put_effects
from app.services.house import House
from app.services.title_maintenance.batch_wanted import ask_for_batches
from app.services.title_maintenance.changes import TITLE_ENDED
from app.services.title_maintenance.opening import renewal_start, update_start
from app.services.title_maintenance.renewal_batch import REVERIFICATION, join
from app.services.work import Work
from app.terms import EnterpriseState, EventType, TitleLevel, TitleStatus
from app.workdays import Calendar

PAGE = 200
OPENS = (2, 1)  # 1 February
FIRST_YEAR_OF_2026 = 2026
ENDED = "titles_ended"

TITLE, RENEWAL = table_of(Title), table_of(TitleRenewal)

log = structlog.get_logger()


def open_due(house: House) -> int:
    """Do a page of what is owed today; how many were opened, or joined to a batch. 0: nothing is left."""
    today = clock.today()
    owed: tuple[tuple[str, Select[Any] | None, Mapping[str, Any]], ...] = (
        ("open_title_updates", owed_updates(today), {"year": today.year}),
        ("open_title_renewals", owed_renewals(today, house.calendar), {}),
        ("join_title_renewals", waiting_renewals(), {}),
    )
    return next((done for kind, ids, told in owed if (done := _open(house, kind, ids, told))), 0)


def end_titles(house: House) -> int:
    """Titles whose days are over, once a day; how many. One whose batch has not answered goes on as «待复核»."""
    today = clock.today()
    if openings.is_won(house, ENDED, today):
        return 0
    waits = exists().where(RENEWAL.c.title_id == TITLE.c.id, RENEWAL.c.status == "applied")
    over = (TITLE.c.status == TitleStatus.VALID.value, TITLE.c.until_on < today, ~waits)
    ended = {"status": TitleStatus.ENDED.value, "ended_on": TITLE.c.until_on}
    with house.database.writing() as connection:
        rows = connection.execute(select(TITLE.c.id, TITLE.c.level, TITLE.c.enterprise_id).where(*over)).all()
        connection.execute(update(TITLE).where(*over).values(ended))
        giants = [row for row in rows if row.level == TitleLevel.LITTLE_GIANT]
        put_effects(connection, [_needless(row.id, row.enterprise_id, today) for row in giants], clock.now())
    openings.win(house, ENDED, today)
    return len(rows)


def _needless(title_id: int, enterprise_id: str, today: date) -> Effect:
    """With a little giant's title its specialist has nothing left to serve."""
    told = {"name": "pairing_needless", "key": enterprise_id, "reason": TITLE_ENDED}
    return Effect(f"title_ended:{title_id}:{today.isoformat()}", "message", told)


def owed_updates(today: date) -> Select[Any] | None:
    """Codes of active enterprises that held a title on 1 February and owe the year's update; None out of season."""
    first = date(today.year, *OPENS)
    last = update_due(today.year, RULES_2026 if today.year >= FIRST_YEAR_OF_2026 else RULES_2022)
    if not first <= today <= last:
        return None
    live = Title.status.in_([TitleStatus.VALID.value, TitleStatus.PENDING.value])
    owes = exists().where(Title.enterprise_id == Enterprise.id, live, Title.from_on <= first, _in_force(today))
    known = exists().where(TitleUpdate.enterprise_id == Enterprise.id, TitleUpdate.year == today.year)
    return select(Enterprise.id).where(_active(), owes, ~known).order_by(Enterprise.id).limit(PAGE)


def owed_renewals(today: date, calendar: Calendar) -> Select[Any]:
    """Ids of titles that end within 180 days, and not so soon that nobody could apply any more."""
    from_, until = calendar.add(today, RENEWAL_CLOSES_BEFORE), today + timedelta(days=RENEWAL_DAYS_BEFORE)
    known = exists().where(TitleRenewal.title_id == Title.id, TitleRenewal.valid_to == Title.until_on)
    return (
        select(Title.id)
        .join(Enterprise, Enterprise.id == Title.enterprise_id)
        .where(_active(), Title.status == TitleStatus.VALID.value, Title.level != TitleLevel.TECH_SME.value, ~known)
        .where(Title.until_on > from_, Title.until_on <= until)
        .order_by(Title.id)
        .limit(PAGE)
    )


def waiting_renewals() -> Select[Any]:
    """Keys of applications that came while no batch was open, and for whose level one is open now."""
    is_open = exists().where(
        RecognitionBatch.kind == REVERIFICATION,
        RecognitionBatch.status == "open",
        RecognitionBatch.level == TitleRenewal.level,
    )
    waits = (TitleRenewal.status == "applied", TitleRenewal.batch_key == "", is_open)
    return select(TitleRenewal.key).where(*waits).order_by(TitleRenewal.key).limit(PAGE)


def _active() -> ColumnElement[bool]:
    return Enterprise.state == EnterpriseState.ACTIVE.value


def _in_force(today: date) -> ColumnElement[bool]:
    return or_(Title.until_on >= today, Title.status == TitleStatus.PENDING.value)


def _open(house: House, kind: str, owed: Select[Any] | None, told: Mapping[str, Any]) -> int:
    if owed is None:
        return 0
    with house.database.reading() as session:
        ids = list(session.scalars(owed))
    return open_page(house, kind, ids, told) if ids else 0


@handles("open_title_updates")
def _open_updates(work: Work, payload: Mapping[str, Any]) -> Answer:
    year = int(payload["year"])

    def is_known(session: Session, code: str) -> bool:
        where = (TitleUpdate.enterprise_id == code, TitleUpdate.year == year)
        return session.scalars(select(TitleUpdate.id).where(*where)).first() is not None

    def start_of(session: Session, code: str) -> Any:
        return update_start(session, session.get_one(Enterprise, code), year)

    return {"opened": _started(work, payload["ids"], is_known, start_of)}


@handles("open_title_renewals")
def _open_renewals(work: Work, payload: Mapping[str, Any]) -> Answer:
    def is_known(session: Session, title_id: int) -> bool:
        title = session.get_one(Title, title_id)
        where = (TitleRenewal.title_id == title_id, TitleRenewal.valid_to == title.until_on)
        return session.scalars(select(TitleRenewal.key).where(*where)).first() is not None

    def start_of(session: Session, title_id: int) -> Any:
        return renewal_start(session, session.get_one(Title, title_id))

    opened = _started(work, payload["ids"], is_known, start_of)
    ask_for_batches(work.connection, payload["ids"])
    return {"opened": opened}


@handles("join_title_renewals")
def _join_renewals(work: Work, payload: Mapping[str, Any]) -> Answer:
    joined = 0
    for key in payload["ids"]:
        wanted = select(ProcessInstance.id).where(ProcessInstance.business_key == key)
        case = work.case(work.connection.execute(wanted).scalar_one())
        renewal = case.session.get_one(TitleRenewal, key)
        if renewal.status == "applied" and not renewal.batch_key:
            join(case, renewal)
            joined += 1
        case.write_down()
        if renewal.batch_key:
            steps.note(work, case, EventType.BATCH_JOINED, {"text": f"并入复核批次{renewal.batch_key}"})
    return {"opened": joined}


def _started(
    work: Work,
    ids: Sequence[Any],
    is_known: Callable[[Session, Any], bool],
    start_of: Callable[[Session, Any], Any],
) -> int:
    """Another scheduler may have opened some of them meanwhile."""
    with Session(work.connection) as session:
        starts = [start_of(session, id_) for id_ in ids if not is_known(session, id_)]
    for start in starts:
        steps.start(work, start)
    return len(starts)
