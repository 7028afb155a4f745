"""Small files that must not be lost: written whole or not at all, and on the disk before the call returns."""

from __future__ import annotations

import os
from pathlib import Path

MINE = 0o600  # readable for its owner only
EVERYBODYS = 0o644


def write(file: Path, text: str, mode: int = MINE) -> None:
    """A new content of the file, which is there under its name as a whole or as it was before."""
    beside = file.with_name(f".{file.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as new:
        new.write(text.encode())
        new.flush()
        os.fsync(new.fileno())
    beside.replace(file)
    sync_folder(file.parent)


def add_line(file: Path, line: str) -> None:
    """One more line at the end. What a crash left of a line before it, which nobody was told of, is cut off."""
    with file.open("ab+") as log:
        _cut_off_torn_end(log.fileno())
        log.write(line.encode() + b"\n")
        log.flush()
        os.fsync(log.fileno())
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """A new name is on the disk once its folder is. Windows has no such call, and needs none."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cut_off_torn_end(descriptor: int) -> None:
    end = os.fstat(descriptor).st_size
    while end:
        begin = max(0, end - 4096)
        os.lseek(descriptor, begin, os.SEEK_SET)
        found = os.read(descriptor, end - begin).rfind(b"\n")
        if found >= 0:
            end = begin + found + 1
            break
        end = begin
    os.ftruncate(descriptor, end)
