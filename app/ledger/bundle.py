"""The export bundle, `duban-bundle/2` of docs/ledger.md: to be verified by who has neither product nor database.

It is written from front to back, a row at a time, and nothing is read again: it may go straight to a browser. Behind
the members stands the manifest, which names their hashes, and the zip's comment seals every byte before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any, Protocol
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from app.ledger.chain import Sealed, hashed_fields
from app.ledger.note import bundle_text

FORMAT = "duban-bundle/2"
ALL = "all"
MANIFEST = "manifest.json"
EVENTS = "events.jsonl"
BEGINNING_OF_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same rows give the same bytes
COMMENT_LENGTH = 2  # bytes that say how long the comment is, at the end of a zip without one

Row = Mapping[str, Any]
Attest = Callable[[str], str | None]
"""Gives the signed note for the digest of a bundle, or None where no signer answers."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An event with its place in the log, None before it has one."""

    sealed: Sealed
    index: int | None


@dataclass(frozen=True)
class Contents:
    """What a bundle is written from; each is read once, in the order in which they stand here.

    rows: member -> its rows, which are written as they are. scope: ALL or an instance's id. made_at: as
    `chain.instant` writes it. events: each stream in its own order; faulty ones are written as they are.
    """

    made_at: str
    scope: str
    origin: str | None
    events: Iterable[Placed]
    rows: Mapping[str, Iterable[Row]]


@dataclass
class Manifest:
    """What the bundle holds; filled while it is written. heads: stream -> its last event as (seq, hash)."""

    made_at: str
    scope: str = ALL
    origin: str | None = None
    format: str = FORMAT
    events: int = 0
    erased: int = 0
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


class Sink(Protocol):
    """Where bytes go; it need not be able to go back."""

    def write(self, data: bytes, /) -> Any: ...


def write_bundle(file: Sink, contents: Contents, attest: Attest | None = None) -> Manifest:
    """Write everything, then the seal: the signer's where it answers, else one that shows accidents only."""
    manifest = Manifest(contents.made_at, contents.scope, contents.origin)
    passing = _Passing(file)
    with ZipFile(passing, "w") as bundle:
        _write(bundle, EVENTS, _event_lines(contents.events, manifest), manifest)
        for name, rows in contents.rows.items():
            _write(bundle, name, _lines(rows), manifest)
        bundle.writestr(_member(MANIFEST), orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
    digest = passing.digest()
    signed = attest(digest) if attest is not None else None
    comment = (signed or bundle_text(FORMAT, digest)).encode()
    file.write(len(comment).to_bytes(COMMENT_LENGTH, "little") + comment)
    return manifest


def _write(bundle: ZipFile, name: str, lines: Iterable[bytes], manifest: Manifest) -> None:
    running = sha256()
    with bundle.open(_member(name), "w", force_zip64=True) as member:
        for line in lines:
            running.update(line)
            member.write(line)
    manifest.files[name] = running.hexdigest()


def _event_lines(events: Iterable[Placed], manifest: Manifest) -> Iterator[bytes]:
    for placed in events:
        row = placed.sealed
        manifest.events += 1
        manifest.erased += row.payload is None
        manifest.heads[row.event.stream] = (row.event.seq, row.hash)
        line = {
            "event": hashed_fields(row.event),
            "hash": row.hash,
            "payload": None if row.payload is None else row.payload.decode(),
            "salt": None if row.salt is None or row.payload is None else row.salt.hex(),
            "index": placed.index,
        }
        yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _lines(rows: Iterable[Row]) -> Iterator[bytes]:
    return (orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, BEGINNING_OF_ZIP_TIME)
    member.compress_type = ZIP_DEFLATED
    return member


class _Passing:
    """Hashes what passes, all but the last two bytes, which it keeps: the length of a comment that is to come."""

    def __init__(self, file: Sink) -> None:
        self._file, self._hash, self._kept = file, sha256(), b""

    def write(self, data: bytes) -> int:
        whole = self._kept + bytes(data)
        self._kept = whole[-COMMENT_LENGTH:]
        self._hash.update(whole[:-COMMENT_LENGTH])
        self._file.write(whole[:-COMMENT_LENGTH])
        return len(data)

    def flush(self) -> None:
        """Nothing waits here but the last two bytes."""

    def close(self) -> None:
        """The file stays open for the comment."""

    def digest(self) -> str:
        return self._hash.hexdigest()
