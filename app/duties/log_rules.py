"""Properties of what happened, as data: a closed set of patterns after DECLARE, judged over the events of one group.

A group is one instance, or several that belong together. Nothing here is evaluated but what this module knows: a rule
names events by conditions over their attributes, and one of eight patterns says which of them must, may or must not
stand in which order, by when, and by whose hand. docs/rule-checks.md describes the language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from app.workdays import Calendar

How = Literal["is", "any_of", "none_of", "at_least", "at_most", "given"]
NOBODY = frozenset({"", "clock", "system"})
FAR, DAY = date.max, timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event. element: on which somebody or something acted; passed: all elements that it completed.

    on: day in China. unit: whose task it was. answers: what a form said; data: what gateways read, as it stood then.
    """

    instance: str
    seq: int
    on: date
    type: str
    process: str
    element: str = ""
    passed: frozenset[str] = frozenset()
    actor: str | None = None
    on_behalf_of: str | None = None
    unit: str | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """name: an attribute of Happened, or answers.x, data.x."""

    name: str
    how: How
    value: Any


@dataclass(frozen=True, slots=True)
class Events:
    """Those events for which all conditions hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """By when: so many working days after the event, or by a day of its year and some working days beyond."""

    working_days: int | None = None
    month: int = 12
    day: int = 31
    beyond: int = 0


Kind = Literal[
    "absence", "existence", "at_most", "at_least", "precedence", "response", "not_same_person", "never_after"
]


@dataclass(frozen=True, slots=True)
class LogCheck:
    """event: what is looked at; other: what it is held against; unless: what excuses it.

    unless is asked of the event itself; excused_by of all that happened in the group before the moment of judgment.
    """

    kind: Kind
    event: Events
    other: Events | None = None
    unless: Events | None = None
    excused_by: Events | None = None
    times: int = 1
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """events: in the order they happened. is_ended: nothing more will happen. today: in China."""

    events: Sequence[Happened]
    is_ended: bool
    today: date
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Violation:
    """At which event, and what is to be said of it: a person, a day, a number; "" where the rule says it all."""

    instance: str
    seq: int
    about: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """look_again_on: the first day on which the same events may violate the rule, None where they never can."""

    violations: tuple[Violation, ...]
    look_again_on: date | None = None


def judge(check: LogCheck, group: Group) -> Verdict:
    """An empty group violates nothing."""
    if not group.events:
        return Verdict(())
    found: list[Violation] = []
    again = FAR
    for outcome in JUDGES[check.kind](check, group):
        if isinstance(outcome, date):
            again = min(again, outcome)
        else:
            found.append(outcome)
    return Verdict(tuple(found), None if again == FAR else again)


def matches(events: Events | None, one: Happened) -> bool:
    """None matches nothing, no conditions match everything."""
    return events is not None and all(_holds(condition, one) for condition in events.conditions)


def people(one: Happened) -> frozenset[str]:
    """Who acted, and for whom; neither the clock nor the system is somebody."""
    return frozenset(login for login in (one.actor, one.on_behalf_of) if login) - NOBODY


def due_on(limit: Limit, since: date, calendar: Calendar) -> date:
    if limit.working_days is not None:
        return calendar.add(since, limit.working_days)
    stated = calendar.last_on_or_before(date(since.year, limit.month, limit.day))
    return calendar.add(stated, limit.beyond) if limit.beyond else stated


Outcomes = Iterator[Violation | date]


def _at(one: Happened, about: str = "") -> Violation:
    return Violation(one.instance, one.seq, about)


def _looked_at(check: LogCheck, group: Group) -> Iterator[tuple[int, Happened]]:
    """The events in question, with their places; an excused one is none."""
    for place, one in enumerate(group.events):
        if matches(check.event, one) and not matches(check.unless, one):
            yield place, one


def _is_excused(check: LogCheck, events: Sequence[Happened]) -> bool:
    return any(matches(check.excused_by, one) for one in events)


def _absence(check: LogCheck, group: Group) -> Outcomes:
    for place, one in _looked_at(check, group):
        if not _is_excused(check, group.events[:place]):
            yield _at(one)


def _existence(check: LogCheck, group: Group) -> Outcomes:
    if group.is_ended and not any(True for _ in _looked_at(check, group)) and not _is_excused(check, group.events):
        yield _at(group.events[-1])


def _at_most(check: LogCheck, group: Group) -> Outcomes:
    listed = [one for _, one in _looked_at(check, group)]
    if len(listed) > check.times and not _is_excused(check, group.events):
        yield _at(listed[check.times], str(len(listed)))


def _at_least(check: LogCheck, group: Group) -> Outcomes:
    count = sum(1 for _ in _looked_at(check, group))
    if group.is_ended and count < check.times and not _is_excused(check, group.events):
        yield _at(group.events[-1], str(count))


def _precedence(check: LogCheck, group: Group) -> Outcomes:
    """Each event only after the other, or with it: one step may pass both."""
    for place, one in _looked_at(check, group):
        before = group.events[: place + 1]
        if not any(matches(check.other, earlier) for earlier in before) and not _is_excused(check, before):
            yield _at(one)


def _response(check: LogCheck, group: Group) -> Outcomes:
    """Each event is followed by the other in time; without a limit, before the end. It may itself be the other."""
    for place, one in _looked_at(check, group):
        limit = FAR if check.limit is None else due_on(check.limit, one.on, group.calendar)
        after = group.events[place:]
        in_time = [later for later in after if later.on <= limit]
        if any(matches(check.other, later) for later in in_time) or _is_excused(check, in_time):
            continue
        if group.is_ended or group.today > limit:
            yield _at(one, "" if limit == FAR else limit.isoformat())
        elif limit != FAR:
            yield limit + DAY


def _not_same_person(check: LogCheck, group: Group) -> Outcomes:
    """Nobody does the event who did the newest other before it."""
    for place, one in _looked_at(check, group):
        earlier = next((past for past in reversed(group.events[:place]) if matches(check.other, past)), None)
        both = people(one) & people(earlier) if earlier is not None else frozenset()
        if both and not _is_excused(check, group.events[:place]):
            yield _at(one, "、".join(sorted(both)))


def _never_after(check: LogCheck, group: Group) -> Outcomes:
    """The event does not come once the other has happened."""
    for place, one in _looked_at(check, group):
        if any(matches(check.other, earlier) for earlier in group.events[:place]):
            yield _at(one)


JUDGES: Mapping[Kind, Callable[[LogCheck, Group], Outcomes]] = {
    "absence": _absence,
    "existence": _existence,
    "at_most": _at_most,
    "at_least": _at_least,
    "precedence": _precedence,
    "response": _response,
    "not_same_person": _not_same_person,
    "never_after": _never_after,
}


def _holds(condition: Condition, one: Happened) -> bool:
    if condition.name == "passes":
        return _among(condition, one.passed)
    value = _value(condition.name, one)
    match condition.how:
        case "is":
            return _same(value, condition.value)
        case "any_of":
            return any(_same(value, wanted) for wanted in condition.value)
        case "none_of":
            return not any(_same(value, unwanted) for unwanted in condition.value)
        case "given":
            return (value not in (None, "")) == condition.value
        case "at_least":
            return _is_number(value) and value >= condition.value
        case _:
            return _is_number(value) and value <= condition.value


def _among(condition: Condition, passed: frozenset[str]) -> bool:
    wanted = {condition.value} if condition.how == "is" else set(condition.value)
    return passed.isdisjoint(wanted) if condition.how == "none_of" else not passed.isdisjoint(wanted)


def _value(name: str, one: Happened) -> Any:
    where, _, key = name.partition(".")
    return getattr(one, where).get(key) if key else getattr(one, where)


def _same(value: Any, wanted: Any) -> bool:
    """True is not 1: what a form says is what it was said as."""
    return type(value) is type(wanted) and value == wanted if isinstance(wanted, bool) else value == wanted


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
