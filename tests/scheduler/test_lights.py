"""The daily look at the lights: once a day, however often the job comes; the back-test once a month."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app import clock
from app.clock import ZONE
from app.services import forecasts, light_watch
from app.services.house import House
from scheduler import jobs
from scheduler.main import AT_LEISURE, BY_THE_CLOCK


def test_lights_are_looked_at_once_a_day_and_forecasts_tested_once_a_month(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, date]] = []
    for module, name in ((light_watch, "watch"), (forecasts, "update"), (forecasts, "keep_backtest")):
        monkeypatch.setattr(module, name, lambda _house, name=name: done.append((name, clock.today())) or 0)

    for day in (date(2024, 2, 28), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)):
        with clock.held(datetime(day.year, day.month, day.day, 6, tzinfo=ZONE)):
            jobs.lights(house)

    assert [name for name, _day in done].count("watch") == 3
    assert [name for name, _day in done].count("update") == 3
    assert [day for name, day in done if name == "keep_backtest"] == [date(2024, 2, 28), date(2024, 3, 1)]


def test_a_wrong_clock_holds_it_up() -> None:
    assert AT_LEISURE[jobs.lights] == 300
    assert jobs.lights in BY_THE_CLOCK
