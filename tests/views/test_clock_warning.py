"""Those who administer see that a clock is held to be wrong; the confirmation stands in the record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services import clock_stops
from app.services.clock_stops import Suspicion
from app.services.house import House
from app.terms import ClockFault
from tests.applications import SignIn
from tests.factories import actor

TITLE = "服务器时钟异常，定时事项已暂停"


def stop(house: House, fault: ClockFault, hours: int) -> None:
    clock_stops.note(house, "office-1:7:scheduler", Suspicion(fault, timedelta(hours=hours)))


def confirm(house: House) -> None:
    with house.database.transaction() as session:
        clock_stops.confirm(session, actor(house, "system_admin"))


@pytest.mark.parametrize(
    ("login", "address"),
    [("system_admin", "/people"), ("audit_admin", "/administration-events"), ("office", "/incidents")],
)
def test_a_stopped_clock_is_told_until_it_is_confirmed(sign_in: SignIn, house: House, login: str, address: str) -> None:
    client = sign_in(login)
    assert TITLE not in client.get(address).text
    stop(house, ClockFault.FORWARD, 25)

    page = client.get(address).text

    assert TITLE in page
    assert "向前跳，相差约 25 小时" in page
    confirm(house)
    assert TITLE not in client.get(address).text


def test_a_long_span_is_told_in_days(sign_in: SignIn, house: House) -> None:
    stop(house, ClockFault.BACK, -72)

    assert "向后跳，相差约 3 天" in sign_in("system_admin").get("/people").text


def test_the_confirmation_stands_in_the_record(sign_in: SignIn, house: House) -> None:
    stop(house, ClockFault.SERVER, 8)
    confirm(house)

    page = sign_in("audit_admin").get("/administration-events?act=clock_confirmed").text

    assert "确认系统时钟" in page
    assert "office-1:7:scheduler" in page
    assert "28800" in page
