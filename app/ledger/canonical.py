"""One value, one row of bytes: RFC 8785 (JCS) for the few types that the ledger needs.

Numbers are integers only: the one hard part of RFC 8785 is how a float is written, and no event needs one. orjson
writes text and integers as the RFC asks; what this module adds is the order of keys, by UTF-16 code units, and the
refusal of everything else.
"""

from __future__ import annotations

import unicodedata
from typing import Any

import orjson

LARGEST_INTEGER = 2**53


def canonical(value: object) -> bytes:
    """The canonical bytes of text, an integer, a boolean, null, a list or an object of these.

    Text must be in Unicode's NFC already. It is refused, not mended: mended here, a changed spelling would go unseen.
    Raises ValueError for everything else, such as a float, an integer beyond 2**53 or half a surrogate pair.
    """
    try:
        return orjson.dumps(_ordered(value))
    except (TypeError, RecursionError) as error:
        raise ValueError(f"no canonical form: {error}") from error


def _ordered(value: object) -> Any:
    """The same value, each object's keys in order."""
    if isinstance(value, str):
        return _composed(value)
    if value is None or isinstance(value, bool):
        return value
    if type(value) is int and -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        return value
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in _sorted_keys(value)}
    raise ValueError(f"no canonical form: {value!r}")


def _composed(text: str) -> str:
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    raise ValueError(f"no canonical form: {text!r} is not in NFC")


def _sorted_keys(value: dict[Any, object]) -> list[str]:
    """By UTF-16 code units: a sign beyond the basic plane comes before U+E000 to U+FFFF, unlike by code point.

    Raises TypeError for a key that is no text.
    """
    if "".join(value).isascii():
        return sorted(value)
    return sorted(value, key=lambda key: _composed(key).encode("utf-16-be"))
