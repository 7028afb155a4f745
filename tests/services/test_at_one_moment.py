"""What happens at one moment, on both databases: messages to several instances, retries, timers beside forms."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app import clock
from app.db import table_of
from app.errors import AlreadyDone, NotFound, ProcessFault
from app.models.command import CommandRow
from app.models.event import EventRow
from app.models.outbox import OutboxRow
from app.models.process import Incident, Subscription
from app.models.user_task import UserTask
from app.queries.actor import CLOCK, SYSTEM
from app.services import check, outbox, processes, registry, repairs, tasks, timers
from app.services.cases import PLAIN
from app.services.definitions import deploy
from app.services.house import House
from tests import walks
from tests.factories import actor, house_on, load_office

ROUNDS = 10


@pytest.fixture
def any_house(database_url: str, tmp_path: Path) -> Iterator[House]:
    house = house_on(database_url, tmp_path)
    load_office(house)
    with clock.held(walks.BEGIN):
        yield house
    house.close()


def waiting(house: House, count: int) -> list[str]:
    """Instances that wait for the same two messages under the same key."""
    deploy(house, SYSTEM, {"recv.bpmn": (walks.ENGINE / "valid_recv.bpmn").read_bytes()})
    office = actor(house, "office")
    ids = [
        processes.start(house, office, "recv", walks.VARIABLES, key=f"{number}", business_key=f"{number}")["id"]
        for number in range(count)
    ]
    with house.database.writing() as connection:
        connection.execute(text("UPDATE subscription SET key = 'shared'"))
    return ids


def count(house: House, model: type, **where: object) -> int:
    table = table_of(model)
    with house.database.reading() as session:
        asked = (
            select(func.count()).select_from(table).where(*(table.c[name] == value for name, value in where.items()))
        )
        return session.scalar(asked) or 0


def delivered(house: House) -> int:
    return count(house, EventRow, type="message_delivered")


def test_each_instance_gets_it_by_a_command_of_its_own(any_house: House) -> None:
    waiting(any_house, 3)

    answer = processes.deliver(any_house, CLOCK, "all_done", "shared", key="m")
    assert delivered(any_house) == 0
    outbox.drain(any_house)

    assert answer == {"delivered": 3}
    assert delivered(any_house) == 3
    assert count(any_house, CommandRow, kind="deliver_to_one") == 3
    assert check.check(any_house) == []


def test_the_same_message_again_reaches_nobody_twice(any_house: House) -> None:
    waiting(any_house, 2)
    for _ in range(2):
        assert processes.deliver(any_house, CLOCK, "all_done", "shared", key="m") == {"delivered": 2}
        outbox.drain(any_house)
    with pytest.raises(NotFound):
        processes.deliver(any_house, CLOCK, "all_done", "shared", key="another")

    assert delivered(any_house) == 2


def test_a_broken_instance_keeps_the_message_from_nobody_else(any_house: House) -> None:
    broken, *_others = waiting(any_house, 3)
    with any_house.database.writing() as connection:
        connection.execute(text("UPDATE process_instance SET state = :bad WHERE id = :id"), {"bad": b"x", "id": broken})

    processes.deliver(any_house, CLOCK, "all_done", "shared", key="m")
    outbox.drain(any_house)

    assert delivered(any_house) == 2
    assert count(any_house, Incident, kind="fault", instance_id=broken) == 1
    assert count(any_house, OutboxRow, status="failed") == 1


def test_two_messages_to_the_same_instances_do_not_wait_for_each_other(any_house: House) -> None:
    """Each of them ends the waiting for the other; the loser finds nobody, and nothing is done twice."""
    for number in range(ROUNDS):
        with any_house.database.writing() as connection:
            connection.execute(table_of(Subscription).delete())
        ids = [
            processes.start(
                any_house, actor(any_house, "office"), "recv", walks.VARIABLES, key=f"{number}:{one}",
                business_key=f"{number}:{one}",
            )["id"]
            for one in range(4)
        ] if number else waiting(any_house, 4)  # fmt: skip
        with any_house.database.writing() as connection:
            connection.execute(text("UPDATE subscription SET key = 'shared'"))

        _at_once(any_house, number)
        outbox.drain(any_house)

        with any_house.database.reading() as session:
            where = (EventRow.type == "message_delivered", EventRow.stream.in_(ids))
            streams = session.scalars(select(EventRow.stream).where(*where)).all()
        assert sorted(streams) == sorted(ids)
    assert count(any_house, Incident) == 0


def _at_once(house: House, number: int) -> None:
    together = Barrier(4)

    def send(name: str) -> Any:
        together.wait()
        try:
            processes.deliver(house, CLOCK, name, "shared", key=f"{name}:{number}")
        except NotFound:
            return None
        return outbox.deliver_messages(house)

    with ThreadPoolExecutor(4) as pool:
        names = ["all_done", "collection_closed"] * 2
        list(pool.map(send, names))


def test_two_who_retry_one_incident_do_it_once(any_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    office = actor(any_house, "office")
    deploy(any_house, SYSTEM, {"service.bpmn": (walks.ENGINE / "valid_service.bpmn").read_bytes()})
    for number in range(ROUNDS):
        started = processes.start(
            any_house, office, "service", {"round": 0}, key=f"s{number}", business_key=f"{number}"
        )
        with any_house.database.reading() as session:
            wanted = select(UserTask.id).where(UserTask.instance_id == started["id"])
            task_id = session.scalars(wanted).one()
        with pytest.raises(ProcessFault):
            tasks.complete(any_house, office, task_id, {"text": "三百字"}, key=f"c{number}")
    mended = replace(PLAIN, actions={"do.act": lambda *_arguments: {"is_big": True}})
    monkeypatch.setitem(registry.CASEWORK, "service", mended)  # type: ignore[arg-type]
    together = Barrier(3)

    def retry(who: int) -> int:
        won = 0
        for number in range(1, ROUNDS + 1):
            together.wait()
            with suppress(AlreadyDone):
                repairs.retry(any_house, office, number, key=f"r{who}:{number}")
                won += 1
        return won

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(retry, range(3))) == ROUNDS

    assert count(any_house, EventRow, type="user_task_completed") == ROUNDS
    assert count(any_house, EventRow, type="incident_retried") == ROUNDS
    assert check.check(any_house) == []


def test_a_timer_and_a_form_at_one_moment_leave_no_incident(any_house: House) -> None:
    """Whoever comes second finds the task or the timer closed."""
    office = actor(any_house, "office")
    deploy(any_house, SYSTEM, {"user_bnd.bpmn": (walks.ENGINE / "valid_user_bnd.bpmn").read_bytes()})
    values = {**walks.VARIABLES, "remind_at": walks.BEGIN.isoformat(), "due_at": "9999-12-31T00:00:00+00:00"}
    for number in range(ROUNDS):
        processes.start(any_house, office, "user_bnd", values, key=f"s{number}", business_key=f"{number}")
    with any_house.database.reading() as session:
        ids = list(session.scalars(select(UserTask.id).order_by(UserTask.id)))

    with clock.held(walks.BEGIN + timedelta(hours=1)), ThreadPoolExecutor(3) as pool:
        forms = pool.submit(
            lambda: [tasks.complete(any_house, office, id_, {"outcome": ""}, key=f"c{id_}") for id_ in ids]
        )
        firing = [pool.submit(lambda: [timers.fire_due(any_house, limit=2) for _ in range(ROUNDS)]) for _ in range(2)]
        for future in (forms, *firing):
            future.result()

    assert count(any_house, Incident) == 0
    assert count(any_house, EventRow, type="user_task_completed") == ROUNDS
