"""Forecasts are kept day by day, learned from what has ended, and held against what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.clock import ZONE
from app.models.outlook import INDICATOR, TASK, Backtest, ForecastRow
from app.models.user_task import UserTask
from app.queries import outlook
from app.services import forecasts
from app.services.house import House
from app.terms import TaskStatus
from tests.boards import add_task
from tests.figures import indicator_of, set_figure, set_target

TODAY = date(2023, 11, 14)
HABITS = {"sci": 4, "fin": 1, "com": 0}  # of four tasks, how many late


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)


@pytest.fixture
def now(house: House) -> Iterator[House]:
    with clock.held(at(TODAY)):
        with house.database.transaction() as session:
            _past(session)
        yield house


def _past(session: Session) -> None:
    """Twelve tasks of each unit that were due in the months before, finished by its habit."""
    for number in range(12):
        opened_on = date(2023, 1, 2) + timedelta(days=20 * number)
        due_on = opened_on + timedelta(days=14)
        for unit, late in HABITS.items():
            done_on = due_on + timedelta(days=3 if number % 4 < late else -5)
            add_task(
                session, unit, due_on, created_at=at(opened_on), completed_at=at(done_on),
                status=TaskStatus.COMPLETED.value,
            )  # fmt: skip


def current(house: House, subject: str) -> dict[str, ForecastRow]:
    with house.database.reading() as session:
        rows = session.scalars(select(ForecastRow).where(ForecastRow.subject == subject, ForecastRow.is_current))
        return {row.ref: row for row in rows}


def opened(house: House, unit: str) -> str:
    with house.database.transaction() as session:
        return add_task(session, unit, TODAY + timedelta(days=13), created_at=at(TODAY))


def test_a_unit_by_its_habit_and_a_row_only_where_the_chance_has_changed(now: House) -> None:
    late, punctual = opened(now, "sci"), opened(now, "com")

    forecasts.update(now)
    forecasts.update(now)
    first = current(now, TASK)

    assert first[late].chance > 0.6 > 0.25 > first[punctual].chance
    assert first[late].low < first[late].chance < first[late].high
    assert first[late].reasons[0] == "本单位同类事项 12 件，其中逾期 12 件。"
    with clock.held(at(TODAY + timedelta(days=11))):
        forecasts.update(now)
        later = current(now, TASK)
        with now.database.reading() as session:
            rows = session.scalars(
                select(ForecastRow).where(ForecastRow.ref == punctual).order_by(ForecastRow.on)
            ).all()
    assert later[punctual].chance > first[punctual].chance
    assert [(row.on, row.is_current) for row in rows] == [(TODAY, False), (TODAY + timedelta(days=11), True)]
    with clock.held(at(TODAY + timedelta(days=20))):  # all are overdue now: no chance any more
        forecasts.update(now)
    assert current(now, TASK) == {}


def test_what_was_forecast_of_a_task_goes_when_it_is_closed(now: House) -> None:
    late, other = opened(now, "sci"), opened(now, "com")
    forecasts.update(now)
    with clock.held(at(TODAY + timedelta(days=11))):
        forecasts.update(now)  # another chance, so that each has a row of the past too
        with now.database.transaction() as session:
            session.get_one(UserTask, late).status = TaskStatus.CANCELLED.value
        with now.database.reading() as session:
            assert outlook.forecast_of(session, TASK, late) is None
            assert outlook.forecast_of(session, TASK, other) is not None
    with clock.held(at(TODAY + timedelta(days=12))):
        forecasts.update(now)

    with now.database.reading() as session:
        assert set(session.scalars(select(ForecastRow.ref).where(ForecastRow.subject == TASK))) == {other}


def test_what_is_learned_day_by_day_is_what_is_learned_at_once(now: House) -> None:
    opened(now, "sci")
    with now.database.reading() as session:
        forecasts.learned(now, session, date(2023, 6, 1))
        forecasts.learned(now, session, date(2023, 6, 2))
        grown = forecasts.learned(now, session, TODAY + timedelta(days=30))
        whole = forecasts.learned(now, session, date(2023, 1, 1))  # an earlier day: begun anew
        assert whole.whole.number == 0
        whole = forecasts.learned(now, session, TODAY + timedelta(days=30))

    assert grown == whole
    assert (whole.whole.number, whole.whole.late) == (37, 16)  # the open one is late by then


def test_an_indicator_is_guessed_from_its_figure_and_the_years_before(now: House) -> None:
    with now.database.transaction() as session:
        set_target(session, 2, "33")
        set_figure(session, 2, "12", date(2023, 9, 30))
        set_target(session, 1, "10")
        set_figure(session, 1, "10", date(2023, 9, 30))
        slow, met = (indicator_of(session, number).id for number in (2, 1))

    forecasts.update(now)

    found = current(now, INDICATOR)
    assert found[f"{slow}:2023"].chance > 0.8
    assert found[f"{met}:2023"].chance == 0
    row = found[f"{slow}:2023"]
    assert row.value is not None
    assert 12 <= (row.value_low or 0) < row.value < 33


def test_the_back_test_is_kept_for_the_screens(now: House) -> None:
    forecasts.keep_backtest(now)
    forecasts.keep_backtest(now)

    with now.database.reading() as session:
        rows = session.scalars(select(Backtest)).all()
    assert [(row.subject, row.on) for row in rows] == [(TASK, TODAY)]
    assert rows[0].brier < rows[0].plain_brier
    assert rows[0].bins
