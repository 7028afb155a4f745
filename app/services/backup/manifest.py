"""What an archive says of itself: which tables and files are in it, with their hashes, under a MAC of the secret key.

    tables/<table>.jsonl   a JSON array for each row, in the order of the part's columns
    files/<id>             an attachment as it was put in
    files.jsonl            [id, size, SHA-256] of each file
    manifest.json          written last

The key itself is never in it: without DUBAN_SECRET_KEY, stored states could not be opened, so it is kept elsewhere.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Self

import orjson

FORMAT = "duban-backup"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
FILES = "files.jsonl"
LARGEST_MANIFEST = 4 << 20  # bytes


class BadArchive(Exception):
    """The file is no archive that can be restored here; the text says why, in one line, for operators."""


@dataclass(frozen=True)
class Part:
    """One member of the archive. size: bytes when unpacked; rows: lines in it."""

    name: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True)
class TablePart(Part):
    """The rows of one table. columns: [name, kind] each, in the order of a row."""

    table: str
    columns: list[list[str]]


@dataclass(frozen=True)
class Manifest:
    """made_at: by the machine's clock; clock_at: by the application's, which a demonstration drives. RFC 3339, both.

    plans: keys. streams, heads: how many chains there are, and one digest over the last event of each. missing,
    altered: attachments that were not found, or not found as they were put in, when the archive was made.
    """

    product_version: str
    revision: str
    made_at: str
    clock_at: str
    made_on: str
    plans: list[str]
    tables: list[TablePart]
    files: Part
    streams: int
    heads: str
    missing: list[str]
    altered: list[str]

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.tables)

    def counts(self) -> dict[str, int]:
        return {part.table: part.rows for part in self.tables}


@dataclass(frozen=True)
class Seal:
    """Signs manifests. mark: tells whether an archive was made under the same key, without giving it away."""

    key: bytes
    mark: str

    @classmethod
    def of(cls, secret_key: str) -> Self:
        key = sha256(b"backup:" + secret_key.encode()).digest()
        return cls(key, sha256(b"mark:" + key).hexdigest()[:16])

    def write(self, manifest: Manifest) -> bytes:
        told = asdict(manifest)
        head = {"format": FORMAT, "format_version": FORMAT_VERSION, "key": self.mark, "mac": self._mac(told)}
        return orjson.dumps({**head, **told}, option=orjson.OPT_INDENT_2)

    def read(self, text: bytes) -> Manifest:
        """Raises BadArchive where it is not ours, not whole, or made under another key."""
        told = _object(text)
        if told.pop("format", None) != FORMAT:
            raise BadArchive("this is no archive of duban backup")
        if told.pop("format_version", None) != FORMAT_VERSION:
            raise BadArchive("the archive has a newer form than this version of Duban can read")
        mark, mac = told.pop("key", None), told.pop("mac", None)
        if mark != self.mark:
            raise BadArchive(
                f"the archive was made under another DUBAN_SECRET_KEY (mark {mark}, the present key's is {self.mark}); "
                "under this key no stored state could be opened, so no process could go on"
            )
        if not isinstance(mac, str) or not hmac.compare_digest(mac, self._mac(told)):
            raise BadArchive("the archive was altered: its manifest is not the one that was sealed")
        return _manifest(told)

    def _mac(self, told: Mapping[str, Any]) -> str:
        return hmac.digest(self.key, orjson.dumps(told, option=orjson.OPT_SORT_KEYS), "sha256").hex()


def _object(text: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadArchive("the archive's manifest cannot be read") from error
    if not isinstance(told, dict):
        raise BadArchive("the archive's manifest cannot be read")
    return told


def _manifest(told: dict[str, Any]) -> Manifest:
    """Of a text under our MAC, so that its shape is the one that was written."""
    parts = {"tables": [TablePart(**part) for part in told["tables"]], "files": Part(**told["files"])}
    return Manifest(**{**told, **parts})
