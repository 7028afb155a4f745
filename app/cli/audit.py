"""`duban audit` and `duban check`: whether the histories hold, and whether everything agrees with them."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import track

from app.cli.at_hand import as_json, opened, show
from app.services import audit as ledger
from app.services import evidence, reexecution
from app.services.check import check as findings_of
from app.services.check import counts


@click.group()
def audit() -> None:
    """The ledger."""


@audit.command()
@as_json
def verify(as_json: bool) -> None:
    """Check every chain; names each instance and event that does not hold."""
    with opened() as house:
        report = ledger.verify(house)
    faults = [
        {"instance": fault.stream, "title": fault.title, "event": fault.seq, "reason": fault.reason.value}
        for fault in report.faults
    ]
    if as_json:
        show(faults, is_json=True)
    if faults:
        raise click.ClickException("\n".join(fault.text for fault in report.faults))
    if not as_json:
        click.echo(f"{report.streams} histories, {report.events} events, all hold")


@audit.command()
@click.option("--instance", "instance_id", default=None, help="Only this instance.")
@click.option("--all", "everything", is_flag=True, help="Every instance.")
@as_json
def replay(instance_id: str | None, everything: bool, as_json: bool) -> None:
    """Do recorded commands again and compare every state."""
    if (instance_id is None) == (not everything):
        raise click.UsageError("give --instance ID or --all")
    with opened() as house:
        if instance_id is not None:
            found = [reexecution.replay_instance(house, instance_id)]
        else:
            whole = reexecution.count_instances(house)
            found = list(track(reexecution.replay_all(house), "replaying", total=whole, disable=as_json))
    bad = [repetition for repetition in found if repetition.departure is not None]
    if as_json:
        show([{"instance": r.instance_id, "steps": r.recorded, "equal": r.equal} for r in found], is_json=True)
    if bad:
        raise click.ClickException("\n".join(f"{r.instance_id}: {r.departure}" for r in bad))
    if not as_json:
        click.echo(f"{len(found)} instances, {sum(r.recorded for r in found)} steps done again, all equal")


@audit.command()
@click.option("--format", "form", type=click.Choice(["xes", "bundle"]), required=True)
@click.option("--instance", "instance_id", default=None)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
def export(form: str, instance_id: str | None, output: Path) -> None:
    """Write histories as XES for process mining, or as a bundle that can be verified elsewhere."""
    with opened() as house, output.open("wb") as file:
        if form == "xes":
            evidence.export_xes(house, file, instance_id)
        else:
            evidence.export_bundle(house, file, instance_id)
    click.echo(f"{output}: {output.stat().st_size} bytes")


@click.command()
@as_json
def check(as_json: bool) -> None:
    """Hold everything that is stored against everything that was recorded."""
    with opened() as house:
        findings = findings_of(house)
        rows = counts(house)
    if as_json:
        show([{"rule": f.rule.value, "instance": f.instance_id, "text": f.text} for f in findings], is_json=True)
    if findings:
        raise click.ClickException("\n".join(f"{finding.rule.value}: {finding.text}" for finding in findings))
    if not as_json:
        click.echo("all agree: " + ", ".join(f"{name} {count}" for name, count in rows.items()))
