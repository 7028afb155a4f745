"""`duban audit search`: everything that was ever done, with the filters of the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import click

from app import clock
from app.cli.at_hand import acting, as_json, as_login, opened, show
from app.models.event import ADMINISTRATION
from app.models.event_line import BUSINESS
from app.queries import event_lines, event_search
from app.queries.event_lines import Line
from app.queries.event_search import Wanted
from app.queries.event_verbs import VERBS
from app.services import accesses
from app.terms import Access

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--person", default="", help="Login of who acted, for whom, or to whom it was done.")
@click.option("--unit", "unit_id", default="", help="Id of the unit in whose name, or about which.")
@click.option("--enterprise", default="", help="Credit code, or part of a name.")
@click.option("--duty", default="", help="Key of a duty.")
@click.option("--verb", default="", type=click.Choice(["", *sorted(VERBS)]), show_choices=False, help="What was done.")
@click.option("--kind", default="", type=click.Choice(["", BUSINESS, ADMINISTRATION]), help="Both by default.")
@click.option("--from", "first", type=DAY, help="First day.")
@click.option("--until", "last", type=DAY, help="Last day.")
@click.option("--text", default="", help="Words, all of which are there.")
@click.option("--payloads", "in_payloads", is_flag=True, help="Look for the words in what the events say, too.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000), help="The newest so many.")
@as_login
@as_json
def search(first: datetime | None, last: datetime | None, limit: int, login: str, as_json: bool, **asked: Any) -> None:
    """Find events, the newest first. The search itself is recorded."""
    wanted = Wanted(from_on=_day(first), until_on=_day(last), **asked)
    with opened() as house:
        with house.database.reading() as session:
            actor = acting(session, login)
            found = event_lines.everything(
                session, lambda cursor: event_search.search(session, actor, wanted, cursor, min(limit, 1000)), limit - 1
            )
        accesses.note(house, actor, Access.SEARCHED, _words(wanted), address="command line")
    show([_shown(line) for line in found[:limit]], as_json)


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def _words(wanted: Wanted) -> str:
    return " ".join(f"{name}={value}" for name, value in vars(wanted).items() if value)


def _shown(line: Line) -> Mapping[str, Any]:
    return {
        "at": f"{clock.local(line.at):%Y-%m-%d %H:%M:%S}",
        "actor": line.login,
        "name": line.who,
        "for": line.behalf,
        "unit": line.unit,
        "verb": line.verb,
        "step": line.step,
        "matter": line.title,
        "enterprise": line.enterprise_id,
        "stream": line.stream,
        "event": line.seq,
    }
