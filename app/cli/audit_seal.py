"""`duban audit checkpoint` and `new-log`: sealing by hand, and where the sealing cannot go on."""

from __future__ import annotations

import click

from app.cli.at_hand import acting, as_json, as_login, opened, show_one
from app.queries.checkpoints import newest
from app.services import new_log
from app.services.checkpoints import seal
from app.services.log_signer.client import SignerTrouble
from app.services.log_tree import TreeDamaged


@click.command("checkpoint")
@as_json
def checkpoint(as_json: bool) -> None:
    """Seal the ledger now, and print the newest checkpoint."""
    with opened() as house:
        try:
            sealed = seal(house)
        except (SignerTrouble, TreeDamaged) as trouble:
            raise click.ClickException(str(trouble)) from trouble
        with house.database.reading() as session:
            found = sealed or newest(session)
    if found is None:
        raise click.ClickException("nothing has happened yet")
    if as_json:
        told = {
            "size": found.size,
            "root": found.root,
            "at": found.at,
            "is_new": sealed is not None,
            "note": found.note,
        }
        show_one(told, is_json=True)
    else:
        click.echo(found.note, nl=False)


@click.command("new-log")
@click.option("--reason", required=True)
@as_login
def begin_new_log(reason: str, login: str) -> None:
    """Begin a new log, after the database was restored from a backup or the signer was lost. It is recorded."""
    with opened() as house:
        with house.database.reading() as session:
            actor = acting(session, login)
        origin = new_log.begin(house, actor, reason)
    click.echo(origin)
    click.echo(f"Now, under the signer's account: duban signer follow {origin}", err=True)
