"""Opens an archive as what it is, material from outside: nothing in it is trusted before its hash was held against it.

Members are looked up by the names that the sealed manifest gives; none is ever unpacked under a name of its own.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Self
from zipfile import BadZipFile, ZipFile

import orjson

from app.services.backup.file_store import CHUNK
from app.services.backup.making import Report
from app.services.backup.manifest import LARGEST_MANIFEST, MANIFEST, BadArchive, Manifest, Part, Seal, TablePart

FILE_ID = re.compile(r"[0-9a-f]{32}")
UNREADABLE = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class Archive:
    """An archive whose manifest is sealed under our key. Its parts hold only once verify() has passed."""

    def __init__(self, zip_: ZipFile, manifest: Manifest) -> None:
        self._zip = zip_
        self.manifest = manifest

    @classmethod
    @contextmanager
    def opened(cls, file: Path, secret_key: str) -> Iterator[Self]:
        """Raises BadArchive."""
        try:
            zip_ = ZipFile(file)
        except UNREADABLE as error:
            raise BadArchive(f"{file.name} is no archive of duban backup, or only the beginning of one") from error
        with zip_:
            yield cls(zip_, Seal.of(secret_key).read(_first_bytes(zip_, MANIFEST, LARGEST_MANIFEST)))

    def verify(self, report: Report) -> None:
        """Read everything once, before anything is changed. Raises BadArchive at the first part that does not hold."""
        parts = [*self.manifest.tables, self.manifest.files]
        _require_members(self._zip, {MANIFEST, *(part.name for part in parts)})
        for part in parts:
            self._require(part)
            report("checking", 0, 0)
        for number, part in enumerate(self.files(), start=1):
            self._require(part)
            report("checking files", number, self.manifest.files.rows)

    def rows(self, part: TablePart) -> Iterator[list[Any]]:
        with self._zip.open(part.name) as member:
            for line in member:
                yield orjson.loads(line)

    def files(self) -> Iterator[Part]:
        with self._zip.open(self.manifest.files.name) as member:
            for line in member:
                id_, size, digest = orjson.loads(line)
                yield Part(f"files/{id_}", 0, size, digest)

    @contextmanager
    def file(self, part: Part) -> Iterator[IO[bytes]]:
        with self._zip.open(part.name) as member:
            yield member

    def _require(self, part: Part) -> None:
        """Hold one part against the manifest, never reading beyond the size that it says."""
        digest, size = sha256(), 0
        try:
            with self._zip.open(part.name) as member:
                while chunk := member.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    if size > part.size:
                        break
        except KeyError as error:
            raise BadArchive(f"the archive was altered: {part.name} is missing") from error
        except UNREADABLE as error:
            raise BadArchive(f"the archive is damaged: {part.name} cannot be read") from error
        if (size, digest.hexdigest()) != (part.size, part.sha256):
            raise BadArchive(f"the archive was altered: {part.name} is not what was backed up")


def _first_bytes(zip_: ZipFile, name: str, most: int) -> bytes:
    try:
        with zip_.open(name) as member:
            text = member.read(most + 1)
    except KeyError as error:
        raise BadArchive("this is no archive of duban backup: it has no manifest") from error
    except UNREADABLE as error:
        raise BadArchive("the archive is damaged: its manifest cannot be read") from error
    if len(text) > most:
        raise BadArchive("this is no archive of duban backup: its manifest is too large")
    return text


def _require_members(zip_: ZipFile, expected: set[str]) -> None:
    """Each name once, and none that we would not have written."""
    names = zip_.namelist()
    if len(names) != len(set(names)):
        raise BadArchive("the archive was altered: a member is in it twice")
    for name in names:
        if name not in expected and not (name.startswith("files/") and FILE_ID.fullmatch(name[len("files/") :])):
            raise BadArchive(f"the archive was altered: {name[:80]!r} does not belong into it")
