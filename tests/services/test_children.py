"""A campaign of more children than one command may start: by pages, each once; the parent is told at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from app.db import table_of
from app.models.outbox import OutboxRow
from app.models.process import ProcessInstance
from app.services import check, child_pages, children, outbox, processes
from app.services.house import House
from bench import casework, collection
from bench.models import COLLECTION, PART, complete, open_task_ids
from tests.factories import actor

CHILDREN = 600
OUTBOX = table_of(OutboxRow)


@pytest.fixture
def office(house: House) -> Iterator[House]:
    """With a process that asks six hundred units, each by a child of its own."""
    with casework.registered():
        for model in (COLLECTION, PART):
            model.deploy(house)
        collection.add_units(house, 0, CHILDREN)
        yield house


def begun(house: House) -> str:
    return COLLECTION.start(house, actor(house, "office"), "a")


def started(house: House, instance_id: str, status: str | None = None) -> int:
    wanted = select(func.count()).where(ProcessInstance.parent_id == instance_id)
    if status:
        wanted = wanted.where(ProcessInstance.status == status)
    with house.database.reading() as session:
        return session.scalar(wanted) or 0


def pages(house: House, kind: str) -> list[OutboxRow]:
    with house.database.reading() as session:
        return list(session.scalars(select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)))


def report_all(house: House, instance_id: str) -> None:
    for task_id, who in collection.reports(house, instance_id):
        complete(house, who, task_id)


def test_many_children_are_started_page_by_page(office: House) -> None:
    instance_id = begun(office)
    at_once = started(office, instance_id)

    outbox.drain(office)

    assert at_once == 0
    assert started(office, instance_id, "active") == CHILDREN
    assert [len(page.payload["starts"]) for page in pages(office, "start")] == [children.PAGE] * 3
    assert check.check(office) == []


def test_the_parent_goes_on_when_the_last_one_has_reported(office: House) -> None:
    instance_id = begun(office)
    outbox.drain(office)

    report_all(office, instance_id)
    outbox.drain(office)

    [task_id] = open_task_ids(office, instance_id)
    with office.database.reading() as session:
        data = session.get_one(ProcessInstance, instance_id).data
    assert data["reported"] == CHILDREN
    complete(office, actor(office, "office"), task_id)
    assert check.check(office) == []


def test_the_parent_is_not_told_while_a_page_is_still_to_be_started(office: House) -> None:
    instance_id = begun(office)
    first = pages(office, "start")[0]
    child_pages.deliver(office, "start", first.payload, key=first.effect_key)
    report_all(office, instance_id)

    for message in pages(office, "message"):
        told = message.payload
        answer = processes.deliver_when_all_done(
            office, told["name"], told["key"], told["unless_open"], key=message.effect_key
        )
        assert answer == {"delivered": 0}

    outbox.drain(office)
    assert open_task_ids(office, instance_id) == []
    assert started(office, instance_id, "active") == CHILDREN - children.PAGE


def test_a_page_that_comes_last_and_starts_nobody_still_lets_the_parent_go_on(office: House) -> None:
    instance_id = begun(office)
    with office.database.writing() as connection:
        [first, *others] = pages(office, "start")
        connection.execute(OUTBOX.delete().where(OUTBOX.c.id.in_([page.id for page in others])))
        again = {column.name: getattr(first, column.name) for column in OUTBOX.c if column.name != "id"}
        connection.execute(OUTBOX.insert(), [{**again, "effect_key": "start:again"}])
    child_pages.deliver(office, "start", first.payload, key=first.effect_key)
    report_all(office, instance_id)

    outbox.drain(office)

    assert len(open_task_ids(office, instance_id)) == 1


def test_a_page_is_done_once_for_its_key(office: House) -> None:
    instance_id = begun(office)
    page = pages(office, "start")[0]

    first = child_pages.deliver(office, "start", page.payload, key=page.effect_key)
    again = child_pages.deliver(office, "start", page.payload, key=page.effect_key)

    assert first == again == {"started": children.PAGE}
    assert started(office, instance_id) == children.PAGE


def test_a_cancelled_parent_starts_no_more_and_its_children_end_page_by_page(office: House) -> None:
    instance_id = begun(office)
    for page in pages(office, "start")[:2]:
        child_pages.deliver(office, "start", page.payload, key=page.effect_key)

    processes.cancel(office, actor(office, "office"), instance_id, "重复", key="cancel")
    at_once = started(office, instance_id, "cancelled")
    outbox.drain(office)

    assert at_once == 0
    assert started(office, instance_id, "cancelled") == started(office, instance_id) == 2 * children.PAGE
    assert check.check(office) == []
