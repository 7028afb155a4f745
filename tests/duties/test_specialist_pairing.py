"""Who serves an enterprise and how well; the numbered cases are the worked examples of the spec."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.limits import ZONE
from app.duties.specialist_pairing import (
    DUTY,
    USER_TASKS,
    CountedVisit,
    Firm,
    Person,
    coverage,
    exclusion,
    first_visit_due,
    is_dissatisfied,
    is_order_due,
    is_visit_handed_over,
    is_visit_opened,
    person_named,
    quarter_of,
    rank,
    rating_score,
    satisfaction,
    successor,
    visit_counts,
    visit_due,
    visits_open_on,
)
from app.duties.specialist_pairing_ranking import candidate
from app.workdays import STATUTORY, Calendar

FAR_YEAR = 9000
ON = date(2022, 8, 10)
FIRM = Firm("91321000MA1MXXXX5X", "hanjiang", "高端装备", "通用设备制造业")
WEEKDAYS_ONLY = Calendar({})  # a year of which no holiday table is known


def someone(id_: int = 1, **more: Any) -> Person:
    return Person(**{"id": id_, "name": f"专员{id_}", "unit": "hanjiang", "locality": "hanjiang"} | more)


people = st.builds(
    Person,
    id=st.integers(1, 1000),
    name=st.just("李静"),
    unit=st.just("hanjiang"),
    locality=st.sampled_from(["hanjiang", "jiangdu", None]),
    chains=st.sampled_from([(), ("高端装备",)]),
    industries=st.sampled_from([(), ("通用设备制造业",)]),
    load=st.integers(0, 7),
    limit=st.integers(1, 7),
    served_before=st.booleans(),
    firm_rating=st.none() | st.integers(20, 100),
    satisfaction=st.none() | st.integers(20, 100),
    last_new_on=st.none() | st.dates(date(2020, 1, 1), ON),
)


class TestScore:
    def test_case_1_same_locality_and_chain_with_two_of_five_firms(self) -> None:
        ranked = candidate(FIRM, someone(chains=("高端装备",), load=2))

        assert [part.points for part in ranked.parts] == [40, 30, 12, 0]
        assert ranked.score == 82

    def test_case_2_a_city_body_in_the_same_industry_that_served_the_firm_before(self) -> None:
        person = someone(locality=None, industries=("通用设备制造业",), served_before=True)

        assert [part.points for part in candidate(FIRM, person).parts] == [20, 15, 20, 10]
        assert candidate(FIRM, person).score == 65

    def test_case_3_same_locality_but_another_field_and_nearly_full(self) -> None:
        ranked = candidate(FIRM, someone(load=4))

        assert [part.points for part in ranked.parts] == [40, 0, 4, 0]
        assert ranked.score == 44

    def test_every_part_says_why(self) -> None:
        explanation = candidate(FIRM, someone(chains=("高端装备",), load=2)).explanation

        assert explanation == (
            "属地40分，与企业同属地；专业30分，熟悉高端装备产业链；"
            "工作量12分，已结对2家，上限5家；延续性0分，此前未服务该企业"
        )

    def test_a_firm_without_a_chain_matches_nobody_by_it(self) -> None:
        assert candidate(replace(FIRM, chain="", industry=""), someone(chains=("",), industries=("",))).score == 60

    def test_service_with_which_the_firm_was_dissatisfied_gives_no_points(self) -> None:
        assert candidate(FIRM, someone(served_before=True, firm_rating=55)).parts[3].points == 0
        assert candidate(FIRM, someone(served_before=True, firm_rating=80)).parts[3].points == 10

    @given(person=people)
    def test_a_score_lies_between_0_and_100_and_no_part_exceeds_its_most(self, person: Person) -> None:
        ranked = candidate(FIRM, person)

        assert 0 <= ranked.score <= 100
        assert all(0 <= part.points <= part.most for part in ranked.parts)


class TestExclusion:
    def test_case_4_a_full_specialist_is_excluded(self) -> None:
        assert rank(FIRM, [someone(load=5)], ON) == []
        assert exclusion(FIRM, someone(load=5), ON) == "已结对5家，达到上限"

    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"conflicts": (FIRM.code,)}, "存在应回避情形"),
            ({"leave_from": date(2022, 8, 1), "leave_until": date(2022, 12, 1)}, "休假至2022年12月1日"),
            ({"retires_on": date(2022, 11, 8)}, "将于2022年11月8日退休"),  # the 90th day
            ({"refused_on": date(2021, 8, 10)}, "2021年8月10日曾退出或未接受该企业"),  # the 365th day
        ],
    )
    def test_whoever_may_not_serve_is_told_with_the_reason(self, more: dict[str, Any], reason: str) -> None:
        assert exclusion(FIRM, someone(**more), ON) == reason

    @pytest.mark.parametrize(
        "more",
        [
            {"conflicts": ("91320000000000000X",)},
            {"leave_from": date(2022, 8, 1), "leave_until": date(2022, 10, 9)},  # 60 days are left
            {"leave_from": date(2022, 1, 1), "leave_until": date(2022, 8, 9)},  # over yesterday
            {"leave_from": date(2023, 1, 1), "leave_until": date(2023, 12, 1)},  # far ahead
            {"retires_on": date(2022, 11, 9)},
            {"refused_on": date(2021, 8, 9)},
        ],
    )
    def test_beyond_the_border_she_may(self, more: dict[str, Any]) -> None:
        assert exclusion(FIRM, someone(**more), ON) is None


class TestRank:
    def test_the_best_is_first_and_ties_go_to_who_has_less_to_do_and_waited_longer(self) -> None:
        near = someone(1, chains=("高端装备",), load=2)
        city = someone(2, locality=None, served_before=True, load=1)
        waited = someone(4, last_new_on=date(2021, 1, 1))
        fresh = someone(3, last_new_on=date(2022, 1, 1))
        never = someone(9)

        ranked = rank(FIRM, [fresh, city, near, waited, never], ON)

        assert [found.person.id for found in ranked] == [1, 9, 4, 3, 2]

    def test_of_equal_score_and_load_the_better_rated_is_first_and_an_unrated_one_in_between(self) -> None:
        low, unrated, high = someone(1, satisfaction=50), someone(2), someone(3, satisfaction=90)

        assert [found.person.id for found in rank(FIRM, [low, unrated, high], ON)] == [3, 2, 1]

    @given(persons=st.lists(people, max_size=5, unique_by=lambda person: person.id))
    def test_the_order_does_not_depend_on_how_they_are_listed(self, persons: list[Person]) -> None:
        ranked = rank(FIRM, persons, ON)

        assert rank(FIRM, reversed(persons), ON) == ranked
        assert [found.score for found in ranked] == sorted((found.score for found in ranked), reverse=True)
        assert all(found.person.load < found.person.limit for found in ranked)

    @given(person=people)
    def test_one_firm_less_never_lowers_a_score(self, person: Person) -> None:
        busier = replace(person, load=person.load + 1)

        assert candidate(FIRM, busier).score <= candidate(FIRM, person).score


class TestDates:
    def test_case_5_the_first_visit_is_fifteen_working_days_after_acceptance(self) -> None:
        assert first_visit_due(date(2022, 8, 10), STATUTORY) == date(2022, 8, 31)
        assert first_visit_due(date(2022, 9, 23), STATUTORY) == date(2022, 10, 19)

    @pytest.mark.parametrize(
        ("year", "quarter", "due"),
        [(2022, 3, date(2022, 9, 30)), (2023, 3, date(2023, 9, 28)), (2024, 2, date(2024, 6, 28))],
    )
    def test_case_6_a_visit_is_due_on_the_last_working_day_of_the_quarter(
        self, year: int, quarter: int, due: date
    ) -> None:
        assert visit_due(year, quarter, STATUTORY) == due

    @given(day=st.dates(date(2005, 1, 1), date(2060, 12, 31)))
    def test_every_quarter_opens_and_closes_on_working_days_of_its_own(self, day: date) -> None:
        year, quarter = quarter_of(day)
        opens, due = visits_open_on(year, quarter, STATUTORY), visit_due(year, quarter, STATUTORY)

        assert quarter_of(opens) == quarter_of(due) == (year, quarter)
        assert STATUTORY.is_working_day(opens)
        assert STATUTORY.is_working_day(due)
        assert opens < due

    def test_a_pairing_of_less_than_thirty_working_days_has_no_visit_yet(self) -> None:
        opens = visits_open_on(2022, 4, STATUTORY)
        begun = STATUTORY.add(opens, -30)

        assert opens == date(2022, 10, 8)  # a make-up Saturday
        assert is_visit_opened(begun, opens, STATUTORY)
        assert not is_visit_opened(STATUTORY.add(begun, 1), opens, STATUTORY)

    def test_a_visit_passes_to_the_successor_while_twenty_working_days_remain(self) -> None:
        due = visit_due(2022, 4, STATUTORY)

        assert is_visit_handed_over(STATUTORY.add(due, -20), due, STATUTORY)
        assert not is_visit_handed_over(STATUTORY.add(due, -19), due, STATUTORY)

    @pytest.mark.parametrize("task", USER_TASKS)
    def test_every_user_task_has_a_due_day_with_its_sentence(self, task: str) -> None:
        due = DUTY.due_on(task, facts())

        assert due is not None
        assert due.rule.endswith("。")
        assert due.on > ON

    def test_nothing_else_has_one(self) -> None:
        assert DUTY.due_on("rank_candidates", facts()) is None

    def test_a_moved_first_visit_has_its_own_day_and_guard(self) -> None:
        moved = facts(first_visit_on=date(2022, 9, 9))

        assert DUTY.due_on("first_visit", facts()).on == date(2022, 8, 31)
        assert DUTY.due_on("first_visit", moved).on == date(2022, 9, 9)
        assert DUTY.due_at["first_visit_guard_at"](facts()) == midnight(2022, 9, 7)
        assert DUTY.due_at["first_visit_guard_at"](moved) == midnight(2022, 9, 19)

    def test_not_a_working_day_a_friday_before_a_long_holiday_and_a_make_up_saturday(self) -> None:
        friday, saturday = date(2022, 9, 30), date(2022, 10, 8)

        assert DUTY.due_on("accept_pairing", facts(opened_on=friday)).on == date(2022, 10, 9)
        assert DUTY.due_on("accept_pairing", facts(opened_on=saturday)).on == date(2022, 10, 10)
        assert DUTY.due_at["accept_closes_at"](facts(opened_on=friday)) == midnight(2022, 10, 11)
        assert DUTY.due_at["accept_closes_at"](facts(opened_on=saturday)) == midnight(2022, 10, 12)
        assert DUTY.due_at["rating_closes_at"](facts(opened_on=friday)) == midnight(2022, 10, 20)
        assert DUTY.due_at["visit_guard_at"](facts()) == midnight(2022, 10, 12)

    def test_no_holiday_table_marks_every_due_day(self) -> None:
        provisional = facts(calendar=WEEKDAYS_ONLY)

        assert all("推算（暂定）" in DUTY.due_on(task, provisional).rule for task in USER_TASKS)

    def test_entered_again_every_timer_has_a_new_instant(self) -> None:
        later = facts(opened_on=date(2022, 9, 1), accepted_on=date(2022, 9, 1), quarter=4)

        for rule in DUTY.due_at.values():
            assert rule(facts()) < rule(later) < datetime(FAR_YEAR, 1, 1, tzinfo=UTC)


class TestCoverage:
    def test_case_7_of_150_giants_147_are_paired_and_2_within_the_grace(self) -> None:
        old, fresh = date(2022, 1, 10), date(2022, 8, 1)
        giants = {f"{number:03}": old for number in range(148)} | {"148": fresh, "149": fresh}

        found = coverage(giants, {f"{number:03}" for number in range(147)}, ON, STATUTORY)

        assert found.share == Decimal("98.0")
        assert (found.preparing, found.missing) == (("148", "149"), ("147",))
        assert not found.is_kept

    def test_the_tenth_working_day_still_belongs_to_the_grace(self) -> None:
        granted = STATUTORY.add(ON, -10)

        assert coverage({"a": granted}, (), ON, STATUTORY).preparing == ("a",)
        assert coverage({"a": granted - timedelta(days=1)}, (), ON, STATUTORY).missing == ("a",)

    def test_an_order_is_proposed_five_working_days_beyond_the_grace(self) -> None:
        assert not is_order_due(STATUTORY.add(ON, -15), ON, STATUTORY)
        assert is_order_due(STATUTORY.add(ON, -16), ON, STATUTORY)

    def test_without_a_giant_there_is_no_share_and_nothing_is_missing(self) -> None:
        assert coverage({}, (), ON, STATUTORY).share is None
        assert coverage({}, (), ON, STATUTORY).is_kept

    def test_a_hundred_percent_is_only_said_when_it_is_so(self) -> None:
        giants = {str(number): ON for number in range(3000)}

        assert coverage(giants, giants.keys(), ON, STATUTORY).share == 100
        assert coverage(giants, giants.keys() - {"7"}, ON, STATUTORY).share == Decimal("99.9")

    @given(
        granted=st.dictionaries(st.text(min_size=1, max_size=3), st.dates(date(2022, 1, 1), ON)),
        paired=st.sets(st.text(min_size=1, max_size=3)),
    )
    def test_every_giant_is_paired_being_paired_or_missing(self, granted: dict[str, date], paired: set[str]) -> None:
        found = coverage(granted, paired, ON, STATUTORY)

        assert found.paired + len(found.preparing) + len(found.missing) == found.total == len(granted)


class TestSatisfaction:
    def test_case_8_ratings_of_5_4_and_3_are_80(self) -> None:
        assert rating_score((5, 4, 3)) == 80
        assert satisfaction([100, 80, 60]) == 80

    def test_below_three_ratings_there_is_no_figure_and_what_was_not_rated_is_left_out(self) -> None:
        assert satisfaction([80, 60, None, None]) is None
        assert satisfaction([80, None, 80, 80]) == 80

    @given(stars=st.tuples(*[st.integers(1, 5)] * 3))
    def test_a_rating_lies_between_20_and_100(self, stars: tuple[int, int, int]) -> None:
        assert 20 * min(stars) <= rating_score(stars) <= 20 * max(stars)

    @pytest.mark.parametrize(
        ("scores", "wants_change", "answer"),
        [
            pytest.param([55, 58], False, True, id="case 9"),
            pytest.param([55, 62], False, False, id="case 9, one is 62"),
            ([58], False, False),
            ([55, None, 58], False, True),
            ([58, 58, 60], False, False),  # 60 is no longer below
            ([100, 100], True, True),
            ([], False, False),
        ],
    )
    def test_two_low_ratings_or_one_wish_are_dissatisfaction(
        self, scores: list[int | None], wants_change: bool, answer: bool
    ) -> None:
        assert is_dissatisfied(scores, wants_change=wants_change) is answer


class TestVisits:
    FROM = date(2022, 1, 10)

    def visit(self, on: date, manner: Any = "onsite", **more: Any) -> CountedVisit:
        return CountedVisit(on, manner, self.FROM, **more)

    def test_it_lies_within_the_pairing(self) -> None:
        assert visit_counts(self.visit(self.FROM))
        assert not visit_counts(self.visit(date(2022, 1, 9)))
        assert not visit_counts(self.visit(date(2022, 3, 2), pairing_to=date(2022, 3, 1)))

    @pytest.mark.parametrize(("manner", "counts"), [("onsite", True), ("video", False), ("phone", False)])
    def test_the_first_one_is_on_site(self, manner: str, counts: bool) -> None:
        assert visit_counts(self.visit(date(2022, 2, 1), manner, is_first=True)) is counts

    def test_one_visit_of_a_year_may_be_by_telephone(self) -> None:
        before = [self.visit(date(2022, 3, 1), "phone")]

        assert visit_counts(self.visit(date(2022, 6, 1), "phone"))
        assert not visit_counts(self.visit(date(2022, 6, 1), "phone"), before)
        assert visit_counts(self.visit(date(2023, 3, 1), "phone"), before)
        assert visit_counts(self.visit(date(2022, 6, 1), "video"), before)


class TestSuccession:
    PAIRING = {
        "demands": [{"number": "2022-000012", "title": "流动资金不足", "due_on": date(2022, 9, 20)}],
        "drafts": [{"title": "季度走访（未提交）"}],
        "next_due": {"title": "2022年第3季度走访", "due_on": date(2022, 9, 10)},
    }

    def test_the_list_names_visits_demands_and_drafts_with_what_is_due_first_on_top(self) -> None:
        found = successor(self.PAIRING, "moved")

        assert found.reason == "专员岗位调整"
        assert [item.kind for item in found.items] == ["visit", "demand", "draft"]
        assert found.items[1].title == "2022-000012 流动资金不足"

    @pytest.mark.parametrize(("reason", "at_once"), [("moved", True), ("leave", True), ("rated_low", False)])
    def test_who_is_gone_leaves_at_once_and_who_was_rated_low_serves_until_somebody_follows(
        self, reason: Any, at_once: bool
    ) -> None:
        assert successor({"demands": [], "drafts": [], "next_due": None}, reason).is_at_once is at_once


class TestChecks:
    def test_a_choice_that_may_stand_has_no_fault(self) -> None:
        assert choose(person="1") == {}

    def test_a_full_specialist_is_refused_to_the_locality_and_allowed_to_the_office(self) -> None:
        full = [someone(1, load=6)]

        assert choose(person="1", persons=full) == {"person": "该专员已结对6家，超过上限"}
        [found] = DUTY.check("appoint_specialist", {"person": "1", "reason": "业务熟悉"}, asked(persons=full))
        assert (found.text, found.level) == ("该专员已结对6家，超过上限", "warning")

    def test_a_declared_conflict_and_a_leave_are_named(self) -> None:
        barred = [someone(1, conflicts=(FIRM.code,))]
        away = [someone(1, leave_from=ON, leave_until=date(2022, 8, 20))]

        assert choose(person="1", persons=barred) == {"person": "存在应回避情形"}
        assert choose(person="1", persons=away) == {"person": "该专员休假至2022年8月20日"}

    def test_whoever_is_not_first_needs_a_reason_of_five_signs(self) -> None:
        assert choose(person="2") == {"reason": "未选首位的，请说明理由"}
        assert choose(person="2", reason="熟悉") == {"reason": "未选首位的，请说明理由，不少于5个字"}
        assert choose(person="2", reason="更熟悉该行业") == {}

    @pytest.mark.parametrize("since", ["2022-08-09", "2022-08-25"])
    def test_the_first_day_lies_within_ten_working_days(self, since: str) -> None:
        assert choose(person="1", since=since) == {"since": "起始日期须在今天起10个工作日内"}
        assert choose(person="1", since="2022-08-24") == {}

    def test_a_person_is_named_by_a_name_that_only_one_bears(self) -> None:
        twins = [someone(1, name="王芳"), someone(2, name="王芳", unit_name="市工信局"), someone(3, name="李静")]

        assert person_named(twins, " 李静 ") == twins[2]
        assert person_named(twins, "王芳") is None
        assert person_named(twins, "王芳（市工信局）") == twins[1]
        assert choose(person="王芳", persons=twins) == {"person": "有多名同名专员，请从列表中选择"}
        assert choose(person="赵六", persons=twins) == {"person": "没有找到该专员，请从列表中选择"}

    def test_a_wider_search_names_a_person_or_a_unit(self) -> None:
        assert errors("widen_search", {"reason": "本地无人"}, asked()) == {"person": "请指定人员，或选择派出单位"}
        sent = asked(persons=[someone(7, unit="miit")])
        assert errors("widen_search", {"reason": "本地无人", "unit": "市工信局"}, sent) == {}
        assert set(errors("widen_search", {"reason": "本地无人", "unit": "市工信局"}, asked())) == {"unit"}
        assert "unit" in errors("widen_search", {"reason": "本地无人", "unit": "火星"}, asked())

    def test_who_declines_says_why(self) -> None:
        assert errors("accept_pairing", {"outcome": "yes"}, {}) == {}
        assert errors("accept_pairing", {"outcome": "no"}, {}) == {"reason": "不接受的，请选择原因"}
        assert errors("accept_pairing", {"outcome": "no", "reason": "full"}, {}) == {}
        assert "reason_text" in errors("accept_pairing", {"outcome": "no", "reason": "other"}, {})

    def test_a_visit_that_may_stand_has_no_fault(self) -> None:
        assert visit("visit_enterprise") == {}
        assert visit("first_visit") == {}

    def test_the_same_text_as_last_time_is_no_report(self) -> None:
        assert visit("visit_enterprise", state_text=" 经营平稳，\n订单充足 ") == {
            "state_text": "走访记录与上次相同，请据实填写"
        }

    @pytest.mark.parametrize("day", ["2022-08-11", "2022-06-30"])
    def test_a_visit_lies_between_the_pairing_and_today(self, day: str) -> None:
        assert set(visit("visit_enterprise", visited_on=day)) == {"visited_on"}

    def test_demands_are_listed_or_said_to_be_none(self) -> None:
        assert set(visit("visit_enterprise", no_demands=False)) == {"no_demands"}
        assert set(visit("visit_enterprise", demands=[{"category": "finance", "text": "贷款"}])) == {"no_demands"}

    def test_a_change_that_happened_is_described(self) -> None:
        changes = [{"change": "更名", "happened": True, "note": "改名"}, {"change": "迁址", "happened": False}]

        assert set(visit("visit_enterprise", changes=changes)) == {"changes.0.note"}

    def test_a_second_telephone_visit_in_a_year_is_refused(self) -> None:
        assert visit("visit_enterprise", manner="phone") == {}
        found = errors("visit_enterprise", answers_of_visit(manner="phone"), facts_of_visit(phone_visits=1))
        assert found == {"manner": "本年度已有1次电话走访，请实地或视频走访"}

    def test_a_late_visit_says_why(self) -> None:
        late = facts_of_visit(visit_due_on=date(2022, 8, 9))

        assert set(errors("visit_enterprise", answers_of_visit(), late)) == {"late_reason"}
        told = answers_of_visit(late_reason="企业负责人出差，约定本日走访")
        assert errors("visit_enterprise", told, late) == {}

    def test_a_file_that_is_not_accurate_is_corrected_by_points(self) -> None:
        assert set(visit("first_visit", profile_ok=False)) == {"profile_points"}

    def test_a_wish_to_change_has_its_reason(self) -> None:
        assert errors("rate_visit", {"wants_change": False}, {}) == {}
        assert set(errors("rate_visit", {"wants_change": True}, {})) == {"change_reason"}

    def test_a_new_day_lies_ahead(self) -> None:
        today = {"today": ON}

        assert errors("decide_first_visit", {"outcome": "change"}, today) == {}
        assert set(errors("decide_first_visit", {"outcome": "new_date"}, today)) == {"new_date"}
        assert set(errors("explain_missed_visit", {"outcome": "new_date", "new_date": "2022-08-10"}, today)) == {
            "new_date"
        }

    def test_a_form_without_a_rule_of_its_own_has_no_fault(self) -> None:
        assert errors("approve_sending", {"outcome": "yes"}, {}) == {}


def midnight(year: int, month: int, day: int) -> datetime:
    """00:00 in China."""
    return datetime(year, month, day, tzinfo=ZONE)


def facts(**more: Any) -> dict[str, Any]:
    known = {"opened_on": ON, "accepted_on": ON, "first_visit_on": None, "year": 2022, "quarter": 3}
    return {"calendar": STATUTORY, **known} | more


def asked(**more: Any) -> dict[str, Any]:
    """What the forms that name a person ask for."""
    units = [{"unit": "miit", "name": "扬州市工业和信息化局", "short_name": "市工信局"}]
    known = {"persons": [someone(1), someone(2)], "ranked": [1, 2], "enterprise": FIRM.code, "units": units}
    return {"today": ON, "calendar": STATUTORY, **known} | more


def choose(persons: list[Person] | None = None, **answers: Any) -> dict[str, str]:
    known = asked(persons=persons) if persons else asked()
    return errors("choose_specialist", {"since": ON.isoformat()} | answers, known)


def facts_of_visit(**more: Any) -> dict[str, Any]:
    known = {"pairing_from": date(2022, 7, 1), "visit_due_on": date(2022, 9, 30), "phone_visits": 0}
    return {"today": ON, "last_state_text": "经营平稳，订单充足", **known} | more


def answers_of_visit(**more: Any) -> dict[str, Any]:
    told = {"manner": "onsite", "state_text": "订单增长两成，正在扩建厂房", "no_demands": True, "profile_ok": True}
    return {"visited_on": ON.isoformat(), **told} | more


def visit(element: str, **answers: Any) -> dict[str, str]:
    return errors(element, answers_of_visit(**answers), facts_of_visit())


def errors(element: str, answers: dict[str, Any], known: dict[str, Any]) -> dict[str, str]:
    return {error.field: error.text for error in DUTY.check(element, answers, known)}
