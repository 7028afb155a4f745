"""`duban incident`: what was stopped, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click
from sqlalchemy import select

from app.cli.at_hand import acting, as_json, as_login, key, opened, show, show_one
from app.errors import ProcessFault
from app.models.person import Person
from app.queries import incidents
from app.queries.actor import Actor
from app.queries.incidents import Line, Wanted
from app.services import repairs
from app.services.house import House
from app.services.incidents import reference
from app.terms import IncidentKind, IncidentStatus

why = click.option("--reason", required=True, help="Stays with the incident and in the history.")
number = click.argument("incident_id", metavar="ID", type=int)


@click.group()
def incident() -> None:
    """What was stopped."""


@incident.command("list")
@click.option(
    "--status",
    type=click.Choice([*(status.value for status in IncidentStatus), "all"]),
    default="open",
    show_default=True,
)
@click.option("--kind", type=click.Choice([kind.value for kind in IncidentKind]), default=None)
@click.option("--definition-key", default="")
@click.option("--limit", default=50, show_default=True)
@as_json
def list_(status: str, kind: str | None, definition_key: str, limit: int, as_json: bool) -> None:
    """Incidents, the newest first."""
    wanted = Wanted("" if status == "all" else status, kind or "", definition_key)
    with opened() as house, house.database.reading() as session:
        found = incidents.incidents_page(session, wanted, limit=limit)
        listed = [summary(line) for line in incidents.lines(session, found.items)]
    show(listed, as_json)


@incident.command("show")
@number
@as_json
def show_(incident_id: int, as_json: bool) -> None:
    """Incident ID, with what was to be done."""
    with opened() as house, house.database.reading() as session:
        line = incidents.incident_line(session, incident_id)
        row = line.incident
        told = {
            **summary(line),
            "task": row.task_id,
            "attempts": row.attempts,
            "resolution": row.resolution,
            "resolved_at": row.resolved_at,
            "resolved_by": row.resolved_by,
            "reason": row.reason,
            "payload": row.payload,
        }
    show_one(told, as_json)


@incident.command()
@click.argument("incident_id", metavar="[ID]", type=int, required=False)
@click.option("--definition-key", default="", help="With --version and --element: all open ones there.")
@click.option("--version", type=int, default=0)
@click.option("--element", default="", help="The id of a drawn element.")
@as_login
@as_json
def retry(incident_id: int | None, definition_key: str, version: int, element: str, login: str, as_json: bool) -> None:
    """Carry out again what incident ID stopped, as the person who wanted it; or all of one element, after a cause was
    mended."""
    if incident_id is not None:
        _act(login, as_json, lambda house, actor: repairs.retry(house, actor, incident_id, key=key()))
        return
    if not (definition_key and version and element):
        raise click.UsageError("give an ID, or --definition-key, --version and --element")
    with opened() as house:
        with house.database.reading() as session:
            actor, definition_id = acting(session, login), incidents.version_id(session, definition_key, version)
        answer = repairs.retry_all(house, actor, definition_id, element, key=key())
    show_one(answer, as_json)
    if answer["failed"]:
        raise click.ClickException(f"{len(answer['failed'])} could not be carried out")


@incident.command()
@number
@why
@as_login
@as_json
def skip(incident_id: int, reason: str, login: str, as_json: bool) -> None:
    """Leave undone what incident ID stopped: a timer that never fires, a message that never arrives, a form dropped."""
    _act(login, as_json, lambda house, actor: repairs.skip(house, actor, incident_id, reason, key=key()))


@incident.command()
@number
@as_login
@as_json
def repair(incident_id: int, login: str, as_json: bool) -> None:
    """Make the damaged state of incident ID's instance again from its record; retry it afterwards."""
    _act(login, as_json, lambda house, actor: repairs.repair(house, actor, incident_id, key=key()))


@incident.command()
@number
@click.option("--to", required=True, metavar="LOGIN")
@why
@as_login
@as_json
def assign(incident_id: int, to: str, reason: str, login: str, as_json: bool) -> None:
    """Give the user task of incident ID, for which there is nobody, to one person."""

    def act(house: House, actor: Actor) -> Mapping[str, Any]:
        with house.database.reading() as session:
            person_id = session.scalar(select(Person.id).where(Person.login == to))
        if person_id is None:
            raise click.ClickException(f"no person has the login {to}")
        return repairs.assign(house, actor, incident_id, person_id, reason, key=key())

    _act(login, as_json, act)


@incident.command()
@number
@why
@as_login
@as_json
def cancel(incident_id: int, reason: str, login: str, as_json: bool) -> None:
    """End the instance of incident ID, with its children."""
    _act(login, as_json, lambda house, actor: repairs.cancel(house, actor, incident_id, reason, key=key()))


def summary(line: Line) -> dict[str, object]:
    row, instance, definition = line.incident, line.instance, line.definition
    return {
        "id": row.id,
        "reference": reference(row.id),
        "kind": row.kind,
        "status": row.status,
        "instance": row.instance_id,
        "title": instance.title if instance else None,
        "definition": f"{definition.key} {definition.version}" if definition else None,
        "element": row.element_id,
        "text": row.text,
        "at": row.at,
    }


def _act(login: str, is_json: bool, verb: Callable[[House, Actor], Mapping[str, Any]]) -> None:
    with opened() as house:
        with house.database.reading() as session:
            actor = acting(session, login)
        try:
            answer = verb(house, actor)
        except ProcessFault as fault:
            raise click.ClickException(f"{fault.extra['reference']} met a fault again") from fault
    show_one(answer, is_json)
