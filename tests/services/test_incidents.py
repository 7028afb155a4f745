"""What was stopped is kept, tried again after growing pauses, and settled: retried, skipped, assigned or cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app import clock
from app.db import table_of
from app.engine import ModelFault
from app.errors import AlreadyDone, DatabaseAway, IncidentOpen, InvalidForm, NotPermitted, ProcessFault
from app.models.event import EventPayload, EventRow
from app.models.notification import Notification
from app.models.outbox import OutboxRow
from app.models.person import Person
from app.models.process import Incident, ProcessInstance
from app.models.timer import Timer
from app.models.user_task import Draft, UserTask
from app.queries.actor import SYSTEM
from app.services import check, outbox, processes, registry, repairs, sweep, tasks, timers
from app.services.cases import PLAIN, Case, Effect
from app.services.definitions import deploy
from app.services.effects import put_effects
from app.services.house import House
from app.services.pauses import PAUSES
from app.services.told_incidents import incidents
from tests import walks
from tests.factories import actor

NOW = walks.BEGIN + timedelta(days=10)
Mend = Callable[..., None]


@pytest.fixture(autouse=True)
def a_day() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture(autouse=True)
def incidents_are_as_told(house: House, a_day: None) -> Iterator[None]:
    """However a test ends: no incident stands otherwise than its events say."""
    yield
    with house.database.reading() as session:
        assert list(incidents(session, NOW)) == []


@pytest.fixture
def mend(monkeypatch: pytest.MonkeyPatch) -> Mend:
    """Gives an uploaded process the actions it lacks, as a new version of the program would."""

    def act(process: str, **actions: Any) -> None:
        casework = replace(PLAIN, actions={name.replace("_", "."): action for name, action in actions.items()})
        monkeypatch.setitem(registry.CASEWORK, process, casework)

    return act


def big(*_arguments: object) -> dict[str, bool]:
    return {"is_big": True}


def started(house: House, model: str = "service", business_key: str = "one", **variables: object) -> str:
    deploy(house, SYSTEM, {f"{model}.bpmn": (walks.ENGINE / f"valid_{model}.bpmn").read_bytes()})
    office, key = actor(house, "office"), f"start:{model}:{business_key}"
    values = {**walks.VARIABLES, **variables}
    answer = processes.start(house, office, model, values, key=key, business_key=business_key)
    return str(answer["id"])


def all_of(house: House, model: type, **where: object) -> list[Any]:
    with house.database.reading() as session:
        table = table_of(model)
        asked = select(table).where(*(table.c[name] == value for name, value in where.items()))
        return list(session.execute(asked.order_by(*table.primary_key)).all())


def open_task(house: House, instance_id: str) -> Any:
    return all_of(house, UserTask, instance_id=instance_id, status="open")[0]


def stopped(house: House, business_key: str = "one") -> str:
    """An instance that a service task without an action has stopped, with a form on its way."""
    instance_id = started(house, business_key=business_key)
    task = open_task(house, instance_id)
    with pytest.raises(ProcessFault):
        tasks.complete(house, actor(house, "office"), task.id, {"text": "三百字"}, key=f"a:{business_key}")
    return instance_id


def events(house: House, stream: str) -> list[str]:
    return [row.type for row in all_of(house, EventRow, stream=stream)]


def only_incident(house: House) -> Any:
    (incident,) = all_of(house, Incident)
    return incident


def test_what_was_typed_goes_on_under_its_own_key_and_name_once_the_cause_is_mended(house: House, mend: Mend) -> None:
    instance_id = stopped(house)
    mend("service", do_act=big)

    repairs.retry(house, actor(house, "system_admin"), 1, key="r")

    incident = only_incident(house)
    assert (incident.status, incident.resolution, incident.resolved_by) == ("resolved", "retried", "system_admin")
    assert events(house, instance_id) == [
        "instance_started", "incident_raised", "user_task_completed", "incident_retried"
    ]  # fmt: skip
    done = all_of(house, EventRow, stream=instance_id)[2]
    assert (done.actor, done.command_key) == ("office", "a:one")
    assert open_task(house, instance_id).element_id == "b"
    assert check.check(house) == []


def test_the_person_who_sends_the_form_again_gets_the_answer_of_the_retry(house: House, mend: Mend) -> None:
    instance_id = stopped(house)
    task = open_task(house, instance_id)
    mend("service", do_act=big)
    repairs.retry(house, SYSTEM, 1, key="r")

    answer = tasks.complete(house, actor(house, "office"), task.id, {"text": "三百字"}, key="a:one")

    assert answer["status"] == "completed"


def test_a_retry_that_fails_again_keeps_the_same_incident_open(house: House) -> None:
    instance_id = stopped(house)

    for number in (1, 2):
        with pytest.raises(ProcessFault) as again:
            repairs.retry(house, SYSTEM, 1, key=f"r{number}")
        assert again.value.extra["reference"] == "E-0001"

    incident = only_incident(house)
    assert (incident.status, incident.attempts, incident.element_id) == ("open", 2, "act")
    assert events(house, instance_id) == ["instance_started", *["incident_raised"] * 3]
    assert check.check(house) == []


def test_an_incident_is_settled_once(house: House, mend: Mend) -> None:
    stopped(house)
    mend("service", do_act=big)
    first = repairs.retry(house, SYSTEM, 1, key="r")

    assert repairs.retry(house, SYSTEM, 1, key="r") == first
    with pytest.raises(AlreadyDone):
        repairs.retry(house, SYSTEM, 1, key="another")


def test_a_skipped_form_becomes_the_tasks_draft_and_the_instance_goes_on(house: House) -> None:
    instance_id = stopped(house)
    task, office = open_task(house, instance_id), actor(house, "office")
    with pytest.raises(IncidentOpen):
        tasks.complete(house, office, task.id, {"text": "另一份"}, key="b")
    with pytest.raises(InvalidForm):
        repairs.skip(house, office, 1, " ", key="s0")

    repairs.skip(house, office, 1, "内容有误，请重新填写", key="s")

    (draft,) = all_of(house, Draft)
    assert draft.data == {"text": "三百字"}
    assert only_incident(house).reason == "内容有误，请重新填写"
    assert events(house, instance_id)[-1] == "incident_skipped"
    with pytest.raises(ProcessFault):
        tasks.complete(house, office, task.id, {"text": "另一份"}, key="b")
    assert check.check(house) == []


def test_only_the_office_and_the_system_administrator_repair_and_only_the_office_ends_a_matter(house: House) -> None:
    instance_id = stopped(house)

    for login in ("contact.sci", "leader", "auditor", "security_admin"):
        with pytest.raises(NotPermitted):
            repairs.retry(house, actor(house, login), 1, key="r")
        with pytest.raises(NotPermitted):
            repairs.skip(house, actor(house, login), 1, "不需要", key="s")
    with pytest.raises(NotPermitted):
        repairs.cancel(house, actor(house, "system_admin"), 1, "不需要", key="c")
    repairs.cancel(house, actor(house, "office"), 1, "重复启动", key="c")

    assert all_of(house, ProcessInstance, id=instance_id)[0].status == "cancelled"
    assert only_incident(house).resolution == "cancelled"
    assert check.check(house) == []


def test_a_cancellation_from_elsewhere_settles_the_incidents_of_the_instance(house: House) -> None:
    instance_id = stopped(house)

    processes.cancel(house, actor(house, "office"), instance_id, "重复启动", key="c")

    assert only_incident(house).status == "resolved"


def test_all_incidents_of_an_element_are_retried_each_for_itself(house: House, mend: Mend) -> None:
    for number in range(3):
        stopped(house, f"{number}")
    repairs.skip(house, SYSTEM, 2, "不再需要", key="s")
    definition_id = all_of(house, ProcessInstance)[0].definition_id
    broken = all_of(house, Incident, status="open")[0].instance_id

    def act(case: Case, data: object) -> dict[str, bool]:
        if case.instance.id == broken:
            raise ModelFault("service", "act", "still broken")
        return {"is_big": True}

    mend("service", do_act=act)
    answer = repairs.retry_all(house, SYSTEM, definition_id, "act", key="all")

    assert answer["retried"] == [3]
    assert [(failed["id"], failed["code"]) for failed in answer["failed"]] == [(1, "incident")]
    assert check.check(house) == []


def test_a_start_that_was_stopped_belongs_to_no_instance_and_can_be_skipped(house: House) -> None:
    deploy(house, SYSTEM, {"mi_bnd.bpmn": (walks.ENGINE / "valid_mi_bnd.bpmn").read_bytes()})
    with pytest.raises(ProcessFault):
        processes.start(house, actor(house, "office"), "mi_bnd", {}, key="a")
    with pytest.raises(ProcessFault) as twice:
        processes.start(house, actor(house, "office"), "mi_bnd", {}, key="a")
    assert twice.value.extra["reference"] == "E-0001"

    repairs.skip(house, SYSTEM, 1, "缺少单位", key="s")

    assert all_of(house, EventRow, stream="administration")[-1].type == "incident_skipped"
    assert check.check(house) == []


def test_a_defect_of_the_program_loses_no_input_either(house: House, mend: Mend) -> None:
    instance_id = started(house)
    mend("service", do_act=lambda *_arguments: 1 / 0)
    task = open_task(house, instance_id)

    with pytest.raises(ProcessFault):
        tasks.complete(house, actor(house, "office"), task.id, {"text": "三百字"}, key="a")

    incident = only_incident(house)
    assert incident.payload["payload"]["answers"] == {"text": "三百字"}
    assert "ZeroDivisionError" in incident.text
    mend("service", do_act=big)
    repairs.retry(house, SYSTEM, incident.id, key="r")
    assert check.check(house) == []


def test_a_damaged_state_is_made_again_from_the_record_and_goes_on(house: House, mend: Mend) -> None:
    instance_id = started(house, "linear")
    first = open_task(house, instance_id)
    office = actor(house, "office")
    tasks.complete(house, office, first.id, {"outcome": "yes"}, key="a")
    second = open_task(house, instance_id)
    with house.database.writing() as connection:
        connection.execute(text("UPDATE process_instance SET state = :bad"), {"bad": b"not a state"})
    with pytest.raises(ProcessFault):
        tasks.complete(house, office, second.id, {"outcome": "yes"}, key="b")

    repairs.repair(house, SYSTEM, 1, key="m")

    assert only_incident(house).status == "open"
    assert events(house, instance_id)[-1] == "incident_repaired"
    with pytest.raises(NotPermitted):
        repairs.repair(house, SYSTEM, 1, key="m2")
    repairs.retry(house, SYSTEM, 1, key="r")
    assert all_of(house, UserTask, id=second.id)[0].status == "completed"
    assert check.check(house) == []


def test_a_record_that_was_bent_repairs_nothing(house: House) -> None:
    instance_id = started(house, "linear")
    with house.database.writing() as connection:
        connection.execute(text("UPDATE process_instance SET state = :bad, state_hash = 'x'"), {"bad": b"not a state"})
    with pytest.raises(ProcessFault):
        tasks.complete(house, actor(house, "office"), open_task(house, instance_id).id, {}, key="b")

    with pytest.raises(NotPermitted):
        repairs.repair(house, SYSTEM, 1, key="m")


# --- timers


def waiting_timers(house: House) -> list[Any]:
    return all_of(house, Timer, status="waiting")


def two_due(house: House) -> tuple[Any, Any]:
    """Of two instances, each with one timer that is due."""
    for name in ("one", "two"):
        started(house, "user_bnd", name, due_at="9999-12-31T00:00:00+00:00")
    first, second = waiting_timers(house)
    return first, second


def failing(monkeypatch: pytest.MonkeyPatch, timer_id: str, error: Exception) -> None:
    real = processes.fire

    def fire(house: House, id_: str, **options: Any) -> Any:
        if id_ == timer_id:
            raise error
        return real(house, id_, **options)

    monkeypatch.setattr(processes, "fire", fire)


@pytest.mark.parametrize("error", [DatabaseAway(), KeyError("unexpected")])
def test_what_fails_at_one_timer_does_not_stop_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    first, second = two_due(house)
    failing(monkeypatch, first.task_id, error)

    assert timers.fire_due(house) == 2
    assert timers.fire_due(house) == 0

    (put_off,) = all_of(house, Timer, task_id=first.task_id)
    assert (put_off.status, put_off.claim_token) == ("waiting", None)
    assert NOW + timedelta(seconds=10) <= put_off.lease_until <= NOW + timedelta(seconds=11)
    assert all_of(house, Timer, task_id=second.task_id)[0].status == "fired"


def test_a_timer_is_tried_after_each_pause_and_then_kept_until_an_operator_has_it_fired(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _second = two_due(house)
    failing(monkeypatch, first.task_id, DatabaseAway())
    at = NOW
    for pause in (timedelta(), *(pause * 1.11 for pause in PAUSES)):
        at += pause
        with clock.held(at):
            timers.fire_due(house)
    with clock.held(at + timedelta(days=1)):
        assert timers.fire_due(house) == 0
        incident = all_of(house, Incident, kind="timer")[0]
        assert (incident.task_id, incident.status) == (first.task_id, "open")
        assert check.check(house) == []

        monkeypatch.undo()
        repairs.retry(house, SYSTEM, incident.id, key="r")

        assert all_of(house, Timer, task_id=first.task_id)[0].status == "fired"
        assert check.check(house) == []


def test_a_timer_that_is_skipped_never_fires_and_the_engine_does_not_mind(house: House) -> None:
    instance_id = started(house, "user_bnd")
    timers.fire_all_due(house)
    (incident,) = all_of(house, Incident)
    assert (incident.kind, incident.element_id) == ("fault", "mark")

    repairs.skip(house, SYSTEM, incident.id, "仍由本人办理", key="s")

    timers.fire_all_due(house)
    assert len(waiting_timers(house)) == 1
    assert check.check(house) == []
    task = next(task for task in all_of(house, UserTask, status="open") if task.element_id == "a")
    tasks.complete(house, actor(house, "office"), task.id, {"outcome": ""}, key="a")
    assert waiting_timers(house) == []
    assert events(house, instance_id)[-1] == "user_task_completed"


def test_schedulers_that_died_with_a_timer_do_not_lengthen_its_first_pause(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _second = two_due(house)
    with house.database.writing() as connection:
        connection.execute(text("UPDATE timer SET attempts = 4 WHERE task_id = :id"), {"id": first.task_id})
    failing(monkeypatch, first.task_id, DatabaseAway())

    timers.fire_due(house)

    (put_off,) = all_of(house, Timer, task_id=first.task_id)
    assert put_off.lease_until <= NOW + timedelta(seconds=11)


def test_a_timer_that_ends_its_process_each_time_is_given_up(house: House) -> None:
    first, _second = two_due(house)
    with house.database.writing() as connection:
        connection.execute(text("UPDATE timer SET attempts = 30 WHERE task_id = :id"), {"id": first.task_id})

    timers.fire_due(house)

    assert all_of(house, Incident, kind="timer")[0].task_id == first.task_id


# --- effects


def send(house: House, key: str = "e", **payload: object) -> None:
    with house.database.writing() as connection:
        told = {"name": "msg", "key": "nobody", **payload}
        put_effects(connection, [Effect(key, "message", told)], clock.now())


def after_all_pauses(house: House, step: Callable[[House], object]) -> datetime:
    at = NOW
    for pause in (timedelta(), *(pause * 1.11 for pause in PAUSES)):
        at += pause
        with clock.held(at):
            step(house)
    return at


def test_a_message_that_nobody_waits_for_is_an_incident_after_the_last_pause(house: House) -> None:
    send(house)

    at = after_all_pauses(house, outbox.deliver_messages)

    with clock.held(at):
        incident = only_incident(house)
        assert (incident.kind, incident.command_key) == ("effect", "e")
        assert all_of(house, OutboxRow)[0].status == "failed"
        assert check.check(house) == []
        repairs.retry(house, SYSTEM, incident.id, key="r")
        assert all_of(house, OutboxRow)[0].status == "pending"


def test_a_message_that_is_skipped_never_leaves(house: House) -> None:
    send(house)
    with clock.held(after_all_pauses(house, outbox.deliver_messages)):
        repairs.skip(house, SYSTEM, 1, "对方流程已作废", key="s")

        assert all_of(house, OutboxRow)[0].status == "dropped"
        assert outbox.deliver_messages(house) == 0
        assert check.check(house) == []


def test_a_message_for_a_wait_that_is_over_is_done_and_ends_no_later_one(house: House) -> None:
    started(house, "recv")
    send(house, name="go", key="one", only="another task")

    outbox.deliver_messages(house)

    assert all_of(house, OutboxRow)[0].status == "done"
    assert all_of(house, Incident) == []


def test_a_defect_at_one_message_does_not_stop_the_others(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    send(house, "broken", name=None)
    with house.database.writing() as connection:
        put_effects(connection, [Effect("empty", "message", {})], clock.now())
    send(house, "over", only="another task")

    outbox.deliver_messages(house)

    assert [row.status for row in all_of(house, OutboxRow)] == ["pending", "pending", "done"]


def test_letters_of_a_server_that_is_away_are_one_incident(house: House) -> None:
    def give_up(house: House) -> None:
        for row in outbox.take(house, ("mail",)):
            outbox.put_off(house, row, "the receiving server did not take it")

    with house.database.writing() as connection:
        put_effects(connection, [Effect(key, "mail", {"to": "a"}) for key in "abc"], clock.now())
    with clock.held(after_all_pauses(house, give_up)):
        incident = only_incident(house)

        repairs.retry(house, SYSTEM, incident.id, key="r")

        assert {row.status for row in all_of(house, OutboxRow)} == {"pending"}


# --- nobody there, nothing left


@pytest.fixture
def empty_office(house: House) -> str:
    """An instance whose task is the office's, where nobody works but one who is not of the office."""
    with house.database.transaction() as session:
        for someone in session.scalars(select(Person).where(Person.login.like("office%"))):
            someone.is_active = False
    deploy(house, SYSTEM, {"linear.bpmn": (walks.ENGINE / "valid_linear.bpmn").read_bytes()})
    return str(processes.start(house, SYSTEM, "linear", walks.VARIABLES, key="start")["id"])


