"""Programs read the rules of lights and reminders, why a light is so, and what is forecast."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from app.models.outlook import TASK, ForecastRow
from app.services import light_watch
from app.services.house import House
from tests.api.conftest import CallAs
from tests.boards import add_task
from tests.figures import indicator_of


def test_the_rules_that_hold_on_a_day_are_read_with_their_content(call_as: CallAs) -> None:
    program = call_as("contact.sci")

    tables = {row["key"] for row in program.items("/rule-tables")}
    assert tables == {"task_lights", "indicator_pace", "reminders", "assessment"}
    lights = program.get("/rule-tables/task_lights", on="2023-01-01").json
    assert (lights["version"], lights["in_force_from"]) == (1, None)
    assert lights["content"]["rows"][0] == {"from_days": 0, "to_days": 5, "yellow_days": 1}
    assert program.get("/rule-tables/colours").status_code == 404


def test_a_light_says_why_how_it_turned_and_what_is_expected(call_as: CallAs, house: House) -> None:
    today = clock.today()
    with house.database.transaction() as session:
        began = clock.now() - timedelta(days=30)
        late = add_task(session, "sci", today - timedelta(days=2), limit_days=20, created_at=began)
        task = add_task(session, "sci", today + timedelta(days=20), limit_days=20, created_at=began)
        told = {"chance": 0.42, "low": 0.2, "high": 0.6, "reasons": ["本单位同类事项 4 件。"], "method": "方法"}
        session.add(ForecastRow(subject=TASK, ref=task, unit_id="sci", on=today, until_on=today, **told))
        indicator = indicator_of(session, 2).id
    light_watch.watch(house)

    red = call_as("contact.sci").get(f"/user-tasks/{late}/light").json
    green = call_as("contact.sci").get(f"/user-tasks/{task}/light").json

    assert (red["light"], red["changes"][0]["after"], red["changes"][0]["cause"]) == ("red", "red", "time")
    assert (red["rule"], red["rule_version"]) == ("task_lights", 1)
    assert "到期前 5 个工作日" in red["row"]
    assert (green["light"], green["changes"], green["forecast"]["chance"]) == ("green", [], 0.42)
    assert call_as("contact.fin").get(f"/user-tasks/{task}/light").status_code == 404
    assert [row["user_task"] for row in call_as("office").items("/forecasts", above=0.4)] == [task]
    assert call_as("contact.sci").get("/forecasts").status_code == 403
    assert call_as("office").get(f"/indicators/{indicator}/outlook").json == {"changes": [], "forecast": None}
