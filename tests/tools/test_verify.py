"""An honest bundle is green where there is nothing but Python; every changed byte, forged key and fork is red."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app import clock
from app.ledger.note import ED25519, Checkpoint, Rotation, SecretKey, signed
from app.services.house import House
from tests import sealing, walks
from tests.tools.bundles import FILE, Opened, checks_of, held, judged, sealed, texts_of, verify

POSITIONS = 3_000


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The checker as somebody elsewhere would start it: an empty folder, no packages, no settings."""
    command = [sys.executable, "-I", "-S", str(FILE), *arguments]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def small(walked_house: House) -> bytes:
    """Of one instance, with its proofs, signed."""
    with walked_house.database.reading() as session:
        id_ = (
            session.execute(walks.select(walks.ProcessInstance.id).order_by(walks.ProcessInstance.id)).scalars().first()
        )
    with clock.held(walks.BEGIN):
        return sealing.bundle_of(walked_house, id_)


def test_a_bundle_is_green_without_the_product(bundle: bytes, walked_house: House, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    file = tmp_path / "elsewhere" / "all.zip"
    file.write_bytes(bundle)

    done = run(file.parent, "all.zip", "--key", sealing.key_of(walked_house).verifier.written)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("GREEN")
    assert "3 events beyond the newest trusted checkpoint" in done.stdout
    assert "no --key was given" not in done.stdout


def test_it_tells_programs_as_well(bundle: bytes, tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(bundle)

    told = json.loads(run(tmp_path, "all.zip", "--json").stdout)

    assert told["verdict"] == "green"
    assert told["counts"]["events"] > 100
    assert any("no --key was given" in text for text in told["not_covered"])


def test_one_instance_is_green_by_its_proofs(small: bytes, tmp_path: Path) -> None:
    report = judged(tmp_path, small)

    assert report.is_green, report.as_text()
    assert Opened(small)["proofs"]


def test_any_changed_byte_is_seen(small: bytes, tmp_path: Path) -> None:
    """A signed one: each byte of the zip's directory and seal, and three thousand others."""
    chance = Random(1)
    directory = small.index(b"PK\x01\x02")

    for position in sealing.places(chance, len(small), POSITIONS, range(directory, len(small))):
        spoilt = bytearray(small)
        spoilt[position] ^= chance.randrange(1, 256)
        report = judged(tmp_path, bytes(spoilt))
        assert report is None or not report.is_green, position


def test_any_changed_byte_of_an_unsigned_one_is_seen_too(small: bytes, tmp_path: Path) -> None:
    whole = Opened(small).packed()
    chance = Random(2)

    assert judged(tmp_path, whole).is_green
    for position in sealing.places(chance, len(whole), 300, range(len(whole) - 120, len(whole))):
        spoilt = bytearray(whole)
        spoilt[position] ^= chance.randrange(1, 256)
        report = judged(tmp_path, bytes(spoilt))
        assert report is None or not report.is_green, position


@pytest.mark.parametrize("spoil", [lambda whole: whole[:-1], lambda whole: whole + b"\n", lambda whole: b"x" + whole])
def test_bytes_before_or_behind_are_seen(small: bytes, tmp_path: Path, spoil: Any) -> None:
    report = judged(tmp_path, spoil(small))

    assert report is None or not report.is_green


def test_a_key_that_you_know_must_be_the_logs(bundle: bytes, walked_house: House, tmp_path: Path) -> None:
    key, other = sealing.key_of(walked_house), sealing.key_of(walked_house, sealing.OTHER_SEED)

    assert judged(tmp_path, bundle, trusted=[key.verifier.written]).is_green
    assert texts_of(judged(tmp_path, bundle, trusted=[other.verifier.written])) == [
        "the log is not signed with the key that you gave"
    ]


def test_who_signs_everything_anew_has_another_key(bundle: bytes, walked_house: House, tmp_path: Path) -> None:
    """The forger replaces the key and every signature: whole in itself, and not what is known outside."""
    opened = Opened(bundle)
    key, true = sealing.key_of(walked_house, sealing.OTHER_SEED), sealing.key_of(walked_house)
    opened["keys"][0]["vkey"] = key.verifier.written
    for row in opened["checkpoints"]:
        row["note"] = signed(verify.Checkpoint(row["note"]).note.text, key).written
        row["cosignatures"] = []
    forged = opened.packed()

    assert judged(tmp_path, forged).is_green
    assert checks_of(judged(tmp_path, forged, trusted=[true.verifier.written])) == {4}


def test_a_forged_signature_or_another_origin_is_seen(bundle: bytes, tmp_path: Path) -> None:
    for spoil in (
        lambda row: row.update(note=row["note"].replace("\n\n\u2014 duban", "\n\n\u2014 zuban")),
        lambda row: row.update(note=row["note"].replace("duban/", "duban/0", 1)),
        lambda row: row.update(size=row["size"] - 1),
        lambda row: row.update(note=row["note"][:-6] + "AAAA=\n"),
        lambda row: row.update(cosignatures=[row["cosignatures"][0][:-8] + "AAAAAAA="]),
    ):
        opened = Opened(bundle)
        spoil(opened["checkpoints"][1])

        assert checks_of(judged(tmp_path, opened.packed())) == {4}


def test_a_seal_of_nobody_is_told_and_a_seal_of_others_is_red(
    bundle: bytes, walked_house: House, tmp_path: Path
) -> None:
    before = bundle[: bundle.rindex(b"PK\x05\x06") + 20]
    stranger = SecretKey("duban/0123456789abcdef/sha256", ED25519, sealing.SEED)
    text = verify.Note(bundle[len(before) + 2 :].decode()).text

    unsigned = judged(tmp_path, sealed(before))
    forged = judged(tmp_path, sealed(before, signed(text, stranger).written.encode()))

    assert unsigned.is_green
    assert any("nobody has signed it" in told for told in unsigned.uncovered)
    assert checks_of(forged) == {0}


def test_held_checkpoints_bind(bundle: bytes, walked_house: House, tmp_path: Path) -> None:
    notes = [row["note"] for row in Opened(bundle)["checkpoints"]]
    key = sealing.key_of(walked_house)
    point = verify.Checkpoint(notes[-1])
    larger = signed(Checkpoint(key.name, point.size + 1000, point.root).text, key).written
    forked = signed(Checkpoint(key.name, point.size - 1, point.root).text, key).written
    foreign = signed(Checkpoint("duban/0123456789abcdef/sha256", 1, point.root).text, key).written

    assert judged(tmp_path, bundle, held=held(tmp_path, *notes)).is_green
    for note, told in ((larger, "events are gone"), (forked, "is not that of"), (foreign, "of another log")):
        report = judged(tmp_path, bundle, held=held(tmp_path, note))
        assert checks_of(report) == {4}
        assert told in texts_of(report)[0]


def test_a_log_that_lost_its_end_does_not_reach_a_held_checkpoint(bundle: bytes, tmp_path: Path) -> None:
    """The newest checkpoint and what it covers are dropped, everything else made to fit."""
    opened = Opened(bundle)
    newest = opened["checkpoints"].pop()
    size = verify.Checkpoint(opened["checkpoints"][-1]["note"]).size
    for row in opened["events"]:
        if row["index"] is not None and row["index"] >= size:
            row["index"] = None

    assert judged(tmp_path, opened.packed()).is_green
    report = judged(tmp_path, opened.packed(), held=held(tmp_path, newest["note"]))
    assert "events are gone" in texts_of(report)[0]


def rotated(opened: Opened, origin: str, *, by_both: bool = True) -> SecretKey:
    """A second key signs the newest checkpoint."""
    old, new = SecretKey(origin, ED25519, sealing.SEED), SecretKey(origin, ED25519, sealing.OTHER_SEED)
    note = signed(Rotation(origin, 1, new.verifier).text, *([old, new] if by_both else [new]))
    opened["keys"].insert(1, {"kind": "rotation", "note": note.written})
    newest = opened["checkpoints"][-1]
    newest["note"] = signed(verify.Checkpoint(newest["note"]).note.text, new).written
    newest["cosignatures"] = []
    return new


def test_a_new_key_is_followed_where_the_old_one_introduced_it(bundle: bytes, tmp_path: Path) -> None:
    opened = Opened(bundle)
    origin = opened.manifest["origin"]
    new = rotated(opened, origin)
    first = opened["keys"][0]["vkey"]

    assert judged(tmp_path, opened.packed(), trusted=[first]).is_green
    assert judged(tmp_path, opened.packed(), trusted=[new.verifier.written]).is_green

    opened = Opened(bundle)
    rotated(opened, origin, by_both=False)
    assert 4 in checks_of(judged(tmp_path, opened.packed()))


def test_a_replaced_key_signs_no_more(bundle: bytes, tmp_path: Path) -> None:
    opened = Opened(bundle)
    origin = opened.manifest["origin"]
    new = rotated(opened, origin)
    first = opened["checkpoints"][0]
    first["note"] = signed(verify.Checkpoint(first["note"]).note.text, new).written
    last = opened["checkpoints"][-1]
    old = SecretKey(origin, ED25519, sealing.SEED)
    last["note"] = signed(verify.Checkpoint(last["note"]).note.text, old).written

    assert checks_of(judged(tmp_path, opened.packed())) == {4}


def test_only_witnesses_that_you_name_count(bundle: bytes, tmp_path: Path) -> None:
    theirs = sealing.OUTSIDE.verifier.written
    stranger = SecretKey("stranger.example", 4, bytes(32)).verifier.written

    assert not any("co-signed" in told for told in judged(tmp_path, bundle, outside=[theirs]).uncovered)
    assert any("no checkpoint was co-signed" in told for told in judged(tmp_path, bundle, outside=[stranger]).uncovered)


@pytest.mark.parametrize("arguments", [("nowhere.zip",), ("receipt", "nowhere.json"), ("x.zip", "--key", "nonsense")])
def test_what_cannot_be_read_has_an_exit_code_of_its_own(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run(tmp_path, *arguments)

    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.startswith("UNREADABLE")


def test_a_byte_anywhere_is_red_also_where_nothing_can_be_unpacked_any_more(bundle: bytes, tmp_path: Path) -> None:
    chance, file = Random(7), tmp_path / "changed.zip"
    for at in sealing.places(chance, len(bundle), 40, always=(0, len(bundle) - 1)):
        file.write_bytes(bundle[:at] + bytes([bundle[at] ^ chance.randrange(1, 256)]) + bundle[at + 1 :])
        done = run(tmp_path, file.name)
        assert (done.returncode, done.stderr) == (1, ""), at
        assert done.stdout.startswith("RED"), at


@pytest.mark.parametrize("content", [b"", b"not a zip", b"{}"])
@pytest.mark.parametrize("kind", [(), ("receipt",)])
def test_a_file_of_another_kind_is_red(tmp_path: Path, content: bytes, kind: tuple[str, ...]) -> None:
    (tmp_path / "other").write_bytes(content)
    done = run(tmp_path, *kind, "other")

    assert (done.returncode, done.stderr) == (1, "")
    assert "this is no whole" in done.stdout
