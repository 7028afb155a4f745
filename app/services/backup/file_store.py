"""Where attachments lie, for who copies them all: read one, put one, take one away."""

from __future__ import annotations

from hashlib import sha256
from typing import IO, BinaryIO, cast

import fsspec

from app.services.backup.manifest import BadArchive

CHUNK = 256 * 1024


class FileStore:
    """The folder of DUBAN_FILES_URL, on whatever fsspec reaches."""

    def __init__(self, url: str) -> None:
        self._system, self._folder = fsspec.core.url_to_fs(url)

    def open(self, id_: str) -> BinaryIO | None:
        """The file, to be read and closed, or None where there is none."""
        try:
            return cast(BinaryIO, self._system.open(self._path(id_), "rb"))
        except FileNotFoundError:
            return None

    def put(self, id_: str, source: IO[bytes], digest: str) -> bool:
        """Keep a file; whether it is new. Raises BadArchive where another one lies under its id."""
        present = self._digest(id_)
        if present is not None:
            if present != digest:
                raise BadArchive(f"{self._path(id_)} is there already and is not the file of the archive")
            return False
        self._system.makedirs(self._folder, exist_ok=True)
        growing = f"{self._path(id_)}.part"
        with self._system.open(growing, "wb") as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
        self._system.mv(growing, self._path(id_))
        return True

    def erase(self, id_: str) -> None:
        self._system.rm(self._path(id_))

    def _digest(self, id_: str) -> str | None:
        file = self.open(id_)
        if file is None:
            return None
        digest = sha256()
        with file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def _path(self, id_: str) -> str:
        return f"{self._folder}/{id_}"
