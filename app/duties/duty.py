"""What a duty is to the rest of the house: its processes, its forms, and the pure rules behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Facts = Mapping[str, Any]
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field. field: dotted path; text: Chinese. A warning is shown but does not block."""

    field: str
    text: str
    level: Literal["error", "warning"] = "error"


@dataclass(frozen=True)
class Due:
    """The due day of a user task. limit_days: working days given, None without a count; rule: the Chinese sentence."""

    on: date
    limit_days: int | None
    rule: str
    provisional: bool = False


def _no_outcomes(element_id: str, facts: Facts) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Duty:
    """One duty.

    key: its id, which also names its BPMN file, module, forms and tests. clause: the measure of the plan it serves.
    processes: keys of the main process and its children. forms: user task -> name of its form. check: what a form must
    satisfy beyond its schema. due_on: the due day of a user task. due_at: due rules of drawn timers, by name.
    offered: the outcomes a form may offer now; empty means all of its schema. is_yearly: opened for a year, with parts,
    so it stands among the campaigns; nothing but the year is needed to open it.
    """

    key: str
    name: str
    clause: str
    processes: tuple[str, ...]
    forms: Mapping[str, str]
    check: Callable[[str, Answers, Facts], Sequence[FieldError]]
    due_on: Callable[[str, Facts], Due | None]
    due_at: Mapping[str, Callable[[Facts], datetime]] = field(default_factory=dict)
    offered: Callable[[str, Facts], tuple[str, ...]] = _no_outcomes
    is_yearly: bool = False
