"""政策库, 服务资源库 and packages on the screen: kept by their departments, read by all, packages by their own."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
import pytest
from werkzeug.datastructures import MultiDict

from app import clock
from app.models.policy import Policy, PolicyVersion, ServiceResource
from app.services.house import House
from tests.applications import SignIn
from tests.documents.test_papers import whole_text
from tests.services.policy_pushes import POLICY, City

FORM = {name: value for name, value in POLICY.items() if name != "conditions"}
CONDITION = {"group": "1", "figure": "rd_ratio_pct", "operator": "gte", "value": "3"}
SERVICE = {
    "title": "数字化诊断",
    "kind": "digital",
    "provider": "市中小企业服务中心",
    "owner_id": "miit",
    "contact": "87861234",
}


def form(*conditions: dict[str, str], **changes: Any) -> MultiDict[str, str]:
    rows = {f"conditions.{n}.{name}": value for n, row in enumerate(conditions) for name, value in row.items()}
    return MultiDict({**FORM, **rows, **changes})


@pytest.fixture
def city(house: House) -> City:
    return City(house)


def pushed(city: City) -> str:
    """The package of one enterprise, sent."""
    code = city.firm(1, revenue_wan="3000", rd_wan="120")
    city.open().choose(city.policy(), message="请及时申报").confirm("sci")
    return f"/portal/packages/{city.package(code).id}"


def test_a_contact_enters_a_policy_of_her_department(sign_in: SignIn, city: City) -> None:
    browser = sign_in("contact.sci")
    with clock.held(city.at):
        answer = browser.post("/policies/new", data=form(CONDITION))
        page = browser.get(answer.location).text

    assert "研发费用占营业收入比重不低于3%" in page
    assert "有效" in page
    assert city.one(PolicyVersion).conditions == [
        {"group": 1, "figure": "rd_ratio_pct", "operator": "gte", "value": "3"}
    ]


def test_what_is_wrong_comes_back_beside_its_field(sign_in: SignIn, city: City) -> None:
    wrong = form({**CONDITION, "value": "很多"}, valid_to="2021-12-31")

    answer = sign_in("contact.sci").post("/policies/new", data=wrong)

    assert answer.status_code == 422
    assert "失效日期不得早于生效日期" in answer.text
    assert "请填写数字" in answer.text
    assert "很多" in answer.text
    assert city.rows(Policy) == []


def test_a_row_of_conditions_is_added_without_a_script(sign_in: SignIn, city: City) -> None:
    answer = sign_in("contact.sci").post("/policies/new", data=form(CONDITION, _row="add:conditions"))

    assert answer.status_code == 200
    assert 'name="conditions.1.figure"' in answer.text
    assert city.rows(Policy) == []


def test_changed_conditions_need_a_reason_and_make_a_version(sign_in: SignIn, city: City) -> None:
    policy_id, browser = city.policy(), sign_in("contact.sci")
    assert "企业研发费用补助" in browser.get(f"/policies/{policy_id}/form").text
    sharper = {**CONDITION, "value": "5"}

    refused = browser.post(f"/policies/{policy_id}/form", data=form(sharper))
    assert "修改条件的，请写明修改理由" in refused.text
    browser.post(f"/policies/{policy_id}/form", data=form(sharper, reason="资金减少"))

    page = browser.get(f"/policies/{policy_id}").text
    assert "第 2 版" in page
    assert "研发费用占营业收入比重不低于5%" in page
    assert "资金减少" in page


def test_another_department_may_read_but_not_keep_it(sign_in: SignIn, city: City) -> None:
    policy_id, browser = city.policy(), sign_in("contact.miit")

    assert "#repealing" not in browser.get(f"/policies/{policy_id}").text
    assert browser.get(f"/policies/{policy_id}/form").status_code == 403
    assert browser.post(f"/policies/{policy_id}/check").status_code == 403
    assert browser.post(f"/policies/{policy_id}/repeal", data={"reason": "不是我的"}).status_code == 403
    assert browser.post("/policies/new", data=form(CONDITION)).status_code == 403


def test_the_yearly_check_and_the_repeal(sign_in: SignIn, city: City) -> None:
    policy_id, browser = city.policy(), sign_in("contact.sci")
    assert "已超过12个月未核对" in browser.get(f"/policies/{policy_id}").text  # by the real clock, years later

    browser.post(f"/policies/{policy_id}/check")
    assert "已超过12个月未核对" not in browser.get(f"/policies/{policy_id}").text
    assert browser.post(f"/policies/{policy_id}/repeal", data={"reason": ""}).status_code == 422
    browser.post(f"/policies/{policy_id}/repeal", data={"reason": "上位文件已废止"})

    page = browser.get(f"/policies/{policy_id}").text
    assert "上位文件已废止" in page
    assert "核对无误" not in page


def test_the_list_is_searched_and_filtered(sign_in: SignIn, city: City) -> None:
    city.policy()
    city.policy("contact.miit", title="专精特新贷款贴息", owner_id="miit", kind="finance")
    browser = sign_in("contact.drc")

    assert "专精特新贷款贴息" not in browser.get("/policies?q=研发").text
    assert "企业研发费用补助" not in browser.get("/policies?kind=finance").text
    assert "企业研发费用补助" in browser.get("/policies?owner=sci&level=city").text
    with clock.held(city.at):
        assert "没有符合条件的政策" in browser.get("/policies?state=unchecked").text
        assert "企业研发费用补助" in browser.get("/policies?state=valid").text


def test_a_round_shows_reach_and_use_without_enterprises(sign_in: SignIn, city: City) -> None:
    pushed(city)
    city.do("read_package", outcome="done", policies=[{"no": 1, "use": "applied"}])
    browser = sign_in("contact.miit")

    assert "2022-3" in browser.get("/policies/rounds").text
    page = browser.get("/policies/rounds/2022-3").text
    assert "100.0%" in page
    assert "精密机械" not in page


def test_the_office_has_the_figures_of_a_round_as_a_paper(sign_in: SignIn, city: City) -> None:
    pushed(city)
    instance = city.instance("policy_push:2022-3")
    browser = sign_in("office")
    assert "推送成效统计" in browser.get(f"/campaigns/{instance.id}").text

    paper = browser.get(f"/campaigns/{instance.id}/papers/reach.docx")

    text = whole_text(docx.Document(BytesIO(paper.data)))
    assert "推送政策包1个，已阅读0个，触达率0%" in text
    assert "企业研发费用补助" in text


def test_an_enterprise_reads_its_package_and_takes_its_paper(sign_in: SignIn, city: City) -> None:
    address = pushed(city)
    browser = sign_in("firm.1")

    page = browser.get(address).text
    paper = browser.get(f"{address}/paper.docx")

    assert "研发费用占营业收入比重不低于3%：4%（截至2021年12月31日），满足" in page
    assert "填写反馈" in page
    text = whole_text(docx.Document(BytesIO(paper.data)))
    assert "支持内容：按研发费用增量的10%给予补助" in text
    assert "截至2021年12月31日" in text


def test_a_package_is_nobody_elses(sign_in: SignIn, city: City) -> None:
    address = pushed(city)
    city.firm(2)

    assert sign_in("firm.2").get(address).status_code == 404
    assert sign_in("contact.gaoyou").get(address).status_code == 404
    assert sign_in("contact.hanjiang").get(address).status_code == 200
    assert sign_in("office").get(address).status_code == 200


def test_an_enterprise_does_not_see_its_package_before_it_is_sent(sign_in: SignIn, city: City) -> None:
    code = city.firm(1, specialist=True, revenue_wan="3000", rd_wan="120")
    city.open().choose(city.policy()).confirm("sci")
    address = f"/portal/packages/{city.package(code).id}"

    assert sign_in("firm.1").get(address).status_code == 404
    assert sign_in("specialist.wang").get(address).status_code == 200
    assert sign_in("specialist.wang").get(f"{address}/paper.docx").status_code == 404


def test_an_enterprise_reads_the_library_but_no_figures_of_rounds(sign_in: SignIn, city: City) -> None:
    pushed(city)
    browser = sign_in("firm.1")

    assert "企业研发费用补助" in browser.get("/policies").text
    page = browser.get(f"/policies/{city.one(Policy).id}").text
    assert "匹配与推送" not in page
    assert browser.get("/policies/rounds/2022-3").status_code == 403
    assert browser.get("/policies/new").status_code == 403


def test_a_service_is_registered_changed_and_ended(sign_in: SignIn, city: City) -> None:
    browser = sign_in("contact.miit")
    browser.post("/resources/new", data=SERVICE)
    resource = city.one(ServiceResource)
    assert "数字化诊断" in sign_in("contact.sci").get("/resources?kind=digital").text

    assert "市中小企业服务中心" in browser.get(f"/resources/{resource.id}/form").text
    browser.post(f"/resources/{resource.id}/form", data={**SERVICE, "contact": "87865678", "is_free": "true"})
    assert "87865678" in browser.get("/resources").text
    assert sign_in("contact.sci").post(f"/resources/{resource.id}/end").status_code == 403
    browser.post(f"/resources/{resource.id}/end")

    assert "数字化诊断" not in browser.get("/resources").text
    assert "数字化诊断" in browser.get("/resources?state=ended").text


def test_a_service_without_its_provider_is_refused(sign_in: SignIn, city: City) -> None:
    answer = sign_in("contact.miit").post("/resources/new", data={**SERVICE, "provider": ""})

    assert answer.status_code == 422
    assert city.rows(ServiceResource) == []


def test_services_go_with_the_package(sign_in: SignIn, city: City) -> None:
    sign_in("contact.miit").post("/resources/new", data=SERVICE)
    code = city.firm(1, revenue_wan="3000", rd_wan="120")
    tools = [{"id": city.one(ServiceResource).id, "chosen": True}]
    city.open().choose(city.policy(), tools=tools).confirm("sci")

    assert city.form(city.tasks("read_package")[0])["tools"][0]["title"] == "数字化诊断"
    assert "数字化诊断" in sign_in("firm.1").get(f"/portal/packages/{city.package(code).id}").text


@pytest.mark.parametrize(
    "address", ["/policies/9", "/policies/rounds/2030-1", "/portal/packages/9", "/resources/9/form"]
)
def test_what_is_not_there_is_not_found(sign_in: SignIn, house: House, address: str) -> None:
    assert sign_in("office").get(address).status_code == 404
