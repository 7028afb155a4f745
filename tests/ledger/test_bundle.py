"""A bundle can be checked with the standard library alone, by who knows only its description."""

import json
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from app.ledger.bundle import Contents, Placed, write_bundle
from app.ledger.chain import GENESIS, Event, Sealed, commitment, event_hash, payload_bytes

AT = "2023-11-06T01:30:00.000000Z"
SALT = bytes(range(16))
TIMERS = [{"task": "t", "due_at": AT}]


def history(stream: str, count: int) -> list[Sealed]:
    rows: list[Sealed] = []
    for seq in range(1, count + 1):
        payload = payload_bytes({"完成值": 63.2, "说明": f"第{seq}次"})
        event = Event(
            stream=stream,
            seq=seq,
            type="user_task_completed",
            actor="zhou",
            on_behalf_of=None,
            at=AT,
            at_raw=AT,
            command_key=f"k{seq}",
            definition_hash="ab" * 32,
            payload_commitment=commitment(payload, SALT),
            attachments=("cd" * 32,),
            prev=rows[-1].hash if rows else GENESIS,
        )
        rows.append(Sealed(event, event_hash(event), payload, SALT))
    return rows


def bundle_of(rows: list[Sealed]) -> bytes:
    file = BytesIO()
    placed = [Placed(row, place) for place, row in enumerate(rows)]
    write_bundle(file, Contents(AT, "all", None, placed, {"timers.jsonl": TIMERS}))
    return file.getvalue()


def read(bundle: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    with ZipFile(BytesIO(bundle)) as file:
        events = file.read("events.jsonl")
        manifest = json.loads(file.read("manifest.json"))
        assert {name: sha256(file.read(name)).hexdigest() for name in manifest["files"]} == manifest["files"]
    return manifest, [json.loads(line) for line in events.splitlines()]


def hash_by_the_description(event: dict[str, Any]) -> str:
    plain = json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return sha256(b"\x00" + plain + bytes.fromhex(event["prev"])).hexdigest()


def test_every_event_and_payload_can_be_proved_from_the_bundle_alone() -> None:
    manifest, lines = read(bundle_of([*history("7", 3), *history("督办", 2)]))

    assert [hash_by_the_description(line["event"]) for line in lines] == [line["hash"] for line in lines]
    for line in lines:
        salt = bytes.fromhex(line["salt"])
        proof = sha256(bytes([len(salt)]) + salt + line["payload"].encode()).hexdigest()
        assert proof == line["event"]["payload_commitment"]
    assert [line["index"] for line in lines] == [0, 1, 2, 3, 4]
    assert (manifest["events"], manifest["erased"]) == (5, 0)
    assert manifest["heads"] == {"7": [3, lines[2]["hash"]], "督办": [2, lines[4]["hash"]]}


def test_an_erased_payload_leaves_no_trace_but_its_commitment() -> None:
    kept, erased = history("7", 2)

    manifest, lines = read(bundle_of([kept, Sealed(erased.event, erased.hash, None, SALT)]))

    assert (lines[1]["payload"], lines[1]["salt"]) == (None, None)
    assert manifest["erased"] == 1


def test_the_same_events_are_the_same_bytes_and_no_events_a_bundle_too() -> None:
    assert bundle_of(history("7", 3)) == bundle_of(history("7", 3))
    assert read(bundle_of([]))[1] == []


def test_the_comment_seals_every_byte_before_its_length() -> None:
    bundle = bundle_of(history("7", 3))
    with ZipFile(BytesIO(bundle)) as file:
        comment = file.comment

    assert bundle.endswith(len(comment).to_bytes(2, "little") + comment)
    assert comment.decode() == f"duban-bundle/2\n{sha256(bundle[: -len(comment) - 2]).hexdigest()}\n"


def test_a_signer_that_answers_signs_the_seal() -> None:
    file = BytesIO()
    write_bundle(file, Contents(AT, "all", None, [], {}), lambda digest: f"signed {digest}")

    with ZipFile(file) as archive:
        assert archive.comment.startswith(b"signed ")


def test_it_is_written_to_what_cannot_go_back() -> None:
    class Pipe:
        parts: list[bytes] = []

        def write(self, data: bytes) -> None:
            self.parts.append(bytes(data))

    pipe = Pipe()
    write_bundle(pipe, Contents(AT, "all", None, [Placed(row, None) for row in history("7", 2)], {}))

    assert len(read(b"".join(pipe.parts))[1]) == 2
