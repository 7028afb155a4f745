"""Which files may be uploaded, told by what stands in them and not by their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO
from zipfile import BadZipFile, ZipFile

ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class FileType:
    """part: a member that only this kind of ZIP file has; empty for a file that is no ZIP."""

    suffixes: tuple[str, ...]
    media_type: str
    signature: bytes
    part: str = ""

    def fits(self, file: IO[bytes]) -> bool:
        return _begins_with(file, self.signature) and (not self.part or _has_part(file, self.part))


OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = (
    FileType((".pdf",), "application/pdf", b"%PDF-"),
    FileType((".docx",), f"{OFFICE}.wordprocessingml.document", ZIP, "word/document.xml"),
    FileType((".xlsx",), f"{OFFICE}.spreadsheetml.sheet", ZIP, "xl/workbook.xml"),
    FileType((".ofd",), "application/ofd", ZIP, "OFD.xml"),
    FileType((".jpg", ".jpeg"), "image/jpeg", b"\xff\xd8\xff"),
    FileType((".png",), "image/png", b"\x89PNG\r\n\x1a\n"),
)
NAMES = "PDF、DOCX、XLSX、OFD、JPG、PNG"


def type_of(name: str, file: IO[bytes]) -> FileType | None:
    """The type that both the name and the content say; None where they are of none, or not of the same."""
    suffix = PurePath(name).suffix.lower()
    return next((type_ for type_ in TYPES if suffix in type_.suffixes and type_.fits(file)), None)


def _begins_with(file: IO[bytes], signature: bytes) -> bool:
    return _from_start(file, lambda: file.read(len(signature)) == signature)


def _has_part(file: IO[bytes], part: str) -> bool:
    """Reads the list of members only; nothing is unpacked."""

    def look() -> bool:
        try:
            with ZipFile(file) as archive:
                return part in archive.namelist()
        except BadZipFile:
            return False

    return _from_start(file, look)


def _from_start(file: IO[bytes], look: Callable[[], bool]) -> bool:
    file.seek(0)
    answer = look()
    file.seek(0)
    return answer
