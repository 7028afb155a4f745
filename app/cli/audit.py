"""`duban audit` and `duban check`: whether the histories hold, and whether everything agrees with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
            tally = _tally([reexecution.replay_instance(house, instance_id)], keep=as_json)
        else:
            whole = reexecution.count_instances(house)
            every = track(reexecution.replay_all(house), "replaying", total=whole, disable=as_json)
            tally = _tally(every, keep=as_json)
    if as_json:
        show(tally.shown, is_json=True)
    if tally.bad:
        raise click.ClickException("\n".join(tally.bad))
    if not as_json:
        click.echo(f"{tally.instances} instances, {tally.steps} steps done again, all equal")


@dataclass
class _Tally:
    """What remains of repetitions that were looked at one by one. shown: a line each, where they are all wanted."""

    instances: int = 0
    steps: int = 0
    bad: list[str] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)


def _tally(repetitions: Iterable[reexecution.Repetition], *, keep: bool) -> _Tally:
    tally = _Tally()
    for each in repetitions:
        tally.instances += 1
        tally.steps += each.recorded
        if each.departure is not None:
            tally.bad.append(f"{each.instance_id}: {each.departure.text}")
        if keep:
            tally.shown.append({"instance": each.instance_id, "steps": each.recorded, "equal": each.equal})
    return tally


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
