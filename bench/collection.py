"""campaign_10000: a campaign that asks ten thousand units, from its opening to its consolidation.

The line is the time a child takes, opened, reported and told to its parent, over the same with as few children as are
opened in one transaction. Beside it stand the longest transaction and how much the process has grown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from sqlalchemy import event, select

from app.db import table_of
from app.models.organization import Unit
from app.models.person import Person, PersonRole
from app.models.process import ProcessInstance
from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import Actor
from app.services import outbox
from app.services.children import AT_ONCE
from app.services.house import House
from app.terms import Role
from bench.casework import CROWD
from bench.ground import Ground
from bench.measured import Ratio
from bench.memory import resident_megabytes
from bench.models import COLLECTION, PART, complete, open_task_ids
from tests.factories import actor

UNIT, PERSON, ROLE = table_of(Unit), table_of(Person), table_of(PersonRole)
PAGE = 500


def campaign(ground: Ground) -> Iterator[Ratio]:
    """A small one first, which is also the warming up; then the large one with all units."""
    for model in (COLLECTION, PART):
        model.deploy(ground.house)
    add_units(ground.house, 0, AT_ONCE)
    few = _seconds(ground.house, "few") / AT_ONCE
    add_units(ground.house, AT_ONCE, ground.size.children)
    before = resident_megabytes()
    with transactions(ground.house) as lengths:
        many = _seconds(ground.house, "many") / ground.size.children
    told = f"{many * ground.size.children:.0f} s, longest transaction {max(lengths) * 1000:.0f} ms"
    note = f"{told}, memory +{resident_megabytes() - before:.0f} MB"
    name = f"campaign_{ground.size.children}_over_{AT_ONCE}"
    yield Ratio(name, many * 1000, few * 1000, ground.size.children, note=note)


def add_units(house: House, first: int, until: int) -> None:
    """Synthetic units, each with a contact; their ids are those of their people, but for the prefix."""
    numbers = range(first, until)
    units = [
        {"id": f"{CROWD}{number:05}", "position": 1000 + number, "kind": "department", "name": f"第{number}单位",
         "short_name": f"单位{number}", "name_en": "", "pinyin": "", "weight": 0}
        for number in numbers
    ]  # fmt: skip
    people = [
        {"login": f"contact.{unit['id']}", "name": "联络员", "pinyin": "", "unit_id": unit["id"],
         "password_hash": "", "email": ""}
        for unit in units
    ]  # fmt: skip
    with house.database.writing() as connection:
        connection.execute(UNIT.insert(), units)
        connection.execute(PERSON.insert(), people)
        wanted = select(PERSON.c.id, PERSON.c.unit_id).where(PERSON.c.unit_id.in_([unit["id"] for unit in units]))
        rows = connection.execute(wanted).all()
        roles = [{"person_id": row.id, "role": Role.CONTACT.value, "unit_id": row.unit_id} for row in rows]
        connection.execute(ROLE.insert(), roles)


def _seconds(house: House, key: str) -> float:
    """Opened, reported by every unit, consolidated."""
    since = perf_counter()
    instance_id = run_campaign(house, key)
    seconds = perf_counter() - since
    with house.database.reading() as session:
        assert len(open_task_ids(house, instance_id)) == 1, "the parent was not told that all have reported"
        assert session.get_one(ProcessInstance, instance_id).status == "active"
    return seconds


def run_campaign(house: House, key: str) -> str:
    """The id of the campaign, which then waits to be signed."""
    instance_id = COLLECTION.start(house, actor(house, "office"), key)
    outbox.drain(house)
    for task_id, who in reports(house, instance_id):
        complete(house, who, task_id)
    outbox.drain(house)
    return instance_id


def reports(house: House, instance_id: str) -> Iterator[tuple[str, Actor]]:
    """The open task of each part with whoever has to do it, page by page."""
    wanted = (
        select(UserTask.id, UserTask.unit_id, Person.id.label("person_id"))
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .join(Person, Person.unit_id == UserTask.unit_id)
        .where(ProcessInstance.parent_id == instance_id, IS_OPEN)
        .order_by(UserTask.id)
        .limit(PAGE)
    )
    while True:
        with house.database.reading() as session:
            rows = session.execute(wanted).all()
        if not rows:
            return
        for row in rows:
            yield row.id, contact(row.unit_id, row.person_id)


def contact(unit_id: str, person_id: int) -> Actor:
    return Actor(
        login=f"contact.{unit_id}",
        name="联络员",
        person_id=person_id,
        home_unit_id=unit_id,
        roles=frozenset({Role.CONTACT}),
        principals=frozenset({f"contact:{unit_id}", f"person:{person_id}"}),
        unit_ids=frozenset({unit_id}),
    )


@contextmanager
def transactions(house: House) -> Iterator[list[float]]:
    """Seconds of every transaction within the block, from its first statement to its end."""
    lengths: list[float] = []
    begun: dict[int, float] = {}

    def begin(connection: Any) -> None:
        begun[id(connection)] = perf_counter()

    def end(connection: Any) -> None:
        lengths.append(perf_counter() - begun.pop(id(connection), perf_counter()))

    listeners = (("begin", begin), ("commit", end), ("rollback", end))
    for name, listener in listeners:
        event.listen(house.database.engine, name, listener)
    try:
        yield lengths
    finally:
        for name, listener in listeners:
            event.remove(house.database.engine, name, listener)
