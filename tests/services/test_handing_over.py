"""转办, 委派 and 抄送 through the command path: who may be given what, who may then do what, what is written down."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.errors import InvalidForm, NotFound, NotPermitted, Reassigned
from app.models.event import EventPayload, EventRow
from app.models.notification import Notification
from app.models.user_task import IS_OPEN, InboxEntry, TaskCopy, UserTask
from app.queries import worklists
from app.queries.actor import SYSTEM
from app.queries.sight import seen_instance, seen_task
from app.services import check, handing_over, processes, tasks
from app.services.definitions import deploy
from app.services.house import House
from app.terms import EventType, Role
from tests.factories import actor, person

LINEAR = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d" targetNamespace="urn:duban">
<bpmn:process id="handed" name="转办样例" isExecutable="true">
<bpmn:startEvent id="begun" name="开始"/>
<bpmn:userTask id="fill_in" name="填报"><bpmn:extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="lane" value="领导小组办公室"/>
</spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>
<bpmn:endEvent id="over" name="结束"/>
<bpmn:sequenceFlow id="begun_fill_in" sourceRef="begun" targetRef="fill_in"/>
<bpmn:sequenceFlow id="fill_in_over" sourceRef="fill_in" targetRef="over"/>
</bpmn:process></bpmn:definitions>"""


@pytest.fixture
def task_id(house: House) -> str:
    """A task of the office, where three people could act."""
    deploy(house, SYSTEM, {"handed.bpmn": LINEAR.encode()})
    answer = processes.start(house, actor(house, "office"), "handed", {}, key="start", business_key="handed:1")
    with house.database.reading() as session:
        return str(session.scalars(select(UserTask.id).where(UserTask.instance_id == answer["id"], IS_OPEN)).one())


def task_of(house: House, task_id: str) -> UserTask:
    with house.database.reading() as session:
        task = session.get_one(UserTask, task_id)
        session.expunge(task)
        return task


def inboxes(house: House, task_id: str) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(InboxEntry.principal).where(InboxEntry.task_id == task_id)))


def told(house: House, task_id: str) -> list[tuple[str, dict[str, Any]]]:
    instance_id = task_of(house, task_id).instance_id
    with house.database.reading() as session:
        rows = session.execute(
            select(EventRow.type, EventPayload.body)
            .join(EventPayload, (EventPayload.stream == EventRow.stream) & (EventPayload.seq == EventRow.seq))
            .where(EventRow.stream == instance_id)
            .order_by(EventRow.seq)
        )
        return [(type_, json.loads(body)) for type_, body in rows]


def test_a_task_that_was_transferred_is_the_colleagues_alone(house: House, task_id: str) -> None:
    handing_over.transfer(house, actor(house, "office"), task_id, "office.drc", "请何静办理", key="t")

    given = actor(house, "office.drc")
    assert inboxes(house, task_id) == [f"person:{given.person_id}"]
    with pytest.raises(Reassigned):
        tasks.complete(house, actor(house, "office"), task_id, {}, key="c1")
    tasks.complete(house, given, task_id, {}, key="c2")
    with house.database.reading() as session:
        message = session.scalars(select(Notification).where(Notification.person_id == given.person_id)).one()
    assert message.title == "转办：转办样例"
    assert "请何静办理" in message.text
    assert check.check(house) == []


def test_a_delegate_prepares_and_the_owner_sends(house: House, task_id: str) -> None:
    owner, delegate = actor(house, "office"), actor(house, "office.drc")
    handing_over.delegate(house, owner, task_id, delegate.login, "", key="d")

    tasks.save_draft(house, delegate, task_id, {"note": "已核对"})
    with pytest.raises(NotPermitted, match="交回"):
        tasks.complete(house, delegate, task_id, {}, key="c1")
    with pytest.raises(NotPermitted, match="收回"):
        tasks.complete(house, owner, task_id, {}, key="c2")
    handing_over.hand_back(house, delegate, task_id, "已办好", key="b")
    tasks.complete(house, owner, task_id, {}, key="c3")

    assert check.check(house) == []


def test_the_owner_takes_a_delegated_task_back(house: House, task_id: str) -> None:
    owner, delegate = actor(house, "office"), actor(house, "office.drc")
    handing_over.delegate(house, owner, task_id, delegate.login, "", key="d")

    handing_over.take_back(house, owner, task_id, key="t")

    with pytest.raises(NotPermitted, match="不是委派给您"):
        handing_over.hand_back(house, owner, task_id, "", key="b")
    with pytest.raises(NotFound) if not delegate.reads_all else pytest.raises(Reassigned):
        tasks.complete(house, delegate, task_id, {}, key="c1")
    tasks.complete(house, owner, task_id, {}, key="c2")


