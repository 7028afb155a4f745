"""What may be handed to an uploaded process, which has no form that would say it: the engine's own rule, by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine import ModelFault, checked_data
from app.errors import InvalidForm

UNFIT = "应为文字、数字、是否或空，名称由字母、数字和下划线组成"


def require_data(variables: Mapping[str, Any]) -> None:
    """For a start: plain values, and one level of collection for a multi-instance. Raises InvalidForm."""
    _refuse([name for name, value in variables.items() if not _is_fit(name, value)])


def require_scalars(variables: Mapping[str, Any]) -> None:
    """For a user task: plain values. Raises InvalidForm."""
    _refuse([name for name, value in variables.items() if isinstance(value, Mapping) or not _is_fit(name, value)])


def _is_fit(name: str, value: Any) -> bool:
    try:
        checked_data({name: value}, "", "")
    except ModelFault:
        return False
    return True


def _refuse(names: list[str]) -> None:
    if names:
        raise InvalidForm([(f"variables.{name}", UNFIT) for name in names])
