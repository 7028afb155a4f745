"""Receipts, a log in SM3, erased payloads, and bundles of the first format."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from app.ledger.bundle import Contents, Placed, write_bundle
from app.ledger.chain import GENESIS, Event, Sealed, commitment, event_hash, payload_bytes
from app.ledger.hashing import SM3_NAME, digest_of
from app.ledger.merkle import tree_of
from app.ledger.note import ED25519, Checkpoint, SecretKey, base64_of, bundle_text, signed
from tests import sealing
from tests.tools.bundles import Opened, checks_of, judged, texts_of, verify

AT = "2023-11-06T01:30:00.000000Z"
SALT = bytes(range(16))
KEY = SecretKey("duban/0123456789abcdef/sm3", ED25519, sealing.SEED)
TABLES = ("commands", "effects", "instances", "user_tasks", "timers", "subscriptions", "incidents", "definitions")


def chained(stream: str, count: int, alg: str, erased: Iterable[int] = ()) -> list[Sealed]:
    """The last one tells that others were erased."""
    rows: list[Sealed] = []
    for seq in range(1, count + 1):
        payload = payload_bytes({"完成值": 63.2, "说明": f"第{seq}次"})
        if erased and seq == count:
            payload = payload_bytes({"act": "erased", "stream": stream, "seqs": list(erased)})
        event = Event(
            stream=stream, seq=seq, type="administered", actor="zhou", on_behalf_of=None, at=AT, at_raw=AT,
            command_key=f"k{seq}", definition_hash=None, payload_commitment=commitment(payload, SALT, alg),
            attachments=("cd" * 32,), prev=rows[-1].hash if rows else GENESIS, alg=alg,
        )  # fmt: skip
        kept = (None, None) if seq in erased else (payload, SALT)
        rows.append(Sealed(event, event_hash(event), *kept))
    return rows


def checkpoint_over(rows: list[Sealed], key: SecretKey) -> str:
    digest = digest_of(key.name.rpartition("/")[2])
    root = tree_of(digest, [bytes.fromhex(row.hash) for row in rows]).root(len(rows))
    return signed(Checkpoint(key.name, len(rows), root).text, key).written


def bundle_of(rows: list[Sealed], key: SecretKey) -> bytes:
    beside: dict[str, Any] = {f"{name}.jsonl": [] for name in (*TABLES, "proofs")}
    beside["checkpoints.jsonl"] = [{"size": len(rows), "note": checkpoint_over(rows, key), "cosignatures": []}]
    beside["keys.jsonl"] = [{"kind": "first", "vkey": key.verifier.written}]
    placed = [Placed(row, index) for index, row in enumerate(rows)]
    file = BytesIO()
    write_bundle(
        file,
        Contents(AT, "all", key.name, placed, beside),
        lambda digest: signed(bundle_text(f"{key.name}/bundle", digest), key).written,
    )
    return file.getvalue()


def test_a_log_in_sm3_with_the_library_and_without(tmp_path: Path, monkeypatch: Any) -> None:
    rows = [*chained("access", 3, SM3_NAME), *chained("administration", 6, SM3_NAME)]
    bundle = bundle_of(rows, KEY)

    assert judged(tmp_path, bundle).is_green
    monkeypatch.setitem(verify.HASHES, "sm3", verify.own_sm3)
    report = judged(tmp_path, bundle, trusted=[KEY.verifier.written])
    assert report.is_green, report.as_text()


def test_an_erased_payload_is_told_and_nothing_else_may_be_missing(tmp_path: Path) -> None:
    rows = chained("administration", 4, SM3_NAME, erased=[2])
    opened = Opened(bundle_of(rows, KEY))

    report = judged(tmp_path, opened.packed())
    assert report.is_green, report.as_text()
    assert any("1 erased" in told for told in report.uncovered)
    opened["events"][2].update(salt=None, payload=None)
    opened.manifest["erased"] = 2
    assert "no act says" in texts_of(judged(tmp_path, opened.packed()))[0]


def receipt(folder: Path, **changes: Any) -> str:
    rows = chained("administration", 7, SM3_NAME)
    proof = tree_of(digest_of(SM3_NAME), [bytes.fromhex(row.hash) for row in rows]).inclusion(4, 7)
    line = Opened(bundle_of(rows, KEY))["events"][4]
    told = {
        "format": "duban-receipt/1", "event": line["event"], "hash": line["hash"], "index": 4,
        "proof": [base64_of(step) for step in proof], "checkpoint": checkpoint_over(rows, KEY), **changes,
    }  # fmt: skip
    file = folder / "receipt.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    return str(file)


def test_a_receipt_holds_by_itself_and_only_with_the_logs_key(tmp_path: Path) -> None:
    other = SecretKey(KEY.name, ED25519, sealing.OTHER_SEED)

    assert verify.verify_receipt(receipt(tmp_path), [KEY.verifier.written]).is_green
    assert any("anybody" in told for told in verify.verify_receipt(receipt(tmp_path)).uncovered)
    assert not verify.verify_receipt(receipt(tmp_path), [other.verifier.written]).is_green


def test_a_changed_receipt_does_not_hold(tmp_path: Path) -> None:
    whole = json.loads(Path(receipt(tmp_path)).read_text())
    for changes in (
        {"event": {**whole["event"], "actor": "another"}},
        {"hash": "0" * 64},
        {"index": 5},
        {"proof": whole["proof"][:-1]},
        {"proof": [*whole["proof"], whole["proof"][0]]},
        {"checkpoint": whole["checkpoint"].replace("\n7\n", "\n8\n")},
    ):
        assert not verify.verify_receipt(receipt(tmp_path, **changes), [KEY.verifier.written]).is_green, changes


def first_format(rows: list[Sealed]) -> bytes:
    lines = [
        {name: value for name, value in line.items() if name != "index"}
        for line in Opened(bundle_of(rows, KEY))["events"]
    ]
    events = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
    heads = {row.event.stream: [row.event.seq, row.hash] for row in rows}
    manifest = {"made_at": AT, "format": "duban-bundle/1", "events": len(rows), "erased": 0, "heads": heads}
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("events.jsonl", events)
        archive.writestr("manifest.json", json.dumps({**manifest, "events_sha256": sha256(events).hexdigest()}))
    return file.getvalue()


def test_a_bundle_of_the_first_format_is_checked_as_far_as_it_goes(tmp_path: Path) -> None:
    rows = [*chained("access", 2, "sha256"), *chained("administration", 3, "sha256")]

    report = judged(tmp_path, first_format(rows))
    assert report.is_green, report.as_text()
    assert any("of the eight checks only" in told for told in report.uncovered)
    broken = [rows[0], rows[1], rows[2], rows[4]]
    assert checks_of(judged(tmp_path, first_format(broken))) == {4}
