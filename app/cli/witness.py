"""`duban witness`: follows the log of an office from another machine, without its database, and co-signs what it sees.

It stops for good when the office shows what cannot be: a log that forked or shrank, or a signature that is not the
signer's. Both sides are then in a file of evidence, and the witness signs nothing more until somebody has taken that
away.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from app import clock
from app.cli.witness_files import Kept, WitnessFiles, checked
from app.cli.witness_office import Office, Unreachable, shown_by
from app.ledger.chain import instant
from app.ledger.note import BadNote, Checkpoint, Note, SecretKey
from app.ledger.witness import Held, Refused, continued, pinned

folder = click.option("--dir", "-d", "folder", required=True, type=click.Path(file_okay=False, path_type=Path),
                      help="Where this witness keeps its key and all it has seen.")  # fmt: skip


@click.group(invoke_without_command=True)
@click.option("--url", help="The office, such as https://duban.example.gov.cn")
@click.option("--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Holds the token of an account with the role auditor.")  # fmt: skip
@click.option("--dir", "-d", "folder", type=click.Path(file_okay=False, path_type=Path),
              help="Where this witness keeps its key and all it has seen.")  # fmt: skip
@click.option("--name", help="Under which it signs, such as archive.example.gov.cn/w1")
@click.option("--key", "vkey", default="", help="The log's first verifier key, told by another way than this one.")
@click.option("--once", is_flag=True, help="Ask once and end.")
@click.option("--every", default=60, show_default=True, type=click.IntRange(1), help="Seconds between two looks.")
@click.pass_context
def witness(
    context: click.Context,
    url: str | None,
    token_file: Path | None,
    folder: Path | None,
    name: str | None,
    vkey: str,
    once: bool,
    every: int,
) -> None:
    """Follow an office's log from another machine, and co-sign it."""
    if context.invoked_subcommand is not None:
        return
    if not (url and token_file and folder and name):
        raise click.UsageError("--url, --token-file, --dir and --name are needed")
    files = WitnessFiles(folder)
    try:
        office = Office(url, token_file.read_text("utf-8").strip())
        one = Witness(files, files.key(name), office, url)
        one.begin(vkey)
    except (BadNote, Unreachable) as error:
        raise click.ClickException(str(error)) from error
    _watch(one, once, every)


@witness.command()
@folder
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def show(folder: Path, as_json: bool) -> None:
    """Who this witness is, what it follows, and how far it has seen."""
    files = WitnessFiles(folder)
    told, last, evidence = files.told(), files.last(), files.evidence()
    count = sum(1 for _ in files.all())
    rows: dict[str, Any] = {
        "key": files.key("").verifier.written if (folder / "key").exists() else None,
        "follows": told and told["vkey"],
        "pinned": told and f"{told['pinned_at']} ({told['pinned_by']})",
        "rotations": told and len(told["rotations"]),
        "checkpoints": count,
        "newest_size": last and Checkpoint.read(Note.read(last.note).text).size,
        "newest_at": last and last.at,
        "evidence": evidence and str(evidence),
    }
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for name, value in rows.items():
        click.echo(f"{name}: {'-' if value is None else value}")
    if last:
        click.echo(f"\n{last.note}{last.cosignature}", nl=False)


class Stopped(click.ClickException):
    """For good: loudly, and with an exit status of its own."""

    exit_code = 3

    def __init__(self, text: str) -> None:
        super().__init__(f"STOPPED. {text}")


class Witness:
    """One folder, one office."""

    def __init__(self, files: WitnessFiles, key: SecretKey, office: Office, url: str) -> None:
        self._files, self._key, self._office, self._url = files, key, office, url

    def begin(self, vkey: str) -> None:
        """Pin the log at the first contact; say what is pinned. Raises BadNote where --key is another than that."""
        if evidence := self._files.evidence():
            raise Stopped(f"this witness has stopped: see {evidence}, and move it away once you know what happened")
        if (told := self._files.told()) is not None:
            if vkey and vkey != told["vkey"]:
                raise BadNote(f"this folder follows {told['vkey']}, not {vkey}")
        else:
            shown = vkey or self._office.first_key()
            pinned(shown)
            how = "given with --key" if vkey else "first contact: compare it with the status page of the seal"
            self._files.pin(shown, how, instant(clock.system_now()))
            click.echo(f"follows {shown}\n  ({how})")
        click.echo(f"signs as {self._key.verifier.written}")

    def look(self) -> str:
        """Ask once; what came of it. Raises Unreachable; ends the process where the office shows what cannot be."""
        held = self._files.held()
        assert held is not None
        checkpoint = self._office.checkpoint()
        if checkpoint is None:
            return "no checkpoint yet"
        before = held.checkpoint
        shown = shown_by(self._office, checkpoint, before.size if before else 0)
        try:
            followed = continued(held, shown)
        except Refused as refused:
            at = instant(clock.system_now())
            evidence = self._files.accuse(str(refused), held, shown, at, url=self._url)
            raise Stopped(f"{self._url}: {refused}. Evidence: {evidence}") from refused
        kept = self._sign(held, followed)
        return self._give(kept, checkpoint)

    def _sign(self, held: Held, followed: Held) -> Kept:
        """The newest checkpoint with our cosignature, which is on the disk."""
        if followed.note == held.note:
            self._files.keep(followed, None)
            last = self._files.last()
            assert last is not None
            return last
        now = clock.system_now()
        line = self._key.cosign(Note.read(followed.note).text, int(now.timestamp())).line
        kept = Kept(instant(now), followed.note, line)
        self._files.keep(followed, kept)
        return kept

    def _give(self, kept: Kept, checkpoint: dict[str, Any]) -> str:
        size = Checkpoint.read(Note.read(kept.note).text).size
        if any(one.get("line") == kept.cosignature.strip() for one in checkpoint.get("cosignatures", ())):
            return f"{size} events, nothing new"
        if not checked(kept, self._key):
            raise Stopped(f"the newest line in {self._files.folder} is not signed with the key there")
        try:
            self._office.give(size, kept.cosignature)
        except Unreachable as error:
            if error.status != 422:
                raise
            return f"{size} events, co-signed; not taken: {error}"
        return f"{size} events, co-signed"


def _watch(one: Witness, once: bool, every: int) -> None:
    while True:
        try:
            said = one.look()
        except Unreachable as error:
            if once:
                raise click.ClickException(str(error)) from error
            said = f"not reached: {error}"
        click.echo(f"{instant(clock.system_now())} {said}")
        if once:
            return
        time.sleep(every)
