"""The reminder ladder over real holidays: which rung falls on which day, who is told, and when nobody is disturbed."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.reminders import (
    Effect,
    InvalidLadder,
    Ladder,
    Recipient,
    Rung,
    due_rung,
    due_rung_since,
    read_ladder,
)
from app.workdays import STATUTORY

SHANGHAI = ZoneInfo("Asia/Shanghai")
SOURCE = (Path(__file__).parents[2] / "policies" / "reminders.yaml").read_text(encoding="utf-8")
LADDER = read_ladder(SOURCE)
DUE = date(2024, 12, 31)


def offsets_of(limit_days: int) -> list[int]:
    return [rung.offset_days for rung in LADDER.rungs(limit_days)]


@pytest.mark.parametrize(
    ("limit_days", "before"),
    [(30, [-15, -7, -3, -1]), (20, [-15, -7, -3, -1]), (19, [-3, -1]), (6, [-3, -1]), (5, [-1]), (1, [-1]), (0, [-1])],
)
def test_the_limit_of_a_task_decides_how_often_it_is_reminded(limit_days: int, before: list[int]) -> None:
    assert offsets_of(limit_days) == [*before, 1, 2, 3, 5, 10]


@pytest.mark.parametrize(
    ("today", "offset"),
    [
        (date(2024, 12, 10), -15),
        (date(2024, 12, 20), -7),
        (date(2024, 12, 26), -3),
        (date(2024, 12, 30), -1),
        (date(2025, 1, 2), 1),  # New Year's Day is free
        (date(2025, 1, 3), 2),
    ],
)
def test_rungs_are_counted_in_working_days_over_the_holiday(today: date, offset: int) -> None:
    rung = due_rung(LADDER, 22, DUE, today, STATUTORY)

    assert rung is not None
    assert rung.offset_days == offset


@pytest.mark.parametrize("today", [date(2024, 12, 27), DUE, date(2025, 1, 1), date(2025, 1, 4)])
def test_nothing_is_sent_between_the_rungs_on_the_due_day_or_on_a_free_day(today: date) -> None:
    assert due_rung(LADDER, 22, DUE, today, STATUTORY) is None


def test_a_make_up_sunday_counts_as_the_working_day_it_is() -> None:
    due = date(2024, 2, 19)  # the Monday after the Spring Festival; Sunday the 18th is worked

    rung = due_rung(LADDER, 3, due, date(2024, 2, 18), STATUTORY)

    assert rung is not None
    assert rung.offset_days == -1
    assert rung.text == "距办理时限还有 1 个工作日。"


def test_each_overdue_day_tells_the_assignee_and_the_named_days_tell_more() -> None:
    told = {}
    day = DUE
    for _ in range(10):
        day = STATUTORY.add(day, 1)
        rung = due_rung(LADDER, 22, DUE, day, STATUTORY)
        assert rung is not None
        told[rung.offset_days] = (set(rung.recipients), set(rung.effects))

    assignee = Recipient.ASSIGNEE
    assert told[1] == ({assignee}, {Effect.URGING_LETTER})
    assert told[2] == ({assignee, Recipient.UNIT_HEAD}, set())
    assert told[3] == ({assignee, Recipient.OFFICE}, {Effect.ORDER_DRAFT})
    assert told[4] == ({assignee}, set())
    assert told[5] == ({assignee, Recipient.LEADER}, {Effect.LEADER_DIGEST})
    assert told[10] == ({assignee, Recipient.OFFICE}, {Effect.BULLETIN})


def test_a_short_limit_tells_the_units_head_on_the_first_overdue_day() -> None:
    rung = due_rung(LADDER, 5, DUE, date(2025, 1, 2), STATUTORY)

    assert rung is not None
    assert rung.recipients == (Recipient.ASSIGNEE, Recipient.UNIT_HEAD)
    assert rung.effects == (Effect.URGING_LETTER,)


def test_missed_days_collapse_into_one_message_and_nothing_owed_is_lost() -> None:
    rung = due_rung_since(LADDER, 22, DUE, date(2024, 12, 25), date(2025, 1, 6), STATUTORY)

    assert rung is not None
    assert rung.offset_days == 3
    assert rung.recipients == (Recipient.ASSIGNEE, Recipient.UNIT_HEAD, Recipient.OFFICE)
    assert rung.effects == (Effect.URGING_LETTER, Effect.ORDER_DRAFT)
    assert rung.text == "已超过办理时限 3 个工作日。"


def test_missed_reminders_before_the_due_day_are_one_reminder() -> None:
    rung = due_rung_since(LADDER, 22, DUE, date(2024, 12, 2), date(2024, 12, 27), STATUTORY)

    assert rung == Rung(-3, (Recipient.ASSIGNEE,), (), "到期前提醒办理人")


def test_a_rung_that_lay_before_the_task_was_opened_is_not_sent() -> None:
    opened_on = date(2024, 12, 24)

    assert due_rung_since(LADDER, 22, DUE, opened_on, date(2024, 12, 25), STATUTORY) is None


def test_the_second_look_on_the_same_day_sends_nothing() -> None:
    today = date(2025, 1, 2)

    assert due_rung_since(LADDER, 22, DUE, today, today, STATUTORY) is None


def test_an_optional_task_is_reminded_and_nobody_else_is_told() -> None:
    rung = due_rung_since(LADDER, 5, DUE, DUE, date(2025, 1, 6), STATUTORY, optional=True)

    assert rung is not None
    assert (rung.recipients, rung.effects) == ((Recipient.ASSIGNEE,), ())


def test_a_due_day_on_a_sunday_counts_from_its_last_working_day() -> None:
    sunday = date(2023, 12, 31)

    before = due_rung(LADDER, 5, sunday, date(2023, 12, 28), STATUTORY)
    after = due_rung(LADDER, 5, sunday, date(2024, 1, 2), STATUTORY)

    assert before is not None
    assert before.offset_days == -1
    assert after is not None
    assert after.offset_days == 1


@given(st.dates(date(2022, 1, 1), date(2026, 12, 31)), st.integers(0, 40), st.integers(1, 60))
def test_looking_daily_and_looking_once_tell_the_same_people(due: date, limit_days: int, span: int) -> None:
    begin = due - timedelta(days=30)
    end = STATUTORY.first_on_or_after(begin + timedelta(days=span))
    daily = [
        rung
        for n in range(1, (end - begin).days + 1)
        if (rung := due_rung(LADDER, limit_days, due, begin + timedelta(days=n), STATUTORY))
    ]

    once = due_rung_since(LADDER, limit_days, due, begin, end, STATUTORY)

    if once is None:
        assert daily == []
    else:
        assert set(once.recipients) == {recipient for rung in daily for recipient in rung.recipients}
        assert set(once.effects) == {effect for rung in daily for effect in rung.effects}
        assert once.offset_days == daily[-1].offset_days


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("2024-12-16 09:00", "2024-12-16 09:00"),
        ("2024-12-16 08:29", "2024-12-16 08:30"),
        ("2024-12-16 18:00", "2024-12-17 08:30"),
        ("2024-12-13 18:30", "2024-12-16 08:30"),  # Friday evening
        ("2024-09-30 20:00", "2024-10-08 08:30"),  # the National Day week
        ("2024-10-12 10:00", "2024-10-12 10:00"),  # a worked Saturday
        ("2024-10-13 03:00", "2024-10-14 08:30"),
    ],
)
def test_messages_wait_for_the_next_working_hour(asked: str, allowed: str) -> None:
    at = datetime.fromisoformat(asked).replace(tzinfo=SHANGHAI)

    assert LADDER.quiet.next_allowed(at, STATUTORY) == datetime.fromisoformat(allowed).replace(tzinfo=SHANGHAI)


def test_an_instant_asked_in_utc_is_answered_in_utc() -> None:
    at = datetime(2024, 12, 16, 11, 0, tzinfo=UTC)  # 19:00 in Shanghai

    answer = LADDER.quiet.next_allowed(at, STATUTORY)

    assert answer == datetime(2024, 12, 17, 0, 30, tzinfo=UTC)
    assert answer.tzinfo is UTC
    assert not LADDER.quiet.allows(at, STATUTORY)


def test_the_digest_leaves_at_half_past_eight() -> None:
    assert LADDER.digest_time(date(2024, 12, 16)) == datetime(2024, 12, 16, 0, 30, tzinfo=UTC)
    assert LADDER.quiet.allowed_from == time(8, 30)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version: 第1版", "", "missing key 'version'"),
        ("at_least: 0", "at_least: 2", "one band must begin at 0"),
        ("before: [1]", "before: [one]", "'one' is not a whole number"),
        ("after: 2", "after: 1", "one rung a day"),
        ("recipients: [assignee, leader]", "recipients: [mayor]", "'mayor' is not a valid Recipient"),
        ("effects: [bulletin]", "effects: bulletin", "is not a valid Effect"),
        ('allowed_until: "18:00"', "allowed_until: 18:00", "1080 is not a text"),
        ('allowed_until: "18:00"', 'allowed_until: "07:00"', "earlier than allowed_until"),
        ("unit_head_on: 1", "unit_head_on: 4", "must be a day listed"),
        ("limits:", "limits: {", "not readable as YAML"),
    ],
)
def test_a_broken_policy_is_refused_with_the_reason(old: str, new: str, says: str) -> None:
    assert old in SOURCE

    with pytest.raises(InvalidLadder, match=says):
        read_ladder(SOURCE.replace(old, new))


@pytest.mark.parametrize("source", ["", "[]", "3", "limits: 3", b"\xff\xfe\xff"])
def test_anything_else_is_refused_too(source: str | bytes) -> None:
    with pytest.raises(InvalidLadder):
        read_ladder(source)


def test_the_policy_says_its_version_and_meaning_in_chinese() -> None:
    assert isinstance(LADDER, Ladder)
    assert LADDER.version == "第1版"
    assert all(rung.meaning for rung in LADDER.overdue)


def test_a_step_with_days_of_its_own_is_reminded_on_them_whatever_its_limit() -> None:
    due = date(2024, 12, 24)
    days = [date(2024, 12, day) for day in range(9, 24)]

    def told(step: str) -> list[int]:
        return [
            day.day for day in days if due_rung_since(LADDER, 5, due, day - timedelta(1), day, STATUTORY, step=step)
        ]

    assert told("confirm_score") == [19, 23]
    assert told("sign_appeal") == [23]
    assert LADDER.farthest == 15
