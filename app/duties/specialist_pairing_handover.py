"""What passes to the successor when a specialist no longer serves an enterprise, as a list that both sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Reason = Literal["left", "moved", "retired", "leave", "declined", "rated_low", "wish", "overloaded", "office", "late"]
REASON_WORDS: dict[str, str] = {
    "left": "专员离职",
    "moved": "专员岗位调整",
    "retired": "专员退休",
    "leave": "专员长期休假",
    "declined": "专员不再承担",
    "rated_low": "企业连续评价较低",
    "wish": "企业要求更换",
    "overloaded": "专员结对企业过多",
    "office": "办公室调整",
    "late": "首次走访逾期",
}
GONE = frozenset({"left", "moved", "retired", "leave"})  # she cannot serve until somebody follows her


@dataclass(frozen=True)
class HandedOver:
    """One line of the list. due_on: None where nothing is due."""

    kind: Literal["demand", "draft", "visit"]
    title: str
    due_on: date | None


@dataclass(frozen=True)
class Succession:
    """reason: in Chinese. items: what is due first on top. is_at_once: the pairing ends before anybody follows."""

    reason: str
    items: tuple[HandedOver, ...]
    is_at_once: bool


def successor(pairing: Mapping[str, Any], reason: Reason) -> Succession:
    """What the next specialist takes over.

    pairing: {demands: [{number, title, due_on}], drafts: [{title}], next_due: {title, due_on} or None}.
    """
    items = [HandedOver("demand", f"{row['number']} {row['title']}", row["due_on"]) for row in pairing["demands"]]
    items += [HandedOver("draft", row["title"], None) for row in pairing["drafts"]]
    if pairing["next_due"]:
        items.append(HandedOver("visit", pairing["next_due"]["title"], pairing["next_due"]["due_on"]))
    return Succession(REASON_WORDS[reason], _by_due_day(items), reason in GONE)


def _by_due_day(items: Sequence[HandedOver]) -> tuple[HandedOver, ...]:
    return tuple(sorted(items, key=lambda item: item.due_on or date.max))
