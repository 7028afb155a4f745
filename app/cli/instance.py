"""`duban instance`: what runs."""

from __future__ import annotations

import json

import click
from sqlalchemy import select

from app.cli.at_hand import acting, as_json, as_login, key, opened, show, show_one
from app.cli.migration import migrate, migrate_back
from app.models.process import ProcessInstance
from app.services import processes


@click.group()
def instance() -> None:
    """Process instances."""


instance.add_command(migrate)
instance.add_command(migrate_back)


@instance.command()
@click.argument("definition_key", metavar="KEY")
@click.option("--variables", default="{}", help="JSON object.")
@click.option("--business-key", default=None)
@as_login
@as_json
def start(definition_key: str, variables: str, business_key: str | None, login: str, as_json: bool) -> None:
    """Start an instance of KEY."""
    try:
        values = json.loads(variables)
    except json.JSONDecodeError as error:
        raise click.ClickException(f"--variables is not JSON: {error}") from error
    if not isinstance(values, dict):
        raise click.ClickException("--variables must be a JSON object")
    with opened() as house:
        with house.database.reading() as session:
            actor = acting(session, login)
        answer = processes.start(house, actor, definition_key, values, key=key(), business_key=business_key)
    show_one(answer, as_json)


@instance.command("list")
@click.option("--definition-key", default="")
@click.option("--status", default="")
@click.option("--limit", default=50, show_default=True)
@as_json
def list_(definition_key: str, status: str, limit: int, as_json: bool) -> None:
    """The latest instances."""
    rows = select(ProcessInstance).order_by(ProcessInstance.started_at.desc(), ProcessInstance.id).limit(limit)
    if definition_key:
        rows = rows.where(ProcessInstance.definition_key == definition_key)
    if status:
        rows = rows.where(ProcessInstance.status == status)
    with opened() as house, house.database.reading() as session:
        found = [summary(row) for row in session.scalars(rows)]
    show(found, as_json)


@instance.command("show")
@click.argument("instance_id", metavar="ID")
@as_json
def show_(instance_id: str, as_json: bool) -> None:
    """One instance."""
    with opened() as house, house.database.reading() as session:
        row = session.get(ProcessInstance, instance_id)
        if row is None:
            raise click.ClickException(f"no instance {instance_id}")
        told = {**summary(row), "version": row.version, "data": row.data, "state_bytes": len(row.state)}
    show_one(told, as_json)


@instance.command()
@click.argument("instance_id", metavar="ID")
@click.option("--reason", required=True)
@as_login
@as_json
def cancel(instance_id: str, reason: str, login: str, as_json: bool) -> None:
    """End instance ID and its children, with a reason."""
    with opened() as house:
        with house.database.reading() as session:
            actor = acting(session, login)
        answer = processes.cancel(house, actor, instance_id, reason, key=key())
    show_one(answer, as_json)


def summary(row: ProcessInstance) -> dict[str, object]:
    return {
        "id": row.id,
        "definition_key": row.definition_key,
        "business_key": row.business_key,
        "title": row.title,
        "unit": row.unit_id,
        "status": row.status,
        "stage": row.stage,
        "started_at": row.started_at,
    }
