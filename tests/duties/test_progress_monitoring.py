"""The rules, checks and dates of 运行监测; the numbered cases are the worked examples of its spec."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.progress_monitoring import (
    DUTY,
    Figure,
    Period,
    attainment,
    deficit,
    exceptions,
    expected_share,
    is_behind,
    light,
    needs_check,
    outcomes_offered,
    periods_of,
    projection,
)
from app.duties.progress_monitoring_pace import is_sampled
from app.terms import Light
from app.workdays import STATUTORY

Q1, Q2, Q3, YEAR = periods_of(2023)
LONG = "因上半年申报批次推迟，部分企业材料不全，尚在补充完善之中"
CALM = next(key for key in map(str, range(100)) if not is_sampled(key))
DRAWN = next(key for key in map(str, range(100)) if is_sampled(key))


def figure(value: str, target: str | None = None, **more: Any) -> Figure:
    told: dict[str, Any] = {"key": "figures.1", "kind": "newly_added", "has_evidence": True}
    return Figure(value=Decimal(value), target=None if target is None else Decimal(target), **{**told, **more})


def points(found: Decimal) -> Decimal:
    return (found * 100).quantize(Decimal("0.1"))


def known(**more: Any) -> dict[str, Any]:
    row = {"no": 1, "name": "省级专精特新企业", "unit": "家", "kind": "newly_added", "comparator": "eq", "precision": 0}
    told = {"target": 35, "quarters": (), "base": None, "last": 10, "counted": None, "basis": "附件1第1项，新增值"}
    return {**row, **told} | more


def make_facts(*figures: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "calendar": STATUTORY,
        "opened_on": date(2023, 7, 3),
        "period": Q2,
        "is_returned": False,
        "is_correction": False,
        "entries": 0,
        "figures": list(figures or (known(),)),
        "measures": [],
        "matters": [],
        "plan_lines": [],
        "actions": [],
        "round": 1,
        "lagging": [],
    } | more


def answer(value: Any = 18, **more: Any) -> dict[str, Any]:
    return {"no": 1, "value": value, "next_value": 36, "evidence": ["a"]} | more


def errors(element_id: str, answers: dict[str, Any], facts: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    return [(error.field, error.text) for error in DUTY.check(element_id, answers, facts or make_facts())]


def filled(*rows: dict[str, Any], facts: dict[str, Any] | None = None, **more: Any) -> list[tuple[str, str]]:
    return errors("fill_progress", {"figures": list(rows), **more}, facts)


# --- pace and lights ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "done", "target", "period", "more", "missing", "shown"),
    [
        (1, "12", "35", Q2, {}, "15.7", Light.YELLOW),
        (2, "8", "35", Q2, {}, "27.1", Light.RED),
        (3, "16", "35", Q2, {}, "4.3", Light.GREEN),
        (4, "5", "20", Q2, {"quarters": (2, 4, 6, 8)}, "5.0", Light.GREEN),
        (5, "0", "3", Q1, {}, "0.0", Light.GREEN),
        (6, "0", "3", Q2, {}, "33.3", Light.YELLOW),
        (7, "3.70", "3.9", Q2, {"kind": "period_end", "base": Decimal("3.65")}, "1.9", Light.GREEN),
        (7, "3.60", "3.9", Q2, {"kind": "period_end", "base": Decimal("3.65")}, "4.5", Light.YELLOW),
        (8, "60.0", "60", YEAR, {"kind": "period_end", "comparator": "gt"}, "0.0", Light.RED),
        (8, "60.1", "60", YEAR, {"kind": "period_end", "comparator": "gt"}, "-0.2", Light.BLUE),
        (9, "41000", "50000", Q3, {}, "-7.0", Light.GREEN),
        (9, "50000", "50000", Q3, {}, "-25.0", Light.BLUE),
        (10, "310", "100", Q3, {}, "-235.0", Light.BLUE),
    ],
)
def test_the_worked_examples(
    case: int, done: str, target: str, period: Period, more: dict[str, Any], missing: str, shown: Light
) -> None:
    quarters = tuple(map(Decimal, more.get("quarters", ())))
    found = figure(done, target, **{**more, "quarters": quarters})

    assert points(deficit(found, period)) == Decimal(missing)
    assert light(found, period) is shown
    assert is_behind(found, period) is (shown in (Light.YELLOW, Light.RED))


def test_case_10_a_score_counts_no_more_than_the_whole_target() -> None:
    assert attainment(figure("310", "100")) == 1
    assert attainment(figure("25", "100")) == Decimal("0.25")
    assert attainment(figure("25")) is None


def test_without_a_target_nothing_is_behind() -> None:
    assert (light(figure("3"), Q2), deficit(figure("3"), Q2)) == (Light.GREY, 0)


def test_a_projection_goes_on_at_the_same_pace() -> None:
    assert projection(figure("12", "35"), Q2) == 24
    assert projection(figure("3.7", "3.9", kind="period_end"), Q2) is None


@given(st.lists(st.integers(0, 50), min_size=4, max_size=4))
def test_the_share_grows_to_the_whole(parts: list[int]) -> None:
    shares = [expected_share(tuple(map(Decimal, parts)), period) for period in periods_of(2023)]

    assert shares == sorted(shares)
    assert shares[-1] == 1


@given(st.integers(0, 100), st.integers(0, 100), st.integers(10, 100), st.sampled_from(periods_of(2023)))
def test_more_done_is_never_a_worse_light(one: int, other: int, target: int, period: Period) -> None:
    order = [Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE]
    less, more = sorted((one, other))

    found = [light(figure(str(value), str(target)), period) for value in (less, more)]

    assert order.index(found[0]) <= order.index(found[1])


# --- what a person looks at --------------------------------------------------------------------------------------


def test_a_confirmed_count_needs_nobody() -> None:
    rows = [figure("38", "35", counted=Decimal(38), last=Decimal(30), has_evidence=False)]

    assert not needs_check(rows, [], is_first=False, key=CALM)
    assert needs_check(rows, [], is_first=True, key=CALM)
    assert exceptions(rows, [], is_first=False, key=DRAWN) == {"": ["sample"]}


@pytest.mark.parametrize(
    ("value", "more", "why"),
    [
        ("41", {"counted": Decimal(38)}, ["changed"]),
        ("9", {"last": Decimal(10)}, ["fall"]),
        ("30", {"last": Decimal(10)}, ["jump"]),
        ("12", {"last": Decimal(10), "has_evidence": False}, ["no_evidence"]),
        ("12", {"last": Decimal(10), "is_basis_settled": False}, ["basis"]),
        ("9", {"last": Decimal(10), "kind": "period_end"}, []),
        ("10", {"last": Decimal(10), "has_evidence": False}, []),
    ],
)
def test_what_stands_out(value: str, more: dict[str, Any], why: list[str]) -> None:
    found = exceptions([figure(value, "35", **{"last": Decimal(30), **more})], [], is_first=False, key=CALM)

    assert found == ({"figures.1": why} if why else {})


def test_a_task_done_or_behind_is_looked_at() -> None:
    states = [{"key": "measures.1", "state": "done"}, {"key": "measures.2", "state": "on_schedule"}]

    assert exceptions([], states, is_first=False, key=CALM) == {"measures.1": ["done"]}


@given(st.text(min_size=1))
def test_the_draw_is_the_same_for_the_same_report(key: str) -> None:
    assert is_sampled(key) is is_sampled(key)


# --- the form ----------------------------------------------------------------------------------------------------


def test_a_form_without_a_fault() -> None:
    assert filled(answer()) == []


@pytest.mark.parametrize(
    ("row", "field", "text"),
    [
        ({"no": 1}, "figures.0.value", "请填写2023年1月1日至2023年6月30日的累计值"),
        (answer(9), "figures.0.value", "累计数不得小于上期（10），如为更正请选择“更正”"),
        (answer(18.5), "figures.0.value", "请填写整数"),
        (answer(34, evidence=[]), "figures.0.evidence", "本期新增超过年度目标一半，请附佐证"),
        (answer(18, next_value=None), "figures.0.next_value", "请填写预计年底数值"),
        (answer(18, next_value=17), "figures.0.next_value", "预计年底不得小于累计数（18）"),
    ],
)
def test_the_sentences_of_a_figure(row: dict[str, Any], field: str, text: str) -> None:
    assert filled(row)[0] == (field, text)


def test_a_period_end_value_is_asked_for_its_day() -> None:
    facts = make_facts(known(kind="period_end", unit="%", precision=1, target=3.9))

    assert filled({"no": 1}, facts=facts)[0][1] == "该指标为期末值，请填2023年6月30日数值"
    assert filled(answer(120, next_value=99), facts=facts)[0][1] == "比率应在0至100之间"


def test_a_figure_without_a_settled_basis_is_refused() -> None:
    facts = make_facts(known(basis=""))

    assert filled(answer(), facts=facts) == [("figures.0.value", "该指标口径未确认，请先报办公室")]


def test_who_does_not_agree_with_the_count_says_why_and_shows_it() -> None:
    facts = make_facts(known(counted=38, last=30, target=None))
    row = answer(38, own_value=41, next_value=45, evidence=[])

    assert filled(row, facts=facts) == [
        ("figures.0.change_reason", "与台账计数不一致，请说明原因"),
        ("figures.0.evidence", "与台账计数不一致，请附佐证"),
    ]
    assert filled({**row, "change_reason": "三家已获批待公布", "evidence": ["a"]}, facts=facts) == []


def test_who_is_behind_says_why_and_what_is_next() -> None:
    assert [field for field, _ in filled(answer(12))] == ["figures.0.lag_reason", "figures.0.lag_step"]
    assert filled(answer(12, lag_reason=LONG, lag_step=LONG)) == []


def test_a_correction_may_fall_and_says_why() -> None:
    facts = make_facts(is_correction=True)

    assert filled(answer(8), facts=facts) == [("figures.0.change_reason", "更正数据的，请说明原因")]
    assert filled(answer(8, change_reason="重复计入两家"), facts=facts) == []


def test_a_row_that_was_recorded_already_is_not_asked_again() -> None:
    assert filled(facts=make_facts(known(is_closed=True))) == []


def test_parts_add_up_or_say_why_not() -> None:
    parts = [{"key": "1-sci", "value": 8}, {"key": "1-agri", "value": 7}]

    assert filled(answer(), shared=parts) == [("shared.0.difference", "分项合计15与总数18不一致")]
    assert filled(answer(), shared=[{**parts[0], "difference": "三家由属地直接报送"}, parts[1]]) == []
    assert filled(answer(15, next_value=36), shared=parts) == []


def test_measures_matters_lines_and_actions_say_how_far_they_are() -> None:
    facts = make_facts(known(), measures=[{"no": 3}], plan_lines=[{"no": 7, "percent": 40}])

    assert [field for field, _ in filled(answer(), facts=facts)][:2] == ["measures.0.state", "measures.0.note"]
    told = {"measures": [{"no": 3, "state": "done", "note": LONG}]}
    line = {"no": 7, "state": "on_schedule", "note": "已完成招标"}
    assert filled(answer(), facts=facts, **told, plan_lines=[{**line, "percent": 30}]) == [
        ("measures.0.evidence", "报已完成的任务，请附佐证"),
        ("plan_lines.0.percent", "进度不得低于上期（40%）"),
    ]
    assert filled(answer(), facts=facts, **told, attachments=["a"], plan_lines=[{**line, "percent": 60}]) == []


# --- the office --------------------------------------------------------------------------------------------------


def verified(outcome: str, *rows: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    number = more.pop("round", 1)
    return errors("verify_progress", {"outcome": outcome, "rows": list(rows), **more}, make_facts(round=number))


def test_a_return_names_rows_or_says_what_is_wrong_with_all() -> None:
    refused = {"key": "figures.1", "verdict": "returned"}

    assert verified("returned", refused)[0][0] == "rows.0.point"
    assert verified("returned", {**refused, "point": "请附名单"}) == []
    assert verified("returned") == [("opinion_text", "没有逐行退回的，请写明退回意见")]
    assert verified("accepted", {**refused, "point": "请附名单"}, quality_level="good")[0][0] == "outcome"


def test_an_unclear_basis_is_one_rows_and_asked_in_words() -> None:
    row = {"key": "figures.1", "verdict": "unclear"}

    assert [field for field, _ in verified("basis_unclear")] == ["opinion_text", "rows"]
    assert verified("basis_unclear", row, opinion_text="迁入企业是否计入") == []


def test_beyond_the_second_return_the_office_accepts_or_asks_for_a_consultation() -> None:
    assert outcomes_offered("verify_progress", {"round": 3}) == ("accepted", "basis_unclear")
    assert verified("returned", round=3, opinion_text="仍不准确")[0] == (
        "outcome",
        "已退回两次，不能再次退回，请通过或提请会商",
    )
    assert [field for field, _ in verified("accepted", round=3, quality_level="fair")] == ["opinion_text"]


def test_who_enters_for_a_silent_unit_names_the_source() -> None:
    fields = [field for field, _ in errors("decide_missing", {"outcome": "record"})]

    assert fields == ["source", "file"]
    assert errors("decide_missing", {"outcome": "urge"}) == []


def test_every_lagging_row_is_decided() -> None:
    facts = make_facts(lagging=[{"key": "figures.1"}, {"key": "figures.2"}])
    rows = [{"key": "figures.1", "outcome": "order"}]

    assert [field for field, _ in errors("handle_lag", {"rows": rows}, facts)] == ["rows.0.text", "rows.1.outcome"]
    done = [{**rows[0], "text": "限十日内整改"}, {"key": "figures.2", "outcome": "watch"}]
    assert errors("handle_lag", {"rows": done}, facts) == []


# --- periods and dates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "due"),
    [
        ("2022-Q2", "2022-07-14"),
        ("2022-Q3", "2022-10-19"),
        ("2023-Q1", "2023-04-17"),
        ("2023-Q2", "2023-07-14"),
        ("2023-Q3", "2023-10-18"),
        ("2024-Q1", "2024-04-15"),
        ("2024-Q2", "2024-07-12"),
        ("2024-Q3", "2024-10-18"),
        ("2022-12", "2023-01-16"),
        ("2023-12", "2024-01-15"),
        ("2024-12", "2025-01-15"),
    ],
)
def test_the_tenth_working_day_after_the_period(period: str, due: str) -> None:
    assert Period.read(period).due_on(STATUTORY) == date.fromisoformat(due)


@pytest.mark.parametrize("text", ["2023", "2023-Q4", "2023-13", "Q1", "2023-Q1 "])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"2023|Q1"):
        Period.read(text)


@given(st.integers(2008, 2030), st.integers(1, 4))
def test_a_period_is_read_as_it_is_written(year: int, quarter: int) -> None:
    period = Period(year, quarter)

    assert Period.read(period.text) == period
    assert period.begins_on < period.ends_on < period.opens_on(STATUTORY) < period.due_on(STATUTORY)


def test_words_and_days_of_a_period() -> None:
    assert (Q2.name, YEAR.name) == ("2023年第二季度", "2023年全年")
    assert (Q2.ends_on, YEAR.ends_on) == (date(2023, 6, 30), date(2023, 12, 31))
    assert (Q1.before, Q2.before) == (None, Q1)
    assert [period.asks_for_measures for period in periods_of(2023)] == [False, True, False, True]
    assert YEAR.opens_on(STATUTORY) == date(2024, 1, 2)


def test_the_draft_is_due_two_working_days_before_the_signature() -> None:
    found = [DUTY.due_on(element, make_facts()) for element in ("fill_progress", "sign_progress")]

    assert [(due.on, due.limit_days) for due in found if due] == [(date(2023, 7, 12), 8), (date(2023, 7, 14), 10)]


def test_returned_rows_have_three_working_days() -> None:
    due = DUTY.due_on("fill_progress", make_facts(is_returned=True))

    assert due is not None
    assert due.on == date(2023, 7, 6)


def test_only_the_first_entry_is_escalated() -> None:
    far = datetime(9999, 12, 31, tzinfo=UTC)

    assert DUTY.due_at["escalate_at"](make_facts()) == datetime(2023, 7, 18, 16, tzinfo=UTC)
    assert DUTY.due_at["escalate_at"](make_facts(entries=1)) == far
    assert DUTY.due_at["escalate_at"](make_facts(is_correction=True)) == far
    assert DUTY.due_at["consultation_guard_at"](make_facts()) == datetime(2023, 7, 31, 16, tzinfo=UTC)
