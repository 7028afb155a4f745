"""故障处理: found by those who repair, told in plain words, and settled with one click and a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app import clock
from app.errors import ProcessFault
from app.models.person import Person
from app.models.process import Incident, ProcessInstance
from app.models.user_task import UserTask
from app.queries.actor import SYSTEM
from app.services import processes, registry, tasks
from app.services.cases import PLAIN
from app.services.definitions import deploy
from app.services.house import House
from tests import walks
from tests.applications import SignIn
from tests.factories import actor


@pytest.fixture(autouse=True)
def a_day() -> Iterator[None]:
    with clock.held(walks.BEGIN):
        yield


def stopped(house: House, business_key: str = "one") -> None:
    """A form of the office that a service task without an action has stopped."""
    deploy(house, SYSTEM, {"service.bpmn": (walks.ENGINE / "valid_service.bpmn").read_bytes()})
    office = actor(house, "office")
    started = processes.start(house, office, "service", {"round": 0}, key=business_key, business_key=business_key)
    with house.database.reading() as session:
        task_id = session.scalars(select(UserTask.id).where(UserTask.instance_id == started["id"])).one()
    with pytest.raises(ProcessFault):
        tasks.complete(house, office, task_id, {"remark": "三百字"}, key=f"a:{business_key}")


def incident(house: House) -> Incident:
    with house.database.reading() as session:
        return session.scalars(select(Incident).order_by(Incident.id)).one()


def badge(client: FlaskClient) -> bool:
    return 'href="/incidents"' in client.get("/settings").text


@pytest.fixture
def one(house: House) -> str:
    stopped(house)
    return "/incidents/1"


def test_the_list_says_when_there_is_nothing_to_repair(sign_in: SignIn) -> None:
    client = sign_in("office")

    assert "没有待处理的故障" in client.get("/incidents").text
    assert "没有符合条件的故障" in client.get("/incidents?kind=stuck").text


def test_the_list_is_filtered_by_kind_process_and_status(sign_in: SignIn, one: str) -> None:
    client = sign_in("office")

    assert 'href="/incidents/1"' in client.get("/incidents").text
    assert 'href="/incidents/1"' in client.get("/incidents?kind=fault&process=service&status=open").text
    for other in ("kind=timer", "process=linear", "status=resolved"):
        assert 'href="/incidents/1"' not in client.get(f"/incidents?{other}").text
    assert 'href="/incidents/1"' in client.get("/incidents?status=all").text


def test_a_long_list_goes_on_where_the_page_ended(sign_in: SignIn, house: House) -> None:
    with house.database.transaction() as session:
        session.add_all(Incident(kind="effect", text="", payload={"effect": "mail"}, at=walks.BEGIN) for _ in range(52))
    client = sign_in("system_admin")

    assert "余 2 条" in client.get("/incidents").text
    assert client.get("/incidents/1").status_code == 200


def test_the_rail_counts_what_is_open_for_those_who_repair(sign_in: SignIn, one: str) -> None:
    assert "故障处理<b>" in sign_in("office").get("/settings").text
    assert badge(sign_in("system_admin"))
    assert not badge(sign_in("contact.sci"))
    assert not badge(sign_in("auditor"))


def test_one_says_what_happened_who_typed_what_and_what_to_do(sign_in: SignIn, one: str) -> None:
    page = sign_in("office").get(one).text

    assert "周文博 提交“a”后，流程在“act”出现故障" in page
    assert "所填内容已全部保留" in page
    assert "三百字" in page
    assert "重新执行" in page
    assert "跳过" in page
    assert "作废流程" in page


def test_the_system_administrator_repairs_without_reading_the_matter(sign_in: SignIn, one: str) -> None:
    page = sign_in("system_admin").get(one).text

    assert "重新执行" in page
    assert "三百字" not in page
    assert "作废流程" not in page
    assert "data-diagram" not in page


def test_a_retry_in_vain_says_so_and_one_after_the_repair_goes_on(
    sign_in: SignIn, house: House, one: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("office")
    again = client.post(f"{one}/retry", data={"_key": "r1"})
    assert again.status_code == 202
    assert "再次出现故障" in again.text
    assert "1 次未成功" in again.text

    mended = replace(PLAIN, actions={"do.act": lambda *_arguments: {"is_big": True}})
    monkeypatch.setitem(registry.CASEWORK, "service", mended)  # type: ignore[arg-type]
    done = client.post(f"{one}/retry", data={"_key": "r2"}, follow_redirects=True)

    assert "已重新执行" in done.text
    assert incident(house).resolution == "retried"
    assert "已重新执行" in client.get(one).text
    assert "该故障已处理" in client.post(f"{one}/retry", data={"_key": "r3"}).text


def test_a_reason_is_asked_for_and_kept_with_what_was_skipped(sign_in: SignIn, house: House, one: str) -> None:
    client = sign_in("office")
    assert client.post(f"{one}/skip", data={"reason": " "}).status_code == 422

    client.post(f"{one}/skip", data={"reason": "内容有误，请重新填写"})

    assert incident(house).reason == "内容有误，请重新填写"
    assert "内容有误，请重新填写" in client.get(one).text


def test_an_instance_is_ended_from_its_incident_by_the_office_only(sign_in: SignIn, house: House, one: str) -> None:
    assert sign_in("system_admin").post(f"{one}/cancellation", data={"reason": "重复"}).status_code == 403

    sign_in("office").post(f"{one}/cancellation", data={"reason": "重复启动"})

    with house.database.reading() as session:
        assert session.scalars(select(ProcessInstance.status)).one() == "cancelled"


def test_all_of_one_element_are_retried_at_once(
    sign_in: SignIn, house: House, one: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(house, "two")
    client = sign_in("office")
    assert "一并重新执行 2 件" in client.get(one).text
    assert "还有 2 件没有成功" in client.post(f"{one}/alike", follow_redirects=True).text

    mended = replace(PLAIN, actions={"do.act": lambda *_arguments: {"is_big": True}})
    monkeypatch.setitem(registry.CASEWORK, "service", mended)  # type: ignore[arg-type]

    assert "已重新执行 2 件" in client.post(f"{one}/alike", follow_redirects=True).text


def test_a_task_for_nobody_is_given_to_somebody(sign_in: SignIn, house: House) -> None:
    with house.database.transaction() as session:
        for leader in session.scalars(select(Person).where(Person.login.in_(("office.drc", "office.miit", "office")))):
            leader.is_active = False
    deploy(house, SYSTEM, {"linear.bpmn": (walks.ENGINE / "valid_linear.bpmn").read_bytes()})
    processes.start(house, SYSTEM, "linear", {"round": 0, "outcome": ""}, key="a")
    with house.database.transaction() as session:
        session.scalars(select(Person).where(Person.login == "office")).one().is_active = True
    client = sign_in("office")
    signer = actor(house, "signer")
    assert "指定办理人" in client.get("/incidents/1").text

    client.post("/incidents/1/assignment", data={"person_id": str(signer.person_id), "reason": "暂无人员"})

    with house.database.reading() as session:
        assert session.scalars(select(UserTask.assignee_id)).one() == signer.person_id
    assert client.post("/incidents/1/assignment", data={"person_id": "x", "reason": "暂无"}).status_code == 409


def test_the_task_and_the_history_say_that_the_process_is_stopped(sign_in: SignIn, house: House, one: str) -> None:
    client = sign_in("office")
    with house.database.reading() as session:
        task = session.scalars(select(UserTask)).one()

    assert f'href="{one}"' in client.get(f"/tasks/{task.id}").text
    history = client.get(f"/histories/{task.instance_id}").text
    assert "出现故障" in history
    assert f'href="{one}"' in history
    assert f'href="{one}"' not in sign_in("auditor").get(f"/histories/{task.instance_id}").text


def test_a_damaged_state_is_made_again_by_a_click(sign_in: SignIn, house: House, one: str) -> None:
    client = sign_in("office")
    assert "按记录恢复" not in client.get(one).text
    assert "该流程的状态完好" in client.post(f"{one}/repair").text
    with house.database.writing() as connection:
        connection.execute(text("UPDATE process_instance SET state = :bad"), {"bad": b"not a state"})

    assert "按记录恢复" in client.get(one).text
    done = client.post(f"{one}/repair", follow_redirects=True).text

    assert "状态已按记录恢复" in done
    assert f'action="{one}/retry"' in done
