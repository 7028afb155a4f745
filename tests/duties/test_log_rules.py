"""Each pattern finds what breaks it and nothing else; the language refuses what it does not know."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.log_rule_reading import BadRule, read_log_check
from app.duties.log_rules import Group, Happened, LogCheck, Verdict, judge
from app.workdays import STATUTORY

DAY = date(2024, 3, 1)
WORDS = "abc"
EVENTS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(["zhou", "wang", "clock"])), max_size=12)
A, B, C = ({"element": word} for word in WORDS)


def happened(*told: tuple[str, str], step: int = 1) -> list[Happened]:
    return [
        Happened("one", place + 1, DAY + timedelta(days=place * step), "user_task_completed", "p", word, actor=who)
        for place, (word, who) in enumerate(told)
    ]


def by(text: str, who: str = "zhou") -> list[Happened]:
    return happened(*((word, who) for word in text))


def found(check: LogCheck, events: list[Happened], *, is_ended: bool = True, today: date = DAY) -> list[int]:
    return [one.seq for one in verdict(check, events, is_ended=is_ended, today=today).violations]


def verdict(check: LogCheck, events: list[Happened], *, is_ended: bool = True, today: date = DAY) -> Verdict:
    return judge(check, Group(events, is_ended, today, STATUTORY))


@given(EVENTS)
def test_absence_names_every_such_event(told: list[tuple[str, str]]) -> None:
    events = happened(*told)

    assert found(read_log_check("absence", {"event": A}), events) == [one.seq for one in events if one.element == "a"]


@given(EVENTS)
def test_existence_is_asked_of_what_has_ended(told: list[tuple[str, str]]) -> None:
    events, check = happened(*told), read_log_check("existence", {"event": A})

    assert found(check, events) == ([len(events)] if events and not any(w == "a" for w, _ in told) else [])
    assert found(check, events, is_ended=False) == []


@given(EVENTS, st.integers(0, 4))
def test_at_most_and_at_least_count(told: list[tuple[str, str]], times: int) -> None:
    events = happened(*told)
    places = [one.seq for one in events if one.element == "a"]

    assert found(read_log_check("at_most", {"event": A, "times": times}), events) == places[times : times + 1]
    few = found(read_log_check("at_least", {"event": A, "times": times}), events)
    assert bool(few) == (bool(events) and len(places) < times)


@given(EVENTS)
def test_precedence_wants_the_other_before(told: list[tuple[str, str]]) -> None:
    events = happened(*told)
    first = next((one.seq for one in events if one.element == "b"), len(events) + 1)

    without = [one.seq for one in events if one.element == "a" and one.seq < first]
    assert found(read_log_check("precedence", {"event": A, "before": B}), events) == without


@given(EVENTS)
def test_never_after_is_the_other_way_round(told: list[tuple[str, str]]) -> None:
    events = happened(*told)
    first = next((one.seq for one in events if one.element == "b"), len(events) + 1)

    late = [one.seq for one in events if one.element == "a" and one.seq > first]
    assert found(read_log_check("never_after", {"event": A, "after": B}), events) == late


@given(EVENTS)
def test_nobody_signs_what_she_drafted_last(told: list[tuple[str, str]]) -> None:
    events, last, expected = happened(*told), "", []
    for one in events:
        if one.element == "a" and one.actor == last != "clock":
            expected.append(one.seq)
        last = (one.actor or "") if one.element == "b" else last

    assert found(read_log_check("not_same_person", {"event": A, "as": B}), events) == expected


def test_who_acts_for_somebody_is_that_somebody_too() -> None:
    drafted, signed = by("b")[0], by("a", "wang")[0]
    both = Happened("one", 2, DAY, signed.type, "p", "a", actor="wang", on_behalf_of="zhou")

    assert found(read_log_check("not_same_person", {"event": A, "as": B}), [drafted, both]) == [2]


@given(EVENTS, st.integers(0, 400))
def test_a_response_comes_in_time_or_is_waited_for_or_is_found(told: list[tuple[str, str]], passed: int) -> None:
    """Without a limit each a before the last b is answered; what waits is looked at again, and never found too soon."""
    events, today = happened(*told), DAY + timedelta(days=passed)
    unanswered = [one.seq for one in events if one.element == "a" and not _follows(events, one.seq, None)]

    assert found(read_log_check("response", {"event": A, "then": B}), events) == unanswered
    timed = read_log_check("response", {"event": A, "then": B, "within_working_days": 3})
    judged = verdict(timed, events, is_ended=False, today=today)
    for one in (one for one in events if one.element == "a"):
        limit = STATUTORY.add(one.on, 3)
        is_late = not _follows(events, one.seq, limit) and today > limit
        assert (one.seq in [violation.seq for violation in judged.violations]) == is_late
    assert judged.look_again_on is None or judged.look_again_on > today


def _follows(events: list[Happened], seq: int, limit: date | None) -> bool:
    return any(one.element == "b" and (limit is None or one.on <= limit) for one in events[seq - 1 :])


def test_a_day_of_the_year_is_the_last_working_day_before_it() -> None:
    asked = Happened("one", 1, date(2022, 12, 1), "instance_started", "p")
    check = read_log_check(
        "response", {"event": {"type": "instance_started"}, "then": B, "by": {"month": 12, "day": 31}}
    )

    assert found(check, [asked], is_ended=False, today=date(2022, 12, 30)) == []
    assert verdict(check, [asked], is_ended=False, today=date(2022, 12, 30)).look_again_on == date(2022, 12, 31)
    late = verdict(check, [asked], is_ended=False, today=date(2022, 12, 31))
    assert [one.about for one in late.violations] == ["2022-12-30"]


@given(EVENTS)
def test_what_is_excused_is_not_found(told: list[tuple[str, str]]) -> None:
    events = happened(*told)
    check = read_log_check("absence", {"event": A, "unless": {"actor": "zhou"}, "excused_by": C})
    first = next((one.seq for one in events if one.element == "c"), len(events) + 1)

    assert found(check, events) == [
        one.seq for one in events if one.element == "a" and one.actor != "zhou" and one.seq < first
    ]


@pytest.mark.parametrize(
    ("wanted", "data", "holds"),
    [
        ("red", {"x": "red"}, True),
        (["red", "blue"], {"x": "blue"}, True),
        ({"not": "red"}, {"x": "blue"}, True),
        ({"not": ["red"]}, {"x": "red"}, False),
        ({"at_least": 3}, {"x": 3}, True),
        ({"at_most": 3}, {"x": 4}, False),
        ({"at_least": 3}, {"x": "3"}, False),
        ({"given": True}, {}, False),
        ({"given": False}, {"x": ""}, True),
        (True, {"x": 1}, False),
        (True, {"x": True}, True),
    ],
)
def test_conditions_compare_what_an_event_says(wanted: Any, data: dict[str, Any], holds: bool) -> None:
    one = Happened("one", 1, DAY, "t", "p", data=data)

    assert bool(found(read_log_check("absence", {"event": {"data.x": wanted}}), [one])) == holds


def test_passing_an_element_is_not_acting_on_it() -> None:
    one = Happened("one", 1, DAY, "t", "p", "a", frozenset({"a", "issue"}))

    assert found(read_log_check("absence", {"event": {"passes": "issue"}}), [one]) == [1]
    assert found(read_log_check("absence", {"event": {"element": "issue"}}), [one]) == []
    assert found(read_log_check("absence", {"event": {"passes": {"not": ["issue"]}}}), [one]) == []


@pytest.mark.parametrize(
    ("kind", "given_"),
    [
        ("eval", {"event": A}),
        ("absence", {}),
        ("absence", {"event": A, "then": B}),
        ("absence", {"event": {}}),
        ("absence", {"event": {"__class__": "x"}}),
        ("absence", {"event": {"data.x": {"not": {"a": 1}}}}),
        ("absence", {"event": {"data.x": {"matches": ".*"}}}),
        ("absence", {"event": {"passes": {"at_least": 1}}}),
        ("at_most", {"event": A, "times": -1}),
        ("at_most", {"event": A, "times": True}),
        ("response", {"event": A, "then": B, "within_working_days": 3, "by": {"month": 1, "day": 1}}),
        ("response", {"event": A, "then": B, "by": {"month": 2, "day": 30}}),
        ("response", {"event": A, "then": B, "within_working_days": -1}),
    ],
)
def test_what_the_language_does_not_know_is_refused(kind: str, given_: dict[str, Any]) -> None:
    with pytest.raises(BadRule):
        read_log_check(kind, given_)
