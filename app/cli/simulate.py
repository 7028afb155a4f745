"""`duban simulate`: a whole plan through the engine with a driven clock, and what it took."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from app import clock
from app.cli.at_hand import as_json, show_one
from app.cli.office import find_all, make_office
from app.db import Database
from app.demo import simulation
from app.demo.player import MORNING, at
from app.demo.simulation import Wish
from app.services.house import House
from config import from_environment

ENTERPRISES = 1000
SHOWN = 10  # refused forms
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "first", type=DAY, help="First day; the plan's issue by default.")
@click.option("--to", "last", type=DAY, help="Last day; the end of the plan's last year by default.")
@click.option("--seed", default=2022, show_default=True)
@click.option("--enterprises", default=ENTERPRISES, show_default=True, help="How many are invented; 0 for none.")
@as_json
def simulate(first: datetime | None, last: datetime | None, seed: int, enterprises: int, as_json: bool) -> None:
    """Run a whole plan through the engine in an empty office, and print what came of it.

    The same options go on where a run was stopped. Nothing is mailed, and no commit waits for the disk: after a power
    cut begin with an empty office.
    """
    settings = replace(from_environment(), mail_url="", notify_urls=())
    house = House(settings, Database(settings.database_url, is_durable=False))
    try:
        make_office(house, house.settings.plan, is_simulated=True)
        wish = _wish(house, first, last, seed, enterprises)
        figures, refused = _play(house, wish)
        find_all(house)
    finally:
        house.close()
    for line in refused[:SHOWN]:
        click.echo(f"[duban] refused: {line}", err=True)
    show_one(figures.as_row(), as_json)


def _wish(house: House, first: datetime | None, last: datetime | None, seed: int, enterprises: int) -> Wish:
    begins, ends = simulation.plan_days(house, _day(first), _day(last))
    if begins > ends:
        raise click.ClickException(f"nothing to simulate between {begins} and {ends}; the plan begins on {begins}")
    return Wish(begins, ends, seed, enterprises)


def _day(at_: datetime | None) -> date | None:
    return at_.date() if at_ else None


def _play(house: House, wish: Wish) -> tuple[simulation.Figures, list[str]]:
    """With a bar on stderr, so that --json on stdout stays clean."""
    columns = (TextColumn("[duban] simulating"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.description}"), console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=(wish.last - wish.first).days + 1)

        def note(day: date, done: int, seconds: float) -> None:
            pace = f"{day}  {done:,} tasks, {done / seconds:.0f}/s" if seconds else str(day)
            progress.update(bar, completed=(day - wish.first).days + 1, description=pace)

        with clock.held(at(wish.last, MORNING)):
            return simulation.simulate(house, wish, note)
