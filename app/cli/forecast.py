"""`duban forecast`: what is forecast today, and how good such forecasts were on everything that has ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click

from app import clock
from app.cli.at_hand import as_json, opened, show
from app.duties.forecast_score import Score, Told, score
from app.services import forecasts, light_watch


@click.group()
def forecast() -> None:
    """Forecasts of lateness and of missed targets."""


@forecast.command()
@as_json
def backtest(as_json: bool) -> None:
    """Forecast again all that has ended, with what was known at the time, and print the Brier scores.

    skill: the part of the plain rate's error that is saved. said, came: by bins, the chance told and what came true.
    """
    with opened() as house, house.database.reading() as session:
        today = clock.today()
        tasks, indicators = forecasts.backtest_tasks(session, today), forecasts.backtest_indicators(session, today)
    rows = [*_rows("user tasks", tasks), *_rows("indicators", indicators)]
    if as_json:
        show(rows, as_json)
        return
    show([{name: value for name, value in row.items() if name != "bins"} for row in rows], as_json)
    show([{"of": row["of"], **bin_} for row in rows if row["after"] == "all" for bin_ in row["bins"]], as_json)


@forecast.command()
def update() -> None:
    """Do at once what the scheduler does each day: note lights that turned, and forecast what is open."""
    with opened() as house:
        click.echo(f"lights turned: {light_watch.watch(house)}")
        click.echo(f"forecast: {forecasts.update(house)}")


def _rows(name: str, told: Iterable[Told]) -> Iterator[dict[str, Any]]:
    """All together, and by the point of the span at which they were told (tasks) or none (indicators)."""
    rows = list(told)
    points = sorted({row.point for row in rows}) if name == "user tasks" else []
    for point in (None, *points):
        found = score(row for row in rows if point is None or row.point == point)
        if found is not None:
            yield {"of": name, "after": "all" if point is None else f"{point:.0%}", **_told(found)}


def _told(found: Score) -> dict[str, Any]:
    return {
        "number": found.number,
        "came": found.came,
        "brier": round(found.brier, 4),
        "plain": round(found.plain_brier, 4),
        "skill": round(found.skill, 3),
        "bins": [
            {
                "from": one.low,
                "to": one.high,
                "number": one.number,
                "said": round(one.said, 3),
                "came": round(one.came, 3),
            }
            for one in found.bins
        ],
    }
