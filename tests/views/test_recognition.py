"""认定批次, 公示 and evaluations as pages: what each reader sees, and what nobody sees."""

from __future__ import annotations

import html
import re

import pytest

from app import clock
from app.models.enterprise import Evaluation, Title
from app.models.person import Person
from app.models.recognition import Objection, PublicNotice, RecognitionBatch
from app.services.house import House
from tests.applications import SignIn
from tests.services.recognition_walk import Recognition, morning
from tests.statements import counted

LEVEL = "市级专精特新中小企业"


@pytest.fixture
def walk(house: House) -> Recognition:
    return Recognition(house, firms=2)


def read(sign_in: SignIn, walk: Recognition, login: str, address: str) -> tuple[int, str]:
    with clock.held(morning(walk.day)):
        answer = sign_in(login).get(address)
    return answer.status_code, html.unescape(answer.text)


def batch_id(walk: Recognition) -> int:
    return walk.rows(RecognitionBatch)[0].id


def notice_id(walk: Recognition) -> int:
    return walk.rows(PublicNotice)[0].id


def expert_names(walk: Recognition) -> list[str]:
    return [row.name for row in walk.rows(Person) if row.login.startswith("expert")]


def test_the_bureau_opens_a_batch_on_the_page_and_a_locality_cannot(sign_in: SignIn, walk: Recognition) -> None:
    with clock.held(morning(walk.day)):
        browser = sign_in("contact.miit")
        assert 'name="level"' in browser.get("/recognition").text
        told = {"level": "innovative", "year": "2023", "number": "", "kind": "recognition", "_key": "one"}
        opened = browser.post("/recognition", data=told)
        wrong = browser.post("/recognition", data=told | {"year": "abc", "_key": "two"})
        locality = sign_in("contact.hanjiang")
        refused = locality.post("/recognition", data=told | {"_key": "three"})

        assert opened.status_code == 302
        assert walk.instance("enterprise_recognition_batch:innovative:2023-1").title.endswith("创新型中小企业认定")
        assert (wrong.status_code, "请填写2000至2100之间的整数" in wrong.text) == (422, True)
        assert 'name="level"' not in locality.get("/recognition").text
        assert refused.status_code == 403


def test_the_list_shows_what_was_said_of_each_enterprise_and_no_expert(sign_in: SignIn, walk: Recognition) -> None:
    walk.to_list(firms=2)

    _, page = read(sign_in, walk, "head.miit", f"/recognition/{batch_id(walk)}")

    assert LEVEL in page
    assert page.count("拟认定") >= 2
    assert "无问题" in page
    assert "3 份" in page
    assert [name for name in expert_names(walk) if name in page] == []


def test_a_locality_sees_its_own_enterprises_without_scores_and_another_nothing(
    sign_in: SignIn, walk: Recognition
) -> None:
    walk.move(2, "guangling")
    walk.to_list(firms=1)

    status, page = read(sign_in, walk, "contact.hanjiang", f"/recognition/{batch_id(walk)}")
    elsewhere, _ = read(sign_in, walk, "contact.guangling", f"/recognition/{batch_id(walk)}")

    assert (status, elsewhere) == (200, 404)
    assert "平均分" not in page
    assert "系统建议" not in page


@pytest.mark.parametrize("login", ["firm1", "expert1"])
def test_neither_an_enterprise_nor_an_expert_reads_the_list_or_any_history(
    sign_in: SignIn, walk: Recognition, login: str
) -> None:
    batch = walk.to_list(firms=2)
    instance = walk.instance(batch).id

    for address in (
        f"/recognition/{batch_id(walk)}",
        f"/histories/{instance}",
        f"/api/v1/process-instances/{instance}/events",
    ):
        assert read(sign_in, walk, login, address)[0] in (401, 403, 404), address


def test_an_expert_sees_on_her_task_neither_sheets_nor_names_of_others(sign_in: SignIn, walk: Recognition) -> None:
    batch = walk.to_review(firms=2)
    first, second, *_ = walk.tasks("score_applications", batch)
    walk.score_one(first, 17, remark="前一位专家的独特意见")
    names = [name for name in expert_names(walk) if name != walk.actor(walk.login_of(second)).name]

    _, page = read(sign_in, walk, walk.login_of(second), f"/tasks/{second.id}")

    assert "独立评分" in page
    assert "独特意见" not in page
    assert [name for name in names if name in page] == []


def test_the_paper_of_each_step_is_offered_when_it_is_there(sign_in: SignIn, walk: Recognition) -> None:
    walk.to_notice(firms=2)
    walk.on("2023-04-27")
    address = f"/recognition/{batch_id(walk)}"

    _, page = read(sign_in, walk, "office", address)
    papers = re.findall(rf"{address}/papers/(\w+)\.docx", page)

    assert papers == ["call", "public_notice", "announcement"]
    for paper in papers:
        with clock.held(morning(walk.day)):
            answer = sign_in("office").get(f"{address}/papers/{paper}.docx")
            assert (answer.status_code, answer.data[:2]) == (200, b"PK")
            assert sign_in("contact.hanjiang").get(f"{address}/papers/{paper}.docx").status_code == 404


