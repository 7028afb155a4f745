"""Process instances: started, listed, read with their history, cancelled; and messages to those that wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson
from flask import url_for
from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from app import clock
from app.api.resources import Reply, commands, reads, resource
from app.api.shapes import LARGEST_INT, Body, ById, Instant, Key, Listing, Name, Query, Shape, Written, listed
from app.models.event import EventRow
from app.models.process import ProcessInstance as Row
from app.queries import events, instances
from app.queries.replay import marks_at
from app.queries.sight import seen_instance
from app.services import migration_plans, migrations, processes
from app.services.migration_plans import Line, Target
from app.terms import InstanceStatus
from app.views.context import current_actor, current_house

bp = resource("process_instances", "Process instances")


class Search(Listing):
    definition_key: Name | None = None
    status: InstanceStatus | None = None
    business_key: Key | None = None


class Moment(Query):
    """at: an instant with its offset; now without one."""

    at: AwareDatetime | None = None


class Starting(Body):
    """variables: what the duty asks for, such as {"year": 2024}; flat values for an uploaded process."""

    definition_key: Name
    business_key: Key | None = None
    variables: dict[str, Any] = Field(default_factory=dict)


class Cancelling(Body):
    reason: str = Field(min_length=1, max_length=500)


class Migrating(Body):
    """mapping: waiting elements that the version does not have -> those that go on. reason: but for a dry run."""

    to_version: int = Field(ge=1, le=LARGEST_INT)
    mapping: dict[Name, Name] = Field(default_factory=dict, max_length=200)
    dry_run: bool = False
    reason: str = Field("", max_length=500)


class Message(Body):
    """name: as it is drawn; correlation: the key under which an instance waits for it."""

    name: Name
    correlation: Key
    variables: dict[str, Any] = Field(default_factory=dict)


class Instance(Shape):
    """stage: the duty's own word for how far it is. unit: whom it is about."""

    id: str
    definition_key: str
    version: int
    business_key: str
    status: InstanceStatus
    started_at: Instant
    ended_at: Instant | None
    title: str
    stage: str
    year: int | None
    unit: str | None
    parent_id: str | None


class InstanceList(Shape):
    items: list[Instance]
    next_cursor: str | None


class Event(Shape):
    """One line of the history. payload: what it says, null where that was erased; its text is what was sealed."""

    seq: int
    type: str
    actor: str | None
    on_behalf_of: str | None
    at: str
    command_key: str
    payload: dict[str, Any] | None
    attachments: list[str]
    prev: str
    hash: str


class EventList(Shape):
    items: list[Event]
    next_cursor: str | None


class Diagram(Shape):
    """Ids of elements and sequence flows."""

    done: list[str]
    active: list[str]
    cancelled: list[str]
    flows: list[str]


class Cancelled(Shape):
    id: str
    status: InstanceStatus


class Hindrance(Shape):
    """reason: a word to switch on. candidates: elements of the version that could go on instead."""

    element_id: str
    name: str
    reason: str
    text: str
    candidates: list[str]


class Migration(Shape):
    """verdict: safe, needs_mapping or impossible. armed, dropped: names of boundary events; skipped: of user tasks."""

    id: str
    from_version: int
    to_version: int
    verdict: str
    obstacles: list[Hindrance]
    moved: dict[str, str]
    armed: list[str]
    dropped: list[str]
    skipped: list[str]
    dry_run: bool


class MigratedBack(Shape):
    id: str
    from_version: int
    to_version: int


class Delivered(Shape):
    delivered: int


@bp.post("/process-instances", responses=commands(Instance, 201))
def start_process_instance(header: Written, body: Starting) -> Reply:
    """Start a process. The same business key again gives the instance that is there."""
    house, actor = current_house(), current_actor()
    answer = processes.start(
        house, actor, body.definition_key, body.variables, key=header.key, business_key=body.business_key
    )
    with house.database.reading() as session:
        started = _shapes_of(session, [session.get_one(Row, answer["id"])])[0]
    return started.as_json(), 201, {"Location": url_for("api.process_instances.get_process_instance", id=started.id)}


@bp.get("/process-instances", responses=reads(InstanceList))
def list_process_instances(query: Search) -> Reply:
    """Those of one's own scope, the newest first; the office, leaders and auditors read all."""
    with current_house().database.reading() as session:
        found = instances.instances_page(session, current_actor(), **query.model_dump())
        return listed(_shapes_of(session, found.items), found.next_cursor)


