"""Every address of the API, for tests that knock at all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Flask


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and address of every endpoint."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield method, str(rule)


def filled(address: str, id_: str) -> str:
    return re.sub(r"<[^>]+>", id_, address)
