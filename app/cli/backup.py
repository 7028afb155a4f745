"""`duban backup` and `duban restore`: everything into one file while the house runs, and back out of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from app import clock
from app.cli.at_hand import as_json, opened, show_one
from app.services.backup.making import Report, make
from app.services.backup.manifest import BadArchive, Manifest
from app.services.backup.restoring import is_empty, restore, verify
from app.services.check import check
from config import from_environment

archive_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command("backup")
@archive_file
@as_json
def backup(file: Path, as_json: bool) -> None:
    """Write everything into FILE, while the office works: all tables as of one instant, and the attachments."""
    with opened() as house, told("backing up", as_json) as report:
        manifest = make(house, file, report)
    for id_ in manifest.missing:
        click.echo(f"duban: attachment {id_} was not found and is not in the archive", err=True)
    for id_ in manifest.altered:
        click.echo(f"duban: attachment {id_} is not the file that was put in", err=True)
    show_one({"file": str(file), "bytes": file.stat().st_size, **summary(manifest)}, as_json)


@click.command("restore")
@archive_file
@click.option("--replace", is_flag=True, help="Put aside, and keep, what the database holds now.")
@click.option("--yes", is_flag=True, help="Do not ask before it.")
@click.option("--dry-run", is_flag=True, help="Only check the archive.")
@as_json
def restore_(file: Path, replace: bool, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Make the database what FILE holds, then check it. It must be empty, or be put aside with --replace."""
    settings = from_environment()
    if dry_run:
        with told("checking", as_json) as report:
            manifest = verify(settings, file, report)
        show_one({"file": str(file), **summary(manifest), "archive": "whole"}, as_json)
        return
    if replace and not yes and not is_empty(settings):
        click.confirm("What the database holds now is put aside, and kept. Go on?", abort=True, err=True)
    with told("restoring", as_json) as report:
        restored = restore(settings, file, replace, report)
    require_whole(restored.manifest)
    show_one({**summary(restored.manifest), "before": restored.aside, "check": "all agree"}, as_json)


def summary(manifest: Manifest) -> dict[str, object]:
    return {
        "made_at": manifest.made_at,
        "made_on": manifest.made_on,
        "revision": manifest.revision,
        "tables": len(manifest.tables),
        "rows": manifest.rows,
        "files": manifest.files.rows,
        "histories": manifest.streams,
        "heads": manifest.heads,
    }


def require_whole(manifest: Manifest) -> None:
    """The oracle, as of the instant of the backup: what became late since then is no fault of the restore."""
    with opened() as house, clock.held(datetime.fromisoformat(manifest.clock_at)):
        findings = check(house)
    if findings:
        lines = "\n".join(f"{finding.rule.value}: {finding.text}" for finding in findings)
        raise click.ClickException(f"restored, but not everything agrees, as it was when it was backed up:\n{lines}")


@contextmanager
def told(verb: str, is_quiet: bool) -> Iterator[Report]:
    """A bar for who watches, on standard error; what cannot be done is one line there."""
    columns = (TextColumn(f"[duban] {verb}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=is_quiet or not console.is_terminal) as progress:
        bar = progress.add_task("", total=None)

        def report(what: str, done: int, whole: int) -> None:
            progress.update(bar, description=what, completed=done, total=max(done, whole))

        try:
            yield report
        except (BadArchive, OSError) as error:
            raise click.ClickException(str(error)) from error
