"""加签, 退回 to an earlier step and @ on the pages: what they offer, what comes back when they are refused."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.models.notification import Notification
from app.models.user_task import UserTask
from app.services import outbox, signers, tasks
from app.services.house import House
from tests.applications import SignIn
from tests.factories import actor
from tests.services.test_signers import inbox, sign, signing, states, task_id
from tests.views.test_tasks import hidden, linear, open_task, shown

__all__ = ["linear", "task_id"]


@pytest.fixture
def claimed(house: House, task_id: str) -> str:
    tasks.claim(house, actor(house, "office"), task_id, key="claim")
    return task_id


def signer_task(house: House) -> str:
    return open_task(house, "sign_jointly").id


def test_a_signer_is_asked_on_a_page_and_her_opinion_stands_beside_the_form(
    house: House, claimed: str, sign_in: SignIn
) -> None:
    office, (leader,) = sign_in("office"), inbox(house, "leader")
    assert f'href="/tasks/{claimed}/signers"' in shown(office, f"/tasks/{claimed}")
    page = shown(office, f"/tasks/{claimed}/signers")
    key = hidden(page, "_key")

    asked = {"to": [leader], "side": "before", "mode": "all", "share": "100", "text": "请核对金额", "_key": key}
    answer = office.post(f"/tasks/{claimed}/signers", data=asked)

    assert urlsplit(answer.location).path == f"/tasks/{claimed}"
    page = shown(office, f"/tasks/{claimed}")
    assert "会签中，完成后才能报送" in page
    signer = shown(sign_in("leader"), f"/tasks/{signer_task(house)}")
    assert "请核对金额" in signer
    assert f'href="/tasks/{claimed}"' in signer
    sign(house, "leader", "no", "金额有误")
    page = shown(sign_in("office"), f"/tasks/{claimed}")
    assert "会签未通过" in page
    assert "金额有误" in page


def test_a_form_that_waits_for_its_signers_comes_back_with_what_was_typed(
    house: House, claimed: str, sign_in: SignIn
) -> None:
    signers.add_signers(house, actor(house, "office"), claimed, inbox(house, "leader"), key="a")

    answer = sign_in("office").post(f"/tasks/{claimed}", data={"remark": "情况属实"})

    assert answer.status_code == 422
    assert "会签尚未完成，还差：" in answer.text
    assert "情况属实" in answer.text


def test_a_form_sent_to_its_signers_is_closed_and_says_so(house: House, task_id: str, sign_in: SignIn) -> None:
    signers.add_signers(house, actor(house, "office"), task_id, inbox(house, "leader"), side="after", key="a")
    office = sign_in("office")

    answer = office.post(f"/tasks/{task_id}", data={"remark": "情况属实"}, follow_redirects=True)

    assert "已提交会签，通过后自动报送" in answer.text
    assert 'id="task-form"' not in shown(office, f"/tasks/{task_id}")
    assert "情况属实" in shown(sign_in("leader"), f"/tasks/{signer_task(house)}")
    sign(house, "leader")
    outbox.drain(house)
    assert "情况属实" in shown(sign_in("office"), f"/tasks/{task_id}")


def test_a_refused_choice_comes_back_and_a_signer_is_removed_on_the_page(
    house: House, task_id: str, sign_in: SignIn
) -> None:
    office = sign_in("office")
    refused = office.post(f"/tasks/{task_id}/signers", data={"side": "before", "mode": "any", "text": "请核对"})
    assert refused.status_code == 422
    assert "请选择会签人" in refused.text
    assert "请核对" in refused.text
    (leader,) = inbox(house, "leader")
    signers.add_signers(house, actor(house, "office"), task_id, [leader], key="a")

    office.post(f"/tasks/{task_id}/signers/removal", data={"signer": leader})

    assert states(house, task_id) == [] or signing(house, task_id).signers[0].state == "removed"
    office.post(f"/tasks/{task_id}/signers/urging")  # nobody is left: it says so and changes nothing


def test_the_dialog_of_return_names_the_earlier_steps_and_leads_there(
    house: House, linear: str, sign_in: SignIn
) -> None:
    office = actor(house, "office")
    tasks.complete(house, office, linear, {}, key="1")
    tasks.complete(house, office, open_task(house, "b").id, {}, key="2")
    third = open_task(house, "c").id
    tasks.claim(house, office, third, key="3")
    page = shown(sign_in("office"), f"/tasks/{third}")
    assert '<option value="b">' in page
    assert '<option value="a">' in page

    refused = sign_in("office").post(f"/tasks/{third}/return", data={"to_element": "a", "reason": ""})
    assert refused.status_code == 422
    sign_in("office").post(f"/tasks/{third}/return", data={"to_element": "a", "reason": "请补充材料"})

    assert open_task(house, "a").assignee_id == office.person_id
    assert "请补充材料" in shown(sign_in("office"), f"/tasks/{open_task(house, 'a').id}")
    assert "退回" in shown(sign_in("office"), f"/tasks/{third}")


def test_a_comment_tells_whom_it_names_and_a_stranger_is_refused_with_the_text(
    house: House, task_id: str, sign_in: SignIn
) -> None:
    office, leader = sign_in("office"), actor(house, "leader")

    office.post(f"/tasks/{task_id}/comments", data={"comment": f"请@{leader.name}看一下"})
    refused = office.post(f"/tasks/{task_id}/comments", data={"comment": "请@contact.sci看一下"})

    with house.database.reading() as session:
        told = session.scalars(select(Notification).where(Notification.kind == "mention")).all()
    assert [(one.person_id, one.task_id) for one in told] == [(leader.person_id, task_id)]
    assert refused.status_code == 422
    assert "请@contact.sci看一下" in refused.text
    assert "没有可以提及的人员" in refused.text
    assert "提到您" in shown(sign_in("leader"), "/messages")


def test_the_list_behind_an_at_names_who_may_see_the_task(house: House, task_id: str, sign_in: SignIn) -> None:
    found = sign_in("office").get(f"/tasks/{task_id}/mentionable").json["people"]  # type: ignore[index]

    labels = [one["label"] for one in found]
    assert any(actor(house, "leader").name in label for label in labels)
    with house.database.reading() as session:
        task = session.get_one(UserTask, task_id)
    assert not any(actor(house, "contact.sci").name in label for label in labels), task.unit_id
