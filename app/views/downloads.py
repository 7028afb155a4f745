"""Files that are written while they leave: what a view hands over is read only as fast as the browser takes it.

By then the request is over: content that asks for it, or for words in the reader's language, keeps it by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response

CSV, XES, ZIP = "text/csv", "application/xml", "application/zip"


def sent(content: Iterator[bytes], media_type: str, name: str) -> Response:
    """name: of the file, in any script; a colon, which no Windows keeps in a name, becomes an underscore."""
    file_name = quote(name.replace(":", "_"), safe="")
    return Response(
        content,
        mimetype=media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{file_name}"},
    )
