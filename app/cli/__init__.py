"""`duban`: the operator's door. Reading commands take --json; what goes wrong is one clear line on stderr."""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import OperationalError

from app import logs
from app.cli.assessment import assessment
from app.cli.audit import audit, check
from app.cli.backup import backup, restore_
from app.cli.clock import clock
from app.cli.definition import definition
from app.cli.forecast import forecast
from app.cli.incident import incident
from app.cli.instance import instance
from app.cli.office import demo, init, token, user
from app.cli.plan import plan
from app.cli.serving import scheduler, serve, web, worker
from app.cli.signer import signer
from app.cli.simulate import simulate
from app.cli.witness import witness
from app.errors import AppError
from config import BadSetting


@click.group()
@click.version_option(package_name="duban")
def group() -> None:
    """督办 Duban: runs a leading group's multi-year plan as BPMN processes with a provable history."""


for command in (
    init,
    demo,
    simulate,
    serve,
    web,
    scheduler,
    worker,
    signer,
    plan,
    definition,
    instance,
    incident,
    forecast,
    assessment,
    audit,
    check,
    user,
    token,
    backup,
    restore_,
    clock,
    witness,
):
    group.add_command(command)


def main() -> None:
    """What pyproject.toml names: one line on stderr and exit code 1 instead of a traceback for what we can explain."""
    logs.configure()
    try:
        group(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except AppError as error:
        details = "; ".join(item["text"] for item in error.extra.get("errors", ()))
        sys.exit(f"duban: {error.text}{' ' + details if details else ''}")
    except BadSetting as error:
        sys.exit(f"duban: {error}")
    except OperationalError as error:
        sys.exit(f"duban: the database does not answer: {str(error.orig).strip()}")
