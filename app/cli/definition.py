"""`duban definition`: process definitions checked, published, compared, and approved by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from app.cli.at_hand import acting, as_json, as_login, opened, show, show_one
from app.engine.difference import Change
from app.models.process import ProcessDefinition
from app.queries import deployed
from app.queries.actor import Actor
from app.queries.deployments import waiting
from app.services import definition_checks, deployments
from app.services.definitions import DefinitionRefused
from app.services.house import House

files = click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
decision = click.argument("deployment_id", type=int, metavar="ID")
as_person = click.option("--as", "login", required=True, help="Login of the person who decides.")


@click.group()
def definition() -> None:
    """Process definitions."""


@definition.command()
@files
@as_json
def lint(files: tuple[Path, ...], as_json: bool) -> None:
    """Check FILES; everything that was found with file, element and line. Errors refuse a file, warnings do not."""
    found = [asdict(finding) for own in definition_checks.examine(_read(files)) for finding in own.findings]
    errors = [finding for finding in found if finding["level"] == "error"]
    if as_json:
        show(found, is_json=True)
    if errors:
        raise click.ClickException("\n".join(line(finding) for finding in errors))
    if not as_json:
        for finding in found:
            click.echo(f"warning: {line(finding)}")
        click.echo(f"{len(files)} file(s), nothing to mend")


@definition.command()
@files
@as_login
@click.option("--remark", default="", help="Why; kept with the versions.")
@as_json
def deploy(files: tuple[Path, ...], login: str, remark: str, as_json: bool) -> None:
    """Publish FILES as the newest versions; all or none. A person only proposes with DUBAN_FOUR_EYES=everywhere."""
    with opened() as house:
        try:
            outcome = deployments.submit(house, _person(house, login), _read(files), remark)
        except DefinitionRefused as refused:
            raise click.ClickException("\n".join(line(problem) for problem in refused.extra["problems"])) from refused
    proposal = {"proposal": outcome.id} if outcome.status == "proposed" else {}
    show([{"key": key, "version": version, **proposal} for key, version in outcome.versions], as_json)


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


@definition.command()
@click.argument("key")
@click.argument("before", type=int, metavar="V1")
@click.argument("after", type=int, metavar="V2")
@as_json
def diff(key: str, before: int, after: int, as_json: bool) -> None:
    """What is different in version V2 of process KEY from its version V1."""
    with opened() as house, house.database.reading() as session:
        changes = deployed.difference_of(session, key, before, after)
    if as_json:
        show([asdict(change) for change in changes], is_json=True)
        return
    for change in changes:
        click.echo("\n".join(_told(change)))
    click.echo(f"{len(changes)} difference(s)")


@definition.command()
@as_json
def proposals(as_json: bool) -> None:
    """What waits for a second person."""
    with opened() as house, house.database.reading() as session:
        rows = [
            {"id": row.id, "definitions": ", ".join(entry["key"] for entry in row.files if entry["is_changed"]),
             "by": row.proposer.login if row.proposer else "system", "at": row.proposed_at, "remark": row.remark}
            for row in waiting(session)
        ]  # fmt: skip
    show(rows, as_json)


@definition.command()
@decision
@as_person
@as_json
def approve(deployment_id: int, login: str, as_json: bool) -> None:
    """Publish what another person proposed."""
    with opened() as house:
        outcome = deployments.approve(house, _person(house, login), deployment_id)
    show([{"key": key, "version": version} for key, version in outcome.versions], as_json)


@definition.command()
@decision
@as_person
@click.option("--reason", required=True)
@as_json
def reject(deployment_id: int, login: str, reason: str, as_json: bool) -> None:
    """Send a proposal back."""
    with opened() as house:
        deployments.reject(house, _person(house, login), deployment_id, reason)
    show_one({"id": deployment_id, "status": "rejected"}, as_json)


def line(problem: Mapping[str, object]) -> str:
    return f"{problem['file']}:{problem['line']}: {problem['element_id']}: {problem['reason']}"


def _read(files: tuple[Path, ...]) -> dict[str, bytes]:
    return deployments.uploaded([(file.name, file.read_bytes()) for file in files])


def _person(house: House, login: str) -> Actor:
    with house.database.reading() as session:
        return acting(session, login)


def _told(change: Change) -> list[str]:
    details: list[dict[str, Any]] = [asdict(detail) for detail in change.details]
    return [
        f"{change.how} {change.type} {change.id} {change.name}",
        *(f"    {detail['what']}: {detail['before'] or '-'} -> {detail['after'] or '-'}" for detail in details),
    ]
