"""运行监测 on screens: the form, who verified what, and the evidence on the indicator page, for those who may see."""

from __future__ import annotations

from app import clock
from app.services import tasks
from app.services.house import House
from tests.applications import SignIn
from tests.factories import actor
from tests.services.december_report_walk import morning
from tests.services.monitorings import Monitoring


def recorded(house: House) -> tuple[Monitoring, int]:
    monitoring = Monitoring(house)
    monitoring.start()
    number = monitoring.numbers()[0]
    monitoring.fill({number: 7}).signed().verified()
    return monitoring, number


def test_the_contact_finds_one_form_for_figures_and_measures(house: House, sign_in: SignIn) -> None:
    monitoring = Monitoring(house)
    monitoring.start()
    task = monitoring.tasks("fill_progress")[0]

    with clock.held(monitoring.at):
        page = sign_in("contact.sci").get(f"/tasks/{task.id}").text

    assert "2023年第二季度运行监测" in page
    assert "指标累计值" in page
    assert "任务进展" in page
    assert "报分管负责人审签" in page


def test_the_office_verifies_row_by_row(house: House, sign_in: SignIn) -> None:
    monitoring = Monitoring(house)
    monitoring.start()
    monitoring.fill().signed()
    task = monitoring.tasks("verify_progress")[0]

    with clock.held(monitoring.at):
        tasks.claim(house, actor(house, "office.drc"), task.id, key="claim")
        page = sign_in("office.drc").get(f"/tasks/{task.id}").text

    assert "审核事由" in page
    assert "首次报送" in page


def test_the_indicators_page_shows_who_reported_and_who_verified(house: House, sign_in: SignIn) -> None:
    monitoring, number = recorded(house)

    with clock.held(monitoring.at):
        page = sign_in("leader").get(f"/indicators/{number}?year=2023").text
        own = sign_in("contact.sci").get(f"/indicators/{number}?year=2023").text
        foreign = sign_in("contact.hanjiang").get(f"/indicators/{number}?year=2023").text

    assert "监测报送" in page
    assert "何静" in page
    assert "2023年第二季度" in own
    assert "监测报送" not in foreign


def test_the_board_tells_how_far_the_period_is(house: House, sign_in: SignIn) -> None:
    recorded(house)
    Monitoring(house, "amr").start()
    Monitoring(house, "edu").start()

    with clock.held(Monitoring(house).at):
        page = sign_in("office").get("/board").text
    with clock.held(morning("2023-07-17")):
        late = sign_in("office").get("/board").text

    assert "2023年第二季度" in page
    assert "共 2 个单位：已接受1，待填报1" in page
    assert "逾期未报：市市场监管局。" in late
