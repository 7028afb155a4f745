"""The command path on an uploaded process without casework: once, in order, by whom it may, and nothing half-done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app import clock
from app.errors import AlreadyDone, KeyReused, NotFound, NotPermitted, ProcessFault, Reassigned, StaleProcess
from app.ledger.chain import Sealed, faults
from app.models.command import CommandRow
from app.models.event import EventRow
from app.models.person import Person
from app.models.process import Incident, ProcessInstance
from app.models.user_task import Draft, InboxEntry, UserTask
from app.queries.actor import SYSTEM
from app.services import processes, repairs, tasks, timers
from app.services.audit import sealed_rows
from app.services.definitions import DefinitionRefused, deploy
from app.services.house import House
from tests.factories import actor

ENGINE = Path(__file__).parents[1] / "engine"


def started(house: House, name: str = "linear", by: str = "office", **variables: object) -> str:
    deploy(house, SYSTEM, {f"{name}.bpmn": (ENGINE / f"valid_{name}.bpmn").read_bytes()})
    who = SYSTEM if by == "system" else actor(house, by)
    answer = processes.start(house, who, name, {"outcome": "", "round": 0, **variables}, key="start")
    return str(answer["id"])


def open_tasks(house: House, instance_id: str) -> list[UserTask]:
    with house.database.reading() as session:
        where = (UserTask.instance_id == instance_id, UserTask.status.in_(("open", "claimed")))
        return list(session.scalars(select(UserTask).where(*where).order_by(UserTask.created_at)))


def count(house: House, model: type) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def chain(house: House, stream: str) -> list[Sealed]:
    with house.database.reading() as session:
        return list(sealed_rows(session, stream))


def test_a_process_runs_to_its_end_and_its_chain_holds(house: House) -> None:
    instance_id = started(house)
    office = actor(house, "office")

    for number in range(10):
        left = open_tasks(house, instance_id)
        if not left:
            break
        tasks.complete(house, office, left[0].id, {"outcome": "yes"}, key=f"complete-{number}")

    with house.database.reading() as session:
        instance = session.get_one(ProcessInstance, instance_id)
        assert instance.status == "completed"
        assert instance.version == number + 1
    events = chain(house, instance_id)
    assert len(events) == number + 1
    assert list(faults(events)) == []
    with house.database.reading() as session:
        assert session.scalars(select(InboxEntry)).all() == []


def test_the_same_key_is_answered_again_and_done_once(house: House) -> None:
    instance_id = started(house)
    office, task = actor(house, "office"), open_tasks(house, instance_id)[0]

    first = tasks.complete(house, office, task.id, {"outcome": "yes"}, key="k")
    again = tasks.complete(house, office, task.id, {"outcome": "yes"}, key="k")

    assert first == again
    assert len(chain(house, instance_id)) == 2
    with pytest.raises(KeyReused):
        tasks.complete(house, office, task.id, {"outcome": "no"}, key="k")


def test_a_second_person_learns_who_was_first(house: House) -> None:
    task = open_tasks(house, started(house))[0]
    tasks.complete(house, actor(house, "office"), task.id, {}, key="a")

    with pytest.raises(AlreadyDone) as refused:
        tasks.complete(house, actor(house, "office.drc"), task.id, {}, key="b")

    assert refused.value.extra["by"] == "周文博"


def test_a_claimed_task_is_its_claimers_and_leaves_the_groups_inbox(house: House) -> None:
    task = open_tasks(house, started(house))[0]
    office = actor(house, "office")
    tasks.claim(house, office, task.id, key="a")

    with pytest.raises(Reassigned):
        tasks.complete(house, actor(house, "office.drc"), task.id, {}, key="b")
    with house.database.reading() as session:
        assert [line.principal for line in session.scalars(select(InboxEntry))] == [f"person:{office.person_id}"]
    tasks.unclaim(house, office, task.id, key="c")
    with house.database.reading() as session:
        assert [line.principal for line in session.scalars(select(InboxEntry))] == ["office"]


def test_an_old_revision_is_refused_with_who_changed_it(house: House) -> None:
    task = open_tasks(house, started(house))[0]
    office = actor(house, "office")
    tasks.claim(house, office, task.id, key="a")

    with pytest.raises(StaleProcess) as refused:
        tasks.complete(house, office, task.id, {}, key="b", revision=1)

    assert refused.value.extra["by"] == "周文博"
    assert refused.value.extra["revision"] == 2


def test_another_units_task_answers_like_a_missing_one(house: House) -> None:
    task = open_tasks(house, started(house))[0]

    with pytest.raises(NotFound):
        tasks.complete(house, actor(house, "contact.sci"), task.id, {}, key="a")
    with pytest.raises(NotPermitted):
        tasks.complete(house, actor(house, "auditor"), task.id, {}, key="a")


def test_what_was_refused_leaves_nothing_behind(house: House) -> None:
    task = open_tasks(house, started(house))[0]
    before = count(house, CommandRow), count(house, EventRow)

    with pytest.raises(NotPermitted):
        tasks.complete(house, actor(house, "auditor"), task.id, {}, key="a")

    assert (count(house, CommandRow), count(house, EventRow)) == before


def test_a_draft_is_kept_until_the_form_is_sent(house: House) -> None:
    task = open_tasks(house, started(house))[0]
    office = actor(house, "office")

    tasks.save_draft(house, office, task.id, {"text": "一"})
    tasks.save_draft(house, office, task.id, {"text": "二"})

    with house.database.reading() as session:
        assert session.get_one(Draft, task.id).data == {"text": "二"}
    tasks.complete(house, office, task.id, {}, key="a")
    assert count(house, Draft) == 0


def test_a_fault_of_the_model_keeps_what_was_typed_and_can_be_tried_again(house: House) -> None:
    instance_id = started(house, "service")
    task, office = open_tasks(house, instance_id)[0], actor(house, "office")

    with pytest.raises(ProcessFault) as fault:
        tasks.complete(house, office, task.id, {"text": "三百字"}, key="a")

    assert fault.value.extra["reference"].startswith("E-")
    with house.database.reading() as session:
        incident = session.scalars(select(Incident)).one()
        assert incident.instance_id == instance_id
        assert incident.payload["payload"]["answers"] == {"text": "三百字"}
        assert session.get_one(UserTask, task.id).status == "open"
    with pytest.raises(ProcessFault):
        repairs.retry(house, SYSTEM, incident.id, key="r")


def test_the_same_business_key_gives_one_instance(house: House) -> None:
    deploy(house, SYSTEM, {"linear.bpmn": (ENGINE / "valid_linear.bpmn").read_bytes()})
    office = actor(house, "office")

    first = processes.start(house, office, "linear", {}, key="a", business_key="one")
    second = processes.start(house, office, "linear", {}, key="b", business_key="one")

    assert first == second
    assert count(house, ProcessInstance) == 1


def test_a_cancelled_instance_leaves_every_inbox(house: House) -> None:
    instance_id = started(house)

    processes.cancel(house, actor(house, "office"), instance_id, "重复", key="c")

    assert open_tasks(house, instance_id) == []
    assert count(house, InboxEntry) == 0


def test_a_hostile_file_is_refused_whole_with_its_lines(house: House) -> None:
    good = (ENGINE / "valid_linear.bpmn").read_bytes()
    with pytest.raises(DefinitionRefused) as refused:
        deploy(house, SYSTEM, {"linear.bpmn": good, "bad.bpmn": b"<!DOCTYPE x><x/>"})

    assert refused.value.extra["problems"][0]["file"] == "bad.bpmn"
    with pytest.raises(NotFound):
        processes.start(house, actor(house, "office"), "linear", {}, key="s")


def test_a_task_without_anybody_raises_an_incident_that_ends_when_somebody_is_there(house: House) -> None:
    with house.database.transaction() as session:
        for someone in session.scalars(select(Person).where(Person.login.like("office%"))):
            someone.is_active = False
    instance_id = started(house, by="system")

    with house.database.reading() as session:
        incident = session.scalars(select(Incident)).one()
    assert (incident.kind, incident.instance_id) == ("no_candidate", instance_id)
    with pytest.raises(NotPermitted):
        repairs.retry(house, SYSTEM, incident.id, key="r")
    with house.database.transaction() as session:
        session.scalars(select(Person).where(Person.login == "office")).one().is_active = True
    assert repairs.retry(house, actor(house, "office"), incident.id, key="r")["instance_id"] == instance_id


def test_a_timer_that_fails_stops_its_instance_only_and_is_not_tried_every_minute(house: House) -> None:
    with clock.held(datetime(2024, 12, 2, 1, tzinfo=UTC)):
        dates = {"due_at": "2024-12-02T00:00:00+00:00", "remind_at": "9999-12-31T00:00:00+00:00"}
        instance_id = started(house, "user_bnd", **dates)
        with house.database.writing() as connection:
            connection.execute(text("UPDATE process_instance SET state = :bad"), {"bad": b"not a state"})
        timers.fire_due(house)
    with clock.held(datetime(2024, 12, 2, 2, tzinfo=UTC)):
        timers.fire_due(house)

    with house.database.reading() as session:
        incidents = session.scalars(select(Incident)).all()
    assert [incident.instance_id for incident in incidents] == [instance_id]