def test_what_nobody_delegated_is_not_taken_back(house: House, task_id: str) -> None:
    with pytest.raises(NotPermitted, match="没有委派"):
        handing_over.take_back(house, actor(house, "office"), task_id, key="t")


@pytest.mark.parametrize("login", ["contact.sci", "leader", "office", "nobody"])
def test_only_a_colleague_who_could_act_is_given_a_task(house: House, task_id: str, login: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        handing_over.transfer(house, actor(house, "office"), task_id, login, "", key="t")

    assert refused.value.extra["errors"][0]["field"] == "to"


def test_a_colleague_without_the_role_sees_what_she_was_given_and_nothing_more(house: House) -> None:
    deploy(house, SYSTEM, {"handed.bpmn": LINEAR.replace("领导小组办公室", "属地联络员").encode()})
    with house.database.transaction() as session:
        session.add(person("colleague", "同事", "office", (Role.SPECIALIST, None)))
        session.add(person("contact.office", "联络员", "office", (Role.CONTACT, "office")))
    answer = processes.start(house, actor(house, "office"), "handed", {}, key="s", business_key="handed:2")
    with house.database.reading() as session:
        id_ = session.scalars(select(UserTask.id).where(UserTask.instance_id == answer["id"], IS_OPEN)).one()
        with pytest.raises(NotFound):
            seen_task(session, actor(house, "colleague"), id_)

    handing_over.transfer(house, actor(house, "contact.office"), id_, "colleague", "", key="t")

    with house.database.reading() as session:
        assert seen_task(session, actor(house, "colleague"), id_).id == id_
    tasks.complete(house, actor(house, "colleague"), id_, {}, key="c")


def test_a_copy_lets_its_reader_see_the_matter_once(house: House, task_id: str) -> None:
    reader, instance_id = actor(house, "contact.sci"), task_of(house, task_id).instance_id
    with house.database.reading() as session, pytest.raises(NotFound):
        seen_instance(session, reader, instance_id)

    for key in ("a", "b"):
        handing_over.copy_to(house, actor(house, "office"), task_id, ["contact.sci"], "请知悉", key=key)

    with house.database.reading() as session:
        assert seen_instance(session, reader, instance_id).id == instance_id
        assert len(session.scalars(select(TaskCopy).where(TaskCopy.person_id == reader.person_id)).all()) == 1
    with pytest.raises(NotFound):
        tasks.complete(house, reader, task_id, {}, key="c")


@pytest.mark.parametrize("to", [[], ["system_admin"], ["contact.sci", "nobody"]])
def test_a_copy_goes_to_officials_only(house: House, task_id: str, to: list[str]) -> None:
    with pytest.raises(InvalidForm):
        handing_over.copy_to(house, actor(house, "office"), task_id, to, key="k")


def test_every_verb_stands_in_the_ledger_with_its_words(house: House, task_id: str) -> None:
    owner, colleague = actor(house, "office"), actor(house, "office.drc")
    with clock.held(clock.now()):
        handing_over.delegate(house, owner, task_id, colleague.login, "请准备", key="1")
        handing_over.hand_back(house, colleague, task_id, "已准备", key="2")
        handing_over.transfer(house, owner, task_id, colleague.login, "请办理", key="3")
        handing_over.copy_to(house, colleague, task_id, ["leader"], "请知悉", key="4")

    written = [(type_, body["text"]) for type_, body in told(house, task_id)[1:]]
    assert written == [
        (EventType.TASK_DELEGATED.value, "请准备"),
        (EventType.TASK_HANDED_BACK.value, "已准备"),
        (EventType.TASK_HANDED_OVER.value, "请办理"),
        (EventType.TASK_COPIED.value, "请知悉"),
    ]


def test_what_was_delegated_stands_among_the_matters_in_hand_until_it_comes_back(house: House, task_id: str) -> None:
    owner, delegate = actor(house, "office"), actor(house, "office.drc")

    def in_hand() -> list[str]:
        with house.database.reading() as session:
            return [line.task_id for line in worklists.handed_on(session, owner, clock.today()).items]

    handing_over.delegate(house, owner, task_id, delegate.login, "", key="d")
    assert in_hand() == [task_id]

    handing_over.hand_back(house, delegate, task_id, "", key="b")
    assert in_hand() == []
