"""`duban init`, `demo`, `user`, `token`: an office made ready, and who may enter it."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from sqlalchemy import func, select

from app import clock
from app.cli.at_hand import acting, as_json, opened, show_one
from app.cli.plan import read
from app.demo import people, year
from app.models.person import Person, PersonRole
from app.models.plan import Plan
from app.models.process import ProcessInstance
from app.queries.actor import SYSTEM
from app.services import accounts, definitions, event_lines, plans, tokens
from app.services.house import House
from app.services.schema import migrate
from app.terms import Role

ENTERPRISES = 200  # of a demonstration


@click.command()
@click.option("--plan", "plan_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None)
def init(plan_file: Path | None) -> None:
    """Make the office ready: tables, units, plan, processes. Safe to run again."""
    with opened(needs_tables=False) as house:
        make_office(house, plan_file or house.settings.plan)
        if not house.settings.is_demo:
            first_administrator(house)


@click.command()
@click.option("--months", default=0, help="Only the last N months before the clock; 0 for the whole plan.")
@click.option("--seed", default=2022, show_default=True)
@click.option("--enterprises", default=ENTERPRISES, show_default=True, help="How many are invented; 0 for none.")
def demo(months: int, seed: int, enterprises: int) -> None:
    """Fill the office with simulated history through the real commands."""
    with opened(needs_tables=False) as house:
        make_office(house, house.settings.plan)
        fill(house, months, seed, enterprises)


@click.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.option("--login", required=True)
@click.option("--name", required=True)
@click.option("--unit", default="", help="Id of the home unit.")
@click.option("--enterprise", default="", help="Credit code, for the account of an enterprise; it needs no unit.")
@click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]))
@click.option("--email", default="")
@as_json
def add_user(
    login: str, name: str, unit: str, enterprise: str, roles: tuple[str, ...], email: str, as_json: bool
) -> None:
    """Add a person and print the one-time password."""
    with opened() as house, house.database.transaction() as session:
        new = accounts.NewPerson(login=login, name=name, unit_id=unit, email=email, enterprise_id=enterprise)
        person, password = accounts.add_person(session, house, SYSTEM, new)
        session.flush()
        accounts.set_roles(session, SYSTEM, person.id, [Role(role) for role in roles])
    show_one({"login": login, "password": password}, as_json)


@click.group()
def token() -> None:
    """Bearer tokens of the API."""


@token.command("create")
@click.option("--user", "login", required=True)
@click.option("--name", default="duban token create")
@as_json
def create_token(login: str, name: str, as_json: bool) -> None:
    """Make a token for a person and print it, once."""
    with opened() as house, house.database.transaction() as session:
        value = tokens.create_token(session, acting(session, login), name)
    show_one({"login": login, "token": value}, as_json)


def make_ready(house: House) -> None:
    """What `make run` needs before it serves; takes seconds when it was done before."""
    make_office(house, house.settings.plan)
    if house.settings.is_demo:
        if _is_empty(house):
            fill(house, months=0, seed=2022)
        click.echo(f"[duban] demonstration accounts, password {people.PASSWORD}: {people.EXAMPLES}")
    else:
        first_administrator(house)


def make_office(house: House, plan_file: Path, is_simulated: bool = False) -> None:
    """is_simulated: its clock begins with the plan."""
    migrate(house.database)
    with house.database.reading() as session:
        is_new = session.scalar(select(func.count()).select_from(Plan)) == 0
    if not is_new:
        definitions.deploy_shipped(house, SYSTEM)
        find_all(house)
        return
    click.echo(f"[duban] loading {plan_file.name}")
    document = read(plan_file)
    with clock.held(year.beginning(document)) if is_simulated or house.settings.is_demo else nullcontext():
        with house.database.transaction() as session:
            plans.load_plan(session, document, SYSTEM)
        definitions.deploy_shipped(house, SYSTEM)


def find_all(house: House) -> None:
    """Give every event its place in the log and its line in the search; after an upgrade that is the whole history."""
    columns = (TextColumn("[duban] making the history searchable"), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, transient=True, console=Console(stderr=True)) as progress:
        bar = progress.add_task("")

        def told(done: int, whole: int) -> None:
            progress.update(bar, completed=done, total=whole, description=f"{done:,} of {whole:,}")

        event_lines.catch_up(house, told)


def fill(house: House, months: int, seed: int, enterprises: int = ENTERPRISES) -> None:
    """Simulate the plan up to the clock of the demonstration, with a bar that says where it stands."""
    until = house.settings.clock or clock.now()
    since = _months_before(until, months) if months else None
    if not _is_empty(house):
        raise click.ClickException("this office has a history already; a demonstration begins with an empty one")
    with house.database.reading() as session:
        first = since or session.scalars(select(Plan.issued_on)).one()
    with Progress(TextColumn("[duban] simulating"), BarColumn(), TextColumn("{task.description}")) as progress:
        bar = progress.add_task("", total=(clock.local(until).date() - first).days)
        year.run(
            house,
            seed,
            since,
            until,
            lambda day: progress.update(bar, completed=(day - first).days, description=str(day)),
            enterprises,
        )
    find_all(house)


def _months_before(until: datetime, months: int) -> date:
    years, month = divmod(clock.local(until).month - 1 - months, 12)
    return date(clock.local(until).year + years, month + 1, 1)


def _is_empty(house: House) -> bool:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ProcessInstance)) == 0


def first_administrator(house: House) -> None:
    """An office without anybody gets one administrator, who adds the others."""
    with house.database.transaction() as session:
        if session.scalar(select(func.count()).select_from(Person)):
            return
        new = accounts.NewPerson(login="admin", name="系统管理员", unit_id="office")
        person, password = accounts.add_person(session, house, SYSTEM, new)
        person.roles.append(PersonRole(role=Role.SYSTEM_ADMIN.value))
    click.echo(f"[duban] first administrator: admin, one-time password {password}")
