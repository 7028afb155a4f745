"""A Word file as bytes: only text that XML can hold goes in, and the same paper always gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from docx.document import Document

# XML 1.0 has no place for these, and python-docx refuses them: form text pasted from elsewhere may hold some
UNPRINTABLE = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BEGINNING_OF_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
FONT_TABLE = "word/fontTable.xml"


def printable(text: str) -> str:
    """The text with line ends as \\n and without what cannot be written into a file."""
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def to_bytes(document: Document, substitutes: Mapping[str, Sequence[str]]) -> bytes:
    """The file's bytes. substitutes: for each font named in it, those a machine without it shall take.

    python-docx stamps every member with the time of writing, and its font table names Western fonts: both are replaced
    while the members are copied.
    """
    draft, final = BytesIO(), BytesIO()
    document.save(draft)
    with ZipFile(draft) as source, ZipFile(final, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = _font_table(substitutes) if name == FONT_TABLE else source.read(name)
            target.writestr(ZipInfo(name, BEGINNING_OF_ZIP_TIME), data, ZIP_DEFLATED)
    return final.getvalue()


def _font_table(substitutes: Mapping[str, Sequence[str]]) -> bytes:
    """Word asks for one stand-in only."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others[0]}"/><w:charset w:val="86"/></w:font>'
        for name, others in substitutes.items()
    )
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<?xml version="1.0" encoding="UTF-8"?><w:fonts xmlns:w="{namespace}">{fonts}</w:fonts>'.encode()
