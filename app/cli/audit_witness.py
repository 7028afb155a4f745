"""`duban audit witness`: whose cosignatures this office takes."""

from __future__ import annotations

import click

from app.cli.at_hand import acting, as_json, as_login, opened, show
from app.queries import checkpoints
from app.services import witnesses


@click.group()
def witness() -> None:
    """Witnesses outside."""


@witness.command()
@click.argument("name")
@click.argument("vkey")
@as_login
def add(name: str, vkey: str, login: str) -> None:
    """Take cosignatures of the witness NAME, whose verifier key VKEY it shows when it starts."""
    with opened() as house, house.database.transaction() as session:
        made = witnesses.add(session, acting(session, login), name, vkey)
        click.echo(f"{made.name}: its cosignatures are taken from now on")


@witness.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why, for the record.")
@as_login
def retire(name: str, reason: str, login: str) -> None:
    """Take no more cosignatures of the witness NAME, and count on none; those it gave can still be verified."""
    with opened() as house, house.database.transaction() as session:
        gone = witnesses.retire(session, acting(session, login), name, reason)
        click.echo(f"{gone.name}: retired")


@witness.command("list")
@as_json
def list_(as_json: bool) -> None:
    """Who they are, and the last checkpoint that each has co-signed."""
    with opened() as house, house.database.reading() as session:
        rows = []
        for one in checkpoints.witnesses(session):
            last = checkpoints.last_holding(session, one.name)
            rows.append({
                "name": one.name, "vkey": one.vkey, "added_by": one.added_by,
                "size": last.size if last else None, "at": last.at.isoformat() if last else None,
                "retired_at": one.retired_at.isoformat() if one.retired_at else None,
            })  # fmt: skip
    show(rows, as_json)
