"""The rules of 称号动态管理: worked examples, borders, and what holds for any dates and figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.months import months_after
from app.duties.title_maintenance import (
    DUTY,
    OUTCOMES,
    USER_TASKS,
    ban_until,
    change_due,
    decided_at,
    has_jump,
    is_in_time,
    jumps,
    look_suggested,
    outcomes_offered,
    prolonged_to,
    renewal_closes,
    renewal_opens,
    revocation,
    right_to_renewal,
    update_due,
    update_version,
)
from app.duties.title_maintenance_dates import right_lost_after, shown_due
from app.terms import TitleLevel
from app.workdays import STATUTORY

DAYS = st.dates(date(2022, 1, 1), date(2030, 12, 31))
AMOUNTS = st.decimals(Decimal("0.01"), Decimal(10**8), places=2)
LEVELS = st.sampled_from(list(TitleLevel))
GROUNDS = st.sampled_from(["fraud", "accident", "dishonesty", "unmet", "unreported", "given_up"])


def end_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 16, tzinfo=UTC)


def facts(**more: Any) -> dict[str, Any]:
    return {"calendar": STATUTORY, "opened_on": date(2023, 2, 1), "today": date(2023, 2, 1)} | more


class TestWorkedExamples:
    def test_1_a_legal_date_on_a_holiday_is_shown_earlier_and_lost_later(self) -> None:
        legal = update_due(2023, "cn-2022-63")
        due = DUTY.due_on("update_profile", facts(year=2023, version="cn-2022-63"))

        assert legal == date(2023, 4, 30)
        assert due is not None
        assert due.on == date(2023, 4, 28)
        assert is_in_time(date(2023, 5, 4), legal, STATUTORY)
        assert not is_in_time(date(2023, 5, 5), legal, STATUTORY)
        assert DUTY.due_at["update_closes_at"](facts(year=2023, version="cn-2022-63")) == end_of(2023, 5, 4)

    def test_2_three_months_after_the_last_day_of_november(self) -> None:
        assert change_due(date(2022, 11, 30)) == date(2023, 2, 28)

    def test_3_re_verification_opens_180_days_before_the_end(self) -> None:
        assert renewal_opens(date(2025, 12, 29)) == date(2025, 7, 2)

    def test_4_a_rise_of_60_percent_is_a_jump_and_half_is_none(self) -> None:
        assert has_jump(5000, 8000)
        assert not has_jump("5000", "7500.00")
        assert has_jump(5000, "7500.01")
        assert not has_jump(5000, 2500)
        assert has_jump(5000, 2499)

    def test_5_falsified_data_cost_all_three_titles_and_three_years(self) -> None:
        found = revocation("fraud", "little_giant", "cn-2026-2")

        assert found.scope == ("innovative", "specialised", "little_giant")
        assert ban_until(date(2026, 5, 11), found.ban_years) == date(2029, 5, 11)

    def test_6_a_late_decision_prolongs_from_the_old_end(self) -> None:
        assert prolonged_to(date(2025, 12, 29)) == date(2028, 12, 29)


class TestDates:
    def test_the_rules_of_2026_and_champions_have_until_the_end_of_may(self) -> None:
        assert update_version(2025, ["specialised", "innovative"]) == "cn-2022-63"
        assert update_version(2026, ["specialised"]) == "cn-2026-2"
        assert update_due(2026, update_version(2026, ["specialised"])) == date(2026, 5, 31)
        assert update_due(2024, update_version(2024, ["single_champion"])) == date(2024, 5, 31)
        assert update_due(2024, update_version(2024, ["single_champion", "specialised"])) == date(2024, 4, 30)

    def test_a_returned_update_has_the_later_of_the_legal_date_and_five_working_days(self) -> None:
        returned = facts(year=2023, version="cn-2022-63", is_returned=True)

        early, late = {**returned, "opened_on": date(2023, 3, 1)}, {**returned, "opened_on": date(2023, 4, 28)}

        assert DUTY.due_at["update_closes_at"](early) == end_of(2023, 5, 4)
        assert DUTY.due_at["update_closes_at"](late) == end_of(2023, 5, 9)
        due = DUTY.due_on("update_profile", late)
        assert due is not None
        assert due.on == date(2023, 5, 9)

    def test_a_change_closes_after_the_free_days_behind_its_legal_date(self) -> None:
        found = facts(event_on=date(2023, 7, 1))  # 1 October lies in the holidays, which end on the 6th

        due = DUTY.due_on("report_change", found)

        assert due is not None
        assert due.on == date(2023, 9, 28)
        assert DUTY.due_at["change_closes_at"](found) == end_of(2023, 10, 7)

    def test_re_verification_closes_40_working_days_before_the_end_or_with_the_window(self) -> None:
        last = renewal_closes(date(2025, 12, 29), STATUTORY)
        window = facts(valid_to=date(2025, 12, 29), window_closes_on=date(2025, 8, 29))

        assert STATUTORY.count(last, date(2025, 12, 29)) == 40
        early, without = DUTY.due_on("apply_renewal", window), DUTY.due_on("apply_renewal", facts(valid_to=last))
        assert early is not None
        assert without is not None
        assert early.on == date(2025, 8, 29)
        assert DUTY.due_at["renewal_closes_at"](window) == end_of(last.year, last.month, last.day)
        assert DUTY.due_at["title_ends_at"](window) == end_of(2025, 12, 29)

    def test_the_enterprise_is_heard_for_ten_working_days(self) -> None:
        assert DUTY.due_at["hearing_closes_at"](facts(opened_on=date(2022, 9, 23))) == end_of(2022, 10, 12)

    def test_rectification_ends_on_the_day_of_the_decision(self) -> None:
        found = facts(rectify_by=date(2023, 5, 31))
        due = DUTY.due_on("report_rectification", found)

        assert due is not None
        assert due.on == date(2023, 5, 31)
        assert DUTY.due_at["rectification_closes_at"](found) == end_of(2023, 5, 31)

    def test_the_next_look_begins_with_its_day_and_is_proposed_for_a_working_day(self) -> None:
        assert look_suggested(date(2023, 2, 28), STATUTORY) == date(2023, 5, 4)  # 29 April begins the holidays
        assert DUTY.due_at["next_look_at"](facts(next_look_on=date(2023, 5, 4))) == end_of(2023, 5, 3)

    def test_a_decision_of_the_upper_level_has_no_limit(self) -> None:
        assert DUTY.due_on("record_upper_decision", facts()) is None

    @pytest.mark.parametrize("task", sorted(set(USER_TASKS) - {"record_upper_decision"}))
    def test_every_other_task_is_due_on_a_working_day_with_a_sentence(self, task: str) -> None:
        known = facts(year=2023, version="cn-2022-63", event_on=date(2023, 1, 31), valid_to=date(2023, 12, 29))

        due = DUTY.due_on(task, {**known, "rectify_by": date(2023, 3, 1)})

        assert due is not None
        assert STATUTORY.is_working_day(due.on)
        assert due.rule.endswith("。")

    @pytest.mark.parametrize("opened", [date(2023, 9, 28), date(2023, 10, 7), date(2022, 10, 8)])
    def test_limits_count_around_long_holidays_and_make_up_saturdays(self, opened: date) -> None:
        due = DUTY.due_on("accept_case", facts(opened_on=opened))

        assert due is not None
        assert STATUTORY.count(opened, due.on) == 3

    @given(DAYS)
    def test_the_right_is_never_lost_before_the_day_that_was_shown(self, legal: date) -> None:
        assert shown_due(legal, STATUTORY) <= legal <= right_lost_after(legal, STATUTORY)
        assert is_in_time(legal, legal, STATUTORY)
        assert not is_in_time(right_lost_after(legal, STATUTORY) + timedelta(days=1), legal, STATUTORY)

    @given(DAYS, st.integers(-60, 60))
    def test_months_keep_the_day_or_take_the_last_one(self, day: date, months: int) -> None:
        later = months_after(day, months)

        assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
        assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)

    @given(DAYS)
    def test_re_verification_opens_before_it_closes_before_the_end(self, valid_to: date) -> None:
        assert renewal_opens(valid_to) < renewal_closes(valid_to, STATUTORY) < valid_to < prolonged_to(valid_to)


class TestJumps:
    def test_what_cannot_be_compared_is_no_jump(self) -> None:
        assert not has_jump(None, 8000)
        assert not has_jump(5000, None)
        assert not has_jump(0, 0)
        assert has_jump(0, 1)

    def test_a_loss_is_measured_by_its_size(self) -> None:
        assert not has_jump(-100, -150)
        assert has_jump(-100, 51)

    def test_only_amounts_are_compared(self) -> None:
        old = {"revenue_wan": "5000", "rd_wan": "200", "staff": 10}

        assert jumps(old, {"revenue_wan": "8000", "rd_wan": "300", "staff": 100}) == ["revenue_wan"]

    @given(AMOUNTS, AMOUNTS)
    def test_a_jump_does_not_depend_on_how_a_number_is_written(self, old: Decimal, new: Decimal) -> None:
        assert has_jump(old, new) == has_jump(str(old), f"{new:.2f}")
        assert has_jump(old, new) == (new > old * Decimal("1.5") or new < old * Decimal("0.5"))

    @given(AMOUNTS)
    def test_what_stays_is_no_jump(self, amount: Decimal) -> None:
        assert not has_jump(amount, amount)


class TestRight:
    title = {"from_on": date(2022, 12, 30), "until_on": date(2025, 12, 29)}

    def row(self, year: int, is_in_time: bool) -> dict[str, Any]:
        return {"due_on": date(year, 4, 30), "is_in_time": is_in_time}

    def change(self, event_on: date, is_in_time: bool) -> dict[str, Any]:
        return {"event_on": event_on, "is_in_time": is_in_time}

    def test_it_is_kept_by_what_was_reported_in_time(self) -> None:
        updates = [self.row(year, True) for year in (2023, 2024, 2025)]

        assert right_to_renewal(self.title, updates, [self.change(date(2024, 5, 1), True)])
        assert right_to_renewal(self.title, [], [])

    def test_one_late_update_or_change_loses_it(self) -> None:
        assert not right_to_renewal(self.title, [self.row(2023, True), self.row(2024, False)], [])
        assert not right_to_renewal(self.title, [], [self.change(date(2024, 5, 1), False)])

    def test_what_was_late_outside_the_titles_time_does_not_count(self) -> None:
        assert right_to_renewal(self.title, [self.row(2022, False)], [self.change(date(2026, 1, 1), False)])

    @given(st.lists(st.booleans(), max_size=6))
    def test_it_is_lost_exactly_when_something_was_late(self, in_time: list[bool]) -> None:
        updates = [{"due_on": date(2024, 4, 30), "is_in_time": value} for value in in_time]

        assert right_to_renewal(self.title, updates, []) is all(in_time)


class TestRevocation:
    def test_an_accident_ends_the_title_and_those_above_it(self) -> None:
        found = revocation("accident", "specialised", "cn-2026-2")

        assert found.scope == ("specialised", "little_giant", "single_champion")
        assert found.ban_years == 3

    def test_falsified_data_under_the_rules_of_2022_end_the_title_and_those_above_it(self) -> None:
        assert revocation("fraud", "little_giant", "cn-2022-63").scope == ("little_giant", "single_champion")

    def test_conditions_no_longer_met_end_one_title_without_a_ban(self) -> None:
        found = revocation("unmet", "specialised", "cn-2026-2")

        assert (found.scope, found.ban_years) == (("specialised",), 0)

    def test_the_evaluation_of_a_technology_firm_stands_beside_the_ladder(self) -> None:
        assert revocation("accident", "tech_sme", "cn-2026-2").scope == ("tech_sme",)

    def test_who_decides_is_the_highest_of_those_who_gave_the_titles(self) -> None:
        assert decided_at(["specialised_city"]) == "city"
        assert decided_at(["specialised_city", "specialised"]) == "province"
        assert decided_at(["innovative", "little_giant"]) == "ministry"

    def test_a_ban_from_the_29th_of_february_ends_on_the_28th(self) -> None:
        assert ban_until(date(2024, 2, 29)) == date(2027, 2, 28)

    @given(GROUNDS, LEVELS, st.sampled_from(["cn-2022-63", "cn-2026-2"]))
    def test_the_doubted_title_always_ends_and_each_level_once(self, ground: str, level: str, version: str) -> None:
        found = revocation(ground, level, version)

        assert level in found.scope
        assert len(set(found.scope)) == len(found.scope)
        assert (found.ban_years > 0) == (ground in ("fraud", "accident", "dishonesty"))


class TestOffered:
    def test_a_third_return_is_not_offered(self) -> None:
        assert outcomes_offered("check_update", {"round": 2}) == ("accepted", "returned")
        assert outcomes_offered("check_update", {"round": 3}) == ("accepted",)

    def test_time_for_rectification_is_for_city_titles_and_once(self) -> None:
        city, upper = [{"no": 1, "level": "specialised_city"}], [{"no": 1, "level": "specialised"}]

        assert "rectify" in outcomes_offered("propose_measure", {"titles": city, "is_rectified": False})
        assert "rectify" not in outcomes_offered("propose_measure", {"titles": city, "is_rectified": True})
        assert "rectify" not in outcomes_offered("decide_measure", {"titles": upper, "is_rectified": False})

    def test_every_choice_belongs_to_a_user_task(self) -> None:
        assert set(OUTCOMES) <= set(USER_TASKS)
