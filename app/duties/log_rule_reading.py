"""A check over logs, from the plain data of its file; everything that the language does not know is refused."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from typing import Any, get_args

from app.duties.log_rules import Condition, Events, How, Kind, Limit, LogCheck

PLAIN = frozenset({"type", "process", "element", "passes", "actor", "on_behalf_of", "unit"})
NESTED = ("answers.", "data.")
NEEDS: Mapping[Kind, frozenset[str]] = {
    "absence": frozenset({"event"}),
    "existence": frozenset({"event"}),
    "at_most": frozenset({"event", "times"}),
    "at_least": frozenset({"event", "times"}),
    "precedence": frozenset({"event", "before"}),
    "response": frozenset({"event", "then"}),
    "not_same_person": frozenset({"event", "as"}),
    "never_after": frozenset({"event", "after"}),
}
MAY = frozenset({"unless", "excused_by"})
OTHER = ("before", "then", "as", "after")
HOWS = frozenset({"not", "at_least", "at_most", "given"})


class BadRule(ValueError):
    """What does not belong to the language, in English, for who writes rules."""


def read_log_check(kind: str, given: Mapping[str, Any]) -> LogCheck:
    """kind: one of the patterns. given: what it is said of. Raises BadRule."""
    if kind not in get_args(Kind):
        raise BadRule(f"no pattern {kind}")
    named: Kind = kind  # type: ignore[assignment]
    may = MAY | ({"within_working_days", "by"} if kind == "response" else frozenset())
    missing, odd = NEEDS[named] - given.keys(), given.keys() - NEEDS[named] - may
    if missing or odd:
        raise BadRule(f"{kind}: missing {sorted(missing)}, unknown {sorted(odd)}")
    other = next((given[name] for name in OTHER if name in given), None)
    times = given.get("times", 1)
    if not isinstance(times, int) or isinstance(times, bool) or times < 0:
        raise BadRule(f"{kind}: times is a number, not {times!r}")
    return LogCheck(
        named,
        _events(given["event"]),
        None if other is None else _events(other),
        _events(given["unless"]) if "unless" in given else None,
        _events(given["excused_by"]) if "excused_by" in given else None,
        times,
        _limit(given),
    )


def _events(given: Any) -> Events:
    if not isinstance(given, Mapping) or not given:
        raise BadRule(f"events are named by conditions, not by {given!r}")
    return Events(tuple(_condition(str(name), value) for name, value in given.items()))


def _condition(name: str, value: Any) -> Condition:
    if name not in PLAIN and not name.startswith(NESTED):
        raise BadRule(f"no attribute {name}")
    if isinstance(value, Mapping):
        return _compared(name, value)
    if isinstance(value, list):
        return Condition(name, "any_of", tuple(map(_scalar, value)))
    return Condition(name, "is", _scalar(value))


def _compared(name: str, value: Mapping[str, Any]) -> Condition:
    if len(value) != 1 or not value.keys() <= HOWS:
        raise BadRule(f"{name}: one of {sorted(HOWS)}, not {sorted(value)}")
    ((how, wanted),) = value.items()
    if how == "not":
        unwanted = wanted if isinstance(wanted, list) else [wanted]
        return Condition(name, "none_of", tuple(map(_scalar, unwanted)))
    is_number = isinstance(wanted, int | float) and not isinstance(wanted, bool)
    if isinstance(wanted, bool) != (how == "given") or (how != "given" and not is_number):
        raise BadRule(f"{name}: {how} cannot be {wanted!r}")
    if name == "passes":
        raise BadRule(f"passes: {how} says nothing of elements")
    known: How = how  # type: ignore[assignment]
    return Condition(name, known, wanted)


def _scalar(value: Any) -> Any:
    if not isinstance(value, str | int | float | bool):
        raise BadRule(f"{value!r} is no text, number or boolean")
    return value


def _limit(given: Mapping[str, Any]) -> Limit | None:
    if "within_working_days" in given and "by" in given:
        raise BadRule("one limit, not two")
    if "within_working_days" in given:
        return Limit(_number(given["within_working_days"], 0, 400))
    if "by" not in given:
        return None
    by = given["by"]
    if not isinstance(by, Mapping) or not {"month", "day"} <= by.keys() <= {"month", "day", "plus_working_days"}:
        raise BadRule(f"by: month and day, not {by!r}")
    beyond = _number(by.get("plus_working_days", 0), 0, 400)
    month = _number(by["month"], 1, 12)
    return Limit(None, month, _number(by["day"], 1, monthrange(2023, month)[1]), beyond)


def _number(value: Any, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadRule(f"{value!r} is no number from {least} to {most}")
    return value
