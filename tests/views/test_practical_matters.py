"""办实事 on the screen: the year's list, one matter, its drop; in the portal the list and what a firm says of it."""

from __future__ import annotations

import re
from datetime import timedelta

from app import clock
from app.services.house import House
from tests.applications import SignIn
from tests.services.matters import Matters

OK, REFUSED, FOUND, WRONG, GONE = 200, 403, 302, 422, 404


def text_of(page: str) -> str:
    """What is read: without tags, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_nothing_is_there_before_the_first_list(sign_in: SignIn) -> None:
    assert "还没有办实事清单" in sign_in("office").get("/practical-matters").text


def test_a_list_shows_states_steps_and_who_has_it(house: House, sign_in: SignIn) -> None:
    matters = Matters(house).open()
    with clock.held(matters.at):
        assert "清单正在征集和拟定" in sign_in("office").get("/practical-matters").text
    matters.proposed(0).chosen().countersigned().approved().planned().requested(done=3)
    matters.judged("partly", refused=4, remark="第四批次转入下一年").of(2).planned().of(3).dropped()

    with clock.held(matters.at):
        page = text_of(sign_in("contact.sci").get("/practical-matters?year=2023").text)

    assert "扬促中小办发〔2023〕1号" in page
    assert "企业评价中 1 项" in page
    assert "3 / 4 完成率 75%" in page
    assert "实施中 2. 惠企实事项目02" in page
    assert "已调整 3. 惠企实事项目03" in page


def test_the_office_drops_a_matter_with_a_reason(house: House, sign_in: SignIn) -> None:
    matters = Matters(house).published().planned()
    with clock.held(matters.at):
        office, address = sign_in("office"), "/practical-matters/2023/1"
        assert "登记调整" in office.get(address).text
        wrong = office.post(f"{address}/drop", data={"reason": ""})
        right = office.post(f"{address}/drop", data={"reason": "领导小组第三次会议决定"})
        again = office.post(f"{address}/drop", data={"reason": "再来一次"})
        page = office.get(address).text

    assert (wrong.status_code, right.status_code, again.status_code) == (WRONG, FOUND, GONE)
    assert "请写明调整的依据和理由" in wrong.text
    assert "领导小组第三次会议决定" in page
    assert "登记调整</a>" not in page


def test_a_unit_sees_every_matter_and_drops_none(house: House, sign_in: SignIn) -> None:
    matters = Matters(house).published()
    with clock.held(matters.at):
        contact = sign_in("contact.edu")
        page = contact.get("/practical-matters/2023/1")
        dropped = contact.post("/practical-matters/2023/1/drop", data={"reason": "不想做"})
        missing = contact.get("/practical-matters/2023/99")

        plan, other = contact.get("/plan/matters/2023/1"), sign_in("auditor").get("/plan/matters/2022/1")

    assert "/practical-matters/2023/1" in plan.text
    assert "办理进展" not in other.text  # the list of that year was not opened here
    assert (page.status_code, dropped.status_code, missing.status_code) == (OK, REFUSED, GONE)
    assert "流程历史" not in page.text.partition("<main")[2].partition("</main")[0]
    assert "登记调整" not in page.text


def test_an_enterprise_reads_the_list_and_rates_what_it_had(house: House, sign_in: SignIn) -> None:
    matters = Matters(house)
    matters.firms(1, 2).account(1, "firm.one").account(2, "firm.two")
    matters.published().planned().requested(firms=(1,)).judged()
    with clock.held(matters.at):
        firm, other = sign_in("firm.one"), sign_in("firm.two")
        before = firm.get("/portal/practical-matters").text
        (rating,) = matters.ratings()
        address = f"/portal/practical-matters/{rating.id}/rating"
        strange = other.post(address, data={"grade": "satisfied"})
        unclear = firm.post(address, data={"grade": "", "text": "很好"}, follow_redirects=True)
        rated = firm.post(address, data={"grade": "satisfied", "text": "办理很快"}, follow_redirects=True)
        twice = firm.post(address, data={"grade": "mostly"}, follow_redirects=True)

    assert "请评价" in before
    assert "可在企业首页了解办理条件并提出申请。" in before
    assert strange.status_code == GONE
    assert "请选择评价等次" in unclear.text
    assert "感谢评价" in rated.text
    assert "提交评价" not in rated.text
    assert "已经评价过" in twice.text
    assert [(row.grade, row.text) for row in matters.ratings()] == [("satisfied", "办理很快")]
    with clock.held(matters.at + timedelta(days=1)):
        assert "办理很快" in sign_in("office").get("/practical-matters/2023/1").text


def test_officials_have_no_portal_of_matters(sign_in: SignIn) -> None:
    assert sign_in("office").get("/portal/practical-matters").status_code == REFUSED
