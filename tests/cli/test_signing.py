"""The signer beside the processes that stay, and what is left when they are killed in the middle of sealing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import Table, func, select

from app.cli import group
from app.db import table_of
from app.ledger.note import Note
from app.models.ledger import LedgerCheckpoint
from app.services import audit
from app.services.checkpoints import seal
from app.services.house import House
from app.services.log_signer.client import Signer, SignerAway
from app.services.log_tree import LEAF, log_of
from config import ROOT
from tests.cli.test_serving import free_port
from tests.duban import environment, running, until
from tests.services.streams import EVENT, add
from tests.signing import signing

SEALING = """
from app.services import log
from app.services.checkpoints import seal
from app.services.house import House
from config import from_environment
log.PAGE = 3
house = House(from_environment())
while True:
    seal(house)
"""


def is_signing(house: House) -> bool:
    with house.database.reading() as session:
        log = log_of(session.connection())
    try:
        return log is not None and bool(Signer(house.settings.signer_address).last(log.origin))
    except SignerAway:
        return False


def test_serve_brings_a_signer_which_ends_with_it_however_it_ends(house: House) -> None:
    with running(house, "serve", "--port", str(free_port())) as server:
        until(lambda: count(house, table_of(LedgerCheckpoint)) > 0, "the first checkpoint", 90)
        assert is_signing(house)
        server.send_signal(signal.SIGKILL)
        server.wait()
        until(lambda: not is_signing(house), "the signer's end")

    assert audit.verify(house).faults == ()


def test_a_sealer_that_is_killed_in_the_middle_leaves_a_log_that_holds(house: House) -> None:
    with signing(house):
        seal(house)
        for round_ in range(3):
            add(house, f"stream {round_}", 300)
            before = count(house, LEAF)
            command = [sys.executable, "-c", SEALING]
            with subprocess.Popen(command, cwd=ROOT, env=environment(house)) as sealer:
                until(lambda before=before: count(house, LEAF) > before, "the first leaves")
                sealer.send_signal(signal.SIGKILL)
        seal(house)

    assert count(house, EVENT) == count(house, LEAF)
    report = audit.verify(house).log
    assert report is not None
    assert report.found == ()
    assert report.checkpoints > 1


def count(house: House, table: Table) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_command_line_seals_rotates_and_verifies(house: House, tmp_path: Path) -> None:
    told = {name: value for name, value in environment(house).items() if name.startswith("DUBAN_")}

    def run(*words: str) -> str:
        done = CliRunner().invoke(group, words, env=told)
        assert done.exit_code == 0, done.output
        return done.output

    with signing(house):
        note = run("audit", "checkpoint")
        run("signer", "rotate")
        run("user", "add", "--login", "new", "--name", "新人", "--unit", "office")
        newer = run("audit", "checkpoint")
        first = run("signer", "key").splitlines()[0].removeprefix("first:").strip()
    (tmp_path / "held.txt").write_text(note)

    assert Note.read(newer).text != Note.read(note).text
    report = run("audit", "verify", "--key", first, "--checkpoint", str(tmp_path / "held.txt"))
    assert "2 checkpoints" in report
    (tmp_path / "held.txt").write_text(note.replace("duban/", "duban/0", 1))
    refused = CliRunner().invoke(group, ["audit", "verify", "--checkpoint", str(tmp_path / "held.txt")], env=told)
    assert refused.exit_code == 1
    assert "of another log" in refused.output
