"""Service months on the screen: the calendar, one activity with its verbs, the enterprise's own calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient

from app import clock
from app.models.service_month import ActivityFirm
from app.services.house import House
from tests.applications import SignIn
from tests.services.libraries import code
from tests.services.service_months import Month, problem, row


@pytest.fixture
def month(house: House) -> Iterator[Month]:
    """A published month with a confirmed activity for five enterprises, the second of which has an account."""
    found = Month(house)
    found.firms(*range(1, 7), library_since=date(2022, 5, 1)).account(2).account(6, "stranger")
    named = "\n".join(code(number) for number in range(1, 6))
    found.published(row(firms=named), row(title="第二场对接会", on_day="2022-09-20", firms=named))
    found.confirmed(1, manner="invited", seats=5)
    with clock.held(found.at):
        yield found


def post(client: FlaskClient, address: str, **typed: str) -> int:
    return client.post(address, data=typed, follow_redirects=True).status_code


def test_the_calendar_shows_every_activity_and_narrows_to_one_state(month: Month, sign_in: SignIn) -> None:
    client = sign_in("contact.sci")

    whole, narrowed = client.get("/service-months").text, client.get("/service-months?state=planned").text

    assert "2022年专精特新企业服务月" in whole
    assert "银企融资对接会" in whole
    assert "第二场对接会" in narrowed
    assert "银企融资对接会" not in narrowed
    assert client.get("/service-months?state=none").status_code == 404


def test_before_the_first_month_it_says_when_one_comes(house: House, sign_in: SignIn) -> None:
    assert "还没有公布的服务月" in sign_in("office").get("/service-months").text


def test_who_comes_is_for_the_organiser_and_readers(month: Month, sign_in: SignIn) -> None:
    address = f"/service-months/activities/{month.activity().id}"

    assert code(1) in sign_in("contact.lfb").get(address).text
    assert code(1) in sign_in("office").get(address).text
    assert code(1) not in sign_in("contact.sci").get(address).text
    assert sign_in("office").get("/service-months/activities/999").status_code == 404


def test_the_organiser_cancels_with_a_reason(month: Month, sign_in: SignIn) -> None:
    address = f"/service-months/activities/{month.activity().id}/cancellation"
    client = sign_in("contact.lfb")

    assert "请写明取消的原因" in client.post(address, data={"reason": ""}, follow_redirects=True).text
    assert sign_in("contact.sci").post(address, data={"reason": "不办了"}).status_code == 403
    page = client.post(address, data={"reason": "主讲人不能到场"}, follow_redirects=True).text

    assert "该活动已取消" in page
    assert "主讲人不能到场" in page
    assert "取消活动" not in page


def test_the_office_enters_what_was_not_reported(month: Month, sign_in: SignIn) -> None:
    address = f"/service-months/activities/{month.activity().id}"
    month.until(date(2022, 9, 27))
    with clock.held(month.at):
        client = sign_in("office")
        assert "登记未反馈" not in client.get(address).text
        assert "才可登记未反馈" in client.post(f"{address}/unreported", follow_redirects=True).text
    month.until(date(2022, 9, 28))
    with clock.held(month.at):
        page = sign_in("office").post(f"{address}/unreported", follow_redirects=True).text

    assert "承办单位逾期未登记，不计入指标" in page


def test_an_enterprise_registers_withdraws_and_rates(month: Month, sign_in: SignIn) -> None:
    client, activity = sign_in("firm"), month.activity().id
    assert "受邀" in client.get("/portal").text
    page = client.get("/portal/activities").text
    assert "余5 / 5" in page
    assert "银企融资对接会" not in sign_in("stranger").get("/portal/activities").text

    post(client, f"/portal/activities/{activity}/registration")
    assert "贵企业已报名" in client.post(f"/portal/activities/{activity}/registration", follow_redirects=True).text
    post(client, f"/portal/activities/{activity}/withdrawal")
    assert "已报名" not in client.get("/portal/activities").text
    assert sign_in("stranger").post(f"/portal/activities/{activity}/registration").status_code == 404
    month.held(1, 2, 3, 4, 5, problems=[problem(1)])
    with clock.held(month.at):
        client = sign_in("firm")
        assert "请评价" in client.get("/portal").text
        assert post(client, f"/portal/activities/{activity}/rating", rating="no") == 200
        assert "请选择满意" in client.post(f"/portal/activities/{activity}/rating", follow_redirects=True).text

    own = [one for one in month.rows(ActivityFirm, code=code(2)) if one.activity_id == activity]
    assert [one.rating for one in own] == ["no"]


def test_the_counted_activities_stand_behind_the_figure_and_in_the_enterprises_file(
    month: Month, sign_in: SignIn
) -> None:
    month.held(1, 2, 3, 4, 5).later(12)
    with clock.held(month.at):
        listed = sign_in("office").get("/indicators/24/enterprises").text
        file = sign_in("office").get(f"/enterprises/{code(1)}").text
        children = sign_in("office").get(f"/campaigns/{month.id}").text

    assert "活动清单" in listed
    assert "银企融资对接会" in listed
    assert "参加的服务月活动" in file
    assert "各项活动" in children
