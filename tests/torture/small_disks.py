"""A disk that is too small: a memory file system of a few megabytes, with ballast on it that can be thrown off."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BLOCK = 4096


class SmallDisk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"
        self._ballast.touch()

    def fill(self, leave: int) -> None:
        """Until so many bytes are free."""
        with self._ballast.open("ab", buffering=0) as file, suppress(OSError):
            while shutil.disk_usage(self.folder).free > leave:
                file.write(b"\1" * BLOCK)

    def free(self) -> None:
        os.truncate(self._ballast, 0)


@contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk]:
    """Mounted for as long as the block lasts; only root may."""
    folder = Path(tempfile.mkdtemp(prefix="duban-disk-"))
    options = f"size={megabytes}m,mode=0777"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()
