"""加签 and 减签 through the command path: before and after the form is sent, all, any and a share of the signers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.errors import AlreadyDone, InvalidForm, NotPermitted
from app.models.notification import Notification
from app.models.process import ProcessInstance
from app.models.user_task import IS_OPEN, InboxEntry, UserTask
from app.queries.actor import SYSTEM
from app.queries.sight import seen_task
from app.queries.signers import Signing, signings_of_task
from app.services import check, outbox, processes, returning, signers, substitutions, tasks
from app.services.definitions import deploy
from app.services.house import House
from app.services.reexecution import replay_instance
from app.terms import Role
from tests.factories import actor, person
from tests.services.test_handing_over import LINEAR, told

TWO = LINEAR.replace('targetRef="over"/>', 'targetRef="look"/>').replace(
    '<bpmn:endEvent id="over" name="结束"/>',
    """<bpmn:userTask id="look" name="复核"><bpmn:extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="lane" value="领导小组办公室"/>
</spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>
<bpmn:endEvent id="over" name="结束"/><bpmn:sequenceFlow id="look_over" sourceRef="look" targetRef="over"/>""",
)
OWNER = "office"


@pytest.fixture
def task_id(house: House) -> str:
    deploy(house, SYSTEM, {"handed.bpmn": TWO.encode()})
    answer = processes.start(house, actor(house, OWNER), "handed", {}, key="start", business_key="handed:1")
    return open_task(house, answer["id"])


def open_task(house: House, instance_id: str) -> str:
    with house.database.reading() as session:
        return str(session.scalars(select(UserTask.id).where(UserTask.instance_id == instance_id, IS_OPEN)).one())


def signing(house: House, task_id: str) -> Signing:
    with house.database.reading() as session:
        return signings_of_task(session, task_id)[0]


def inbox(house: House, *logins: str) -> list[str]:
    return [f"person:{actor(house, login).person_id}" for login in logins]


def sign(house: House, login: str, outcome: str = "yes", text: str = "") -> None:
    """The one signing that lies with this person."""
    who = actor(house, login)
    with house.database.reading() as session:
        where = (InboxEntry.principal.in_(who.principals), UserTask.element_id == "sign_jointly")
        asked = select(UserTask.id).join(InboxEntry, InboxEntry.task_id == UserTask.id).where(*where)
        id_ = session.scalars(asked).one()
    answers = {"outcome": outcome, **({"opinion_text": text} if text else {})}
    tasks.complete(house, who, id_, answers, key=f"sign:{login}:{id_}")


def states(house: House, task_id: str) -> list[str]:
    return [signer.state for signer in signing(house, task_id).signers]


def instance_of(house: House, task_id: str) -> str:
    with house.database.reading() as session:
        return session.get_one(UserTask, task_id).instance_id


def is_sound(house: House) -> bool:
    """Everything agrees, and every history can be done again."""
    with house.database.reading() as session:
        ids = list(session.scalars(select(ProcessInstance.id)))
    assert check.check(house) == []
    assert [again.departure for id_ in ids if not (again := replay_instance(house, id_)).is_equal] == []
    return True


def test_the_form_waits_until_all_before_signers_have_spoken(house: House, task_id: str) -> None:
    owner = actor(house, OWNER)
    signers.add_signers(house, owner, task_id, inbox(house, "contact.sci", "leader"), text="请核对", key="a")

    with pytest.raises(InvalidForm) as refused:
        tasks.complete(house, owner, task_id, {}, key="c1")
    assert "还差" in refused.value.errors[0][1]
    sign(house, "contact.sci")
    with pytest.raises(InvalidForm):
        tasks.complete(house, owner, task_id, {}, key="c2")
    sign(house, "leader", "no", "数据有误")

    assert signing(house, task_id).state == "failed"
    assert [one.opinion for one in signing(house, task_id).signers] == ["", "数据有误"]
    tasks.complete(house, owner, task_id, {}, key="c3")
    assert is_sound(house)


@pytest.mark.parametrize(
    ("mode", "share", "words", "state"),
    [
        ("any", 100, ["yes"], "passed"),
        ("any", 100, ["no", "no", "no"], "failed"),
        ("share", 50, ["no", "yes", "yes"], "passed"),
        ("share", 50, ["no", "no"], "failed"),
        ("all", 100, ["no"], "failed"),
        ("all", 100, ["yes", "yes", "yes"], "passed"),
    ],
)
def test_a_signing_ends_as_soon_as_nobody_can_change_it(
    house: House, task_id: str, mode: str, share: int, words: list[str], state: str
) -> None:
    logins = ["contact.sci", "leader", "office.drc"]
    to = inbox(house, *logins)
    signers.add_signers(house, actor(house, OWNER), task_id, to, mode=mode, share=share, key="a")

    for login, outcome in zip(logins, words, strict=False):
        sign(house, login, outcome, "有意见" if outcome == "no" else "")

    assert signing(house, task_id).state == state
    assert states(house, task_id).count("waiting") == 0
    with house.database.reading() as session:
        assert not session.scalars(select(InboxEntry).where(InboxEntry.principal.in_(to))).all()


def test_after_signers_hold_the_form_and_their_consent_sends_it(house: House, task_id: str) -> None:
    owner, instance_id = actor(house, OWNER), instance_of(house, task_id)
    signers.add_signers(house, owner, task_id, inbox(house, "leader"), side="after", key="a")

    answer = tasks.complete(house, owner, task_id, {"note": "已核对"}, key="c1")

    assert answer["opened"] == []
    with pytest.raises(InvalidForm, match="1 处"):
        tasks.complete(house, owner, task_id, {"note": "再报"}, key="c2")
    sign(house, "leader")
    assert open_task(house, instance_id) == task_id  # nothing happens in the signer's own transaction
    outbox.drain(house)
    with house.database.reading() as session:
        done = session.get_one(UserTask, task_id)
        assert (done.status, done.completed_by_id) == ("completed", owner.person_id)
    assert [type_ for type_, _ in told(house, task_id)] == [
        "instance_started", "signers_asked", "form_sealed", "user_task_completed",
    ]  # fmt: skip
    assert is_sound(house)


def test_a_refusal_after_the_form_gives_it_back_with_what_was_typed(house: House, task_id: str) -> None:
    owner = actor(house, OWNER)
    signers.add_signers(house, owner, task_id, inbox(house, "leader"), side="after", key="a")
    tasks.complete(house, owner, task_id, {"note": "已核对"}, key="c1")

    sign(house, "leader", "no", "请补充依据")
    outbox.drain(house)

    with house.database.reading() as session:
        assert session.get_one(UserTask, task_id).status == "claimed"
        told_owner = session.scalars(select(Notification).where(Notification.person_id == owner.person_id)).one()
    assert "未通过" in told_owner.title
    assert told_owner.task_id == task_id
    tasks.complete(house, owner, task_id, {"note": "已补充"}, key="c2")
    assert is_sound(house)


def test_a_signer_more_is_waited_for_and_one_fewer_is_not(house: House, task_id: str) -> None:
    owner = actor(house, OWNER)
    signers.add_signers(house, owner, task_id, inbox(house, "contact.sci"), key="a")
    signers.add_signers(house, owner, task_id, inbox(house, "leader", "contact.sci"), key="b")
    sign(house, "contact.sci")
    assert signing(house, task_id).state == "open"

    signers.remove_signer(house, owner, task_id, inbox(house, "leader")[0], "已当面沟通", key="r")

    assert signing(house, task_id).state == "passed"
    assert states(house, task_id) == ["agreed", "removed"]
    assert [body["to"] for type_, body in told(house, task_id) if type_ == "signers_dismissed"] == [
        [signing(house, task_id).signers[1].label]
    ]
    tasks.complete(house, owner, task_id, {}, key="c")
    assert is_sound(house)


def test_who_has_signed_is_not_removed_and_who_was_removed_can_be_asked_again(house: House, task_id: str) -> None:
    owner, (sci, leader) = actor(house, OWNER), inbox(house, "contact.sci", "leader")
    signers.add_signers(house, owner, task_id, [sci, leader], key="a")
    sign(house, "contact.sci")
    with pytest.raises(AlreadyDone):
        signers.remove_signer(house, owner, task_id, sci, key="r1")
    signers.remove_signer(house, owner, task_id, leader, key="r2")

    signers.add_signers(house, owner, task_id, [leader], key="b")

    assert [one.state for one in signing(house, task_id).signers] == ["waiting"]
    sign(house, "leader")
    assert is_sound(house)


def test_without_any_signer_the_form_is_free_again(house: House, task_id: str) -> None:
    owner, (leader,) = actor(house, OWNER), inbox(house, "leader")
    signers.add_signers(house, owner, task_id, [leader], side="after", key="a")
    tasks.complete(house, owner, task_id, {"note": "已核对"}, key="c1")

    signers.remove_signer(house, owner, task_id, leader, key="r")

    assert signing(house, task_id).state == "dropped"
    tasks.complete(house, owner, task_id, {"note": "已核对"}, key="c2")
    assert is_sound(house)


def test_a_unit_signs_by_whoever_is_its_contact(house: House, task_id: str) -> None:
    signers.add_signers(house, actor(house, OWNER), task_id, ["contact:sci"], key="a")

    with house.database.reading() as session:
        assert seen_task(session, actor(house, "contact.sci"), task_id).id == task_id
    sign(house, "contact.sci")

    line = signing(house, task_id).signers[0]
    assert (line.state, line.by) == ("agreed", actor(house, "contact.sci").name)


def test_a_task_that_is_closed_closes_its_signing(house: House, task_id: str) -> None:
    signers.add_signers(house, actor(house, OWNER), task_id, inbox(house, "leader"), key="a")

    processes.cancel(house, actor(house, OWNER), instance_of(house, task_id), "重复立项", key="x")
    outbox.drain(house)

    assert signing(house, task_id).state == "dropped"
    assert is_sound(house)


def test_nobody_asks_herself_a_stranger_or_for_a_mode_that_is_none(house: House, task_id: str) -> None:
    owner = actor(house, OWNER)
    for number, asked in enumerate((
        {"to": inbox(house, OWNER)}, {"to": ["person:99999"]}, {"to": []}, {"to": inbox(house, "auditor")},
        {"to": inbox(house, "leader"), "mode": "most"}, {"to": inbox(house, "leader"), "share": 0},
        {"to": inbox(house, "leader"), "side": "between"},
    )):  # fmt: skip
        with pytest.raises(InvalidForm):
            signers.add_signers(house, owner, task_id, key=f"a{number}", **asked)  # type: ignore[arg-type]


def test_a_signer_asks_no_further_signers(house: House, task_id: str) -> None:
    signers.add_signers(house, actor(house, OWNER), task_id, inbox(house, "leader"), key="a")
    with house.database.reading() as session:
        id_ = session.scalars(select(UserTask.id).where(UserTask.element_id == "sign_jointly")).one()

    with pytest.raises(NotPermitted):
        signers.add_signers(house, actor(house, "leader"), id_, inbox(house, "contact.sci"), key="b")


def test_the_owner_urges_her_signers_once_a_day(house: House, task_id: str) -> None:
    owner = actor(house, OWNER)
    signers.add_signers(house, owner, task_id, inbox(house, "leader", "contact.sci"), key="a")
    sign(house, "contact.sci")

    assert signers.urge_signers(house, owner, task_id, "请尽快", key="u1")["urged"] == 1

    with pytest.raises(InvalidForm):
        signers.urge_signers(house, owner, task_id, "", key="u2")
    assert is_sound(house)


def test_nothing_is_returned_while_others_sign(house: House, task_id: str) -> None:
    owner, instance_id = actor(house, OWNER), instance_of(house, task_id)
    tasks.complete(house, owner, task_id, {}, key="c")
    second = open_task(house, instance_id)
    signers.add_signers(house, owner, second, inbox(house, "leader"), key="a")

    with pytest.raises(InvalidForm):
        returning.return_to(house, owner, second, "fill_in", "请补充", key="r")

    sign(house, "leader")
    returning.return_to(house, owner, second, "fill_in", "请补充", key="r2")
    assert is_sound(house)


def test_a_substitute_signs_for_an_absent_signer_and_both_are_named(house: House, task_id: str) -> None:
    with house.database.transaction() as session:
        session.add(person("leader.second", "代理组长", "group", (Role.LEADER, None)))
    with house.database.transaction() as session:
        absent, today = actor(house, "leader"), clock.today()
        substitute_id = actor(house, "leader.second").person_id or 0
        substitutions.set_substitution(session, absent, substitute_id, today, today + timedelta(days=3))
    signers.add_signers(house, actor(house, OWNER), task_id, inbox(house, "leader"), key="a")

    sign(house, "leader.second")

    line = signing(house, task_id).signers[0]
    assert (line.state, line.by) == ("agreed", "代理组长")
    assert is_sound(house)
