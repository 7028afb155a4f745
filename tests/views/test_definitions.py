"""The pages of process definitions: lists, one version, two compared, an upload with its checks, and four eyes."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.queries.actor import SYSTEM
from app.services import deployments, processes
from app.services.definitions import deploy
from app.services.house import House
from tests.applications import SignIn
from tests.factories import actor

WORKFLOWS = Path(__file__).parents[2] / "workflows"
ENGINE = Path(__file__).parents[1] / "engine"
LINEAR = (ENGINE / "valid_linear.bpmn").read_bytes()
UNIT = (WORKFLOWS / "december_report_unit.bpmn").read_bytes()
CHANGED = UNIT.replace("审核年度反馈".encode(), "复核年度反馈".encode())


def upload(client: FlaskClient, *files: tuple[str, bytes], remark: str = "") -> TestResponse:
    data = {"files": [(BytesIO(content), name) for name, content in files], "remark": remark}
    answer = client.post("/deployments/new", data=data, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # a temporary file where the upload is large
    return answer


def proposed(sign_in: SignIn, content: bytes = CHANGED, remark: str = "改称复核") -> str:
    answer = upload(sign_in("system_admin"), ("december_report_unit.bpmn", content), remark=remark)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_the_list_has_every_process_with_its_version_and_what_runs(sign_in: SignIn, house: House) -> None:
    deploy(house, SYSTEM, {"linear.bpmn": LINEAR})
    processes.start(house, actor(house, "office"), "linear", {"round": 0, "outcome": ""}, key="s", business_key="one")
    deploy(house, SYSTEM, {"linear.bpmn": LINEAR.replace(b'name="a"', b'name="A"')})

    page = sign_in("system_admin").get("/definitions").text

    assert "单位年度反馈" in page
    assert "随系统载入" in page
    row = page[page.index("linear") :]
    assert "第 2 版" in row
    assert re.findall(r'data-word="(?:旧版本上)?办理中">(?:<a[^>]*>)?(\d+)', row)[:2] == ["1", "1"]
    assert "没有符合条件的流程" in sign_in("auditor").get("/definitions?q=%25").text


def test_a_process_lists_its_versions_and_what_of_them_still_runs(sign_in: SignIn, house: House) -> None:
    deploy(house, SYSTEM, {"linear.bpmn": LINEAR})
    processes.start(house, actor(house, "office"), "linear", {"round": 0, "outcome": ""}, key="s", business_key="one")
    deploy(house, SYSTEM, {"linear.bpmn": LINEAR.replace(b'name="a"', b'name="A"')})
    client = sign_in("office")

    page = client.get("/definitions/linear").text
    old = client.get("/definitions/linear/1").text

    assert "办理中的流程按启动时的版本办完" in page
    assert page.index("第 2 版") < page.index("第 1 版")
    assert "有 1 个流程仍按这一版办理" in old
    assert client.get("/definitions/none").status_code == 404
    assert client.get("/definitions/linear/3").status_code == 404
    assert client.get("/definitions/linear/99999999999999").status_code == 404


def test_a_version_shows_its_drawing_its_forms_and_can_be_checked_now(sign_in: SignIn) -> None:
    client = sign_in("auditor")

    page = client.get("/definitions/december_report_unit/1").text
    checked = client.get("/definitions/december_report_unit/1?check=1").text

    assert "/definitions/december_report_unit/1/diagram.bpmn" in page
    assert "审核年度反馈" in page
    assert "没有提交时的检查结果" in page
    assert "逐路试算" in checked
    drawing = client.get("/definitions/december_report_unit/1/diagram.bpmn")
    assert (drawing.mimetype, drawing.data) == ("application/xml", UNIT)


def test_two_versions_stand_beside_each_other_with_what_changed_in_words(sign_in: SignIn, house: House) -> None:
    deploy(house, SYSTEM, {"december_report_unit.bpmn": CHANGED})

    page = sign_in("office").get("/definitions/december_report_unit/difference?from=1&to=2").text

    assert page.count("data-diagram=") == 2
    assert "<del>审核年度反馈</del> → <ins>复核年度反馈</ins>" in page
    assert '"changed": ["review_report"' in page
    same = sign_in("office").get("/definitions/december_report_unit/difference?from=2&to=2").text
    assert "选的是同一版本" in same
    assert sign_in("office").get("/definitions/december_report_unit/difference?from=x").status_code == 400


def test_an_upload_waits_for_another_person_who_sees_what_changed(sign_in: SignIn) -> None:
    address = proposed(sign_in)
    own, other = sign_in("system_admin"), sign_in("office")

    mine, hers = own.get(address).text, other.get(address).text

    assert "等待另一位有此权限的人员审批" in mine
    assert "批准发布" not in mine
    assert "<ins>复核年度反馈</ins>" in hers
    assert "改称复核" in hers
    assert own.post(f"{address}/approval").status_code == 403
    assert "待审批 1" in other.get("/definitions").text

    assert other.post(f"{address}/approval", data={"opinion": "同意"}).status_code == 302

    published = other.get("/definitions/december_report_unit/2").text
    assert "系统管理员" in published
    assert "周文博" in published
    assert "没有待审批的版本" in other.get("/deployments").text
    assert other.post(f"{address}/approval").status_code == 409


def test_a_rejection_asks_for_its_reason_and_tells_it(sign_in: SignIn) -> None:
    address = proposed(sign_in)
    other = sign_in("office")

    refused = other.post(f"{address}/rejection", data={"reason": " "})
    done = other.post(f"{address}/rejection", data={"reason": "名称与文件不符"})

    assert refused.status_code == 422
    assert "请写明退回的理由" in refused.text
    assert done.status_code == 302
    assert "名称与文件不符" in sign_in("system_admin").get(address).text
    assert "名称与文件不符" in sign_in("audit_admin").get("/administration-events").text


def test_who_proposed_may_withdraw(sign_in: SignIn) -> None:
    address = proposed(sign_in)

    assert sign_in("office").post(f"{address}/withdrawal").status_code == 403
    assert sign_in("system_admin").post(f"{address}/withdrawal").status_code == 302
    assert "已撤回" in sign_in("auditor").get("/deployments?status=all").text


def test_a_refused_upload_keeps_the_remark_and_marks_the_elements(sign_in: SignIn) -> None:
    broken = UNIT.replace(b'default="has_successor_no"', b"")

    answer = upload(sign_in("office"), ("unit.bpmn", broken), ("linear.bpmn", LINEAR), remark="去掉默认流向")

    assert answer.status_code == 422
    assert "去掉默认流向" in answer.text
    assert "排他网关缺少默认流向" in answer.text
    assert "是否有承接单位" in answer.text
    assert '"has_successor"' in re.findall(r'"wrong": \[([^]]*)', answer.text)[0]
    assert "linear.bpmn" in answer.text


def test_the_same_file_again_is_said_to_be_unchanged(sign_in: SignIn) -> None:
    client = sign_in("office")

    answer = upload(client, ("december_report_unit (2).bpmn", UNIT))

    assert answer.location == "/definitions"
    assert "没有变化" in client.get("/definitions").text


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.bpmn", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "DOCTYPE"),
        ("../../a.bpmn", b"PK\x03\x04" + bytes(range(256)), "压缩包"),
        ("a.bpmn", b" " * (2 << 20) + b"<a/>", "2 MB"),
        ("a.bpmn", "<a name='流程'/>".encode("gb18030"), "UTF-8"),
        ("</script><script>alert(1)</script>.bpmn", b"<a/>", "BPMN"),
        ("a.bpmn", b"", "XML"),
        ("a.bpmn", UNIT.replace(b"</bpmn:definitions>", b'<x xmlns="urn:x">"\'</x></bpmn:definitions>'), ""),
    ],
)  # fmt: skip
def test_hostile_files_get_a_clear_answer(sign_in: SignIn, name: str, content: bytes, text: str) -> None:
    answer = upload(sign_in("office"), (name, content))

    assert answer.status_code in (302, 422)
    assert text in answer.text
    assert "alert(1)</script>" not in answer.text


def test_an_upload_without_a_file_says_so(sign_in: SignIn) -> None:
    answer = sign_in("office").post("/deployments/new", data={"remark": "忘了文件"})

    assert answer.status_code == 422
    assert "请选择流程文件" in answer.text
    assert "忘了文件" in answer.text


def test_a_new_process_is_shown_without_anything_to_compare_it_with(sign_in: SignIn) -> None:
    answer = upload(sign_in("system_admin"), ("linear.bpmn", LINEAR))

    page = sign_in("office").get(answer.location).text

    assert "新的流程" in page
    assert "文件中没有图形" in page
    assert "名称应使用中文" in page


def test_what_came_in_between_is_said_to_the_approver(sign_in: SignIn, house: House) -> None:
    address = proposed(sign_in)
    deploy(house, SYSTEM, {"december_report_unit.bpmn": UNIT.replace("登记撤回".encode(), "记录撤回".encode())})

    page = sign_in("office").get(address).text

    assert "提交以后该流程又发布了新版本" in page
    assert "与第 2 版的差别" in page


def test_a_version_published_at_once_says_so(sign_in: SignIn, house: House) -> None:
    deployments.submit(house, actor(house, "office"), {"december_report_unit.bpmn": CHANGED})

    assert "直接发布" in sign_in("auditor").get("/definitions/december_report_unit").text