@bp.get("/process-instances/<id>", responses=reads(Instance))
def get_process_instance(path: ById) -> Reply:
    with current_house().database.reading() as session:
        return _shapes_of(session, [seen_instance(session, current_actor(), path.id)])[0].as_json()


@bp.get("/process-instances/<id>/events", responses=reads(EventList))
def list_process_instance_events(path: ById, query: Listing) -> Reply:
    """The history, in order."""
    with current_house().database.reading() as session:
        seen_instance(session, current_actor(), path.id)
        found = events.instance_events(session, path.id, query.cursor, query.limit)
        bodies = events.payloads(session, found.items)
        return listed([_event(row, bodies) for row in found.items], found.next_cursor)


@bp.get("/process-instances/<id>/diagram", responses=reads(Diagram))
def get_process_instance_diagram(path: ById, query: Moment) -> Reply:
    """How the diagram was marked at a moment."""
    with current_house().database.reading() as session:
        seen_instance(session, current_actor(), path.id)
        return Diagram.model_validate(marks_at(session, path.id, _moment(query))).as_json()


@bp.post("/process-instances/<id>/cancellation", responses=commands(Cancelled))
def cancel_process_instance(path: ById, header: Written, body: Cancelling) -> Reply:
    """End an instance and its children where they stand."""
    return processes.cancel(current_house(), current_actor(), path.id, body.reason, key=header.key)


@bp.post("/process-instances/<id>/migration", responses=commands(Migration))
def migrate_process_instance(path: ById, header: Written, body: Migrating) -> Reply:
    """Let an instance go on in another version where it stands; a dry run only says what would become of it."""
    house, actor = current_house(), current_actor()
    if body.dry_run:
        (line,) = migration_plans.plan(house, actor, [Target(path.id, body.to_version, body.mapping)])
        return _weighed(line).as_json()
    answer = migrations.migrate(
        house, actor, path.id, body.to_version, reason=body.reason, key=header.key, mapping=body.mapping
    )
    told = {**answer, "moved": dict(answer["moved"]), "obstacles": [], "dry_run": False}
    return Migration.model_validate(told).as_json()


@bp.post("/process-instances/<id>/migration-reversal", responses=commands(MigratedBack))
def reverse_process_instance_migration(path: ById, header: Written) -> Reply:
    """Give an instance the version and state of before its last migration; 409 when anything was done since."""
    answer = migrations.migrate_back(current_house(), current_actor(), path.id, key=header.key)
    return MigratedBack.model_validate(answer).as_json()


@bp.post("/messages", responses=commands(Delivered))
def deliver_message(header: Written, body: Message) -> Reply:
    """Give a message to the instances that wait for it; 404 when none does."""
    house, actor = current_house(), current_actor()
    return processes.deliver(house, actor, body.name, body.correlation, key=header.key, told=body.variables)


def _moment(query: Moment) -> datetime:
    return query.at or clock.now()


def _weighed(line: Line) -> Migration:
    weighed = line.weighed
    return Migration(
        id=line.instance_id,
        from_version=line.from_version,
        to_version=line.to_version,
        verdict=line.verdict.value,
        obstacles=[
            Hindrance(
                element_id=found.element_id,
                name=found.name,
                reason=found.reason.value,
                text=found.text,
                candidates=[id_ for id_, _ in found.candidates],
            )
            for found in weighed.hindrances
        ],
        moved=dict(weighed.moved),
        armed=list(weighed.armed),
        dropped=list(weighed.dropped),
        skipped=list(weighed.skipped),
        dry_run=True,
    )


def _shapes_of(session: Session, rows: Iterable[Row]) -> list[Instance]:
    found = list(rows)
    versions = instances.versions(session, found)
    return [
        Instance(
            id=row.id,
            definition_key=row.definition_key,
            version=versions[row.definition_id],
            business_key=row.business_key,
            status=InstanceStatus(row.status),
            started_at=row.started_at,
            ended_at=row.ended_at,
            title=row.title,
            stage=row.stage,
            year=row.year,
            unit=row.unit_id,
            parent_id=row.parent_id,
        )
        for row in found
    ]


def _event(row: EventRow, bodies: Mapping[int, str | None]) -> Event:
    body = bodies.get(row.seq)
    return Event(
        seq=row.seq,
        type=row.type,
        actor=row.actor,
        on_behalf_of=row.on_behalf_of,
        at=row.at,
        command_key=row.command_key,
        payload=None if body is None else orjson.loads(body),
        attachments=row.attachments,
        prev=row.prev,
        hash=row.hash,
    )
