"""The export bundle: all events with their payloads in one zip, to be verified by who has neither product nor database.

    events.jsonl    a line each: {"event": what is hashed, "hash": hex, "payload": text or null, "salt": hex or null}
    manifest.json   how many events and erased payloads, the last event of every stream, SHA-256 of events.jsonl

Each line's `event` in canonical form, between 0x00 and the bytes of its prev, gives its hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from app.ledger.chain import Sealed, hashed_fields

FORMAT = "duban-bundle/1"
EVENTS, MANIFEST = "events.jsonl", "manifest.json"
BEGINNING_OF_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same events give the same bytes


@dataclass
class Manifest:
    """What the bundle holds; filled while it is written. heads: stream -> its last event as (seq, hash)."""

    made_at: str
    format: str = FORMAT
    events: int = 0
    erased: int = 0
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    events_sha256: str = ""


def write_bundle(file: BinaryIO, rows: Iterable[Sealed], made_at: str) -> Manifest:
    """Write the rows as they come, holding one at a time. made_at: as `chain.instant` writes it.

    rows: each stream in its own order, as for `chain.faults`; faulty ones are written as they are.
    """
    manifest = Manifest(made_at)
    digest = sha256()
    with ZipFile(file, "w") as bundle:
        with bundle.open(_member(EVENTS), "w", force_zip64=True) as events:
            for line in _lines(rows, manifest):
                digest.update(line)
                events.write(line)
        manifest.events_sha256 = digest.hexdigest()
        bundle.writestr(_member(MANIFEST), orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
    return manifest


def _lines(rows: Iterable[Sealed], manifest: Manifest) -> Iterator[bytes]:
    for row in rows:
        manifest.events += 1
        manifest.erased += row.payload is None
        manifest.heads[row.event.stream] = (row.event.seq, row.hash)
        yield _line(row)


def _line(row: Sealed) -> bytes:
    line = {
        "event": hashed_fields(row.event),
        "hash": row.hash,
        "payload": None if row.payload is None else row.payload.decode(),
        "salt": None if row.salt is None or row.payload is None else row.salt.hex(),
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, BEGINNING_OF_ZIP_TIME)
    member.compress_type = ZIP_DEFLATED
    return member
