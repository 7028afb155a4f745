"""回执: who may have one, what it says before and after the seal, on a sheet, as a file; what checking one finds."""

from __future__ import annotations

import json
import re
from io import BytesIO

import pytest
from sqlalchemy import select, update

from app.db import table_of
from app.models.event import EventPayload, EventRow
from app.models.ledger import LedgerLeaf, LedgerNode
from app.models.user_task import UserTask
from app.queries.actor import SYSTEM
from app.services import new_log, tasks
from app.services.house import House
from app.terms import TaskStatus
from tests import sealing, walks
from tests.applications import SignIn
from tests.events import filled
from tests.factories import account, actor, enterprise

EVENT, LEAF, NODE = table_of(EventRow), table_of(LedgerLeaf), table_of(LedgerNode)


@pytest.fixture
def done(house: House) -> tuple[str, int, str]:
    """An instance, the event that completed its first task, and that task; what was answered names the event."""
    instance_id = walks.started(house, "linear")
    with house.database.reading() as session:
        task_id = session.scalars(select(UserTask.id).where(UserTask.instance_id == instance_id)).one()
    answer = tasks.complete(house, actor(house, "office"), task_id, {"note": "情况属实"}, key="done")
    with house.database.reading() as session:
        row = session.get_one(EventRow, (answer["receipt"]["stream"], answer["receipt"]["seq"]))
        told = json.loads(session.get_one(EventPayload, (row.stream, row.seq)).body or "")
    assert (row.stream, row.hash, told["task"]) == (instance_id, answer["receipt"]["hash"], task_id)
    return instance_id, row.seq, task_id


def test_before_the_seal_the_page_says_so_and_looks_again(
    house: House, sign_in: SignIn, done: tuple[str, int, str]
) -> None:
    instance_id, seq, _ = done
    address, client = f"/receipts/{instance_id}/{seq}", sign_in("office")

    assert "尚不能出具回执" in client.get(address).text, "nobody signs yet"
    sealing.checkpoint(house)
    later = tasks_of_another(house)
    page = client.get(later).text

    assert "已记录，正在封存" in page
    assert f'hx-get="{later}"' in page
    assert client.get(f"{later}/receipt.json").status_code == 404
    assert client.get(f"{later}/paper").location == later
    assert "已封存" in client.get(address).text


def test_a_receipt_tells_who_did_what_and_proves_it(house: House, sign_in: SignIn, done: tuple[str, int, str]) -> None:
    instance_id, seq, task_id = done
    sealing.checkpoint(house, cosigned=True)
    client = sign_in("office")

    address = client.get(f"/receipts/tasks/{task_id}").location
    page, paper = client.get(address).text, client.get(f"{address}/paper").text
    receipt = client.get(f"{address}/receipt.json").get_data()

    assert address == f"/receipts/{instance_id}/{seq}"
    for text in (page, paper):
        assert "周文博" in text
        assert json.loads(receipt)["checkpoint"].split("\n\n")[0] in text
        assert sealing.OUTSIDE.name in text
        assert 'class="qr"' in text
    verified = client.post("/receipts", data={"file": (BytesIO(receipt), "receipt.json")}).text
    assert "回执真实有效" in verified
    assert f'href="{address}"' in verified
    assert "回执真实有效" in client.post("/receipts", data={"text": receipt.decode()}).text


def test_a_scanned_hash_is_compared(house: House, sign_in: SignIn, done: tuple[str, int, str]) -> None:
    instance_id, seq, _ = done
    sealing.checkpoint(house)
    client = sign_in("office")
    page = client.get(f"/receipts/{instance_id}/{seq}").text
    own = re.search(r'class="hash">([0-9a-f]{64})<', page)
    assert own is not None

    assert "与现存记录一致" in client.get(f"/receipts/{instance_id}/{seq}?hash={own[1]}").text
    assert "与现存记录不符" in client.get(f"/receipts/{instance_id}/{seq}?hash={'0' * 64}").text


