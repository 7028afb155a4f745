"""Whether an enterprise fits a policy on a day, with every condition, the value it met and the date of that value.

A policy's conditions are rows of data: those with the same group number are joined by 且, the groups by 或. What is not
known is never taken for a no: a missing or an old figure makes the answer unknown, unless another condition of the
group excludes the enterprise anyway. That a figure is old after 18 months, and that a miss by at most 10 % is a near
one, are proposals of the product (PP).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from app.duties.months import months_after

OLDEST_MONTHS = 18
NEAR = Decimal("0.1")  # of what is required

Operator = Literal["gte", "gt", "lte", "lt", "eq", "between", "in", "not_in", "is"]
Verdict = Literal["met", "nearly", "unknown", "no", "left_out"]
Result = Literal["met", "near", "missed", "unknown"]

OPERATORS: Mapping[Operator, str] = {
    "gte": "不低于",
    "gt": "高于",
    "lte": "不高于",
    "lt": "低于",
    "eq": "等于",
    "between": "介于",
    "in": "属于",
    "not_in": "不属于",
    "is": "是否",
}
BETTER: tuple[Verdict, ...] = ("met", "nearly", "unknown", "no")  # of several groups the best one counts


@dataclass(frozen=True)
class Condition:
    """One row. value: a number, or the words that are allowed; upper: the second bound of between, included."""

    figure: str
    operator: Operator
    value: Decimal | bool | tuple[str, ...]
    upper: Decimal | None = None
    group: int = 1


@dataclass(frozen=True)
class Known:
    """A value of the enterprise's file. as_of: the last day it speaks of; None for what holds until it is changed."""

    value: Decimal | bool | str | tuple[str, ...]
    as_of: date | None = None


@dataclass(frozen=True)
class Window:
    """Days on which one may apply, both included."""

    from_on: date
    to_on: date


@dataclass(frozen=True)
class Policy:
    """What matching needs of a policy. valid_to: None while no end was set; windows: none when one may always apply."""

    key: str
    conditions: Sequence[Condition]
    valid_from: date
    valid_to: date | None = None
    windows: Sequence[Window] = ()


@dataclass(frozen=True)
class Tested:
    """One condition held against the file. gap: by which share of what is required a number misses it."""

    condition: Condition
    known: Known | None
    result: Result
    gap: Decimal | None = None
    is_old: bool = False


@dataclass(frozen=True)
class Match:
    """The answer. group: the one that decided; tested: all conditions, of all groups. next_window: where the policy is
    left out because one cannot apply on that day. closes_on: the last day to apply, None where none was set."""

    policy: str
    verdict: Verdict
    tested: Sequence[Tested] = ()
    group: int | None = None
    next_window: Window | None = None
    closes_on: date | None = None


def match(policy: Policy, profile: Mapping[str, Known], on: date) -> Match:
    """Holds the profile against the policy. A policy without conditions is for everybody."""
    if not is_valid(policy, on):
        return Match(policy.key, "left_out")
    window = window_on(policy, on)
    if policy.windows and window is None:
        return Match(policy.key, "left_out", next_window=next_window(policy, on))
    tested = [examine(condition, profile.get(condition.figure), on) for condition in policy.conditions]
    group, verdict = _best(tested)
    return Match(policy.key, verdict, tested, group, closes_on=window.to_on if window else policy.valid_to)


def is_valid(policy: Policy, on: date) -> bool:
    return policy.valid_from <= on and (policy.valid_to is None or on <= policy.valid_to)


def window_on(policy: Policy, on: date) -> Window | None:
    """The window that is open on the day, of several the one that closes last."""
    opened = [window for window in policy.windows if window.from_on <= on <= window.to_on]
    return max(opened, key=lambda window: window.to_on, default=None)


def next_window(policy: Policy, on: date) -> Window | None:
    coming = [window for window in policy.windows if window.from_on > on]
    return min(coming, key=lambda window: window.from_on, default=None)


def examine(condition: Condition, known: Known | None, on: date) -> Tested:
    if known is None:
        return Tested(condition, None, "unknown")
    if is_old(known, on):
        return Tested(condition, known, "unknown", is_old=True)
    if holds(condition, known):
        return Tested(condition, known, "met")
    gap = _gap(condition, known)
    return Tested(condition, known, "near" if gap is not None and gap <= NEAR else "missed", gap)


def is_old(known: Known, on: date) -> bool:
    """True from the day after 18 months: a figure of 2020-12-31 is good up to 2022-06-30."""
    return known.as_of is not None and on > months_after(known.as_of, OLDEST_MONTHS)


def holds(condition: Condition, known: Known) -> bool:
    """Whether the value satisfies the condition; a value of another kind than the condition's never does."""
    wanted, value = condition.value, known.value
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    if isinstance(wanted, tuple):
        words = value if isinstance(value, tuple) else (str(value),)
        return bool(set(wanted) & set(words)) == (condition.operator == "in")
    return isinstance(value, Decimal) and _compares(condition, value, wanted)


def _compares(condition: Condition, value: Decimal, wanted: Decimal) -> bool:
    match condition.operator:
        case "gte":
            return value >= wanted
        case "gt":
            return value > wanted
        case "lte":
            return value <= wanted
        case "lt":
            return value < wanted
        case "between":
            return condition.upper is not None and wanted <= value <= condition.upper
        case _:
            return value == wanted


def _gap(condition: Condition, known: Known) -> Decimal | None:
    """How far a number is off, as a share of the bound that it misses; None for words, and against nought."""
    bound, value = condition.value, known.value
    if not isinstance(value, Decimal) or not isinstance(bound, Decimal):
        return None
    if condition.operator == "between" and condition.upper is not None and value > condition.upper:
        bound = condition.upper
    return abs(value - bound) / abs(bound) if bound else None


def _best(tested: Sequence[Tested]) -> tuple[int | None, Verdict]:
    """The group that comes nearest to being met, the first of equals."""
    groups: dict[int, list[Tested]] = {}
    for one in tested:
        groups.setdefault(one.condition.group, []).append(one)
    if not groups:
        return None, "met"
    verdicts = {group: group_verdict(one.result for one in rows) for group, rows in sorted(groups.items())}
    best = min(verdicts, key=lambda group: BETTER.index(verdicts[group]))
    return best, verdicts[best]


def group_verdict(results: Iterable[Result]) -> Verdict:
    """nearly: exactly one number misses, and by little; unknown: nothing is against it but something is missing."""
    found = list(results)
    near = found.count("near")
    if "missed" in found or near > 1:
        return "no"
    if "unknown" in found:
        return "unknown"
    return "nearly" if near else "met"


def missed(found: Match) -> list[Condition]:
    """The conditions that shut the enterprise out, for the department that wrote them."""
    if found.verdict not in ("no", "nearly"):
        return []
    return [one.condition for one in found.tested if one.result in ("near", "missed")]
