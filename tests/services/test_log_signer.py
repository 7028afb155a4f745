"""The signer signs a log that has grown, nothing else, and remembers it whatever becomes of its process."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import durable
from app.ledger.hashing import DIGESTS
from app.ledger.merkle import Tree, tree_of
from app.ledger.note import BadNote, Checkpoint, Note, VerifierKey, bundle_text, followed, origin_of, who_signed
from app.services.log_signer.answers import answer
from app.services.log_signer.client import Signer, SignerAway, SignerRefused
from app.services.log_signer.keeper import MEMORY, Keeper, NothingToRotate, SignerDamaged
from config import ROOT, BadSetting, SignerSettings, signer_from_environment
from tests import signing
from tests.duban import until

ORIGIN, OTHER = (origin_of(bytes([number]) * 8, "sha256") for number in (1, 2))
T = DIGESTS["sha256"]
HONEST = tree_of(T, [bytes([number]) * 32 for number in range(40)])
FORGED = tree_of(T, [bytes([number ^ 1]) * 32 for number in range(40)])


def at(size: int, origin: str = ORIGIN, tree: Any = HONEST) -> Checkpoint:
    return Checkpoint(origin, size, tree.root(size))


def answering(directory: Path, address: str = "") -> AbstractContextManager[Signer]:
    return signing.answering(SignerSettings(directory, address or f"unix:{directory}/socket"))


@pytest.fixture
def signer(tmp_path: Path) -> Iterator[Signer]:
    with answering(tmp_path / "s") as signer:
        yield signer


def refusal_of(ask: Any) -> str:
    with pytest.raises(SignerRefused) as refused:
        ask()
    assert str(refused.value)
    return refused.value.code


def test_a_log_that_grows_is_signed(signer: Signer) -> None:
    first = signer.sign(at(3), [])
    second = signer.sign(at(7), HONEST.consistency(3, 7))

    key = VerifierKey.read(signer.keys(ORIGIN).current)
    for note, checkpoint in ((first, at(3)), (second, at(7))):
        assert Checkpoint.read(Note.read(note).text) == checkpoint
        assert Note.read(note).is_signed_by(key)
    assert signer.last(ORIGIN) == second == signer.sign(at(7), [])


@pytest.mark.parametrize(
    ("checkpoint", "proof", "code"),
    [
        (at(6), HONEST.consistency(6, 7), "smaller"),
        (at(7, tree=FORGED), [], "forked"),
        (at(9), [], "unproved"),
        (at(9), HONEST.consistency(6, 9), "unproved"),
        (at(9, tree=FORGED), FORGED.consistency(7, 9), "unproved"),
        (at(9, OTHER), HONEST.consistency(7, 9), "another_log"),
        (at(0), [], "malformed"),
        (Checkpoint("duban/x", 9, HONEST.root(9)), [], "malformed"),
    ],
)
def test_whatever_else_is_refused(signer: Signer, checkpoint: Checkpoint, proof: list[bytes], code: str) -> None:
    before = signer.sign(at(7), [])

    assert refusal_of(lambda: signer.sign(checkpoint, proof)) == code
    assert signer.last(ORIGIN) == before


def test_a_signer_that_comes_back_knows_what_it_signed(tmp_path: Path) -> None:
    with answering(tmp_path) as signer:
        note, key = signer.sign(at(7), []), signer.keys(ORIGIN)
    with answering(tmp_path) as signer:
        assert (signer.last(ORIGIN), signer.keys(ORIGIN)) == (note, key)
        assert refusal_of(lambda: signer.sign(at(6), [])) == "smaller"


def test_what_is_signed_is_on_the_disk_before_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(tmp_path) as signer:
        signer.sign(at(3), [])

        def full(*_arguments: Any, **_options: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(durable, "write", full)
        assert refusal_of(lambda: signer.sign(at(7), HONEST.consistency(3, 7))) == "disk"
        monkeypatch.undo()
        assert signer.sign(at(5), HONEST.consistency(3, 5))


def test_key_and_memory_are_the_owners_only(tmp_path: Path, signer: Signer) -> None:
    signer.sign(at(3), [])

    for name in ("key-0", MEMORY):
        assert stat.S_IMODE((tmp_path / "s" / name).stat().st_mode) == 0o600


def test_a_bundle_is_attested_once_the_log_was_sealed(signer: Signer) -> None:
    assert refusal_of(lambda: signer.attest_bundle(ORIGIN, "ab" * 32)) == "unbound"
    signer.sign(at(3), [])

    note = Note.read(signer.attest_bundle(ORIGIN, "ab" * 32))

    assert note.text == bundle_text(f"{ORIGIN}/bundle", "ab" * 32)
    assert note.is_signed_by(VerifierKey.read(signer.keys(ORIGIN).current))
    assert refusal_of(lambda: signer.attest_bundle(ORIGIN, "no digest")) == "malformed"


def test_the_old_key_introduces_the_new_one_and_is_gone(tmp_path: Path, signer: Signer) -> None:
    keeper = Keeper(tmp_path / "s")
    with pytest.raises(NothingToRotate):
        keeper.rotate()
    before = signer.sign(at(3), [])

    notes = [keeper.rotate(), keeper.rotate()]

    keys = signer.keys(ORIGIN)
    chain = followed(VerifierKey.read(keys.first), keys.rotations)
    after = signer.sign(at(7), HONEST.consistency(3, 7))
    assert list(keys.rotations) == notes
    assert chain[-1].written == keys.current
    assert [who_signed(Note.read(note), chain) for note in (before, after)] == [0, 2]
    assert [file.name for file in (tmp_path / "s").glob("key-*")] == ["key-2"]


def test_a_log_that_was_left_is_closed_for_ever(tmp_path: Path, signer: Signer) -> None:
    signer.sign(at(7), [])
    Keeper(tmp_path / "s").follow(OTHER)

    assert refusal_of(lambda: signer.sign(at(9), HONEST.consistency(7, 9))) == "closed"
    assert signer.sign(at(2, OTHER), [])
    for origin in (ORIGIN, OTHER):
        with pytest.raises(BadNote):
            Keeper(tmp_path / "s").follow(origin)


@pytest.mark.parametrize("name", [MEMORY, "key-0"])
@pytest.mark.parametrize("content", [None, "", "{}", "00", '{"rotations": [], "former": [], "note": "x"}'])
def test_without_its_key_or_its_memory_it_signs_nothing(tmp_path: Path, name: str, content: str | None) -> None:
    with answering(tmp_path) as signer:
        signer.sign(at(3), [])
        if content is None:
            (tmp_path / name).unlink()
        else:
            (tmp_path / name).write_text(content)

        assert refusal_of(lambda: signer.sign(at(7), HONEST.consistency(3, 7))) == "damaged"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
requests = json_values | st.fixed_dictionaries(
    {"ask": st.sampled_from(["sign", "key", "last", "attest"])},
    optional={
        "origin": st.sampled_from([ORIGIN, OTHER]) | json_values,
        "size": json_values,
        "root": json_values,
        "proof": json_values,
        "kind": st.just("bundle") | json_values,
        "digest": json_values,
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(requests)
def test_any_request_is_answered(tmp_path: Path, request_: object) -> None:
    said = answer(Keeper(tmp_path), request_)

    assert "error" in said or said.keys() in ({"first", "current", "rotations"}, {"note"})
    with pytest.raises(SignerDamaged), Keeper(tmp_path).opened():
        raise SignerDamaged  # the lock is free again


def test_a_line_that_is_no_json_is_refused_and_the_next_one_answered(tmp_path: Path, signer: Signer) -> None:
    with socket.socket(socket.AF_UNIX) as connection, connection.makefile("rwb") as file:
        connection.connect(str(tmp_path / "s" / "socket"))
        for line in (b"nonsense\n", b"\xff\n", b"[]\n"):
            file.write(line)
            file.flush()
            assert b'"unknown"' in file.readline()


def test_on_tcp_too(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with answering(tmp_path, f"tcp:127.0.0.1:{port}") as signer:
        assert signer.sign(at(3), [])


def test_who_asks_nobody_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(SignerAway, match="no signer answers"):
        Signer(f"unix:{tmp_path}/socket").last(ORIGIN)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "socket"))
        silent.listen()
        with pytest.raises(SignerAway, match="timed out"):
            Signer(f"unix:{tmp_path}/socket", timeout=0.1).last(ORIGIN)


def test_two_signers_do_not_share_an_address(tmp_path: Path) -> None:
    with answering(tmp_path), pytest.raises(BadSetting, match="answers at"), answering(tmp_path):
        pass


@pytest.mark.parametrize("address", ["unix:relative", "tcp:0.0.0.0:8010", "tcp:127.0.0.1", "http://x", "tcp:a.cn:1"])
def test_it_listens_on_this_machine_only(address: str) -> None:
    with pytest.raises(BadSetting, match="DUBAN_SIGNER"):
        signer_from_environment({"DUBAN_SIGNER": address})


def process(directory: Path, code: str) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")}
    environment = {**kept, "DUBAN_SIGNER_DIR": str(directory)}
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdin=subprocess.PIPE)


CHILD = "from app.services.log_signer.server import serve_parent; serve_parent()"


def is_there(signer: Signer) -> bool:
    try:
        signer.last(ORIGIN)
    except SignerAway:
        return False
    return True


def test_a_signer_that_is_killed_has_forgotten_nothing_that_it_told(tmp_path: Path) -> None:
    signer, tree, told = Signer(f"unix:{tmp_path}/socket"), tree_of(T, [bytes(32)] * 4096), 0
    for _ in range(3):
        with process(tmp_path, CHILD) as child:
            until(lambda: is_there(signer), "the signer")
            kept = signer.last(ORIGIN)
            remembered = Checkpoint.read(Note.read(kept).text).size if kept else 0
            assert told <= remembered <= told + 1
            killer = Timer(0.3, child.send_signal, [signal.SIGKILL])
            killer.start()
            told = signed_until_it_ends(signer, tree, remembered)
            killer.join()
    assert told > 3


def signed_until_it_ends(signer: Signer, tree: Tree, size: int) -> int:
    """The size of the last checkpoint that was told."""
    while True:
        try:
            signer.sign(at(size + 1, tree=tree), tree.consistency(size, size + 1))
        except SignerAway:
            return size
        size += 1


def test_the_child_of_a_process_ends_with_it(tmp_path: Path) -> None:
    signer = Signer(f"unix:{tmp_path}/socket")
    with process(tmp_path, CHILD) as child:
        until(lambda: is_there(signer), "the signer")
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(30) == 0
    assert not (tmp_path / "socket").exists()
