"""The package, its figures, the limits and what the forms refuse."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.policy_conditions import Askable
from app.duties.policy_package import MOST_POLICIES, Fit, already_enjoyed, package, reach, use_rate
from app.duties.policy_push import DUTY, check_entry, is_unchecked, outcome_of_reading, round_day
from app.workdays import STATUTORY

TODAY = date(2022, 8, 1)
CALENDAR = STATUTORY
CATALOGUE = {"revenue_wan": Askable("revenue_wan", "营业收入", "number", "万元")}
ROW = {"group": 1, "figure": "revenue_wan", "operator": "gte", "value": "2000"}


def problems(element_id: str, answers: dict[str, Any], **facts: Any) -> list[tuple[str, str, str]]:
    return [(error.field, error.text, error.level) for error in DUTY.check(element_id, answers, facts)]


def test_example_6_reach_and_use() -> None:
    assert (reach(120, 150), use_rate(30, 150)) == (Decimal("80.0"), Decimal("20.0"))
    assert reach(0, 0) is None


def test_a_package_begins_with_what_closes_first_and_then_brings_most() -> None:
    soon, late = date(2022, 8, 31), date(2022, 12, 31)
    fits = [Fit("open", None, Decimal(500)), Fit("small", soon, Decimal(5)), Fit("large", soon, Decimal(50)),
            Fit("nothing", soon), Fit("late", late, Decimal(900))]  # fmt: skip

    assert [fit.policy for fit in package(fits)] == ["large", "small", "nothing", "late", "open"]


days = st.none() | st.integers(0, 40).map(lambda number: TODAY + timedelta(days=number))
amounts = st.none() | st.integers(0, 9).map(Decimal)
fits_of_one = st.lists(st.tuples(days, amounts), max_size=20).map(
    lambda rows: [Fit(str(number), *row) for number, row in enumerate(rows)]
)


@given(fits_of_one)
def test_a_package_has_at_most_twelve_and_never_leaves_out_what_closes_sooner(fits: list[Fit]) -> None:
    chosen = package(fits)
    left = set(fits) - set(chosen)

    assert len(chosen) == min(len(fits), MOST_POLICIES)
    assert all((fit.closes_on or date.max) >= (chosen[-1].closes_on or date.max) for fit in left)


def test_what_was_applied_for_in_the_year_is_enjoyed() -> None:
    uses = [{"policy": "rd", "year": 2022, "use": "applied"}, {"policy": "loan", "year": 2022, "use": "preparing"}]

    assert already_enjoyed(uses, "rd", 2022)
    assert not already_enjoyed(uses, "rd", 2023)
    assert not already_enjoyed(uses, "loan", 2022)


@pytest.mark.parametrize(
    ("number", "day"),
    [(1, date(2022, 2, 7)), (2, date(2022, 5, 5)), (3, date(2022, 8, 1)), (4, date(2022, 11, 1))],
)
def test_a_round_opens_on_the_first_working_day_after_the_holidays(number: int, day: date) -> None:
    assert round_day(2022, number, CALENDAR) == day


@pytest.mark.parametrize(
    ("task", "opened", "due"),
    [
        ("choose_policies", date(2022, 8, 1), date(2022, 8, 4)),
        ("confirm_match", date(2022, 9, 30), date(2022, 10, 10)),  # before the National Day; 8 and 9 October work
        ("confirm_package", date(2022, 8, 1), date(2022, 8, 4)),
        ("read_package", date(2022, 8, 1), date(2022, 8, 29)),
    ],
)
def test_every_step_has_its_limit(task: str, opened: date, due: date) -> None:
    found = DUTY.due_on(task, {"opened_on": opened, "calendar": CALENDAR})

    assert found is not None
    assert found.on == due


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ("match_closes_at", datetime(2022, 8, 5, 16, tzinfo=UTC)),
        ("confirm_closes_at", datetime(2022, 8, 5, 16, tzinfo=UTC)),
        ("read_closes_at", datetime(2022, 8, 29, 16, tzinfo=UTC)),
        ("packages_close_at", datetime(2022, 9, 13, 16, tzinfo=UTC)),
    ],
)
def test_every_timer_ends_with_its_last_working_day(rule: str, day: datetime) -> None:
    assert DUTY.due_at[rule]({"opened_on": TODAY, "calendar": CALENDAR}) == day


def test_a_limit_without_a_table_of_holidays_says_so() -> None:
    found = DUTY.due_on("confirm_match", {"opened_on": date(2049, 3, 1), "calendar": CALENDAR})

    assert found is not None
    assert found.provisional


def library(**policy: Any) -> list[dict[str, Any]]:
    return [{"key": "rd", "is_valid": True, "checked_on": date(2022, 3, 1)} | policy]


def chosen(count: int = 1) -> dict[str, Any]:
    return {"policies": [{"key": "rd", "chosen": True}] * count}


def test_a_round_needs_one_to_thirty_policies() -> None:
    text = "请选择1至30项政策"

    unchosen = {"policies": [{"key": "rd", "chosen": False}]}

    assert problems("choose_policies", unchosen, policies=library(), today=TODAY) == [("policies", text, "error")]
    assert problems("choose_policies", chosen(31), policies=library(), today=TODAY) == [("policies", text, "error")]
    assert problems("choose_policies", chosen(30), policies=library(), today=TODAY) == []


def test_a_policy_that_ended_is_refused_by_its_number() -> None:
    assert problems("choose_policies", chosen(), policies=library(is_valid=False), today=TODAY) == [
        ("policies.0.chosen", "第1项政策已失效", "error")
    ]


def test_a_policy_not_checked_for_a_year_is_a_warning() -> None:
    assert problems("choose_policies", chosen(), policies=library(checked_on=date(2021, 7, 31)), today=TODAY) == [
        ("policies.0.chosen", "第1项政策已超过12个月未核对", "warning")
    ]
    assert not is_unchecked(date(2021, 8, 1), TODAY)
    assert is_unchecked(None, TODAY)


def matched(answers: dict[str, Any]) -> list[tuple[str, str, str]]:
    return problems("confirm_match", answers, matches=[{"no": 1, "is_matched": True}], catalogue=CATALOGUE)


def test_a_policy_left_out_needs_its_reason() -> None:
    assert matched({"policies": [{"no": 1, "decision": "left_out"}]}) == [
        ("policies.0.reason", "本次不推的，请说明理由", "error")
    ]


def test_adjusted_conditions_are_written_in_full_and_only_where_they_were_chosen() -> None:
    assert matched({"policies": [{"no": 1, "decision": "adjusted"}]}) == [
        ("conditions", "第1项政策选择了调整条件，请填写调整后的全部条件", "error")
    ]
    assert matched({"policies": [{"no": 1, "decision": "confirmed"}], "conditions": [{"no": 1, **ROW}]}) == [
        ("conditions.0.no", "第1项政策未选择调整条件", "error")
    ]
    assert matched({"policies": [{"no": 1, "decision": "adjusted"}], "conditions": [{"no": 1, **ROW}]}) == []
    assert matched({"policies": [{"no": 1, "decision": "confirmed"}], "conditions": [{"no": 7, **ROW}]}) == [
        ("conditions.0.no", "请填写上表中的政策序号", "error")
    ]


def test_nothing_is_confirmed_before_all_is_matched() -> None:
    matches = [{"no": 1, "is_matched": False}]
    answers = {"policies": [{"no": 1, "decision": "confirmed"}]}

    assert problems("confirm_match", answers, matches=matches, catalogue=CATALOGUE) == [
        ("policies", "匹配尚未完成，请几分钟后再确认", "error")
    ]


def test_nothing_kept_is_not_pushed_and_what_is_kept_is() -> None:
    kept, dropped = {"no": 1}, {"no": 2, "drop_reason": "enjoyed"}

    assert problems("confirm_package", {"outcome": "push", "policies": [dropped]}) == [
        ("outcome", "政策已全部剔除，请选择不推送", "error")
    ]
    assert problems("confirm_package", {"outcome": "none", "policies": [kept, dropped]}) == [
        ("outcome", "选择不推送的，请逐项选择剔除理由", "error")
    ]
    assert problems("confirm_package", {"outcome": "push", "policies": [kept, dropped]}) == []


def test_help_says_what_for_and_is_never_overlooked() -> None:
    assert problems("read_package", {"outcome": "done", "policies": [{"no": 1, "use": "help"}]}) == [
        ("policies.0.text", "需要帮助的，请写明需要什么帮助", "error")
    ]
    assert problems("read_package", {"outcome": "help", "policies": [{"no": 1, "use": "applied"}]}) == [
        ("outcome", "请在需要帮助的政策后选择“需要帮助”", "error")
    ]
    assert outcome_of_reading({"outcome": "done", "policies": [{"use": "help"}]}) == "help"
    assert outcome_of_reading({"outcome": "done", "policies": [{"use": "applied"}]}) == "done"


def entry(**changes: Any) -> list[tuple[str, str]]:
    answers = {"valid_from": "2022-01-01", "valid_to": "2024-12-31", "conditions": [ROW], "windows": []} | changes
    return [(error.field, error.text) for error in check_entry(answers, CATALOGUE)]


def test_an_entry_ends_after_it_begins_and_asks_what_the_file_has() -> None:
    assert entry() == []
    assert entry(valid_to="2021-12-31") == [("valid_to", "失效日期不得早于生效日期")]
    assert entry(valid_to="2022-01-01") == []
    assert entry(conditions=[{**ROW, "figure": "colour"}]) == [("conditions.0.figure", "条件字段须选自企业档案")]
    assert entry(windows=[{"from_on": "2022-05-01", "to_on": "2022-04-30"}]) == [
        ("windows.0.to_on", "申报截止日期不得早于开始日期")
    ]