def test_a_task_for_nobody_is_given_to_one_person(house: House, empty_office: str) -> None:
    incident = only_incident(house)
    signer, auditor = actor(house, "signer"), actor(house, "auditor")
    with pytest.raises(InvalidForm):
        repairs.assign(house, SYSTEM, incident.id, auditor.person_id or 0, "暂代", key="x")
    with pytest.raises(NotPermitted):
        repairs.skip(house, SYSTEM, incident.id, "暂代", key="y")

    repairs.assign(house, SYSTEM, incident.id, signer.person_id or 0, "办公室暂无人员", key="p")

    task = all_of(house, UserTask)[0]
    assert (task.status, task.assignee_id) == ("claimed", signer.person_id)
    assert events(house, empty_office)[-1] == "incident_assigned"
    assert check.check(house) == []
    tasks.complete(house, signer, task.id, {"outcome": "yes"}, key="a")


def test_an_incident_whose_cause_has_gone_is_closed_by_the_hourly_look(house: House, empty_office: str) -> None:
    assert sweep.settle_gone(house) == 0
    with house.database.transaction() as session:
        session.scalars(select(Person).where(Person.login == "office")).one().is_active = True

    assert sweep.settle_gone(house) == 1

    assert only_incident(house).resolution == "gone"
    assert events(house, empty_office)[-1] == "incident_settled"
    assert check.check(house) == []