def test_a_title_leads_to_its_evaluation_with_inputs_and_rule_rows(sign_in: SignIn, walk: Recognition) -> None:
    walk.to_notice(firms=2)
    walk.on("2023-04-27")
    title = next(row for row in walk.rows(Title) if row.level == "specialised_city")

    status, page = read(sign_in, walk, "office", f"/evaluations/{title.evaluation_id}")

    assert status == 200
    assert "/rule-sets/yz-city/1" in page or "yz-city" in page
    assert "本次申报" in page
    assert "2022" in page
    assert "评价得分" in page
    assert "#" in page


def test_an_enterprise_reads_its_own_evaluation_and_no_other(sign_in: SignIn, walk: Recognition) -> None:
    walk.to_list(firms=2)
    own, other = walk.application(1).evaluation_id, walk.application(2).evaluation_id

    assert read(sign_in, walk, "firm1", f"/evaluations/{own}")[0] == 200
    assert read(sign_in, walk, "firm1", f"/evaluations/{other}")[0] == 404
    assert read(sign_in, walk, "expert1", f"/evaluations/{own}")[0] == 404
    assert read(sign_in, walk, "contact.guangling", f"/evaluations/{own}")[0] == 404
    assert read(sign_in, walk, "contact.miit", "/evaluations/99999")[0] == 404


def test_the_checklist_stands_on_the_locality_s_task(sign_in: SignIn, walk: Recognition) -> None:
    walk.publish()
    key = walk.apply()
    [task] = walk.tasks("check_at_locality", key)

    _, page = read(sign_in, walk, "contact.hanjiang", f"/tasks/{task.id}")

    assert "认定条件比对" in page
    assert len(walk.rows(Evaluation)) == 1


class TestNotice:
    def test_an_objection_is_marked_and_its_name_shown_to_nobody(self, sign_in: SignIn, walk: Recognition) -> None:
        walk.to_notice(firms=2)
        walk.object_to()
        address = f"/notices/{notice_id(walk)}"

        pages = {login: read(sign_in, walk, login, address)[1] for login in ("firm2", "office", "contact.miit")}

        assert all("异议核查中" in page for page in pages.values())
        assert all("王五" not in page and "13800000000" not in page for page in pages.values())
        assert "第 1 号" in pages["contact.miit"]
        assert "第 1 号" not in pages["firm2"]

    def test_the_investigator_reads_the_name_on_the_task_alone(self, sign_in: SignIn, walk: Recognition) -> None:
        walk.to_notice(firms=2)
        key = walk.object_to()
        [task] = walk.tasks("register_objection", key)
        instance = walk.instance(key).id

        assert "王五" in read(sign_in, walk, "contact.miit", f"/tasks/{task.id}")[1]
        assert "王五" not in read(sign_in, walk, "office", f"/tasks/{task.id}")[1]
        walk.do("contact.miit", "register_objection", key, outcome="yes")
        for address in (f"/histories/{instance}", f"/api/v1/process-instances/{instance}/events"):
            assert "王五" not in read(sign_in, walk, "office", address)[1]

    def test_an_enterprise_objects_on_the_page(self, sign_in: SignIn, walk: Recognition) -> None:
        walk.to_notice(firms=2)
        address = f"/notices/{notice_id(walk)}"
        with clock.held(morning(walk.day)):
            browser = sign_in("firm2")
            short = browser.post(f"{address}/objections", data={"rows": walk.firms[0], "facts": "不实", "_key": "a"})
            facts = "该企业厂房早已停工，所报营业收入与实际不符。"
            told = {"rows": walk.firms[0], "facts": facts, "_key": "b"}
            sent = browser.post(f"{address}/objections", data=told)

        assert (short.status_code, "请写明事实与理由" in short.text) == (422, True)
        assert sent.status_code == 302
        assert walk.rows(Objection)[0].person_id == walk.actor("firm2").person_id

    def test_the_head_corrects_it_on_the_page(self, sign_in: SignIn, walk: Recognition) -> None:
        walk.to_notice(firms=2)
        address = f"/notices/{notice_id(walk)}"
        with clock.held(morning(walk.day)):
            browser = sign_in("head.miit")
            told = {"published_on": "2023-04-21", "reason": "名称有误", "_key": "c"}
            assert "更正公示" in browser.get(address).text
            assert browser.post(f"{address}/correction", data=told | {"reason": "", "_key": "d"}).status_code == 422
            assert browser.post(f"{address}/correction", data=told).status_code == 302

        assert "更正前的公示" in read(sign_in, walk, "firm1", address)[1]


def test_a_longer_list_costs_no_further_queries(sign_in: SignIn, house: House) -> None:
    walk = Recognition(house, firms=6)
    walk.to_list(firms=6)
    with clock.held(morning(walk.day)):
        browser = sign_in("head.miit")
        browser.get(f"/recognition/{batch_id(walk)}")
        with counted(house) as few:
            browser.get(f"/recognition/{batch_id(walk)}")

    assert len(few) <= 25
