"""退回 to an earlier step through the command path: what is offered, who gets it, what it does to a countersigning."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import clock
from app.engine import Outcome
from app.errors import InvalidForm
from app.models.notification import Notification
from app.models.process import ProcessInstance
from app.models.user_task import IS_OPEN, Draft, UserTask
from app.queries.actor import SYSTEM
from app.services import accounts, check, processes, reminders, returning, tasks
from app.services.definitions import deploy
from app.services.house import House
from app.services.reexecution import replay_instance
from app.services.registry import casework_of
from tests.factories import actor
from tests.models import ENGINE_MODELS
from tests.services.december_report_walk import Walk, morning, unit_key
from tests.services.growths import Growth
from tests.services.test_handing_over import told

SCI = unit_key("sci")


@pytest.fixture
def instance_id(house: House) -> str:
    """A process of three steps of the office, at its last one."""
    deploy(house, SYSTEM, {"linear.bpmn": (ENGINE_MODELS / "valid_linear.bpmn").read_bytes()})
    id_ = str(processes.start(house, actor(house, "office"), "linear", {}, key="start")["id"])
    for number, login in enumerate(("office", "office.drc")):
        tasks.complete(house, actor(house, login), open_task(house, id_).id, {"remark": login}, key=f"{number}")
    return id_


def open_task(house: House, instance_id: str) -> UserTask:
    with house.database.reading() as session:
        found = session.scalars(select(UserTask).where(UserTask.instance_id == instance_id, IS_OPEN)).one()
        session.expunge(found)
        return found


def ways(house: House, task: UserTask, login: str = "office") -> dict[str, Outcome]:
    with house.database.reading() as session:
        found = returning.ways_back(house, session, actor(house, login), task)
    return {way.element_id: way.outcome for way in found}


def is_sound(house: House) -> bool:
    with house.database.reading() as session:
        ids = list(session.scalars(select(ProcessInstance.id)))
    assert check.check(house) == []
    assert [again.departure for id_ in ids if not (again := replay_instance(house, id_)).is_equal] == []
    return True


def test_it_goes_to_who_did_the_step_with_what_she_had_sent(house: House, instance_id: str) -> None:
    last, drc = open_task(house, instance_id), actor(house, "office.drc")

    answer = returning.return_to(house, actor(house, "office"), last.id, "b", "请补充材料", key="r")

    back = open_task(house, instance_id)
    assert [opened["element_id"] for opened in answer["opened"]] == ["b"]
    assert (back.element_id, back.assignee_id) == ("b", drc.person_id)
    with house.database.reading() as session:
        assert session.get_one(Draft, back.id).data == {"remark": "office.drc"}
        message = session.scalars(select(Notification).where(Notification.person_id == drc.person_id)).one()
        done = session.get_one(UserTask, last.id)
    assert (message.kind, message.task_id) == ("returned", back.id)
    assert (done.status, done.outcome) == ("completed", "returned")
    assert told(house, back.id)[-1][1]["reason"] == "请补充材料"
    tasks.complete(house, drc, back.id, {"remark": "已补充"}, key="c")
    assert open_task(house, instance_id).element_id == "c"
    assert is_sound(house)


def test_any_earlier_step_may_be_chosen_and_the_steps_between_are_done_again(house: House, instance_id: str) -> None:
    office = actor(house, "office")
    assert ways(house, open_task(house, instance_id)) == {"b": Outcome.STEP, "a": Outcome.STEP}

    returning.return_to(house, office, open_task(house, instance_id).id, "a", "从头核对", key="r")

    assert ways(house, open_task(house, instance_id)) == {}
    tasks.complete(house, office, open_task(house, instance_id).id, {}, key="1")
    assert ways(house, open_task(house, instance_id)) == {"a": Outcome.STEP}
    tasks.complete(house, office, open_task(house, instance_id).id, {}, key="2")
    tasks.complete(house, office, open_task(house, instance_id).id, {}, key="3")
    assert is_sound(house)


NOT_SO = [("c", "请补充", "to_element"), ("nowhere", "请补充", "to_element"), ("b", " ", "reason")]


@pytest.mark.parametrize(("to", "reason", "field"), NOT_SO)
def test_no_other_step_and_never_without_a_word(
    house: House, instance_id: str, to: str, reason: str, field: str
) -> None:
    with pytest.raises(InvalidForm) as refused:
        returning.return_to(house, actor(house, "office"), open_task(house, instance_id).id, to, reason, key="r")

    assert refused.value.errors[0][0] == field


def test_who_has_left_gets_nothing_and_her_group_does(house: House, instance_id: str) -> None:
    with house.database.transaction() as session:
        accounts.lock(session, actor(house, "system_admin"), actor(house, "office.drc").person_id or 0)

    returning.return_to(house, actor(house, "office"), open_task(house, instance_id).id, "b", "请补充材料", key="r")

    back = open_task(house, instance_id)
    assert (back.element_id, back.assignee_id, back.principal) == ("b", None, "office")


def test_a_countersigning_is_done_again_by_all_units(house: House) -> None:
    growth = Growth(house).known(1).open().set(number=90)
    one = growth.tasks("countersign_selection")[0]
    assert ways(house, one, f"contact.{one.unit_id}") == {"set_selection": Outcome.SIGNER}
    for task in growth.tasks("countersign_selection"):
        growth.send(task, outcome="yes")
    sign = growth.tasks("sign_selection")[0]
    assert ways(house, sign) == {
        "countersign_selection": Outcome.COUNTERSIGN, "set_selection": Outcome.DRAWN,
    }  # fmt: skip

    with clock.held(growth.at):
        head = actor(house, "head.miit")
        returning.return_to(house, head, sign.id, "countersign_selection", "请重新会签", key="r")

    again = growth.tasks("countersign_selection")
    assert sorted(task.unit_id for task in again) == ["drc", "sci"]
    for task in again:
        growth.send(task, outcome="remark", opinion_text="权重再议")
    growth.do("sign_selection", outcome="yes")
    assert growth.tasks("nominate_growth")
    with clock.held(growth.at):
        assert is_sound(house)


def test_a_drawn_return_is_made_by_the_form_and_its_rounds_are_counted(house: House) -> None:
    walk = Walk(house).collect("sci")
    for day in ("2024-12-02", "2024-12-06", "2024-12-10"):
        walk.on(day).submit("sci")
        if day != "2024-12-10":
            walk.give_back("sci", a_field())

    with clock.held(morning(walk.day)):
        found = ways(house, walk.task("review_report", SCI))

    assert found["draft_report"] is Outcome.ROUNDS


def a_field() -> str:
    """One that the reviewer may ask to be corrected."""
    form = tasks.form_of(casework_of("december_report_unit"), "review_report")
    assert form is not None
    return str(form["properties"]["return_points"]["items"]["properties"]["field"]["oneOf"][0]["const"])


def test_reminders_go_on_with_the_step_it_went_back_to(house: House) -> None:
    growth = Growth(house).open().set(number=90)
    for task in growth.tasks("countersign_selection"):
        growth.send(task, outcome="yes")
    with clock.held(growth.at):
        sign = growth.tasks("sign_selection")[0]
        returning.return_to(house, actor(house, "head.miit"), sign.id, "countersign_selection", "请重新会签", key="r")
    again = growth.tasks("countersign_selection")

    growth.later(2)
    with clock.held(growth.at):
        reminders.remind(house)

    with house.database.reading() as session:
        asked = select(Notification.task_id).where(Notification.kind == "reminder").distinct()
        reminded = set(session.scalars(asked))
    assert {task.id for task in again} <= reminded
    assert sign.id not in reminded
