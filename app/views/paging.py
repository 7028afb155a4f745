"""«加载更多»: the address of a list's next page, and whether htmx asks for its rows alone."""

from __future__ import annotations

from typing import Any

from flask import request, url_for


def next_page(endpoint: str, next_cursor: str | None) -> str:
    """The same list with the same filters from next_cursor on; "" on the last page."""
    following: dict[str, Any] = {**request.args, "cursor": next_cursor}
    return url_for(endpoint, **following) if next_cursor else ""


def wants_rows() -> bool:
    return bool(request.args.get("cursor") and request.headers.get("HX-Request"))