def test_an_instance_that_nothing_moves_becomes_an_incident_once(house: House) -> None:
    instance_id = started(house, "mi_recv")

    assert sweep.keep_stuck(house) == [instance_id]
    assert sweep.keep_stuck(house) == []

    assert only_incident(house).kind == "stuck"
    assert check.check(house) == []
    with pytest.raises(NotPermitted):
        repairs.retry(house, SYSTEM, 1, key="r")
    assert only_incident(house).status == "open"


def test_what_waits_for_a_person_an_instant_or_an_operator_is_not_stuck(house: House) -> None:
    started(house, "linear")
    started(house, "user_bnd")
    stopped(house)

    assert sweep.keep_stuck(house) == []


def test_those_who_repair_are_told_once_an_hour_however_much_stops(house: House) -> None:
    stopped(house, "one")
    stopped(house, "two")

    told = [row for row in all_of(house, Notification) if row.kind == "incident"]

    assert len(told) == 4  # three of the office, and the system administrator
    assert told[0].title == "流程故障：service"


def test_an_event_says_what_was_done_and_why(house: House) -> None:
    instance_id = stopped(house)
    repairs.skip(house, actor(house, "office"), 1, "内容有误", key="s")

    with house.database.reading() as session:
        body = session.scalars(
            select(EventPayload.body).where(EventPayload.stream == instance_id).order_by(EventPayload.seq.desc())
        ).first()
    assert body is not None
    assert '"incident":1' in body
    assert "内容有误" in body
