"""`duban audit erase`: what events say is erased under the law, by two persons (see services/erasures.py)."""

from __future__ import annotations

import click

from app.cli.at_hand import acting, as_json, opened, show, show_one
from app.errors import RuleViolation
from app.models.erasure import Erasure
from app.queries import erasures as known
from app.services import erasures
from app.terms import ErasureGround

LISTED = 50
as_person = click.option("--as", "login", required=True, help="Login of the person who acts; two different ones.")


@click.group()
def erase() -> None:
    """Erase what events say; the events stay, sealed as they were."""


@erase.command()
@click.argument("stream")
@click.option("--events", required=True, help="Numbers of events in the stream, such as 3,5-7.")
@click.option("--ground", required=True, type=click.Choice([ground.value for ground in ErasureGround]))
@click.option("--reason", required=True)
@as_person
@as_json
def propose(stream: str, events: str, ground: str, reason: str, login: str, as_json: bool) -> None:
    """Ask for it, as security administrator. STREAM: an instance's id, administration or access."""
    try:
        with opened() as house, house.database.transaction() as session:
            seqs = erasures.numbers(events)
            row = _shown(erasures.propose(session, acting(session, login), stream, seqs, ground, reason))
    except RuleViolation as refused:
        raise click.ClickException(refused.text) from refused
    show_one(row, as_json)


@erase.command()
@click.argument("number", type=int)
@click.option("--remark", default="")
@as_person
@as_json
def approve(number: int, remark: str, login: str, as_json: bool) -> None:
    """Erase it, as audit administrator. It cannot be undone."""
    with opened() as house, house.database.transaction() as session:
        row = _shown(erasures.approve(session, acting(session, login), number, remark))
    show_one(row, as_json)


@erase.command()
@click.argument("number", type=int)
@click.option("--remark", required=True)
@as_person
@as_json
def reject(number: int, remark: str, login: str, as_json: bool) -> None:
    """Refuse it, as audit administrator."""
    with opened() as house, house.database.transaction() as session:
        row = _shown(erasures.reject(session, acting(session, login), number, remark))
    show_one(row, as_json)


@erase.command("list")
@as_json
def list_(as_json: bool) -> None:
    """What is asked for, and the last that were settled."""
    with opened() as house, house.database.reading() as session:
        rows = [_shown(row) for row in (*known.proposed(session), *known.settled(session, None, LISTED))]
    show(rows, as_json)


def _shown(row: Erasure) -> dict[str, object]:
    return {
        "number": row.id,
        "stream": row.stream,
        "events": row.seqs,
        "ground": row.ground,
        "status": row.status,
        "reason": row.reason,
        "remark": row.decision,
    }
