"""`duban witness` as a process of its own against an office over HTTP: it follows, co-signs, and catches a fork."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import select

from app.cli.witness_files import WitnessFiles
from app.db import table_of
from app.ledger.note import COSIGNATURE, BadNote, Checkpoint, Note, SecretKey, VerifierKey, read_signature
from app.models.event import EventRow
from app.models.ledger import LedgerCheckpoint, LedgerHolding, LedgerLeaf, LedgerLog, LedgerNode
from app.queries.actor import SYSTEM
from app.services import tokens, witnesses
from app.services.house import House
from config import ROOT
from tests import sealing
from tests.duban import MAIN, running, until
from tests.factories import actor
from tests.services import streams

NAME = "archive.example.cn/w1"
IN_TIME = 60  # seconds, of which a loaded machine takes its share


@pytest.fixture
def office(house: House) -> Iterator[str]:
    """The address of `duban web`, as a process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running(house, "web", "--port", str(port)):
        until(lambda: _answers(port), "the office", IN_TIME)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def arguments(house: House, office: str, tmp_path: Path) -> list[str]:
    """What the witness is started with: a token of the auditor, a folder of its own."""
    file = tmp_path / "token"
    with house.database.transaction() as session:
        file.write_text(tokens.create_token(session, actor(house, "auditor"), "见证"))
    return ["--url", office, "--token-file", str(file), "--dir", str(tmp_path / "witness"), "--name", NAME]


def test_a_witness_follows_the_office_and_stops_at_a_fork(house: House, arguments: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "witness"
    first = sealing.checkpoint(house)

    with _started(arguments, tmp_path / "log") as process:
        until(lambda: bool(list(folder.glob("checkpoints.jsonl"))), "the first checkpoint", IN_TIME)
        with house.database.transaction() as session:
            witnesses.add(session, SYSTEM, NAME, WitnessFiles(folder).key(NAME).verifier.written)
        until(lambda: _held(house) == [_size(first)], "the first cosignature", IN_TIME)
        streams.add(house, "another", 3)
        second = sealing.checkpoint(house)
        until(lambda: _held(house) == [_size(first), _size(second)], "the second cosignature", IN_TIME)

        _rewrite(house)
        third = sealing.checkpoint(house)

        assert process.wait(IN_TIME) == 3
    files = WitnessFiles(folder)
    assert [kept.note for kept in files.all()] == [first.written, second.written]
    evidence = json.loads(files.evidence().read_text())  # type: ignore[union-attr]
    assert "forked" in evidence["reason"]
    assert (evidence["held"]["note"], evidence["shown"]["note"]) == (second.written, third.written)
    assert evidence["shown"]["proof"]
    assert "STOPPED" in (tmp_path / "log").read_text()
    again = _run(arguments, "--once")
    assert (again.returncode, "has stopped" in again.stderr) == (3, True)


def test_what_a_witness_pins_and_shows(house: House, arguments: list[str], tmp_path: Path) -> None:
    """No signer yet; a key that was told by another way and is not this office's; the right one; what it then knows."""
    assert "no signer yet" in _run(arguments, "--once").stderr
    sealing.checkpoint(house)
    other = SecretKey("duban/0123456789abcdef/sha256", 1, bytes(32)).verifier.written
    elsewhere = [*arguments[:-3], str(tmp_path / "elsewhere"), *arguments[-2:]]

    assert _run(elsewhere, "--once", "--key", other).returncode == 3, "another log than the one that was pinned"
    done = _run(arguments, "--once", "--key", sealing.key_of(house).verifier.written)

    assert done.returncode == 0, done.stderr
    assert "not taken: /cosignatures: 422" in done.stdout
    shown = json.loads(_run(["show", "--dir", str(tmp_path / "witness"), "--json"]).stdout)
    assert (shown["checkpoints"], shown["evidence"]) == (1, None)
    assert "given with --key" in shown["pinned"]
    assert VerifierKey.read(shown["key"]).use == COSIGNATURE
    assert "follows" in _run(arguments, "--once", "--key", other).stderr


def test_its_files_survive_a_crash_and_keep_its_key(tmp_path: Path) -> None:
    files = WitnessFiles(tmp_path / "w")
    key = files.key(NAME)

    assert files.key(NAME) == key
    assert (tmp_path / "w" / "key").stat().st_mode & 0o077 == 0
    with pytest.raises(BadNote, match="not of other"):
        files.key("other")
    (tmp_path / "w" / "key").write_text("PRIVATE+KEY+broken")
    with pytest.raises(BadNote):
        files.key(NAME)


def _rewrite(house: House) -> None:
    """What who may write the whole database can do, together with the signer: another past, sealed anew."""
    event = table_of(EventRow)
    with house.database.writing() as connection:
        for model in (LedgerHolding, LedgerCheckpoint, LedgerLeaf, LedgerNode):
            connection.execute(table_of(model).delete())
        connection.execute(table_of(LedgerLog).update().values(size=0))
        connection.execute(event.update().where(event.c.stream == "another", event.c.seq == 1).values(hash="5" * 64))
    streams.add(house, "later", 2)


def _held(house: House) -> list[int]:
    """The sizes whose cosignature the office has, each found to be good."""
    with house.database.reading() as session:
        rows = session.scalars(select(LedgerHolding).order_by(LedgerHolding.size)).all()
        for row in rows:
            note = session.get_one(LedgerCheckpoint, row.size).note
            witness = VerifierKey.read(session.scalars(select(witnesses.LedgerWitness.vkey)).one())
            assert witness.made(read_signature(f"{row.line}\n"), Note.read(note).text)
    return [row.size for row in rows]


def _size(note: Note) -> int:
    return Checkpoint.read(note.text).size


def _started(arguments: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Looks each second. It knows nothing of the office's database: none of the settings is in its environment."""
    with log.open("wb") as out:
        return subprocess.Popen(_command([*arguments, "--every", "1"]), cwd=ROOT, env=_bare(), stdout=out, stderr=out)


def _run(arguments: list[str], *more: str) -> subprocess.CompletedProcess[str]:
    command = _command([*arguments, *more])
    return subprocess.run(
        command, cwd=ROOT, env=_bare(), capture_output=True, text=True, timeout=IN_TIME * 2, check=False
    )


def _command(arguments: list[str]) -> list[str]:
    return [sys.executable, "-c", MAIN, "witness", *arguments]


def _bare() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")}
    return {**kept, "PYTHONWARNINGS": "ignore"}


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