def test_a_receipt_is_for_who_may_see_the_task(house: House, sign_in: SignIn, done: tuple[str, int, str]) -> None:
    instance_id, seq, task_id = done
    sealing.checkpoint(house)
    addresses = [f"/receipts/{instance_id}/{seq}{end}" for end in ("", "/paper", "/receipt.json")]
    addresses += [f"/receipts/tasks/{task_id}", f"/api/v1/receipts/{instance_id}/{seq}"]

    for login in ("contact.sci", "system_admin", "audit_admin"):
        assert {sign_in(login).get(address).status_code for address in addresses} == {404}
    assert {sign_in("auditor").get(address).status_code for address in addresses} == {200, 302}
    assert sign_in("office").get(f"/receipts/{instance_id}/999").status_code == 404
    assert sign_in("office").get("/receipts/administration/1").status_code == 404


def test_an_outsider_has_receipts_of_her_own_tasks_only(
    house: House, sign_in: SignIn, done: tuple[str, int, str]
) -> None:
    """Of a matter in which she has two tasks and the office the others; the start names no task."""
    instance_id, seq, task_id = done
    with house.database.transaction() as session:
        firm = enterprise(session)
        account(session, firm, "firm")
        account(session, enterprise(session, 2), "other")
        inbox = f"enterprise:{firm.id}"
        session.execute(update(UserTask).where(UserTask.id == task_id).values(principal=inbox))
    with house.database.reading() as session:
        others = session.scalars(select(EventRow.seq).where(EventRow.stream == instance_id, EventRow.seq != seq)).all()

    assert sign_in("firm").get(f"/receipts/{instance_id}/{seq}").status_code == 200
    assert sign_in("firm").get(f"/api/v1/receipts/{instance_id}/{seq}").status_code == 200
    assert {sign_in("firm").get(f"/receipts/{instance_id}/{other}").status_code for other in others} == {404}
    assert sign_in("other").get(f"/receipts/{instance_id}/{seq}").status_code == 404


def test_what_was_changed_in_a_receipt_or_in_the_log_is_found(
    house: House, sign_in: SignIn, done: tuple[str, int, str]
) -> None:
    instance_id, seq, _ = done
    sealing.checkpoint(house)
    client = sign_in("office")
    told = json.loads(client.get(f"/receipts/{instance_id}/{seq}/receipt.json").get_data())

    def verdict(receipt: object) -> str:
        page = client.post("/receipts", data={"text": json.dumps(receipt)}).text
        found = re.search(r'd-note-(?:red|green)".*?<p>(.*?)</p>', page, re.DOTALL)
        assert found is not None
        return found[1]

    assert "与回执一致" in verdict(told)
    assert "记录被改动" in verdict({**told, "event": {**told["event"], "actor": "contact.sci"}})
    assert "没有本系统的有效签名" in verdict(
        {**told, "checkpoint": told["checkpoint"].replace(" A", " B", 1)[:-5] + "AA==\n"}
    )
    assert "不是督办系统的回执文件" in verdict({**told, "format": "another"})
    assert client.post("/receipts", data={}).status_code == 422

    with house.database.writing() as connection:
        its = (EVENT.c.stream == instance_id, EVENT.c.seq == seq)
        connection.execute(update(EVENT).where(*its).values(hash="0" * 64))
    assert "另一条记录" in verdict(told)
    assert "不能出具回执" in client.get(f"/receipts/{instance_id}/{seq}").text


def test_a_log_that_was_rewritten_elsewhere_no_longer_fits(
    house: House, sign_in: SignIn, done: tuple[str, int, str]
) -> None:
    instance_id, seq, _ = done
    sealing.checkpoint(house)
    client = sign_in("office")
    receipt = client.get(f"/receipts/{instance_id}/{seq}/receipt.json").get_data()

    with house.database.writing() as connection:
        connection.execute(LEAF.update().where(LEAF.c.index == 0).values(hash="0" * 64))
        connection.execute(NODE.delete())

    assert "与该检查点不符" in client.post("/receipts", data={"text": receipt.decode()}).text


