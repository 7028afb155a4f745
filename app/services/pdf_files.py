"""A Word file as PDF by LibreOffice, where the machine has one; nothing else here needs it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

PROGRAMS = ("soffice", "libreoffice")
SECONDS = 60

log = structlog.get_logger()


def program() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def as_pdf(word_file: bytes) -> bytes | None:
    """None where the machine has no LibreOffice, or it gave nothing: the page then offers the print view."""
    soffice = program()
    if soffice is None:
        return None
    with TemporaryDirectory() as folder:
        source = Path(folder) / "paper.docx"
        source.write_bytes(word_file)
        profile = f"-env:UserInstallation=file://{folder}/profile"  # each call alone, or the second one waits for ever
        order = [soffice, "--headless", profile, "--convert-to", "pdf", "--outdir", folder, str(source)]
        try:
            subprocess.run(order, check=True, capture_output=True, timeout=SECONDS)
        except (OSError, subprocess.SubprocessError) as error:
            log.warning("no pdf", error=str(error))
            return None
        made = source.with_suffix(".pdf")
        return made.read_bytes() if made.is_file() else None
