"""Parents and children of one instance as one story: who belongs to whom, who ran when, all that happened to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, Row, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.models.event import PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.models.organization import Unit
from app.models.person import Person
from app.models.process import ProcessDefinition, ProcessInstance
from app.queries.actor import Actor
from app.queries.events import told_in
from app.queries.paging import Page, count_some, cursor_at, page, values_at
from app.queries.replay import BEFORE_ALL
from app.queries.sight import visible_instances

CHILDREN, EVENTS = 50, 50
DEEPEST = 20  # a parent's parent's …: processes call one another no deeper
ORDER = [ProcessInstance.started_at, ProcessInstance.id]
PLACES = [EventRow.at, EventRow.stream, EventRow.seq]


@dataclass(frozen=True)
class Member:
    """One instance of the family. children: how many it has that the reader may see."""

    id: str
    title: str
    process: str
    business_key: str
    unit: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    events: int
    children: int


@dataclass(frozen=True)
class Family:
    """ancestors: the eldest first. members: it and all below it, at most paging.MOST_COUNTED + 1."""

    ancestors: Sequence[Member]
    self: Member
    children: Page[Member]
    members: int


@dataclass(frozen=True)
class FamilyEvent:
    """An event of any member, with what it tells. body: empty where that was erased or spoilt."""

    instance_id: str
    title: str
    definition_id: int
    seq: int
    type: str
    at: datetime
    actor: str
    actor_name: str
    body: Mapping[str, Any]


def is_in_family(session: Session, instance: ProcessInstance) -> bool:
    has_child = exists().where(ProcessInstance.parent_id == instance.id)
    return instance.parent_id is not None or bool(session.scalar(select(has_child)))


def family(session: Session, actor: Actor, instance: ProcessInstance, cursor: str | None = None) -> Family:
    """Whether the actor may see the instance is the caller's question; of the others she sees what she may."""
    children = select(ProcessInstance.id).where(ProcessInstance.parent_id == instance.id, visible_instances(actor))
    found = page(session, children, ORDER, cursor, CHILDREN, counts=True)
    ancestors = _ancestors(session, actor, instance)
    members = {one.id: one for one in _members(session, actor, [*ancestors, instance.id, *found.items])}
    return Family(
        ancestors=[members[id_] for id_ in ancestors if id_ in members],
        self=members[instance.id],
        children=Page([members[id_] for id_ in found.items], found.next_cursor, found.left),
        members=count_some(session, select(_tree(instance.id).c.id)),
    )


def events(session: Session, actor: Actor, instance: ProcessInstance, cursor: str | None = None) -> Page[FamilyEvent]:
    """Of the instance and all its descendants, in the order of their instants, a page after the other."""
    tree, row = _tree(instance.id), EventRow
    seen = select(ProcessInstance.id).where(ProcessInstance.id.in_(select(tree.c.id)), visible_instances(actor))
    keys = select(row.at, row.stream, row.seq).where(row.stream.in_(seen)).order_by(row.at, row.stream, row.seq)
    if cursor:
        keys = keys.where(tuple_(row.at, row.stream, row.seq) > tuple_(*values_at(PLACES, cursor)))
    places = session.execute(keys.limit(EVENTS + 1)).all()
    shown = places[:EVENTS]
    told = {(one.stream, one.seq): one for one in session.execute(_told(shown))} if shown else {}
    following = cursor_at(*shown[-1]) if len(places) > EVENTS else None
    return Page([_event(told[place.stream, place.seq]) for place in shown], following)


def _ancestors(session: Session, actor: Actor, instance: ProcessInstance) -> list[str]:
    """The eldest first; only those that the actor may see."""
    found: list[str] = []
    parent = instance.parent_id
    while parent is not None and len(found) < DEEPEST:
        found.append(parent)
        parent = session.scalar(select(ProcessInstance.parent_id).where(ProcessInstance.id == parent))
    seen = select(ProcessInstance.id).where(ProcessInstance.id.in_(found), visible_instances(actor))
    allowed = set(session.scalars(seen)) if found else set()
    return [id_ for id_ in reversed(found) if id_ in allowed]


def _tree(instance_id: str) -> CTE:
    """The instance and all that were started by it, by theirs and so on."""
    begin = select(ProcessInstance.id).where(ProcessInstance.id == instance_id)
    tree = begin.cte("family", recursive=True)
    return tree.union(select(ProcessInstance.id).join(tree, ProcessInstance.parent_id == tree.c.id))


def _members(session: Session, actor: Actor, ids: Sequence[str]) -> list[Member]:
    child = aliased(ProcessInstance)
    counted = (
        select(child.parent_id, func.count().label("number")).where(child.parent_id.in_(ids)).group_by(child.parent_id)
    )
    if not actor.reads_all:
        counted = counted.where(child.id.in_(select(ProcessInstance.id).where(visible_instances(actor))))
    of = counted.subquery()
    row = ProcessInstance
    asked = (
        select(
            row.id, row.title, row.business_key, row.status, row.started_at, row.ended_at, row.head_seq,
            ProcessDefinition.name, Unit.short_name, of.c.number,
        )
        .join(ProcessDefinition, ProcessDefinition.id == row.definition_id)
        .outerjoin(Unit, Unit.id == row.unit_id)
        .outerjoin(of, of.c.parent_id == row.id)
        .where(row.id.in_(ids))
    )  # fmt: skip
    return [
        Member(one.id, one.title, one.name, one.business_key, one.short_name or "", one.status, one.started_at,
               one.ended_at, one.head_seq, one.number or 0)
        for one in session.execute(asked)
    ]  # fmt: skip


def _told(places: Sequence[Any]) -> Any:
    """The places of one page, with what they say and who did them."""
    row, instance = EventRow, ProcessInstance
    here = or_(*(and_(row.stream == place.stream, row.seq == place.seq) for place in places))
    return (
        select(
            row.stream, row.seq, row.type, row.at, row.actor, instance.title, instance.definition_id,
            EventPayload.body, Person.name,
        )
        .join(instance, instance.id == row.stream)
        .outerjoin(EventPayload, PAYLOAD_OF_EVENT)
        .outerjoin(Person, Person.login == row.actor)
        .where(here)
    )  # fmt: skip


def _event(row: Row[Any]) -> FamilyEvent:
    return FamilyEvent(
        instance_id=row.stream,
        title=row.title,
        definition_id=row.definition_id,
        seq=row.seq,
        type=row.type,
        at=_instant(row.at),
        actor=row.actor or "",
        actor_name=row.name or "",
        body=told_in(row.body),
    )


def _instant(text: str) -> datetime:
    """One that somebody has spoilt stands before all."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return BEFORE_ALL