def test_a_receipt_of_a_former_log_still_holds_and_the_page_says_what_happened(
    house: House, sign_in: SignIn, done: tuple[str, int, str]
) -> None:
    instance_id, seq, _ = done
    address, client = f"/receipts/{instance_id}/{seq}", sign_in("office")
    sealing.checkpoint(house)
    old = client.get(f"{address}/receipt.json").get_data()

    new_log.begin(house, SYSTEM, "签名密钥丢失")
    filled(house)
    assert "新日志尚未签署" in client.get(address).text
    unsigned = client.post("/receipts", data={"text": old.decode()}).text
    sealing.checkpoint(house)
    signed = client.post("/receipts", data={"text": old.decode()}).text

    assert all("回执真实有效" in page and "从前的日志" in page for page in (unsigned, signed))
    assert "由新日志重新封存" in client.get(address).text
    new = client.get(f"{address}/receipt.json").get_data()
    assert json.loads(new)["event"] == json.loads(old)["event"]
    assert "从前的日志" not in client.post("/receipts", data={"text": new.decode()}).text
    forged = json.loads(old) | {"hash": "0" * 64}
    assert "被改动" in client.post("/receipts", data={"text": json.dumps(forged)}).text


def test_a_receipt_of_what_was_lost_before_the_new_log_says_so(
    house: House, sign_in: SignIn, done: tuple[str, int, str]
) -> None:
    """As after a restore: the place of the event in the log has gone to another one."""
    instance_id, seq, _ = done
    sealing.checkpoint(house)
    client = sign_in("office")
    old = client.get(f"/receipts/{instance_id}/{seq}/receipt.json").get_data()
    new_log.begin(house, SYSTEM, "数据库自备份恢复")
    filled(house)
    with house.database.writing() as connection:
        connection.execute(update(LEAF).where(LEAF.c.stream == instance_id, LEAF.c.seq == seq).values(seq=9_000))

    page = client.post("/receipts", data={"text": old.decode()}).text

    assert "签名和证明成立，但本系统另起日志后" in page


def test_after_completing_the_toast_the_done_list_and_the_task_lead_to_the_receipt(
    house: House, sign_in: SignIn
) -> None:
    instance_id = walks.started(house, "linear")
    with house.database.reading() as session:
        task_id = session.scalars(select(UserTask.id).where(UserTask.instance_id == instance_id)).one()
    client = sign_in("office")

    answer = client.post(f"/tasks/{task_id}", data={"note": "情况属实"}, follow_redirects=True).text

    assert re.search(rf'<a href="/receipts/{instance_id}/\d+">回执</a>', answer)
    assert f'href="/receipts/tasks/{task_id}"' in client.get("/inbox/done").text
    assert f'href="/receipts/tasks/{task_id}"' in client.get(f"/tasks/{task_id}").text
    with house.database.reading() as session:
        assert session.get_one(UserTask, task_id).status == TaskStatus.COMPLETED


def test_programs_get_the_same_receipt(house: House, sign_in: SignIn, done: tuple[str, int, str]) -> None:
    instance_id, seq, _ = done
    client = sign_in("office")

    assert client.get(f"/api/v1/receipts/{instance_id}/{seq}").json["receipt"] is None
    sealing.checkpoint(house, cosigned=True)
    answer = client.get(f"/api/v1/receipts/{instance_id}/{seq}").json

    assert answer["receipt"] == json.loads(client.get(f"/receipts/{instance_id}/{seq}/receipt.json").get_data())
    assert answer["witnesses"] == [sealing.OUTSIDE.name]


def tasks_of_another(house: House) -> str:
    """The address of the receipt of one more completed task."""
    instance_id = walks.started(house, "linear", "another")
    with house.database.reading() as session:
        task_id = session.scalars(select(UserTask.id).where(UserTask.instance_id == instance_id)).one()
    answer = tasks.complete(house, actor(house, "office"), task_id, {"note": "情况属实"}, key="another")
    return f"/receipts/{instance_id}/{answer['receipt']['seq']}"
