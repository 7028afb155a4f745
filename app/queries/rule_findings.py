"""The findings of rule checks, filtered and paged, and how far each rule has looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.event import EventRow
from app.models.organization import Unit
from app.models.person import Person
from app.models.process import ProcessInstance
from app.models.rule_finding import RuleFinding, RuleProgress
from app.queries.paging import Descending, Page, page
from app.terms import FindingStatus

NEWEST_FIRST = (Descending(RuleFinding.found_at), Descending(RuleFinding.id))


@dataclass(frozen=True)
class Wanted:
    """status, rule, unit_id: "" for all."""

    status: str = FindingStatus.OPEN.value
    rule: str = ""
    unit_id: str = ""


@dataclass(frozen=True)
class Line:
    """title: of the instance; at: when the event happened; people: login -> name."""

    finding: RuleFinding
    title: str
    unit: str
    at: str
    actor: str
    explained_by: str
    settled_by: str


def findings(session: Session, wanted: Wanted, cursor: str | None = None, limit: int = 50) -> Page[Line]:
    """Raises BadRequest for a cursor that is none of ours."""
    asked = select(RuleFinding)
    if wanted.status:
        asked = asked.where(RuleFinding.status == wanted.status)
    if wanted.rule:
        asked = asked.where(RuleFinding.rule == wanted.rule)
    if wanted.unit_id:
        asked = asked.where(RuleFinding.unit_id == wanted.unit_id)
    found = page(session, asked, NEWEST_FIRST, cursor, limit, counts=True)
    return Page(_lines(session, found.items), found.next_cursor, found.left)


def _lines(session: Session, listed: Sequence[RuleFinding]) -> list[Line]:
    titles = dict(
        session.execute(
            select(ProcessInstance.id, ProcessInstance.title).where(
                ProcessInstance.id.in_({row.instance_id for row in listed})
            )
        ).all()
    )
    events = {
        (event.stream, event.seq): event
        for event in session.execute(
            select(EventRow.stream, EventRow.seq, EventRow.at, EventRow.actor).where(
                EventRow.stream.in_({row.instance_id for row in listed}), EventRow.seq.in_({row.seq for row in listed})
            )
        )
    }
    units = dict(session.execute(select(Unit.id, Unit.short_name)).all())
    logins = {event.actor for event in events.values()} | {
        login for row in listed for login in (row.explained_by, row.settled_by)
    }
    names = dict(session.execute(select(Person.login, Person.name).where(Person.login.in_(logins - {None, ""}))).all())
    lines = []
    for row in listed:
        event = events.get((row.instance_id, row.seq))
        who = (event.actor or "") if event else ""
        lines.append(
            Line(
                row,
                titles.get(row.instance_id, ""),
                units.get(row.unit_id or "", ""),
                event.at if event else "",
                names.get(who, ""),
                names.get(row.explained_by, row.explained_by),
                names.get(row.settled_by, row.settled_by),
            )
        )
    return lines


def counts(session: Session) -> Mapping[tuple[str, str], int]:
    """(rule, status) -> findings."""
    asked = select(RuleFinding.rule, RuleFinding.status, func.count()).group_by(RuleFinding.rule, RuleFinding.status)
    return {(rule, status): number for rule, status, number in session.execute(asked)}


def progress(session: Session) -> Mapping[str, RuleProgress]:
    return {row.rule: row for row in session.scalars(select(RuleProgress))}


def one(session: Session, finding_id: int) -> Line | None:
    row = session.get(RuleFinding, finding_id)
    return None if row is None else _lines(session, [row])[0]
