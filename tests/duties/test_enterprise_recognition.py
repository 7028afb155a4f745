"""企业认定: who may apply, what an application must hold, what the list says; the rules themselves have own tests."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.enterprise_recognition import (
    DUTY,
    SHEET,
    admission,
    drawn,
    figures_of,
    outcomes_offered,
    profile_of,
    proposal,
    refusal,
)
from app.duties.limits import ZONE
from app.workdays import STATUTORY, Calendar

TODAY = date(2023, 5, 10)
IP = {"kind": "invention", "number": "1", "obtained": "own", "granted_on": "2021-01-01", "is_main": True}


def year(of: int, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"year": of, "revenue_wan": 8000, "main_revenue_wan": 6560, "rd_wan": 380}
    return row | {"net_profit_wan": 640, "assets_wan": 9000, "liabilities_wan": 4500} | more


def application(**more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "segment": "精密减速器",
        "segment_years": 7,
        "field": "six_base",
        "years": [year(2022), year(2021), {"year": 2020, "main_revenue_wan": 5500}],
        "staff": 120,
        "rd_staff": 15,
        "rd_body": "none",
        "digital_level": "2",
        "ip": [IP],
    }
    return told | more


def errors(element: str, answers: dict[str, Any], level: str = "error", **facts: Any) -> dict[str, str]:
    known: dict[str, Any] = {
        "today": TODAY,
        "calendar": STATUTORY,
        "level": "specialised",
        "admission": [],
        "known": {},
        "needs_platform": False,
        "round": 1,
    }
    return {e.field: e.text for e in DUTY.check(element, answers, known | facts) if e.level == level}


class TestAdmission:
    @staticmethod
    def refused(level: str = "specialised", *titles: tuple[str, date], **more: Any) -> list[str]:
        bans = more.get("bans", [])
        rows = [{"level": name, "until_on": until} for name, until in titles]
        return [e.text for e in admission(level, TODAY, rows, bans, has_open=more.get("has_open", False))]

    def test_a_ban_names_the_first_day_after_it(self) -> None:
        ban = {"until_on": date(2026, 5, 6), "levels": []}

        assert self.refused("innovative", bans=[ban]) == ["2026年5月7日前不得申报"]
        assert self.refused("innovative", bans=[ban | {"levels": ["specialised"]}]) == []
        assert self.refused("innovative", bans=[ban | {"until_on": date(2023, 5, 9)}]) == []

    def test_a_title_valid_beyond_six_months_is_not_applied_for_again(self) -> None:
        innovative = ("innovative", date(2025, 1, 1))

        assert self.refused("specialised", innovative, ("specialised", date(2023, 11, 11))) == [
            "该称号有效，无需重复申报"
        ]
        assert self.refused("specialised", innovative, ("specialised", date(2023, 11, 10))) == []

    def test_the_lower_title_or_one_that_rests_on_it_comes_first(self) -> None:
        assert self.refused("specialised") == ["申报该级别须先取得创新型中小企业"]
        assert self.refused("specialised", ("innovative", date(2023, 5, 9))) == ["申报该级别须先取得创新型中小企业"]
        assert self.refused("little_giant", ("innovative", TODAY)) == ["申报该级别须先取得专精特新中小企业"]
        assert self.refused("little_giant", ("specialised", TODAY)) == []
        assert self.refused("tech_sme") == []

    def test_there_is_one_open_application_in_a_batch(self) -> None:
        assert self.refused("innovative", has_open=True) == ["本批次已有申请在办"]


class TestApplication:
    def test_a_whole_one_passes(self) -> None:
        assert errors("submit_application", application()) == {}

    def test_each_year_has_what_growth_and_shares_are_reckoned_from(self) -> None:
        rows = [{"year": 2022}, {"year": 2021}, {"year": 2020}]

        wrong = errors("submit_application", application(years=rows))

        assert len(wrong) == 6 + 3 + 1
        assert wrong["years.2.main_revenue_wan"] == "请填写2020年主营业务收入"

    def test_main_revenue_is_part_of_revenue_and_odd_figures_are_asked_about(self) -> None:
        odd = [year(2022, main_revenue_wan=8001, rd_wan=8001, liabilities_wan=9001), *application()["years"][1:]]

        assert errors("submit_application", application(years=odd)) == {
            "years.0.main_revenue_wan": "主营业务收入不得大于营业收入"
        }
        assert errors("submit_application", application(years=odd), level="warning") == {
            "years.0.rd_wan": "研发费用大于营业收入，请核对",
            "years.0.liabilities_wan": "负债大于资产，请核对",
        }

    @pytest.mark.parametrize(
        ("known", "needs_reason"), [("8040", False), ("8041", True), ("7961", False), ("7960", True)]
    )
    def test_half_a_percent_off_the_yearly_update_needs_no_reason(self, known: str, needs_reason: bool) -> None:
        wrong = errors("submit_application", application(), known={2022: {"revenue_wan": known}})

        assert wrong == ({"years.0.change_reason": "与年度更新数据不一致，请说明原因"} if needs_reason else {})

    def test_people_proofs_and_a_manual_check_are_told(self) -> None:
        assert set(errors("submit_application", application(rd_staff=121))) == {"rd_staff"}
        assert set(errors("submit_application", application(rd_body="city"))) == {"rd_body_proof"}
        expired = [{"kind": "quality_system", "number": "1", "valid_until": "2023-05-09"}]
        assert set(errors("submit_application", application(certificates=expired))) == {"certificates.0.valid_until"}
        manual = {"asks_manual_check": True, "manual_reason": "数据口径不同"}
        assert set(errors("submit_application", application(**manual))) == {"manual_reason"}

    def test_higher_levels_ask_the_share_and_the_rules_of_2026_the_platform(self) -> None:
        assert set(errors("submit_application", application(), level="error", needs_platform=True)) == {
            "platform_score",
            "platform_id",
        }
        facts = {"level": "little_giant"}
        found = DUTY.check("submit_application", application(), facts | {
            "today": TODAY, "admission": [], "known": {}, "needs_platform": False})  # fmt: skip
        assert [e.field for e in found] == ["market_share_pct"]

    def test_the_answers_become_figures_by_year(self) -> None:
        figures = figures_of(application(), TODAY)

        assert figures[2022]["revenue_wan"] == "8000"
        assert (figures[2022]["staff"], figures[2022]["class1_own_ip"]) == (120, 1)
        assert figures[2020] == {"main_revenue_wan": "5500"}

    @pytest.mark.parametrize(
        ("row", "class1", "own", "class2"),
        [
            (IP, 1, 1, 0),
            (IP | {"is_main": False}, 0, 0, 0),
            (IP | {"obtained": "bought"}, 1, 0, 0),
            (IP | {"obtained": "bought", "granted_on": "2022-05-11"}, 0, 0, 0),
            (IP | {"kind": "utility_model"}, 0, 0, 1),
            (IP | {"kind": "utility_model", "granted_on": "2021-05-10"}, 0, 0, 0),
            (IP | {"kind": "software", "granted_on": "2023-01-01"}, 0, 0, 1),
        ],
    )
    def test_property_counts_by_class(self, row: dict[str, Any], class1: int, own: int, class2: int) -> None:
        last = figures_of(application(ip=[row]), TODAY)[2022]

        assert (last["class1_ip"], last["class1_own_ip"], last["class2_ip"]) == (class1, own, class2)

    def test_lists_without_entries_are_answers(self) -> None:
        assert profile_of({"field": "other", "own_brand": True}) == {
            "field": ["other"],
            "own_brand": True,
            "honours": [],
            "certificates": [],
            "standards": [],
        }


class TestReview:
    def test_the_third_check_neither_offers_nor_takes_a_return(self) -> None:
        returned = {"outcome": "returned", "return_points": [{"field": "years", "point": "请核对"}]}

        assert outcomes_offered("check_at_locality", {"round": 2}) == ("pass", "returned", "reject")
        assert outcomes_offered("check_at_locality", {"round": 3}) == ("pass", "reject")
        assert errors("check_at_locality", returned, round=2) == {}
        assert set(errors("check_at_locality", returned, round=3)) == {"outcome"}

    def test_a_rejection_has_its_reason_and_a_pass_every_judgement(self) -> None:
        assert set(errors("check_at_locality", {"outcome": "reject", "reason": "不符合"})) == {"reason"}
        open_ = {"outcome": "pass", "judgements": [{"no": "C1"}]}
        assert set(errors("check_at_locality", open_)) == {"judgements.0.judged"}
        assert errors("check_at_locality", {"outcome": "pass", "judgements": [{"no": "C1", "judged": "yes"}]}) == {}

    def test_a_department_answers_every_row_and_proves_a_problem(self) -> None:
        rows = [
            {"credit_code": "A"},
            {"credit_code": "B", "finding": "problem"},
            {"credit_code": "C", "finding": "none"},
        ]

        wrong = errors("check_list_by_department", {"rows": rows})

        assert wrong["rows"] == "还有1家未填写"
        assert {"rows.1.fact", "rows.1.fact_on", "rows.1.document_no"} <= set(wrong)

    def test_an_expert_scores_within_the_maxima_or_declares_a_conflict(self) -> None:
        full = {part: most for part, (_, most) in SHEET.items()}

        assert errors("score_applications", {"rows": [full]}) == {}
        assert set(errors("score_applications", {"rows": [full | {"innovation": 36}]})) == {"rows.0.innovation"}
        assert set(errors("score_applications", {"rows": [full | {"innovation": 17}]})) == {"rows.0.remark"}
        assert set(errors("score_applications", {"rows": [{"is_recused": True}]})) == {"rows.0.recuse_reason"}
        assert errors("score_applications", {"rows": [{"is_recused": True, "recuse_reason": "曾任顾问"}]}) == {}

    def test_two_sheets_are_the_least_a_row_may_stand_on(self) -> None:
        stand = {"silent": [{"no": "7", "settlement": "stand", "reason": "时间紧迫"}]}

        assert errors("replace_experts", stand, silent=[{"no": "7", "least_sheets": 2}]) == {}
        assert set(errors("replace_experts", stand, silent=[{"no": "7", "least_sheets": 1}])) == {"silent.0.settlement"}

    def test_a_decision_against_the_rules_proposal_is_explained(self) -> None:
        rows = [{"credit_code": "A", "is_proposed": True, "is_pending": False}]

        def decide(**row: Any) -> set[str]:
            return set(errors("decide_list", {"rows": [{"credit_code": "A", **row}]}, rows=rows))

        assert decide(decision="granted") == set()
        assert decide(decision="refused") == {"rows.0.reason"}
        assert decide(decision="refused", reason="产能已转出本市") == set()
        assert decide() == {"rows.0.decision"}

    def test_outcomes_of_the_upper_level_may_wait_but_not_be_left_out(self) -> None:
        granted = {"result": "granted", "document_no": "苏工信〔2023〕1号", "announced_on": "2023-05-01"}

        assert errors("record_outcome", {"rows": [granted]}) == {}
        assert errors("record_outcome", {"rows": [granted, {}]}) == {"rows": "还有1家未登记结果，可先暂存"}
        assert set(errors("record_outcome", {"rows": [{"result": "granted"}]})) == {
            "rows.0.document_no",
            "rows.0.announced_on",
        }


class TestList:
    ROW: dict[str, Any] = {"locality": "pass", "locality_reason": "", "is_met": True, "unmet": [], "problems": []}

    def test_what_meets_its_conditions_and_nobody_bars_is_proposed(self) -> None:
        assert proposal(self.ROW).is_proposed
        assert not proposal(self.ROW | {"locality": "reject", "locality_reason": "停产"}).is_proposed
        assert not proposal(self.ROW | {"locality": ""}).is_proposed
        found = proposal(
            self.ROW | {"is_met": False, "unmet": ["近2年主营业务收入平均增长率"], "problems": ["税务：偷税"]}
        )
        assert found.reasons == ("不符合条件：近2年主营业务收入平均增长率", "税务：偷税")

    def test_reasons_are_numbered_where_there_are_several(self) -> None:
        assert refusal(["停产。"]) == "停产。"
        assert refusal(["停产", "偷税"]) == "1. 停产；2. 偷税。"

    @given(people=st.sets(st.integers(1, 500).map(str), max_size=20), seed=st.text(min_size=1, max_size=10))
    def test_the_lot_is_the_same_for_whoever_repeats_it(self, people: set[str], seed: str) -> None:
        lot = drawn(seed, "A", people, 3)

        assert lot == drawn(seed, "A", sorted(people), 3)
        assert len(lot) == min(3, len(people))
        assert set(lot) <= people

    def test_the_lot_differs_from_row_to_row(self) -> None:
        people = [str(number) for number in range(30)]

        assert len({tuple(drawn("x", str(row), people, 3)) for row in range(10)}) > 1


class TestDates:
    FACTS: dict[str, Any] = {
        "calendar": STATUTORY,
        "window_to": date(2023, 4, 28),
        "expected_on": date(2023, 6, 30),
        "opened_on": date(2023, 4, 3),
    }

    def test_an_application_is_due_at_the_windows_end_and_a_returned_one_later(self) -> None:
        due = DUTY.due_on("submit_application", self.FACTS)
        returned = DUTY.due_on("submit_application", self.FACTS | {"correction_on": date(2023, 5, 11)})

        assert due is not None
        assert returned is not None
        assert (due.on, returned.on) == (date(2023, 4, 28), date(2023, 5, 11))
        closes = DUTY.due_at["submit_closes_at"]
        assert closes(self.FACTS) == datetime(2023, 4, 29, tzinfo=ZONE)
        assert closes(self.FACTS | {"correction_on": date(2023, 4, 12)}) == datetime(2023, 4, 29, tzinfo=ZONE)
        assert closes(self.FACTS | {"correction_on": date(2023, 5, 11)}) == datetime(2023, 5, 12, tzinfo=ZONE)

    @pytest.mark.parametrize(
        ("opened_on", "due_on"),
        [
            (date(2023, 4, 3), date(2023, 4, 11)),
            (date(2023, 5, 12), date(2023, 5, 16)),  # ten days after the window's end at the latest
            (date(2023, 5, 17), date(2023, 5, 24)),  # a correction that came later has its own five
        ],
    )
    def test_the_locality_has_five_days_and_ends_ten_after_the_window(self, opened_on: date, due_on: date) -> None:
        due = DUTY.due_on("check_at_locality", self.FACTS | {"opened_on": opened_on})

        assert due is not None
        assert due.on == due_on

    @pytest.mark.parametrize(
        "opened_on", [date(2022, 9, 30), date(2022, 10, 8)], ids=["before a holiday", "make-up day"]
    )
    @pytest.mark.parametrize("task", [task for task in DUTY.forms if task != "record_outcome"])
    def test_every_task_is_due_on_a_working_day(self, task: str, opened_on: date) -> None:
        due = DUTY.due_on(task, self.FACTS | {"opened_on": opened_on, "window_to": date(2022, 11, 30)})

        assert due is not None
        assert STATUTORY.is_working_day(due.on)
        assert due.on > opened_on

    def test_each_round_of_the_experts_has_its_own_seven_days(self) -> None:
        closes = DUTY.due_at["scores_close_at"]

        assert closes(self.FACTS | {"opened_on": date(2023, 6, 1)}) > closes(self.FACTS)

    def test_a_year_without_a_table_of_holidays_is_marked(self) -> None:
        due = DUTY.due_on("decide_list", {"opened_on": date(2023, 3, 1), "calendar": Calendar({})})

        assert due is not None
        assert due.provisional
