"""Campaigns: a main process with its parts, how far they are together, who has not read it, who is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, defer

from app.duties.registry import DUTIES
from app.errors import NotFound
from app.models.process import ProcessInstance, Subscription
from app.queries.campaign_parts import NOTHING, Child, Named, Tally, children, kinds, tallies
from app.queries.instances import NEWEST_FIRST
from app.queries.paging import Page, page
from app.terms import InstanceStatus, Progress
from app.workdays import Calendar

SINGLE = ("supervision_order", "extension_request")  # one matter of one unit each: orders have a register of their own
MAIN_PROCESSES = tuple(duty.processes[0] for duty in DUTIES.values() if duty.key not in SINGLE)
YEARLY = tuple(duty.processes[0] for duty in DUTIES.values() if duty.is_yearly)
SHOWN = 4  # campaigns beside the board
PAGE = 50

# What ends a collection early, by main process; offered while the instance waits for it.
CLOSING = {
    "december_report": "december_collection_closed",
    "annual_target": "target_collection_closed",
    "assessment": "assessment_scores_ready",
}


@dataclass(frozen=True)
class Kind:
    """The children of one process: all of them in number, and a page of them."""

    definition_key: str
    number: int
    children: Page[Child]


@dataclass(frozen=True)
class Campaign:
    """A main process. days: working days to the day on which the last of its parts is due.

    closing: the message that would end the collection now, empty where nothing waits for it.
    """

    id: str
    definition_key: str
    duty: str
    title: str
    year: int | None
    status: InstanceStatus
    started_at: datetime
    ended_at: datetime | None
    tally: Tally
    days: int | None
    kinds: Sequence[Kind] = ()
    closing: str = ""

    @property
    def is_active(self) -> bool:
        return self.status is InstanceStatus.ACTIVE

    @property
    def asked(self) -> int:
        """How many parts count."""
        return self.tally.asked

    @property
    def counts(self) -> Mapping[Progress, int]:
        return self.tally.counts

    @property
    def due_on(self) -> date | None:
        return self.tally.due_on

    @property
    def unread(self) -> Sequence[Named]:
        return self.tally.unread

    @property
    def late(self) -> Sequence[Named]:
        return self.tally.late

    @property
    def children(self) -> Sequence[Child]:
        """Those on the pages at hand."""
        return [child for kind in self.kinds for child in kind.children.items]


def recent(session: Session, today: date, calendar: Calendar) -> list[Campaign]:
    """Those under way, and of each duty the last one; the newest first."""
    newest_first = _campaigns().order_by(ProcessInstance.started_at.desc(), ProcessInstance.id)
    rows = session.scalars(newest_first.where(ProcessInstance.status != InstanceStatus.CANCELLED).limit(20)).all()
    newest = {row.definition_key: row.id for row in reversed(rows)}
    wanted = [row for row in rows if row.status == InstanceStatus.ACTIVE or newest[row.definition_key] == row.id]
    found = tallies(session, [row.id for row in wanted[:SHOWN]], today) if wanted else {}
    return [_campaign(row, found.get(row.id, NOTHING), today, calendar) for row in wanted[:SHOWN]]


def campaign(
    session: Session, instance_id: str, today: date, calendar: Calendar, at: Mapping[str, str] | None = None
) -> Campaign:
    """One campaign with a page of each kind of its children: the first, or that behind the cursor in `at`.

    Raises NotFound for what is none, BadRequest for a cursor that is none of ours.
    """
    row = session.scalars(_main_instances().where(ProcessInstance.id == instance_id)).one_or_none()
    if row is None:
        raise NotFound
    shown = [
        Kind(key, number, children(session, instance_id, key, today, calendar, (at or {}).get(key)))
        for key, number in kinds(session, instance_id).items()
    ]
    tally = tallies(session, [instance_id], today)[instance_id]
    return _campaign(row, tally, today, calendar, shown, _closing(session, row))


def all_campaigns(session: Session, cursor: str | None = None) -> Page[ProcessInstance]:
    """Every campaign there was, the newest first."""
    return page(session, _campaigns(), NEWEST_FIRST, cursor, PAGE, counts=True)


def _campaigns() -> Select[ProcessInstance]:
    """Those of duties that are opened for a year; a single matter, such as a demand, is none."""
    return _main_instances().where(ProcessInstance.definition_key.in_(YEARLY))


def _main_instances() -> Select[ProcessInstance]:
    return (
        select(ProcessInstance)
        .options(defer(ProcessInstance.state))
        .where(ProcessInstance.duty.in_(DUTIES), ProcessInstance.definition_key.in_(MAIN_PROCESSES))
    )


def _campaign(
    row: ProcessInstance,
    tally: Tally,
    today: date,
    calendar: Calendar,
    shown: Sequence[Kind] = (),
    closing: str = "",
) -> Campaign:
    return Campaign(
        id=row.id,
        definition_key=row.definition_key,
        duty=row.duty,
        title=row.title,
        year=row.year,
        status=InstanceStatus(row.status),
        started_at=row.started_at,
        ended_at=row.ended_at,
        tally=tally,
        days=None if tally.due_on is None else calendar.count(today, tally.due_on),
        kinds=shown,
        closing=closing,
    )


def _closing(session: Session, instance: ProcessInstance) -> str:
    message = CLOSING.get(instance.definition_key, "")
    waits = exists().where(Subscription.instance_id == instance.id, Subscription.message == message)
    return message if session.scalar(select(waits)) else ""
