"""`duban signer`: the process that signs checkpoints, and what is done to its key. It opens no database."""

from __future__ import annotations

import logging

import click

from app import logs
from app.ledger.note import BadNote, VerifierKey, alg_of
from app.services.log_signer.keeper import Keeper, NothingToRotate, SignerDamaged
from app.services.log_signer.server import serve
from config import signer_from_environment


@click.group(invoke_without_command=True)
@click.pass_context
def signer(context: click.Context) -> None:
    """Sign checkpoints of the ledger. It alone holds the key; best it runs under an account of its own."""
    if context.invoked_subcommand is None:
        logs.configure(logging.INFO)
        try:
            serve(signer_from_environment())
        except OSError as error:
            raise click.ClickException(f"the signer cannot listen: {error.strerror or error}") from error


@signer.command("key")
def key() -> None:
    """Print the verifier key: write it down where the office's machines cannot change it."""
    keeper = Keeper(signer_from_environment().directory)
    try:
        with keeper.opened() as memory:
            if not memory.origin:
                raise click.ClickException(
                    "it has signed for no log yet; seal the ledger first: duban audit checkpoint"
                )
            click.echo(f"first:   {memory.first}")
            click.echo(f"current: {keeper.secret(memory, memory.origin).verifier.written}")
    except SignerDamaged as error:
        raise click.ClickException(str(error)) from error


@signer.command("rotate")
def rotate() -> None:
    """Exchange the key. The old one introduces the new one and is destroyed; the next sealing makes it known."""
    try:
        note = Keeper(signer_from_environment().directory).rotate()
    except NothingToRotate as error:
        raise click.ClickException("it has signed for no log yet, so nobody knows its key") from error
    except SignerDamaged as error:
        raise click.ClickException(str(error)) from error
    click.echo(note, nl=False)


@signer.command("follow")
@click.argument("origin")
@click.option("--yes", is_flag=True, help="Do not ask before it.")
def follow(origin: str, yes: bool) -> None:
    """Sign for the new log ORIGIN that `duban audit new-log` has begun, and never again for the present one."""
    keeper = Keeper(signer_from_environment().directory)
    try:
        alg_of(origin)
        if not yes:
            click.confirm("The present log is closed for ever. Go on?", abort=True, err=True)
        keeper.follow(origin)
        with keeper.opened() as memory:
            click.echo(VerifierKey.read(memory.first).written)
    except (BadNote, SignerDamaged) as error:
        raise click.ClickException(str(error)) from error
