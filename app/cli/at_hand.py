"""What every command needs: the house of the environment, who acts, and how an answer is printed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from app import clock
from app.models.command import CommandRow
from app.queries.actor import SYSTEM, Actor, actor_by_login
from app.services.house import House
from config import from_environment

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
as_login = click.option("--as", "login", default="", help="Login of the person who acts; the system by default.")


@contextmanager
def opened(needs_tables: bool = True) -> Iterator[House]:
    """The house of the environment, its clock started where DUBAN_CLOCK says; closed afterwards."""
    house = House(from_environment())
    try:
        if needs_tables and not inspect(house.database.engine).has_table("command"):
            raise click.ClickException("the database is empty; run `duban init` first")
        if needs_tables:
            start_clock(house)
        yield house
    finally:
        house.close()


def start_clock(house: House) -> None:
    """A driven clock goes on where the last command was, so that a second start does not go back in time."""
    if house.settings.clock is None:
        return
    with house.database.reading() as session:
        last = session.scalar(select(func.max(CommandRow.at)))
    clock.start_at(max(house.settings.clock, last) if last else house.settings.clock)


def acting(session: Session, login: str) -> Actor:
    """The person with this login, or the system. Raises a click error for an unknown one."""
    if not login:
        return SYSTEM
    actor = actor_by_login(session, login, clock.today())
    if actor is None:
        raise click.ClickException(f"no person has the login {login}")
    return actor


def key() -> str:
    """An idempotency key for one call of a command."""
    return str(uuid4())


def show(rows: Sequence[Mapping[str, Any]], is_json: bool) -> None:
    """A table for people, a list for programs."""
    if is_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, default=str))
        return
    if not rows:
        click.echo("none")
        return
    table = Table(*rows[0].keys())
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console().print(table)


def show_one(row: Mapping[str, Any], is_json: bool) -> None:
    if is_json:
        click.echo(json.dumps(dict(row), ensure_ascii=False, default=str))
        return
    for name, value in row.items():
        click.echo(f"{name}: {value}")
