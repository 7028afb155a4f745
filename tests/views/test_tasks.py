"""The page of a user task: what it shows to whom, its form and verbs, and what comes back when something goes wrong."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.models.process import Incident
from app.models.user_task import Attachment, Comment, Draft, UserTask
from app.queries.actor import SYSTEM
from app.services import processes, tasks
from app.services.definitions import deploy
from app.services.house import House
from tests.applications import SignIn
from tests.factories import actor
from tests.models import ENGINE_MODELS
from tests.services.december_report_walk import Walk, filled_in, morning, unit_key

PDF = b"%PDF-1.7\n..."
SCI = unit_key("sci")


@pytest.fixture
def linear(house: House) -> str:
    """The first of three user tasks of a process without forms."""
    deploy(house, SYSTEM, {"linear.bpmn": (ENGINE_MODELS / "valid_linear.bpmn").read_bytes()})
    processes.start(house, actor(house, "office"), "linear", {}, key="start")
    return open_task(house, "a").id


@pytest.fixture
def walk(house: House) -> Iterator[Walk]:
    """The reports of 2024 of one unit, on the morning of 2 December."""
    walk = Walk(house).collect("sci").on("2024-12-02")
    with clock.held(morning("2024-12-02")):
        yield walk


def open_task(house: House, element_id: str) -> UserTask:
    with house.database.reading() as session:
        where = (UserTask.element_id == element_id, UserTask.status.in_(("open", "claimed")))
        found = session.scalars(select(UserTask).where(*where)).one()
        session.expunge(found)
        return found


def shown(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]  # type: ignore[index]


def test_the_page_shows_where_it_stands_and_why(walk: Walk, sign_in: SignIn) -> None:
    task = walk.task("draft_report", SCI)

    page = shown(sign_in("contact.sci"), f"/tasks/{task.id}")

    assert "重点任务25 强化工作协同" in page
    assert "（“每年12月底”）" in page
    assert "为什么是绿灯：" in page
    steps = re.search(r'<ol class="d-steps">(.*?)</ol>', page, re.DOTALL)[1]  # type: ignore[index]
    assert re.findall(r"<b>(.*?)</b>", steps) == ["填报年度反馈", "审签年度反馈", "审核年度反馈"]
    assert "您 · 12月" in steps
    drawing = json.loads(re.search(r"data-diagram='(.*?)'", page)[1])  # type: ignore[index]
    assert drawing["focus"][1:] == ["draft_report", "sign_report"]
    assert "draft_report" in drawing["marks"]["now"]
    assert 'data-draft="/tasks/' in page
    assert "报分管负责人签发" in page
    assert page.count("<h1") == 1


def test_the_drawing_is_for_those_who_may_see_an_instance(walk: Walk, sign_in: SignIn) -> None:
    definition = walk.instance(SCI).definition_id

    answer = sign_in("contact.sci").get(f"/definitions/{definition}/diagram.bpmn")

    assert answer.mimetype == "application/xml"
    assert "BPMNShape" in answer.text
    assert sign_in("contact.fin").get(f"/definitions/{definition}/diagram.bpmn").status_code == 404


def test_the_first_opening_by_a_candidate_is_noted_for_the_office(walk: Walk, sign_in: SignIn) -> None:
    task = walk.task("draft_report", SCI)
    office = sign_in("office")
    assert "未读" in shown(office, f"/tasks/{task.id}")

    shown(sign_in("contact.sci"), f"/tasks/{task.id}")

    assert "已读，12月2日 09:00" in shown(office, f"/tasks/{task.id}")
    assert "此事项由市科技局办理，您可以查看" in shown(office, f"/tasks/{task.id}")


def test_another_units_task_is_not_found(walk: Walk, sign_in: SignIn) -> None:
    task = walk.task("draft_report", SCI)
    client = sign_in("contact.fin")

    assert client.get(f"/tasks/{task.id}").status_code == 404
    for verb in ("", "/draft", "/claim", "/unclaim", "/return", "/comments", "/comparison", "/attachments"):
        assert client.post(f"/tasks/{task.id}{verb}", data={"comment": "一"}).status_code == 404, verb
    assert client.post(f"/instances/{task.instance_id}/withdrawal").status_code == 404


def test_a_draft_saves_itself_and_stands_in_the_form_again(house: House, walk: Walk, sign_in: SignIn) -> None:
    task, client = walk.task("draft_report", SCI), sign_in("contact.sci")
    json_only = {"Accept": "application/json"}

    answer = client.post(f"/tasks/{task.id}/draft", data={"problems": "暂存的问题", "revision": "1"}, headers=json_only)

    assert answer.json == {"text": "09:00 已自动暂存"}
    assert ">暂存的问题</textarea>" in shown(client, f"/tasks/{task.id}")
    late = client.post(f"/tasks/{task.id}/draft", data={"problems": "x", "revision": "7"}, headers=json_only)
    assert late.status_code == 409
    assert "您的内容已保留" in late.json["text"]  # type: ignore[index]
    without_script = client.post(f"/tasks/{task.id}/draft", data={"problems": "无脚本"})
    assert without_script.location == f"/tasks/{task.id}"
    with house.database.reading() as session:
        assert session.get_one(Draft, task.id).data["problems"] == "无脚本"


def test_a_refused_form_comes_back_with_its_errors_and_all_that_was_typed(walk: Walk, sign_in: SignIn) -> None:
    task = walk.task("draft_report", SCI)

    answer = sign_in("contact.sci").post(f"/tasks/{task.id}", data={"problems": "只写了问题", "_key": "k"})

    assert answer.status_code == 422
    assert 'id="form-errors"' in answer.text
    assert ">只写了问题</textarea>" in answer.text
    assert hidden(answer.text, "_key") == "k"
    assert walk.open_elements(SCI) == ["draft_report"]


def test_the_unit_head_signs_and_the_contact_may_take_it_back_before(house: House, walk: Walk, sign_in: SignIn) -> None:
    walk.draft("sci")
    task, head = walk.task("sign_report", SCI), sign_in("head.sci")

    answer = head.post(f"/tasks/{task.id}", data={"outcome": "yes", "_key": "k", "revision": "1"})

    assert answer.location == "/inbox"
    page = shown(head, "/inbox")
    assert "已签发并报领导小组办公室" in page
    assert f'action="/instances/{task.instance_id}/withdrawal"' in page
    done = shown(head, f"/tasks/{task.id}")
    assert "市科技局负责人在 12月2日 09:00 办理" in done
    assert "同意报送" in done
    assert 'id="task-form"' not in done
    again = head.post(f"/instances/{task.instance_id}/withdrawal", follow_redirects=True)
    assert "已撤回，可以修改后再次报送" in again.text
    assert walk.open_elements(SCI) == ["draft_report"]


def test_the_same_form_sent_twice_is_done_once(linear: str, sign_in: SignIn) -> None:
    client = sign_in("office")
    client.post(f"/tasks/{linear}/claim")
    sent = {"remark": "已办", "_key": hidden(shown(client, f"/tasks/{linear}"), "_key")}

    first = client.post(f"/tasks/{linear}", data=sent)
    second = client.post(f"/tasks/{linear}", data=sent)

    assert (first.status_code, second.status_code) == (302, 302)
    assert "已办" in shown(client, f"/tasks/{linear}")


def test_a_form_sent_back_asks_why(house: House, walk: Walk, sign_in: SignIn) -> None:
    walk.draft("sci")
    task, head = walk.task("sign_report", SCI), sign_in("head.sci")
    assert 'data-dialog="send-back"' in shown(head, f"/tasks/{task.id}")

    empty = head.post(f"/tasks/{task.id}/return", data={"reason": " "})
    answer = head.post(f"/tasks/{task.id}/return", data={"reason": "请写明原因"}, follow_redirects=True)

    assert empty.status_code == 422
    assert "已退回" in answer.text
    assert walk.open_elements(SCI) == ["draft_report"]


def test_who_comes_second_learns_who_was_first_and_compares(house: House, linear: str, sign_in: SignIn) -> None:
    first, second = actor(house, "office"), sign_in("office.drc")
    tasks.complete(house, first, linear, {"remark": "已按要求办理"}, key="first")

    answer = second.post(f"/tasks/{linear}", data={"remark": "我的内容", "_key": "second"})

    assert answer.status_code == 409
    assert "周文博" in answer.text
    assert 'name="remark" value="我的内容"' in answer.text
    assert f'action="/tasks/{linear}/comparison"' in answer.text
    both = second.post(f"/tasks/{linear}/comparison", data={"remark": "我的内容", "_key": "second"})
    assert "已按要求办理" in both.text
    assert "我的内容" in both.text
    assert "second" not in both.text
    second.post(f"/tasks/{linear}/comments", data={"remark": "我的内容"})
    with house.database.reading() as session:
        assert session.scalars(select(Comment.text)).all() == ["办理情况：我的内容"]


def test_a_claimed_task_of_a_colleague_answers_with_her_name(house: House, linear: str, sign_in: SignIn) -> None:
    client = sign_in("office.drc")
    assert "这件事还没有人认领" in shown(client, f"/tasks/{linear}")
    tasks.claim(house, actor(house, "office"), linear, key="c")

    assert "已由周文博认领" in shown(client, f"/tasks/{linear}")
    answer = client.post(f"/tasks/{linear}", data={"remark": "我的内容"})
    assert answer.status_code == 409
    assert "comparison" not in answer.text


def test_a_form_that_grew_old_comes_back_with_the_new_revision(house: House, linear: str, sign_in: SignIn) -> None:
    office, client = actor(house, "office"), sign_in("office")
    tasks.claim(house, office, linear, key="c")

    answer = client.post(f"/tasks/{linear}", data={"remark": "我的内容", "revision": "1"})

    assert answer.status_code == 409
    assert "周文博在" in answer.text
    assert ">我的内容</textarea>" in answer.text
    assert hidden(answer.text, "revision") == "2"


def test_a_cancelled_matter_gives_back_what_was_typed(house: House, linear: str, sign_in: SignIn) -> None:
    office = actor(house, "office")
    processes.cancel(house, office, open_task(house, "a").instance_id, "重复", key="x")

    answer = sign_in("office").post(f"/tasks/{linear}", data={"remark": "我的内容"})

    assert answer.status_code == 410
    assert '<dd class="d-text">我的内容</dd>' in answer.text
    assert "这件事已取消，无需办理" in shown(sign_in("office"), f"/tasks/{linear}")


def test_a_stopped_process_gives_back_what_was_typed(house: House, linear: str, sign_in: SignIn) -> None:
    with house.database.transaction() as session:
        instance_id = session.get_one(UserTask, linear).instance_id
        session.add(
            Incident(instance_id=instance_id, kind="fault", element_id="a", text="", payload={}, status="open",
                     at=clock.now())
        )  # fmt: skip

    answer = sign_in("office").post(f"/tasks/{linear}", data={"remark": "我的内容"})

    assert answer.status_code == 423
    assert "我的内容" in answer.text
    assert "该流程出现故障" in shown(sign_in("office"), f"/tasks/{linear}")


def test_files_beside_the_form_are_put_read_and_taken_out(house: House, linear: str, sign_in: SignIn) -> None:
    client = sign_in("office")
    client.post(f"/tasks/{linear}/claim")
    client.post(f"/tasks/{linear}/attachments", data={"file": (io.BytesIO(PDF), "名单.pdf")})
    with house.database.reading() as session:
        file = session.scalars(select(Attachment)).one()

    assert "名单.pdf" in shown(client, f"/tasks/{linear}")
    answer = client.get(f"/attachments/{file.id}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()
    assert sign_in("contact.sci").get(f"/attachments/{file.id}").status_code == 404
    assert sign_in("office.drc").post(f"/attachments/{file.id}/removal").status_code == 403
    client.post(f"/tasks/{linear}/attachments", data={"file": (io.BytesIO(b"<script>"), "名单.pdf")})
    assert "不是可以上传的文件" in shown(client, f"/tasks/{linear}")
    client.post(f"/attachments/{file.id}/removal")
    assert "名单.pdf" not in shown(client, f"/tasks/{linear}")


def test_files_that_come_with_the_form_are_kept_though_it_is_refused(house: House, walk: Walk, sign_in: SignIn) -> None:
    task, client = walk.task("draft_report", SCI), sign_in("contact.sci")

    answer = client.post(
        f"/tasks/{task.id}", data={"attachments.new": (io.BytesIO(PDF), "附件.pdf"), "problems": "问题"}
    )

    assert answer.status_code == 422
    with house.database.reading() as session:
        file = session.scalars(select(Attachment)).one()
    assert file.field == "attachments"
    assert f'name="attachments" value="{file.id}" checked' in answer.text


def test_a_whole_report_goes_through_the_browser(walk: Walk, sign_in: SignIn) -> None:
    task, client = walk.task("draft_report", SCI), sign_in("contact.sci")
    answers = filled_in(walk.form(task))

    answer = client.post(f"/tasks/{task.id}", data={**flat(answers), "_key": "k", "revision": "1"})

    assert answer.status_code == 302, answer.text
    assert walk.open_elements(SCI) == ["sign_report"]


def flat(value: object, at: str = "") -> dict[str, str]:
    """The answers as a browser would post them."""
    if isinstance(value, dict):
        pairs = [(f"{at}.{name}" if at else name, inner) for name, inner in value.items()]
    elif isinstance(value, list):
        pairs = [(f"{at}.{number}", inner) for number, inner in enumerate(value)]
    else:
        return {} if value is None or value is False else {at: "true" if value is True else str(value)}
    return {name: text for path, inner in pairs for name, text in flat(inner, path).items()}


def test_a_comment_is_part_of_the_course(linear: str, sign_in: SignIn) -> None:
    client = sign_in("office")

    client.post(f"/tasks/{linear}/comments", data={"comment": "请尽快。"})
    refused = client.post(f"/tasks/{linear}/comments", data={"comment": " "})

    assert shown(client, f"/tasks/{linear}").count("<q>请尽快。</q>") == 2
    assert refused.status_code == 422
    assert "请填写 1 至 1000 字的意见。" in refused.text


def test_a_pile_of_the_same_kind_is_worked_off_one_after_another(house: House, linear: str, sign_in: SignIn) -> None:
    processes.start(house, actor(house, "office"), "linear", {}, key="second")
    client = sign_in("office")
    with house.database.reading() as session:
        first, last = sorted(session.scalars(select(UserTask.id).where(UserTask.element_id == "a")))
    assert f'href="/tasks/{last}"' in shown(client, f"/tasks/{first}")
    assert f'href="/tasks/{first}"' in shown(client, f"/tasks/{last}")

    assert client.post(f"/tasks/{first}", data={"_key": "k"}).location == f"/tasks/{last}"
    assert client.post(f"/tasks/{last}", data={"_key": "l"}).location == "/inbox"
