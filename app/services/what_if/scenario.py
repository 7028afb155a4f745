"""What is tried out: one change and the day until which the clock runs. Read from a form, kept as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from app.errors import InvalidForm

MOST_DAYS = 366


@dataclass(frozen=True)
class Deadline:
    """The open user tasks of one step that have one due day, of all units or one, get another due day."""

    definition_key: str
    element_id: str
    due_on: date
    new_day: date
    unit_id: str = ""


@dataclass(frozen=True)
class Lead:
    """Another unit leads an indicator or a measure. kind: indicator | measure."""

    kind: str
    number: int
    unit_id: str


Change = Deadline | Lead


@dataclass(frozen=True)
class Scenario:
    change: Change
    until: date

    def as_json(self) -> dict[str, Any]:
        kind = "deadline" if isinstance(self.change, Deadline) else "lead"
        told = {
            name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self.change).items()
        }
        return {"kind": kind, "change": told, "until": self.until.isoformat()}


def read(asked: Mapping[str, str], today: date) -> Scenario:
    """kind; step (`key.element:day`), unit, new_day, or subject (`indicator:5`), lead; until. Raises InvalidForm."""
    errors: list[tuple[str, str]] = []
    until = _day(asked, "until", "请选择推演到哪一天", errors)
    if until is not None and not today < until <= today + timedelta(days=MOST_DAYS):
        errors.append(("until", f"推演截止日应在今天之后、{MOST_DAYS} 天以内"))
    change = _lead(asked, errors) if asked.get("kind") == "lead" else _deadline(asked, today, errors)
    if errors or change is None or until is None:
        raise InvalidForm(errors)
    return Scenario(change, until)


def _deadline(asked: Mapping[str, str], today: date, errors: list[tuple[str, str]]) -> Deadline | None:
    step, _, due = asked.get("step", "").rpartition(":")
    key, _, element = step.partition(".")
    due_on = _day({"step": due}, "step", "请选择要调整时限的事项", errors)
    if due_on is not None and not element:
        errors.append(("step", "请选择要调整时限的事项"))
    new_day = _day(asked, "new_day", "请选择新的办理时限", errors)
    if new_day is not None and new_day < today:
        errors.append(("new_day", "新的办理时限不能早于今天"))
    if errors or new_day is None or due_on is None:
        return None
    return Deadline(key, element, due_on, new_day, asked.get("unit", ""))


def _lead(asked: Mapping[str, str], errors: list[tuple[str, str]]) -> Lead | None:
    kind, _, number = asked.get("subject", "").partition(":")
    if kind not in ("indicator", "measure") or not number.isdecimal():
        errors.append(("subject", "请选择指标或任务"))
    if not asked.get("lead"):
        errors.append(("lead", "请选择新的牵头单位"))
    return None if errors else Lead(kind, int(number), asked["lead"])


def _day(asked: Mapping[str, str], name: str, missing: str, errors: list[tuple[str, str]]) -> date | None:
    try:
        return date.fromisoformat(asked.get(name, ""))
    except ValueError:
        errors.append((name, missing))
        return None


def from_json(told: Mapping[str, Any]) -> Scenario:
    """What as_json() gave."""
    change = dict(told["change"])
    until = date.fromisoformat(told["until"])
    if told["kind"] == "lead":
        return Scenario(Lead(**change), until)
    due_on, new_day = (date.fromisoformat(change.pop(name)) for name in ("due_on", "new_day"))
    return Scenario(Deadline(**change, due_on=due_on, new_day=new_day), until)
