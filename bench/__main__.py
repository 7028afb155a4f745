"""`make bench`: prints one line a ratio, with n, on SQLite and on PostgreSQL."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench import commands, http, lists
from bench.measured import Ratio
from tests.factories import house_on, load_office
from tests.postgres import FAST, new_name, running_server

DURABLE = "-c shared_buffers=256MB"


@click.command()
@click.option("--steps", default=400, show_default=True, help="Completions measured on each database.")
@click.option("--tasks", default=1_000_000, show_default=True, help="Open tasks of the large inbox.")
@click.option("--only", type=click.Choice(["sqlite", "postgresql"]), default=None)
def main(steps: int, tasks: int, only: str | None) -> None:
    """Every line is a ratio of medians of one run: another machine gives other times, not other ratios."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    table = Table("line", "database", "ratio", "over", "n")
    for kind in [only] if only else ["sqlite", "postgresql"]:
        for ratio in measured(kind, steps, tasks):
            table.add_row(ratio.name, kind, f"{ratio.value:.2f}", ratio.told, str(ratio.n))
    Console(width=110).print(table)


def measured(kind: str, steps: int, tasks: int) -> Iterator[Ratio]:
    with database(kind, is_durable=True) as url, tempfile.TemporaryDirectory() as folder:
        house = house_on(url, Path(folder))
        load_office(house)
        yield from commands.ratios(house, url, steps)
        yield http.ratio(house, url, steps)
        house.close()
    with database(kind, is_durable=False) as url, tempfile.TemporaryDirectory() as folder:
        house = house_on(url, Path(folder))
        load_office(house)
        yield from lists.ratios(house, tasks)
        house.close()


@contextmanager
def database(kind: str, *, is_durable: bool) -> Iterator[str]:
    """An empty database of the kind; a durable one waits for the disk at every commit, as in service."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bench.sqlite3"
        return
    with running_server(DURABLE if is_durable else FAST) as server:
        name = new_name("bench")
        yield server.create(name)
        server.drop(name)


if __name__ == "__main__":
    main()
