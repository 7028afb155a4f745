"""Addresses that a browser sends along, to go back to: followed only where they are this site's own."""

from __future__ import annotations

from urllib.parse import urlsplit


def inside(address: str, otherwise: str) -> str:
    """The address when it leads to a page of this site, else the other one: a form leads nobody elsewhere."""
    parts = urlsplit(address.replace("\\", "/"))
    is_inside = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not address.startswith("//")
    return address if is_inside else otherwise
