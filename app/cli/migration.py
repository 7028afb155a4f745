"""`duban instance migrate` and `migrate-back`: running instances go on in another version of their process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import track

from app.cli.at_hand import acting, as_json, as_login, key, opened, show, show_one
from app.queries.actor import Actor
from app.services import migration_plans, migrations
from app.services.house import House
from app.services.migration_plans import Line, Target, Wanted

Each = TypeVar("Each")


@click.command()
@click.argument("instance_ids", metavar="[ID]...", nargs=-1)
@click.option("--all-of", "definition_key", metavar="KEY", default="", help="All that run in version --from of KEY.")
@click.option("--from", "from_version", type=int, default=None)
@click.option("--to", "to_version", type=int, default=None, help="The newest version by default.")
@click.option("--map", "pairs", metavar="OLD=NEW", multiple=True, help="What goes on for a removed element.")
@click.option("--children", is_flag=True, help="Open children too, each to the newest version of its process.")
@click.option("--dry-run", is_flag=True, help="Only say what would become of each.")
@click.option("--reason", default="", help="Why; needed unless this is a dry run.")
@as_login
@as_json
def migrate(
    instance_ids: tuple[str, ...],
    definition_key: str,
    from_version: int | None,
    to_version: int | None,
    pairs: tuple[str, ...],
    children: bool,
    dry_run: bool,
    reason: str,
    login: str,
    as_json: bool,
) -> None:
    """Let instances go on in another version of their process, where they stand."""
    if bool(instance_ids) == bool(definition_key and from_version):
        raise click.UsageError("name instances, or give --all-of with --from")
    if not (dry_run or reason.strip()):
        raise click.UsageError("--reason is missing")
    wanted = Wanted(to_version, instance_ids, definition_key, from_version, _mapping(pairs), children)
    with opened() as house:
        with house.database.reading() as session:
            actor = acting(session, login)
        chosen = migration_plans.targets(house, wanted)
        if dry_run:
            _show_plan(house, actor, chosen, as_json)
        else:
            _carry_out(house, actor, chosen, reason, as_json)


@click.command("migrate-back")
@click.argument("instance_id", metavar="ID")
@as_login
@as_json
def migrate_back(instance_id: str, login: str, as_json: bool) -> None:
    """Undo the last migration of instance ID; only while nothing was done in it since."""
    with opened() as house:
        with house.database.reading() as session:
            actor = acting(session, login)
        answer = migrations.migrate_back(house, actor, instance_id, key=key())
    show_one(answer, as_json)


def _mapping(pairs: Iterable[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        old, sign, new = pair.partition("=")
        if not (old and sign and new):
            raise click.UsageError(f"--map wants OLD=NEW, not {pair}")
        mapping[old] = new
    return mapping


def _show_plan(house: House, actor: Actor, chosen: Sequence[Target], is_json: bool) -> None:
    lines = list(_with_bar(migration_plans.plan(house, actor, chosen), len(chosen), "weighing"))
    show([_line(line) for line in lines], is_json)
    if not is_json:
        counts = Counter(line.verdict.value for line in lines)
        click.echo(", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())) or "no instance")


def _carry_out(house: House, actor: Actor, chosen: Sequence[Target], reason: str, is_json: bool) -> None:
    """Exit code 1 when one of them failed; the others have gone on."""
    done = migrations.migrate_all(house, actor, chosen, reason=reason, key=key())
    results = list(_with_bar(done, len(chosen), "migrating"))
    show([{"id": each.instance_id, "migrated": not each.error, "error": each.error} for each in results], is_json)
    failed = sum(1 for each in results if each.error)
    if failed:
        raise click.ClickException(f"{failed} of {len(results)} instances were not migrated")


def _with_bar(each: Iterable[Each], total: int, what: str) -> Iterable[Each]:
    console = Console(stderr=True)
    return track(each, description=what, total=total, console=console, transient=True, disable=not console.is_terminal)


def _line(line: Line) -> dict[str, object]:
    weighed = line.weighed
    return {
        "id": line.instance_id,
        "title": line.title,
        "from": line.from_version,
        "to": line.to_version,
        "verdict": line.verdict.value,
        "why": "; ".join(found.text for found in weighed.hindrances),
        "candidates": {found.element_id: [id_ for id_, _ in found.candidates] for found in weighed.hindrances},
        "armed": list(weighed.armed),
        "dropped": list(weighed.dropped),
        "skipped": list(weighed.skipped),
    }
