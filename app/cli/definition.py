"""`duban definition`: process definitions, read strictly."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from app.cli.at_hand import acting, as_json, as_login, opened, show
from app.models.process import ProcessDefinition
from app.services import definitions
from app.services.definitions import DefinitionRefused

files = click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def definition() -> None:
    """Process definitions."""


@definition.command()
@files
@as_json
def lint(files: tuple[Path, ...], as_json: bool) -> None:
    """Check FILES; every problem with file, element and line."""
    problems: list[dict[str, object]] = []
    for file in files:
        try:
            definitions.check(file.name, file.read_bytes())
        except DefinitionRefused as refused:
            problems += refused.extra["problems"]
    if as_json:
        show(problems, is_json=True)
    if problems:
        raise click.ClickException("\n".join(line(problem) for problem in problems))
    if not as_json:
        click.echo(f"{len(files)} file(s), nothing to mend")


@definition.command()
@files
@as_login
@as_json
def deploy(files: tuple[Path, ...], login: str, as_json: bool) -> None:
    """Publish FILES as the newest versions; all or none."""
    with opened() as house:
        with house.database.reading() as session:
            actor = acting(session, login)
        try:
            deployed = definitions.deploy(house, actor, {file.name: file.read_bytes() for file in files})
        except DefinitionRefused as refused:
            raise click.ClickException("\n".join(line(problem) for problem in refused.extra["problems"])) from refused
    show([{"key": key, "version": version} for key, version in deployed], as_json)


@definition.command("list")
@as_json
def list_(as_json: bool) -> None:
    """Every version that was published."""
    order = (ProcessDefinition.key, ProcessDefinition.version)
    with opened() as house, house.database.reading() as session:
        rows = [
            {"key": row.key, "version": row.version, "name": row.name, "hash": row.hash[:12], "at": row.deployed_at}
            for row in session.scalars(select(ProcessDefinition).order_by(*order))
        ]
    show(rows, as_json)


def line(problem: dict[str, object]) -> str:
    return f"{problem['file']}:{problem['line']}: {problem['element_id']}: {problem['reason']}"
