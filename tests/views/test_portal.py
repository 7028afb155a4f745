"""企业首页: what an enterprise sees of itself, and how it applies, enters the library and reports a change."""

from __future__ import annotations

import re
from datetime import date

import pytest

from app import clock
from app.models.enterprise import Enterprise, EnterpriseYear, Title
from app.services.house import House
from tests.applications import SignIn
from tests.factories import account, enterprise

OK, REFUSED, FOUND = 200, 403, 302


@pytest.fixture
def firm(house: House) -> Enterprise:
    """With two years of figures and the first title."""
    with house.database.transaction() as session:
        made = enterprise(
            session, chain="高端装备", product="精密减速器", contact_name="江海燕", contact_phone="13900001111"
        )
        account(session, made)
        for year in (clock.today().year - 2, clock.today().year - 1):
            session.add(
                EnterpriseYear(
                    enterprise_id=made.id,
                    year=year,
                    figures={"revenue_wan": "5200", "main_revenue_wan": "4800", "rd_wan": "260", "staff": 88},
                    as_of=date(year, 12, 31),
                    source="enterprise",
                    recorded_at=clock.now(),
                    recorded_by="test",
                )
            )
        day = clock.today().replace(month=1, day=2)
        session.add(
            Title(
                enterprise_id=made.id,
                level="innovative",
                announced_on=day,
                from_on=day,
                until_on=day.replace(year=day.year + 3),
                status="valid",
                is_renewal=False,
            )
        )
        session.flush()
        session.expunge(made)
    return made


def test_an_enterprise_begins_on_its_home_and_sees_where_it_stands(sign_in: SignIn, firm: Enterprise) -> None:
    client = sign_in("firm")

    assert client.get("/").location.endswith("/portal")
    page = client.get("/portal").text

    assert firm.name in page
    assert "专精特新中小企业条件" in page
    assert "创新型中小企业" in page
    assert re.search(r'<li class="next"><b>专精特新中小企业</b>', page)
    assert "没有待办事项" in page
    assert "申请入库" in page


@pytest.mark.parametrize("login", ["office", "contact.sci", "auditor"])
def test_nobody_else_has_an_enterprises_home(sign_in: SignIn, firm: Enterprise, login: str) -> None:
    assert sign_in(login).get("/portal").status_code == REFUSED


def test_an_application_for_the_library_keeps_what_was_typed_until_it_is_right(
    sign_in: SignIn, firm: Enterprise
) -> None:
    client = sign_in("firm")
    typed = {"chain": "高端装备", "product": "精密减速器", "revenue_wan": "五千", "staff": "88"}
    typed |= {"contact_name": "江海燕", "contact_phone": "13900001111"}

    wrong = client.post("/portal/library", data=typed)
    right = client.post("/portal/library", data={**typed, "revenue_wan": "5,200"})

    assert wrong.status_code == 422
    assert "五千" in wrong.text
    assert right.status_code == FOUND
    assert "申请入库</a>" not in client.get("/portal").text


def test_a_change_is_reported_in_two_steps(sign_in: SignIn, firm: Enterprise) -> None:
    client = sign_in("firm")

    future = client.post("/portal/changes", data={"kind": "rename", "event_on": "2999-01-01"})
    reported = client.post("/portal/changes", data={"kind": "rename", "event_on": clock.today().isoformat()})

    assert "发生日期不得晚于今日" in future.text
    assert "/tasks/" in reported.location
    assert "报告重大变化" in client.get(reported.location).text
