"""A light says why: beside a list, on the pages of tasks and indicators; and what is forecast, in calm words."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.models.outlook import INDICATOR, TASK, Backtest, ForecastRow
from app.models.user_task import UserTask
from app.queries.standings import newest_plan
from app.services import light_watch
from app.services.house import House
from tests.applications import SignIn
from tests.boards import add_task
from tests.figures import indicator_of, set_figure, set_target

PART = {"HX-Request": "true"}


def house_of(app: Flask) -> House:
    return app.extensions["house"]


def opened(app: Flask, unit: str = "sci", days: int = -3) -> str:
    today = clock.today()
    with house_of(app).database.transaction() as session:
        task = add_task(
            session, unit, today + timedelta(days=days), limit_days=20, created_at=clock.now() - timedelta(days=30)
        )
        session.get_one(UserTask, task).yellow_on = today - timedelta(days=9)
        _forecast(session, TASK, task, unit)
    return task


def _forecast(session: Session, subject: str, ref: str, unit: str, **more: float) -> None:
    today = clock.today()
    row = {
        "chance": 0.42,
        "low": 0.2,
        "high": 0.6,
        "reasons": ["本单位同类事项 4 件，其中逾期 2 件。"],
        "method": "方法",
    }
    session.add(
        ForecastRow(subject=subject, ref=ref, unit_id=unit, on=today, until_on=today, is_current=True, **row, **more)
    )


def test_a_light_of_a_list_opens_its_rule_inputs_clock_and_history(app: Flask, sign_in: SignIn) -> None:
    task = opened(app)
    light_watch.watch(house_of(app))
    client = sign_in("contact.sci")

    assert f'href="/lights/user-tasks/{task}"' in client.get("/inbox").text
    part = client.get(f"/lights/user-tasks/{task}", headers=PART).text

    assert "<html" not in part
    assert "为什么是红灯" in part
    assert "限办 6 个工作日及以上的，到期前 5 个工作日起为黄灯" in part
    assert 'href="/light-rules/task_lights/1"' in part
    assert "国务院办公厅放假安排" in part or "推算（暂定）" in part
    assert "时间推移" in part
    assert "逾期可能性 约 40%（20% 至 60%）" in part
    assert "不作为考核依据" in part
    assert "<html" in client.get(f"/lights/user-tasks/{task}").text
    assert sign_in("contact.fin").get(f"/lights/user-tasks/{task}").status_code == 404


def test_the_page_of_an_indicator_shows_its_history_and_where_its_year_will_end(app: Flask, sign_in: SignIn) -> None:
    today = clock.today()
    with house_of(app).database.transaction() as session:
        plan = newest_plan(session)
        assert plan is not None
        year = min(today.year, plan.last_year)
        set_target(session, 2, "33", year=year)
        set_figure(session, 2, "12", today.replace(year=year, month=1, day=2))
        ref = f"{indicator_of(session, 2).id}:{today.year}"
        _forecast(session, INDICATOR, ref, "miit", value=25.0, value_low=20.0, value_high=31.0)
    light_watch.watch(house_of(app))

    page = sign_in("office").get(f"/indicators/2?year={year}").text
    part = sign_in("office").get(f"/lights/indicators/2?year={year}", headers=PART).text

    assert "规则、取数和变化" in page
    assert "新增值：比序时应达差目标值 10%以内为正常" in part
    assert 'href="/light-rules/indicator_pace/1"' in part
    if year == today.year:
        assert "完不成年度目标的可能性" in page
        assert "年底约 25" in page
        assert "可能完不成的指标" in sign_in("leader").get("/cockpit").text
    assert sign_in("office").get("/lights/indicators/99").status_code == 404


def test_what_is_forecast_is_listed_with_how_good_it_was(app: Flask, sign_in: SignIn) -> None:
    task = opened(app, days=20)
    with house_of(app).database.transaction() as session:
        bins = [{"low": 0.0, "high": 0.2, "number": 80, "said": 0.1, "came": 0.12}]
        row = {"number": 80, "came": 9, "brier": 0.08, "plain_brier": 0.11, "bins": bins, "method": "方法"}
        session.add(Backtest(subject=TASK, on=clock.today(), **row))

    page = sign_in("leader").get("/forecasts").text

    assert f"/tasks/{task}" in page
    assert "约 40%（20% 至 60%）" in page
    assert "0.080" in page
    assert "尚未回测" in page  # of indicators
    assert sign_in("contact.sci").get("/forecasts").status_code == 403
