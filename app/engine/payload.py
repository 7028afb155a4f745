"""What may lie in a process's data: flat scalars, and one level of collection for a multi-instance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from app.engine.faults import ModelFault

_BRICK = "typename"  # the library would take a dict with this key for one of its own objects, and never load it again
MAX_ITEMS = 2_000  # of one collection: more could not be open in one instance
_INT_BITS = 53  # what every JSON reader keeps exact


def checked(data: Mapping[str, Any], definition: str, element_id: str) -> dict[str, Any]:
    """A copy of the data that shares nothing with it. Raises ModelFault for what may not lie in a process."""
    copy = {}
    for name, value in data.items():
        if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
            raise ModelFault(definition, element_id, f"{name!r} cannot be the name of a value")
        copy[name] = _value(name, value, definition, element_id, depth=0)
    if _BRICK in copy:
        raise ModelFault(definition, element_id, f"the name {_BRICK} is reserved")
    return copy


def _value(name: str, value: Any, definition: str, element_id: str, depth: int) -> Any:
    if isinstance(value, Mapping):
        if depth == 2 or _BRICK in value or not all(isinstance(key, str) for key in value):
            raise ModelFault(definition, element_id, f"{name} is no collection of plain items")
        if len(value) > MAX_ITEMS:
            raise ModelFault(definition, element_id, f"{name} has more than {MAX_ITEMS} items")
        return {key: _value(name, item, definition, element_id, depth + 1) for key, item in value.items()}
    if not _is_scalar(value):
        raise ModelFault(definition, element_id, f"{name} is a {type(value).__name__}, not a plain value")
    return value


def _is_scalar(value: Any) -> bool:
    if value is None or isinstance(value, bool | str):
        return True
    if isinstance(value, int):
        return value.bit_length() <= _INT_BITS
    return isinstance(value, float) and math.isfinite(value)
