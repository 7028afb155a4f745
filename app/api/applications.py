"""Recognition from outside: batches, an enterprise's application, its evaluation, notices and objections to them."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from app import clock
from app.api.resources import Reply, commands, reads, resource
from app.api.shapes import Body, ByNumber, Listing, Shape, Text, Written, listed
from app.errors import InvalidForm
from app.models.enterprise import Enterprise
from app.queries import notices as found_notices
from app.queries import recognition
from app.queries.evaluations import evaluation_page
from app.services import objections, portal_applications
from app.services.objections import LEAST_FACTS, MOST_FACTS
from app.views.context import current_actor, current_house

bp = resource("applications", "Recognition batches, applications and notices")


class Batch(Shape):
    """refusals: for an enterprise's account, what stands against its applying today; null for everybody else."""

    id: int
    key: str
    level: str
    kind: str
    year: int
    number: int
    status: str
    window_from: date | None
    window_to: date | None
    refusals: list[str] | None


class BatchList(Shape):
    items: list[Batch]
    next_cursor: str | None


class Begun(Shape):
    """instance_id: of the process, whose open user task is the form."""

    id: int
    instance_id: str


class WithdrawnApplication(Shape):
    instance_id: str
    instance_status: str


class StoredEvaluation(Shape):
    """inputs: by year and key, with where each is from; result: every condition, and the points."""

    id: int
    enterprise_id: str
    level: str
    rule_version: str
    on: date
    is_met: bool
    score: int | None
    inputs: dict[str, Any]
    result: dict[str, Any]
    title_ids: list[int]


class Notice(Shape):
    id: int
    key: str
    title: str
    status: str
    published_on: date
    ends_on: date
    enterprises: list[str]


class NoticeList(Shape):
    items: list[Notice]
    next_cursor: str | None


class Objecting(Body):
    """rows: credit codes on the notice's list. name, phone, received_on: for an entry of the bureau only."""

    rows: list[str] = Field(min_length=1, max_length=20)
    facts: str = Field(min_length=LEAST_FACTS, max_length=MOST_FACTS)
    proof: Text = ""
    name: str = Field("", max_length=80)
    phone: str = Field("", max_length=80)
    received_on: date | None = Field(None, strict=False)


@bp.get("/recognition-batches", responses=reads(BatchList))
def list_recognition_batches(query: Listing) -> Reply:
    """The last opened first."""
    actor, today = current_actor(), clock.today()
    with current_house().database.reading() as session:
        found = recognition.batches(session, actor, query.cursor, query.limit)
        own = session.get(Enterprise, actor.enterprise_id) if actor.enterprise_id else None
        items = []
        for line in found.items:
            against = portal_applications.refusals(session, line.batch, own, today) if own else None
            told = {name: getattr(line.batch, name) for name in Batch.model_fields if name != "refusals"}
            items.append(Batch(**told, refusals=against))
    return listed(items, found.next_cursor)


@bp.post("/recognition-batches/<int:id>/applications", responses=commands(Begun, 201))
def apply_for_recognition(path: ByNumber, header: Written) -> Reply:
    """For an enterprise's account, while the batch is open."""
    answer = portal_applications.apply(current_house(), current_actor(), path.id, key=header.key)
    return Begun(**answer).as_json(), 201


@bp.post("/applications/<int:id>/withdrawal", responses=commands(WithdrawnApplication))
def withdraw_application(path: ByNumber, header: Written) -> Reply:
    """Until the list is shown to the public."""
    return WithdrawnApplication(
        **portal_applications.withdraw(current_house(), current_actor(), path.id, key=header.key)
    ).as_json()


@bp.get("/evaluations/<int:id>", responses=reads(StoredEvaluation))
def get_evaluation(path: ByNumber) -> Reply:
    """As it was stored; nothing is reckoned again."""
    with current_house().database.reading() as session:
        page = evaluation_page(session, current_actor(), path.id)
        told = {name: getattr(page.stored, name) for name in StoredEvaluation.model_fields if name != "title_ids"}
        return StoredEvaluation(**told, title_ids=[title.id for title in page.titles]).as_json()


@bp.get("/notices", responses=reads(NoticeList))
def list_notices(query: Listing) -> Reply:
    """The last published first."""
    with current_house().database.reading() as session:
        found = found_notices.notices(session, query.cursor, query.limit)
        names = ("id", "key", "title", "status", "published_on", "ends_on")
        items = [
            Notice(**{name: getattr(row, name) for name in names}, enterprises=[each["key"] for each in row.rows])
            for row in found.items
        ]
    return listed(items, found.next_cursor)


@bp.post("/notices/<int:id>/objections", responses=commands(Begun, 201))
def object_to_notice(path: ByNumber, body: Objecting, header: Written) -> Reply:
    """By an enterprise's account in its own name, or by the bureau for somebody who wrote or called."""
    entry = body.model_dump(mode="json")
    if current_actor().enterprise_id is not None and (body.name or body.phone or body.received_on):
        raise InvalidForm([("name", "企业账号以本账号名义提出，不填写异议人。")])
    answer = objections.raise_objection(current_house(), current_actor(), path.id, entry, key=header.key)
    return Begun(**answer).as_json(), 201
