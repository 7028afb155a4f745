"""The rules of 专精特新企业服务月: its worked examples, its dates, its forms, and what always holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.credit_code import with_check_character
from app.duties.limits import end_of
from app.duties.service_month import DUTY, outcomes_offered
from app.duties.service_month_calendar import (
    Planned,
    codes_in,
    invited,
    invited_at_once,
    is_time,
    moment,
    same_place,
)
from app.duties.service_month_counting import COUNTED_KINDS, KINDS, is_counted, reach, satisfaction
from app.duties.service_month_dates import due_on, is_unreported, month_closes_at, offers_close_at
from app.workdays import STATUTORY

DAY = date(2022, 9, 14)
MONTH = {"from_on": date(2022, 9, 1), "to_on": date(2022, 9, 30)}
CODES = [with_check_character(f"91321000MA{number:07d}") for number in range(20)]
UNITS = {"市工信局": "miit", "邗江区": "hanjiang", "高邮市": "gaoyou", "市金融监管局": "lfb"}
ROW = {
    "title": "专精特新企业融资对接会",
    "kind": "finance",
    "on_day": "2022-09-14",
    "place": "市会议中心",
    "number": 40,
    "chain": "all",
    "level": "specialised",
    "contact": "王工 0514-8000000",
}


def facts(**more: Any) -> dict[str, Any]:
    return {
        "calendar": STATUTORY,
        "today": date(2022, 7, 1),
        "opened_on": date(2022, 7, 1),
        "month": MONTH,
        "unit_named": UNITS.get,
        "offers": {1: "hanjiang", 2: "gaoyou"},
        "localities": {"hanjiang": "邗江区", "gaoyou": "高邮市"},
        "moves": 0,
        "known": lambda codes: set(CODES),
        "activity": {"on_day": DAY, "on_time": "14:30"},
        **more,
    }


def said(element_id: str, answers: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    return [(error.field, error.text) for error in DUTY.check(element_id, answers, facts(**more))]


def test_forty_activities_with_nine_hundred_places_reach_five_hundred_and_twenty_enterprises() -> None:
    codes = [str(number % 520) for number in range(900)]
    activities = [codes[start : start + 23] for start in range(0, 900, 23)]

    assert len(activities) == 40
    assert reach(activities) == 520


@pytest.mark.parametrize(
    ("kind", "firms", "is_reported", "counts"),
    [
        ("finance", 4, True, False),
        ("finance", 5, True, True),
        ("supply", 12, True, True),
        ("supply", 12, False, False),
        ("training", 200, True, False),
    ],
)
def test_what_counts_in_an_indicator(kind: str, firms: int, is_reported: bool, counts: bool) -> None:
    assert is_counted(kind, firms, is_reported=is_reported) is counts


def test_nine_ratings_give_no_figure_and_twenty_give_one() -> None:
    assert satisfaction(["yes"] * 9 + [None] * 30) is None
    assert satisfaction(["yes"] * 15 + ["fair"] * 4 + ["no"]) == Decimal("95.0")


@given(st.lists(st.frozensets(st.sampled_from(CODES[:6]), max_size=6), max_size=6))
def test_reach_is_never_more_than_the_places_and_does_not_know_an_order(activities: list[frozenset[str]]) -> None:
    assert reach(activities) <= sum(len(codes) for codes in activities)
    assert reach(activities) == reach(list(reversed(activities))) == reach([*activities, *activities])
    assert all(reach(activities) >= len(codes) for codes in activities)


@given(st.sampled_from(sorted(KINDS)), st.integers(0, 50), st.integers(0, 50), st.booleans())
def test_more_enterprises_never_make_an_activity_count_less(kind: str, few: int, more: int, reported: bool) -> None:
    less = is_counted(kind, few, is_reported=reported)

    assert not less or is_counted(kind, few + more, is_reported=reported)
    assert not less or kind in COUNTED_KINDS


@given(
    st.lists(st.sampled_from(CODES), unique=True), st.frozensets(st.sampled_from(CODES)), st.integers(5, 12), st.text()
)
def test_an_invitation_goes_to_whoever_is_free_and_to_no_more_than_there_are_seats(
    fitting: list[str], busy: frozenset[str], seats: int, key: str
) -> None:
    chosen = invited(key, (), fitting, busy, seats)

    assert chosen == invited(key, (), list(reversed(fitting)), busy, seats)
    assert set(chosen) <= set(fitting) - busy
    assert len(chosen) == min(seats, len(set(fitting) - busy))
    assert invited(key, CODES[:2], fitting, busy, seats) == CODES[:2]


@given(st.lists(st.sampled_from(CODES), unique=True), st.sampled_from(["\n", "、", ", ", ";"]))
def test_codes_are_read_whatever_stands_between_them(codes: list[str], between: str) -> None:
    assert list(codes_in(between.join(code.lower() for code in [*codes, *codes]))) == codes


def test_the_same_enterprise_on_one_day_and_the_same_place_are_told() -> None:
    one, two = Planned(1, DAY, "市会议中心", (CODES[0], CODES[1])), Planned(2, DAY, "市会议 中心", (CODES[0],))
    other = Planned(3, date(2022, 9, 15), "市会议中心", (CODES[0],))
    online = [Planned(4, DAY, "线上 腾讯会议"), Planned(5, DAY, "线上 腾讯会议")]

    assert invited_at_once([one, two, other, *online]) == {1: 2, 2: 2}
    assert same_place([one, two, other, *online]) == {1, 2}


def test_composing_warns_and_does_not_forbid() -> None:
    offers = [{"no": 1, "is_kept": True, **ROW, "firms": CODES[0]}, {"no": 2, "is_kept": False, **ROW}]
    added = [{"unit_name": "市工信局", **ROW, "firms": CODES[0]}]

    found = DUTY.check("compose_month", {"offers": offers, "added": added}, facts())

    assert {error.level for error in found} == {"warning"}
    assert [(error.field, error.text) for error in found] == [
        ("offers.0.firms", "同一企业同日被邀请2场"),
        ("added.0.firms", "同一企业同日被邀请2场"),
        ("offers.0.place", "同一场地时间冲突"),
        ("added.0.place", "同一场地时间冲突"),
        ("offers", "没有活动的属地：高邮市"),
    ]


@pytest.mark.parametrize(
    ("element_id", "answers", "field"),
    [
        ("frame_month", {"from_on": "2022-09-01", "to_on": "2022-09-10", "kinds": [{"wanted": 3}]}, "to_on"),
        ("frame_month", {"from_on": "2022-06-30", "to_on": "2022-07-20", "kinds": [{"wanted": 3}]}, "from_on"),
        ("frame_month", {"from_on": "2022-09-01", "to_on": "2022-09-30", "kinds": [{}]}, "kinds"),
        ("offer_activities", {}, "rows"),
        ("offer_activities", {"none": True, "rows": [ROW]}, "none"),
        ("offer_activities", {"rows": [{**ROW, "on_day": "2022-10-01"}]}, "rows.0.on_day"),
        ("offer_activities", {"rows": [{**ROW, "firms": "9132"}]}, "rows.0.firms"),
        ("offer_activities", {"rows": [{**ROW, "co_units": "市工信局、没有局"}]}, "rows.0.co_units"),
        ("compose_month", {"offers": [{"no": 1, **ROW}]}, "offers"),
        ("compose_month", {"offers": [], "added": [{**ROW, "unit_name": "没有局"}]}, "added.0.unit_name"),
        ("confirm_activity", {"on_day": "2022-06-30", "on_time": "14:30"}, "on_day"),
        ("confirm_activity", {"on_day": "2022-09-14", "on_time": "25:00"}, "on_time"),
        ("report_activity", {"outcome": "moved", "new_time": "09:00", "moved_reason": "疫情"}, "new_day"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(element_id: str, answers: dict[str, Any], field: str) -> None:
    assert field in [name for name, _ in said(element_id, answers)]


HELD = {"outcome": "held", "firms": "\n".join(CODES[:5]), "firm_number": 5, "people": 9, "scan": ["a"], "photos": ["b"]}
HELD |= {"result": "达成融资意向三千万元，签约两项。"}


def test_a_report_names_as_many_enterprises_as_it_counts() -> None:
    assert said("report_activity", HELD) == []
    assert said("report_activity", {**HELD, "firm_number": 6}) == [("firm_number", "到场企业数与名单不一致")]


def test_a_problem_belongs_to_an_enterprise_that_is_known() -> None:
    problem = {"credit_code": CODES[0], "category": "land", "title": "扩建用地", "text": "二期厂房没有用地指标。"}

    assert said("report_activity", {**HELD, "problems": [problem]}) == []
    assert said("report_activity", {**HELD, "problems": [problem]}, known=lambda codes: set()) == [
        ("problems.0.credit_code", "没有找到该企业，请先请属地建立企业档案")
    ]


def test_a_third_move_is_refused() -> None:
    moved = {"outcome": "moved", "new_day": "2022-10-12", "new_time": "09:00", "moved_reason": "场地维修"}

    assert said("report_activity", moved) == []
    assert [field for field, _ in said("report_activity", moved, moves=2)] == ["outcome"]
    assert outcomes_offered("report_activity", {"moves": 2}) == ("held",)


def test_dates_pass_over_the_holidays_of_the_mid_autumn_festival() -> None:
    confirm, report = due_on("confirm_activity", facts()), due_on("report_activity", facts())

    assert confirm is not None
    assert confirm.on == date(2022, 8, 30)
    assert report is not None
    assert report.on == date(2022, 9, 21)
    assert offers_close_at(facts(opened_on=date(2022, 6, 2))) == end_of(date(2022, 6, 17))


def test_an_activity_of_the_first_day_is_confirmed_before_it() -> None:
    due = due_on("confirm_activity", facts(opened_on=date(2022, 9, 13)))

    assert due is not None
    assert due.on == date(2022, 9, 14)


def test_the_month_waits_fifteen_working_days_and_never_into_the_past() -> None:
    assert month_closes_at(facts(to_on=date(2022, 9, 30))) == end_of(date(2022, 10, 26))
    assert month_closes_at(facts(to_on=date(2022, 9, 30), opened_on=date(2022, 11, 2))) == end_of(date(2022, 11, 2))


def test_the_office_may_enter_it_as_unreported_five_days_after_the_limit() -> None:
    assert not is_unreported(date(2022, 9, 21), date(2022, 9, 27), STATUTORY)
    assert is_unreported(date(2022, 9, 21), date(2022, 9, 28), STATUTORY)


@pytest.mark.parametrize(("text", "is_one"), [("14:30", True), ("00:00", True), ("24:00", False), ("9:00", False)])
def test_a_time_of_day(text: str, is_one: bool) -> None:
    assert is_time(text) is is_one
    assert not is_one or moment(DAY, text).strftime("%H:%M") == text
