"""From a late report to blue, orange, red, a bulletin and a lower score, by the driven clock."""

from __future__ import annotations

from datetime import date, datetime

from app import clock
from app.clock import ZONE
from app.models.bulletin import Bulletin
from app.models.supervision_order import OrderColour
from app.queries.assessments import shown_lines
from app.services import bulletins
from app.services.house import House
from tests.factories import actor
from tests.services.assessments import JANUARY, Campaign
from tests.services.monitorings import Monitoring
from tests.services.orders import Desk


def test_what_is_late_goes_up_the_ladder_and_costs_points(house: House) -> None:
    monitoring = Monitoring(house, "sci", "2022-Q2", datetime(2022, 7, 1, 9, tzinfo=ZONE))
    monitoring.start()
    task = monitoring.tasks("fill_progress")[0]
    desk = Desk(house, "2022-07-20")
    desk.start("office", "supervision_order", task_id=task.id)
    desk.issued()
    for day, level, limit_on in (("2022-07-29", "orange", "2022-08-03"), ("2022-08-05", "red", "2022-08-09")):
        desk.on(day)
        desk.do("decide_next", outcome="raise", reason="逾期未反馈，情况没有进展")
        desk.issued(level, limit_on=limit_on)
    desk.on("2022-08-15")
    assert [row.level for row in desk.colours()] == ["blue", "orange", "red"]

    with clock.held(desk.at), house.database.transaction() as session:
        row = bulletins.compose(session, actor(house, "office"), house.calendar, date(2022, 7, 1), date(2022, 8, 15))
        bulletins.send(session, actor(house, "office"), row.id, row.revision)
        number = bulletins.sign(session, actor(house, "signer"), row.id, row.revision)
    told = desk.rows(Bulletin)[0]
    assert number == "扬促中小办通报〔2022〕1号"
    assert any(item["task"] == task.id and item["order"] == "2022-1" for item in told.overdue)
    assert "市科技局3份" in told.bad

    monitoring.at = desk.at
    monitoring.fill().signed()
    year = Campaign(house, JANUARY).start().rules().begin()

    score = year.score("sci")
    lines = {line.title: line for line in shown_lines(score)}
    late = next(line for title, line in lines.items() if "填报进展" in title)
    assert late.cause == "督办后办结，至多按50%计"
    assert late.lost > 0
    lapsed = [line for line in lines.values() if line.part == "events"]
    assert [int(line.points) for line in lapsed] == [-1, -2, -4]
    assert all(line.at["order"] == "2022-1" for line in lapsed)
    assert len(desk.rows(OrderColour)) == 3
