"""A Word file as PDF by LibreOffice, where the machine has one; nothing else here needs it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from app.documents.sheet import SUBSTITUTES

PROGRAMS = ("soffice", "libreoffice")
SECONDS = 60
FONT_RULES = "FONTCONFIG_FILE"  # what tells the machine's fonts apart on Linux; other systems do not read it
OWN_RULES = "/etc/fonts/fonts.conf"

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
            subprocess.run(order, check=True, capture_output=True, timeout=SECONDS, env=_with_fonts(Path(folder)))
        except (OSError, subprocess.SubprocessError) as error:
            log.warning("no pdf", error=str(error))
            return None
        made = source.with_suffix(".pdf")
        return made.read_bytes() if made.is_file() else None


def _with_fonts(folder: Path) -> dict[str, str]:
    """LibreOffice reads no font table of a file: fontconfig tells it what stands in for the faces that it lacks."""
    rules = folder / "fonts.conf"
    rules.write_text(font_rules(os.environ.get(FONT_RULES, OWN_RULES)), encoding="utf-8")
    return os.environ | {FONT_RULES: str(rules)}


def font_rules(others: str) -> str:
    """The stand-ins of the papers' faces for fontconfig, beside the machine's own rules."""
    aliases = "".join(
        f'<alias binding="same"><family>{face}</family><accept>'
        + "".join(f"<family>{name}</family>" for name in names)
        + "</accept></alias>"
        for face, names in SUBSTITUTES.items()
    )
    return f'<?xml version="1.0"?><fontconfig><include ignore_missing="yes">{others}</include>{aliases}</fontconfig>'
