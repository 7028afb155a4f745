"""When 年度反馈 is due, and whether it came in time; the numbered cases are the worked examples of the spec."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.december_report import DUTY, USER_TASKS, december_due, timeliness
from app.duties.limits import ZONE
from app.workdays import STATUTORY, Calendar
from tests.duties.december_reports import make_facts

FAR = datetime(9999, 12, 31, tzinfo=UTC)
WEEKDAYS_ONLY = Calendar({})  # a year of which no holiday table is known

days = st.dates(date(2022, 12, 1), date(2025, 2, 28))


def midnight(year: int, month: int, day: int) -> datetime:
    """00:00 in China."""
    return datetime(year, month, day, tzinfo=ZONE)


class TestDecemberDue:
    @pytest.mark.parametrize(
        ("year", "due"),
        [
            pytest.param(2022, date(2022, 12, 30), id="case 1"),
            pytest.param(2023, date(2023, 12, 29), id="case 2"),
            pytest.param(2024, date(2024, 12, 31), id="case 3"),
        ],
    )
    def test_it_is_the_last_working_day_of_the_year(self, year: int, due: date) -> None:
        assert december_due(year, STATUTORY) == due

    def test_case_4_an_office_may_prefer_the_first_working_day_after(self) -> None:
        assert december_due(2022, STATUTORY, "later") == date(2023, 1, 3)
        assert december_due(2024, STATUTORY, "later") == date(2024, 12, 31)

    @given(year=st.integers(2005, 2060))
    def test_it_is_a_working_day_with_none_left_in_its_year(self, year: int) -> None:
        due = december_due(year, STATUTORY)

        assert STATUTORY.is_working_day(due)
        assert STATUTORY.count(due, date(year, 12, 31)) == 0
        assert due <= date(year, 12, 31) <= december_due(year, STATUTORY, "later")


class TestTimeliness:
    DUE = date(2022, 12, 30)

    def test_case_6_signed_on_4_january_is_two_working_days_late(self) -> None:
        result = timeliness(date(2023, 1, 4), self.DUE, None, STATUTORY)

        assert (result.is_on_time, result.late_days) == (False, 2)

    def test_case_8_the_first_submission_decides_whatever_is_returned_later(self) -> None:
        assert timeliness(date(2022, 12, 29), self.DUE, None, STATUTORY).is_on_time

    def test_case_9_within_the_extension_is_on_time_and_both_dates_are_kept(self) -> None:
        extended = date(2023, 1, 6)

        result = timeliness(extended, self.DUE, extended, STATUTORY)

        assert (result.is_on_time, result.light_late_days) == (True, 0)
        assert (result.due_on, result.extended_on) == (self.DUE, extended)

    def test_an_extension_asked_for_late_calms_the_light_but_not_the_assessment(self) -> None:
        result = timeliness(date(2023, 1, 6), self.DUE, date(2023, 1, 6), STATUTORY, is_asked_late=True)

        assert (result.late_days, result.light_late_days) == (4, 0)

    def test_a_free_day_after_the_due_day_is_late_too(self) -> None:
        assert timeliness(date(2022, 12, 31), self.DUE, None, STATUTORY).late_days == 1

    @given(submitted=days, due=days, extended=st.none() | days)
    def test_late_days_are_nought_exactly_up_to_the_limit(
        self, submitted: date, due: date, extended: date | None
    ) -> None:
        result = timeliness(submitted, due, extended, STATUTORY)

        assert result.is_on_time == (submitted <= (extended or due))
        assert result.late_days >= 0

    @given(submitted=days, due=days)
    def test_a_day_later_is_never_less_late(self, submitted: date, due: date) -> None:
        today, tomorrow = (
            timeliness(day, due, None, STATUTORY).late_days for day in (submitted, submitted + timedelta(1))
        )

        assert today <= tomorrow


class TestDates:
    @staticmethod
    def due(task: str, **facts: Any) -> Any:
        due = DUTY.due_on(task, make_facts(**facts))
        assert due is not None
        return due

    @pytest.mark.parametrize("task", USER_TASKS)
    def test_every_user_task_has_a_due_day_with_its_reason(self, task: str) -> None:
        due = self.due(task)

        assert STATUTORY.is_working_day(due.on)
        assert f"{due.on.year}年{due.on.month}月{due.on.day}日" in due.rule
        assert due.rule.endswith("。")

    def test_what_is_no_user_task_has_none(self) -> None:
        assert DUTY.due_on("submit_report", make_facts()) is None

    @pytest.mark.parametrize(
        ("year", "drafted", "signed"),
        [
            (2022, date(2022, 12, 23), date(2022, 12, 30)),
            (2023, date(2023, 12, 22), date(2023, 12, 29)),
            (2024, date(2024, 12, 24), date(2024, 12, 31)),
        ],
    )
    def test_case_5_the_draft_is_due_five_working_days_before_the_signature(
        self, year: int, drafted: date, signed: date
    ) -> None:
        assert self.due("draft_report", year=year).on == drafted
        assert self.due("sign_report", year=year).on == signed

    @pytest.mark.parametrize("year", [2022, 2023, 2024, 2025, 2026])
    def test_the_whole_report_has_the_long_ladder_of_reminders(self, year: int) -> None:
        assert self.due("draft_report", year=year).limit_days >= 20
        assert self.due("sign_report", year=year).limit_days >= 20

    def test_the_office_or_an_extension_moves_both(self) -> None:
        moved = date(2024, 1, 5)

        assert self.due("sign_report", report_due_on=moved).on == moved
        assert self.due("draft_report", report_due_on=moved).on == STATUTORY.add(moved, -5)
        assert "时限为2024年1月5日" in self.due("sign_report", report_due_on=moved).rule

    def test_a_returned_report_is_corrected_in_three_days_and_signed_in_one(self) -> None:
        returned = {"is_returned": True, "opened_on": date(2023, 1, 6), "year": 2022}

        draft, sign = self.due("draft_report", **returned), self.due("sign_report", **returned)

        assert (draft.on, draft.limit_days) == (date(2023, 1, 11), 3)
        assert (sign.on, sign.limit_days) == (date(2023, 1, 9), 1)
        assert draft.rule.startswith("年度反馈退回补正后3个工作日内办理")

    @pytest.mark.parametrize(
        ("opened", "due"),
        [
            (date(2023, 11, 20), date(2023, 11, 27)),
            (date(2023, 11, 27), date(2023, 11, 30)),
            (date(2023, 12, 4), date(2023, 12, 4)),
        ],
    )
    def test_the_notice_is_confirmed_in_five_days_and_at_the_latest_in_november(self, opened: date, due: date) -> None:
        assert self.due("confirm_notice", opened_on=opened).on == due

    def test_the_annual_report_is_written_ten_days_after_the_due_day(self) -> None:
        assert self.due("edit_annual_report", opened_on=date(2024, 1, 4)).on == date(2024, 1, 15)

    def test_an_annual_report_sent_back_late_still_has_three_days(self) -> None:
        due = self.due("edit_annual_report", opened_on=date(2024, 1, 22))

        assert (due.on, due.limit_days) == (date(2024, 1, 25), 3)

    def test_case_12_a_year_without_holiday_table_is_reckoned_by_weekdays_and_marked(self) -> None:
        due = self.due("sign_report", year=2022, calendar=WEEKDAYS_ONLY)

        assert (due.on, due.provisional) == (date(2022, 12, 30), True)
        assert "按周一至周五" in due.rule

    @pytest.mark.parametrize("task", USER_TASKS)
    def test_no_holiday_table_is_said_at_every_task(self, task: str) -> None:
        facts = {"year": 2031, "opened_on": date(2031, 12, 1)}

        assert self.due(task, **facts).rule.endswith("按周一至周五和法定节假日推算（暂定）。")

    @pytest.mark.parametrize(
        ("task", "due"),
        [
            ("decide_escalation", date(2023, 1, 28)),  # a Saturday made up for the Spring Festival
            ("name_successor", date(2023, 1, 30)),
            ("review_report", date(2023, 2, 1)),
            ("sign_annual_report", date(2023, 1, 29)),
            ("approve_annual_report", date(2023, 2, 1)),
        ],
    )
    def test_not_a_working_day_the_spring_festival_is_skipped_and_make_up_days_count(
        self, task: str, due: date
    ) -> None:
        assert self.due(task, opened_on=date(2023, 1, 20)).on == due

    def test_a_task_opened_on_a_make_up_saturday_counts_from_the_day_after(self) -> None:
        assert self.due("decide_escalation", opened_on=date(2023, 1, 28)).on == date(2023, 1, 29)


class TestDeadlines:
    @staticmethod
    def at(rule: str, **facts: Any) -> datetime:
        at = DUTY.due_at[rule](make_facts(**facts))
        assert at.tzinfo is UTC
        return at

    @pytest.mark.parametrize("year", [2022, 2023, 2024])
    def test_units_see_it_on_1_december_working_day_or_not(self, year: int) -> None:
        assert self.at("opens_at", year=year) == midnight(year, 12, 1)

    @pytest.mark.parametrize(("year", "day"), [(2022, midnight(2023, 1, 5)), (2023, midnight(2024, 1, 4))])
    def test_case_7_three_working_days_late_it_is_escalated(self, year: int, day: datetime) -> None:
        assert self.at("escalate_at", year=year) == day

    @pytest.mark.parametrize("entries", [1, 2, 7])
    def test_entered_again_it_is_not_escalated_again(self, entries: int) -> None:
        assert DUTY.due_at["escalate_at"](make_facts(entries=entries)) == FAR

    def test_an_extension_moves_the_escalation(self) -> None:
        assert self.at("escalate_at", year=2022, report_due_on=date(2023, 1, 6)) == midnight(2023, 1, 11)

    def test_late_units_are_listed_as_soon_as_the_due_day_is_over(self) -> None:
        assert self.at("collection_due_at", year=2022) == midnight(2022, 12, 31)
        assert self.at("collection_due_at", year=2024) == midnight(2025, 1, 1)

    def test_the_collection_ends_fifteen_working_days_after_the_due_day(self) -> None:
        assert self.at("collection_guard_at", year=2022) == midnight(2023, 1, 28)  # a make-up Saturday

    def test_the_worlds_end_is_no_overflow(self) -> None:
        at = DUTY.due_at["collection_guard_at"](make_facts(report_due_on=date(9999, 12, 30)))

        assert at.year == 9999

    @given(year=st.integers(2010, 2050))
    def test_the_deadlines_follow_one_another(self, year: int) -> None:
        names = ("opens_at", "collection_due_at", "escalate_at", "collection_guard_at")

        instants = [DUTY.due_at[name](make_facts(year=year)) for name in names]

        assert instants == sorted(instants)
        assert instants[-1] < FAR
