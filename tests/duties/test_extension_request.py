"""The rules of 延期申请: the worked examples, and what holds of every request."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import ZONE
from app.duties.extension_request import (
    DUTY,
    Asked,
    assessed_due,
    is_in_time,
    max_extension,
    may_ask,
    needs_leader,
)
from app.workdays import STATUTORY, Calendar

CALENDAR: Calendar = STATUTORY
OLD = date(2022, 7, 22)
days = st.dates(date(2022, 1, 4), date(2024, 11, 30))
WORDS = {"reason": "上级数据口径调整，需要重新核对台账后填报。", "progress": "已完成企业名单核对，正在汇总各县数据。"}


def facts(**told: Any) -> dict[str, Any]:
    known = {"calendar": CALENDAR, "today": OLD, "opened_on": OLD, "old_due_on": OLD, "latest_on": date(2022, 7, 29)}
    units = [{"unit": "sci", "name": "扬州市科学技术局", "short_name": "市科技局"}]
    return {**known, "number": 1, "needs_leader": False, "open_tasks": {}, "units": units, **told}


def errors(task: str, answers: dict[str, Any], **told: Any) -> dict[str, str]:
    found = DUTY.check(task, answers, facts(**told))
    return {error.field: error.text for error in found if error.level == "error"}


def asked(day: str, kind: str = "no_data", **told: Any) -> dict[str, Any]:
    return {"new_due_on": day, "reason_kind": kind, **WORDS, **told}


def test_a_signature_on_the_due_day_is_in_time() -> None:
    due = date(2022, 12, 30)

    assert is_in_time(datetime(2022, 12, 30, 20, tzinfo=ZONE), due)
    assert not is_in_time(datetime(2023, 1, 3, 9, tzinfo=ZONE), due)
    assert assessed_due(due, date(2023, 1, 6), is_in_time=False, is_granted=True) == due
    assert assessed_due(due, date(2023, 1, 6), is_in_time=True, is_granted=True) == date(2023, 1, 6)
    assert assessed_due(due, None, is_in_time=True, is_granted=False) == due


@pytest.mark.parametrize(
    ("due", "limit", "latest"),
    [(date(2022, 7, 22), 5, date(2022, 7, 29)), (date(2022, 12, 30), 20, date(2023, 1, 16))],
)
def test_the_latest_day(due: date, limit: int, latest: date) -> None:
    assert max_extension(due, limit, CALENDAR) == latest


def test_never_beyond_the_campaign() -> None:
    assert max_extension(OLD, 10, CALENDAR, date(2022, 7, 24)) == OLD
    assert max_extension(OLD, 10, CALENDAR, date(2022, 7, 26)) == date(2022, 7, 26)


@pytest.mark.parametrize(
    "request_",
    [
        Asked(2, 2),
        Asked(1, 6),
        Asked(1, 1, is_red_order=True),
        Asked(1, 1, is_december_report=True),
        Asked(1, 1, is_set_by_leader=True),
    ],
)
def test_what_the_leading_group_decides(request_: Asked) -> None:
    assert needs_leader(request_)
    assert not needs_leader(Asked(1, 5))


def test_the_third_request_is_none() -> None:
    assert [may_ask(number) for number in (1, 2, 3)] == [True, True, False]


def test_the_day_asked_for() -> None:
    assert errors("write_extension", asked("2022-07-29")) == {}
    for day in ("2022-07-22", "2022-07-24"):
        assert errors("write_extension", asked(day)) == {"new_due_on": "申请延至日期须为工作日且晚于原时限"}
    assert errors("write_extension", asked("2022-08-01")) == {"new_due_on": "最多可延至2022年7月29日"}


def test_what_must_be_proved_or_named() -> None:
    assert list(errors("write_extension", asked("2022-07-29", "force_majeure"))) == ["attachments"]
    assert list(errors("write_extension", asked("2022-07-29", "other_unit"))) == ["other_unit"]
    named = asked("2022-07-29", "other_unit", other_unit="市科技局")
    assert list(errors("write_extension", named)) == ["other_unit"]
    assert errors("write_extension", named, open_tasks={"sci": ["t-1"]}) == {}


def test_another_day_is_named_and_a_refusal_explained() -> None:
    assert set(errors("review_extension", {"outcome": "other_day"})) == {"granted_on", "opinion_text"}
    assert list(errors("review_extension", {"outcome": "refused"})) == ["opinion_text"]
    assert errors("review_extension", {"outcome": "granted"}) == {}


def test_the_office_only_passes_on_what_the_leading_group_decides() -> None:
    assert DUTY.offered("review_extension", facts(needs_leader=True)) == ("to_leader",)
    assert "granted" in DUTY.offered("review_extension", facts())


def test_a_second_request_is_hinted_at() -> None:
    found = DUTY.check("write_extension", asked("2022-07-29"), facts(number=2))

    assert [(error.level, error.text) for error in found] == [("warning", "该事项已延期1次，须由领导小组批准")]


def test_steps_before_the_signature_are_due_with_the_old_limit() -> None:
    early = DUTY.due_on("write_extension", facts(opened_on=date(2022, 7, 20)))
    late = DUTY.due_on("sign_extension", facts(opened_on=date(2022, 7, 25)))

    assert early is not None
    assert late is not None
    assert (early.on, late.on) == (OLD, date(2022, 7, 25))


@given(days, st.one_of(st.none(), st.integers(0, 60)), st.one_of(st.none(), days))
def test_the_latest_day_lies_within_ten_working_days(due: date, limit: int | None, closes_on: date | None) -> None:
    latest = max_extension(due, limit, CALENDAR, closes_on)

    assert due <= latest <= CALENDAR.add(due, 10)
    if closes_on is not None and closes_on > due:
        assert latest <= closes_on


@given(days, st.booleans(), st.booleans())
def test_the_assessment_takes_one_of_both_days(old: date, in_time: bool, granted: bool) -> None:
    new = CALENDAR.add(old, 5)

    judged = assessed_due(old, new, is_in_time=in_time, is_granted=granted)

    assert judged == (new if in_time and granted else old)
