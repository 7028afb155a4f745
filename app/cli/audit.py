"""`duban audit` and `duban check`: whether the histories hold, and whether everything agrees with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.progress import track

from app.cli import fresh_replay
from app.cli.at_hand import as_json, opened, show
from app.cli.audit_erase import erase
from app.cli.audit_seal import begin_new_log, checkpoint
from app.cli.audit_search import search
from app.cli.audit_witness import witness
from app.ledger.xes import OWN_URI
from app.queries import rule_findings
from app.services import audit as ledger
from app.services import event_log, evidence, reexecution
from app.services.audit_log import Held, LogReport
from app.services.check import check as findings_of
from app.services.check import counts
from app.services.rebuilt_rows import Tally
from app.services.rule_checks import catalog, running
from app.terms import FindingStatus


@click.group()
def audit() -> None:
    """The ledger."""


for command in (search, witness, checkpoint, begin_new_log, erase):
    audit.add_command(command)


@audit.command()
@click.option("--key", default="", help="Verifier key of the log's first signer, as you keep it outside.")
@click.option(
    "--checkpoint",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint from outside; the log must contain it.",
)
@as_json
def verify(key: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Check every chain, the log over all and its signatures; names each place that does not hold."""
    held = Held(key, tuple(file.read_bytes().decode(errors="replace") for file in files))
    with opened() as house:
        report = ledger.verify(house, held)
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
        if report.log is not None:
            _tell_of_log(report.log)


def _tell_of_log(log: LogReport) -> None:
    click.echo(
        f"log: {log.size} events, {log.sealed} of them under {log.checkpoints} checkpoints with {log.cosignatures} "
        f"cosignatures; {log.held} checkpoints from outside are in it; {log.waiting} events are not in the log yet"
    )
    if not log.held:
        click.echo("who may write the whole database could have made all of it anew: bring a checkpoint from outside")


@audit.command()
@click.option("--instance", "instance_id", default=None, help="Only this instance.")
@click.option("--all", "everything", is_flag=True, help="Every instance.")
@as_json
def replay(instance_id: str | None, everything: bool, as_json: bool) -> None:
    """Do recorded commands again in a fresh process, and compare every state and every event hash."""
    if (instance_id is None) == (not everything):
        raise click.UsageError("give --instance ID or --all")
    around = fresh_replay.other_surroundings()
    click.echo(around.text, err=True)
    with opened() as house:
        settings, whole = house.settings, 1 if instance_id else reexecution.count_instances(house)
    try:
        lines = fresh_replay.replayed(settings, around, instance_id)
        tally = _tally(track(lines, "replaying", total=whole, disable=as_json), keep=as_json)
    except fresh_replay.ChildFailed as failed:
        raise click.ClickException(f"the fresh process ended: {failed}") from failed
    if as_json:
        show(tally.shown, is_json=True)
    if tally.bad:
        raise click.ClickException("\n".join(tally.bad))
    if not as_json:
        click.echo(
            f"{tally.instances} instances, {tally.steps} steps done again, {tally.events} events to the same hash, "
            f"all equal; {len(tally.erased)} cannot be done again to their end: erased lawfully"
        )
        for line in tally.erased:
            click.echo(line)


@dataclass
class _Tally:
    """What remains of repetitions that were looked at one by one. shown: a line each, where they are all wanted."""

    instances: int = 0
    steps: int = 0
    events: int = 0
    bad: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)


def _tally(lines: Iterable[fresh_replay.Line], *, keep: bool) -> _Tally:
    tally = _Tally()
    for line in lines:
        tally.instances += 1
        tally.steps += line["equal"]
        tally.events += line["events"]
        if line["departure"]:
            tally.bad.append(f"{line['instance']}: {line['departure']}")
        if line["erased"]:
            tally.erased.append(f"{line['instance']}: {line['erased']}")
        if keep:
            tally.shown.append(line)
    return tally


@audit.command()
@click.option("--format", "form", type=click.Choice(["xes", "csv", "bundle"]), required=True)
@click.option("--instance", "instance_id", default=None, help="Only this instance.")
@click.option("--process", "definition_key", default=None, help="xes, csv: only instances of this process.")
@click.option("--year", type=int, default=None, help="xes, csv: only instances of this year.")
@click.option("--address", default="", help="xes: where the office is reached, for the address of the extension.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
def export(
    form: str, instance_id: str | None, definition_key: str | None, year: int | None, address: str, output: Path
) -> None:
    """Write histories for process mining, as XES or CSV, or as a bundle that can be verified elsewhere."""
    choice = event_log.Choice(instance_id, definition_key, year)
    if form == "bundle" and choice != event_log.Choice(instance_id):
        raise click.UsageError("a bundle is of one instance or of all")
    with opened() as house, output.open("wb") as file:
        if form == "xes":
            uri = f"{address.rstrip('/')}/xes/duban.xesext" if address else OWN_URI
            event_log.write_xes(house, file, choice, uri)
        elif form == "csv":
            event_log.write_csv(house, file, choice)
        else:
            evidence.export_bundle(house, file, instance_id)
    click.echo(f"{output}: {output.stat().st_size} bytes")


@audit.command()
@click.option("--rule", "only", default=None, help="Only this rule.")
@as_json
def rules(only: str | None, as_json: bool) -> None:
    """Ask the rules over histories now; prints what each has found, with the number of histories beside it."""
    if only is not None and only not in catalog.log_rules():
        raise click.UsageError(f"no rule {only}: {', '.join(sorted(catalog.log_rules()))}")
    with opened() as house:
        running.run(house, only)
        with house.database.reading() as session:
            counts, progress = rule_findings.counts(session), rule_findings.progress(session)
    told = [
        {
            **catalog.values_of(rule),
            "looked_at": progress[id_].looked_at,
            **{status.value: counts.get((id_, status.value), 0) for status in FindingStatus},
        }
        for id_, (rule, _) in catalog.log_rules().items()
        if only in (None, id_)
    ]
    if as_json:
        show(told, is_json=True)
        return
    for one in told:
        click.echo(f"{one['id']}: {one['open']} open of {one['looked_at']} histories ({one['name']})")


@click.command()
@as_json
def check(as_json: bool) -> None:
    """Hold everything that is stored against everything that was recorded."""
    with opened() as house:
        tally = Tally()
        findings = findings_of(house, tally)
        rows = counts(house)
    if as_json:
        show([{"rule": f.rule.value, "instance": f.instance_id, "text": f.text} for f in findings], is_json=True)
    if findings:
        raise click.ClickException("\n".join(f"{finding.rule.value}: {finding.text}" for finding in findings))
    if not as_json:
        click.echo("all agree: " + ", ".join(f"{name} {count}" for name, count in rows.items()))
        click.echo(
            f"built again from the log: {tally.columns} columns equal, "
            f"{tally.skipped} of which an earlier release did not tell"
        )
