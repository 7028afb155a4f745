"""The rules, checks and dates of 千企升级入库培育; the numbered cases are the worked examples of its spec."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.chains import read_chains
from app.duties.credit_code import with_check_character
from app.duties.duty import FieldError
from app.duties.library_entry import (
    DUTY,
    OUTCOMES,
    Stay,
    duplicates,
    entering,
    entries,
    entries_light,
    exit_reason,
    findings,
    is_sme,
    locality_named,
    pace,
    propose_tier,
    proxy_from,
    stock,
)
from app.duties.library_entry_stays import quarters_behind
from app.duties.months import months_after
from app.duties.size_rule import SIZE_ROWS
from app.terms import Light
from app.workdays import STATUTORY

CODES = [with_check_character(f"91321000MA{number:07d}") for number in range(1, 6)]
A, B = CODES[:2]
TODAY = date(2022, 5, 20)
CHAINS = ("高端装备", "食品")
LOCALITIES = [
    {"unit": "hanjiang", "name": "扬州市邗江区", "short_name": "邗江区"},
    {"unit": "gaoyou", "name": "高邮市", "short_name": "高邮市"},
]
days = st.dates(date(2020, 1, 1), date(2026, 12, 31))


def stay(entered: str, left: str | None = None, code: str = A, locality: str = "hanjiang") -> Stay:
    return Stay(code, locality, date.fromisoformat(entered), date.fromisoformat(left) if left else None)


def make_file(**more: Any) -> dict[str, Any]:
    file = {"name": "扬州第1精密机械有限公司", "state": "active", "locality": "hanjiang", "locality_name": "邗江区"}
    return {**file, "industry": "industry", "library_since": None} | more


def make_row(**more: Any) -> dict[str, Any]:
    return {
        "credit_code": A,
        "chain": "高端装备",
        "product": "精密丝杠",
        "revenue_wan": 8000,
        "staff": 120,
        "tier": "tech_sme",
        "contact_name": "王工",
        "contact_phone": "13800000000",
        "consent": "waiting",
    } | more


def make_facts(files: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    known = {A: make_file(), B: make_file(name="扬州第2精密机械有限公司")} if files is None else files
    return {
        "calendar": STATUTORY,
        "opened_on": TODAY,
        "round_opened_on": date(2022, 3, 1),
        "today": TODAY,
        "files_of": lambda codes: {code: known[code] for code in codes if code in known},
        "locality": "hanjiang",
        "localities": LOCALITIES,
        "chains": CHAINS,
        "confirmed": [B],
        "unlocked": None,
        "submitted": [],
        "round": 1,
        "rows": [{"no": 1, "name": "扬州第1精密机械有限公司"}],
        "is_returned": False,
    } | more


def errors(element_id: str, answers: dict[str, Any], facts: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    return [
        (error.field, error.text)
        for error in DUTY.check(element_id, answers, facts or make_facts())
        if error.level == "error"
    ]


def warnings(answers: dict[str, Any], facts: dict[str, Any]) -> list[str]:
    found: list[FieldError] = list(DUTY.check("nominate_enterprises", answers, facts))
    assert [error for error in found if error.level == "error"] == []
    return [error.text for error in found]


# --- what the library counts ------------------------------------------------------------------------------------


def test_case_1_a_return_within_two_years_counts_in_the_first_year_only() -> None:
    stays = [stay("2022-05-20", "2022-11-30"), stay("2023-09-10")]

    assert [entry.entered_on for entry in entries(stays, 2022)] == [date(2022, 5, 20)]
    assert entries(stays, 2023) == []


def test_case_2_who_was_there_before_is_not_new_but_counts_in_the_stock() -> None:
    stays = [stay("2021-03-15")]

    assert entries(stays, 2022) == []
    assert stock(stays, date(2022, 12, 31)) == stays


def test_case_3_a_stock_of_980_with_15_exits_and_210_entries_is_1175_and_meets_more_than_1000() -> None:
    old = [Stay(f"old{number}", "hanjiang", date(2021, 1, 1)) for number in range(965)]
    gone = [Stay(f"gone{number}", "hanjiang", date(2021, 1, 1), date(2022, 11, 30)) for number in range(15)]
    new = [Stay(f"new{number}", "hanjiang", date(2022, 5, 1)) for number in range(210)]
    everyone = [*old, *gone, *new]

    assert len(stock(everyone, date(2022, 1, 1))) == 980
    assert len(stock(everyone, date(2022, 12, 31))) == 1175
    assert len(entries(everyone, 2022)) == 210
    assert stock_light(1175).light is Light.BLUE


def test_case_4_a_stock_of_exactly_1000_does_not_exceed_it() -> None:
    assert stock_light(1000).light is Light.RED
    assert stock_light(1001).light is Light.BLUE


def stock_light(count: int) -> Any:
    return pace(
        2024,
        date(2024, 12, 31),
        entered=200,
        target=Decimal(200),
        in_stock=count,
        stock_target=Decimal(1000),
        stock_before=700,
        period=(2022, 2024),
    ).stock


def test_case_5_the_same_code_on_two_lists_enters_once_by_its_registered_place() -> None:
    rows = [
        {"credit_code": A, "locality": "gaoyou", "registered": "hanjiang"},
        {"credit_code": A, "locality": "hanjiang", "registered": "hanjiang"},
        {"credit_code": B, "locality": "gaoyou", "registered": "hanjiang"},
    ]

    assert entering(rows) == [rows[1], rows[2]]


@pytest.mark.parametrize(("back", "counted"), [("2024-11-30", 0), ("2024-12-01", 1)])
def test_the_last_day_of_the_two_years_belongs_to_them(back: str, counted: int) -> None:
    assert len(entries([stay("2022-05-20", "2022-11-30"), stay(back)], 2024)) == counted


def test_a_second_return_is_reckoned_from_the_last_exit() -> None:
    stays = [stay("2020-01-10", "2020-06-30"), stay("2021-01-10", "2022-06-30"), stay("2023-01-10")]

    assert [len(entries(stays, year)) for year in (2020, 2021, 2023)] == [1, 0, 0]


def test_on_the_day_of_its_exit_an_enterprise_has_left() -> None:
    stays = [stay("2022-05-20", "2022-11-30")]

    assert stock(stays, date(2022, 5, 19)) == []
    assert len(stock(stays, date(2022, 5, 20))) == 1
    assert len(stock(stays, date(2022, 11, 29))) == 1
    assert stock(stays, date(2022, 11, 30)) == []


@st.composite
def histories(draw: Any) -> list[Stay]:
    """Stays of a few enterprises, none overlapping another of the same one."""
    found = []
    for code in draw(st.lists(st.sampled_from(CODES), unique=True)):
        marks = sorted(draw(st.lists(days, unique=True, max_size=6)))
        for entered, left in zip(marks[::2], [*marks[1::2], None], strict=False):
            found.append(Stay(code, "hanjiang", entered, left))
    return found


@given(histories(), days)
def test_the_stock_is_what_entered_less_what_left(stays: list[Stay], on: date) -> None:
    entered = sum(one.entered_on <= on for one in stays)
    left = sum(one.left_on is not None and one.left_on <= on for one in stays)

    assert len(stock(stays, on)) == entered - left


@given(histories())
def test_each_entry_counts_in_one_year_at_most_and_never_soon_after_an_exit(stays: list[Stay]) -> None:
    counted = [entry for year in range(2020, 2027) for entry in entries(stays, year)]

    assert len(counted) == len(set(counted))
    for entry in counted:
        before = [one.left_on for one in stays if one.code == entry.code and one.entered_on < entry.entered_on]
        assert all(left is not None and entry.entered_on > months_after(left, 24) for left in before)


@given(histories(), st.integers(2020, 2026))
def test_an_enterprise_counts_once_a_year_and_the_figure_only_grows(stays: list[Stay], year: int) -> None:
    figures = [entries(stays, year, date(year, month, 28)) for month in range(1, 13)]

    assert all(len({entry.code for entry in figure}) == len(figure) for figure in figures)
    assert all(len(figure) <= len(later) for figure, later in pairwise(figures))


@pytest.mark.parametrize(
    ("state", "stays", "reason"),
    [
        ("active", False, None),
        ("deregistered", False, "注销"),
        ("moved_out", False, "迁出本市"),
        ("moved_out", True, None),
        ("large", False, "升为大型企业"),
        ("duplicate", False, "重复入库"),
    ],
)
def test_why_an_enterprise_leaves(state: str, stays: bool, reason: str | None) -> None:
    assert exit_reason(state, stays_in_city=stays) == reason


@pytest.mark.parametrize(
    ("on", "share"),
    [("2022-03-30", 0), ("2022-03-31", 1), ("2022-06-29", 1), ("2022-12-30", 3), ("2022-12-31", 4), ("2023-01-01", 4)],
)
def test_the_pace_steps_at_the_end_of_a_quarter(on: str, share: int) -> None:
    assert quarters_behind(2022, date.fromisoformat(on)) == Decimal(share) / 4


@pytest.mark.parametrize(
    ("entered", "light"), [(40, Light.GREEN), (31, Light.GREEN), (30, Light.YELLOW), (0, Light.RED), (200, Light.BLUE)]
)
def test_ten_points_behind_the_even_pace_at_a_quarters_end_is_yellow(entered: int, light: Light) -> None:
    assert entries_light(2022, date(2022, 3, 31), entered, Decimal(200)).light is light


def test_without_a_target_entries_show_no_light() -> None:
    shown = pace(
        2023, TODAY, entered=3, target=None, in_stock=3, stock_target=Decimal(1000), stock_before=0, period=(2022, 2024)
    )

    assert shown.entries is None


# --- the size rule, the ladder, and what the machine finds --------------------------------------------------------


@pytest.mark.parametrize(
    ("industry", "staff", "revenue", "assets", "expected"),
    [
        ("industry", 999, 50_000, None, True),
        ("industry", 1000, 39_999.99, None, True),
        ("industry", 1000, 40_000, None, False),
        ("construction", None, 80_000, 79_999, True),
        ("construction", None, 80_000, 80_000, False),
        ("software", 300, 10_000, None, False),
        ("software", 299, 10_000, None, True),
        ("agriculture", 5000, 19_999, None, True),
        ("agriculture", 1, 20_000, None, False),
        ("leasing", 300, 0, 120_000, False),
        ("", 1000, 40_000, None, False),
        ("unheard_of", 300, 1, None, False),
        ("industry", None, 90_000, None, True),
    ],
)
def test_an_enterprise_is_large_from_both_limits_of_its_industry_on(
    industry: str, staff: Any, revenue: Any, assets: Any, expected: bool
) -> None:
    assert is_sme(industry, staff, revenue, assets) is expected


@given(st.sampled_from(sorted(SIZE_ROWS)), *[st.integers(0, 300_000)] * 3, st.integers(0, 1000))
def test_growing_never_makes_a_large_enterprise_small(
    industry: str, staff: int, revenue: int, assets: int, more: int
) -> None:
    if not is_sme(industry, staff, revenue, assets):
        assert not is_sme(industry, staff + more, revenue + more, assets + more)


@pytest.mark.parametrize(
    ("titles", "tier"),
    [
        ((), "tech_sme"),
        (("tech_sme",), "innovative"),
        (("innovative", "tech_sme"), "specialised"),
        (("specialised_city",), "specialised"),
        (("specialised_city", "specialised"), "little_giant"),
        (("specialised", "little_giant"), "single_champion"),
        (("single_champion",), "single_champion"),
    ],
)
def test_the_next_step_of_the_ladder_is_proposed(titles: tuple[str, ...], tier: str) -> None:
    assert propose_tier(titles) == tier


@pytest.mark.parametrize(
    ("row", "file", "text"),
    [
        ({"credit_code": A[:-1] + "!"}, {}, "第1行信用代码校验不通过"),
        ({}, {"library_since": "2021-03-15"}, "第1行企业已在库（2021年3月15日入库）"),
        ({"staff": 1000, "revenue_wan": 40000}, {}, "第1行企业不符合中小企业划型标准"),
        ({}, {"locality": "gaoyou", "locality_name": "高邮市"}, "第1行企业注册地为高邮市"),
        ({}, {"state": "deregistered"}, "第1行企业不在正常经营状态"),
        ({"chain": "其他"}, {}, "第1行产业链为“其他”，请填写推荐理由"),
    ],
)
def test_each_finding_has_its_sentence(row: dict[str, Any], file: dict[str, Any], text: str) -> None:
    found = findings([make_row(**row)], {A: make_file(**file)}, "hanjiang", CHAINS)

    assert [finding.text for finding in found[0]] == [text]


def test_an_enterprise_without_a_file_needs_its_name() -> None:
    assert [one.text for one in findings([make_row()], {}, "hanjiang")[0]] == ["第1行企业尚未建档，请填写企业名称"]
    assert findings([make_row(name="扬州新厂有限公司")], {}, "hanjiang") == [[]]


def test_a_code_that_stands_twice_names_both_rows_however_it_is_typed() -> None:
    rows = [make_row(), make_row(credit_code=B), make_row(credit_code=f" {A.lower()} ")]

    assert duplicates(rows) == [(1, 3, "第1、3行重复")]


# --- the forms ----------------------------------------------------------------------------------------------------


def test_a_valid_list_passes() -> None:
    assert errors("nominate_enterprises", {"rows": [make_row(), make_row(credit_code=B)]}) == []


def test_what_cannot_be_read_is_refused_at_its_cell() -> None:
    rows = [make_row(credit_code=A[:-1] + "!"), make_row(credit_code=B), make_row(credit_code=B)]

    assert errors("nominate_enterprises", {"rows": rows}) == [
        ("rows.0.credit_code", "第1行信用代码校验不通过"),
        ("rows.2.credit_code", "第2、3行重复"),
    ]


def test_what_the_machine_will_skip_is_a_warning_and_the_list_goes_on() -> None:
    facts = make_facts(
        {A: make_file(library_since="2021-03-15"), B: make_file(locality="gaoyou", locality_name="高邮市")}
    )

    assert warnings({"rows": [make_row(), make_row(credit_code=B)]}, facts) == [
        "第1行企业已在库（2021年3月15日入库）",
        "第2行企业注册地为高邮市",
    ]


@pytest.mark.parametrize(
    ("row", "field", "text"),
    [
        ({"contact_phone": "0514-87654321"}, "contact_phone", "请填写11位手机号码"),
        ({"contact_phone": "１３８００００００００"}, "contact_phone", "请填写11位手机号码"),
        ({"consent": "platform"}, "consent", "企业尚未在平台确认，请选择电话确认或待确认"),
        ({"consent": "phone"}, "consent_on", "电话确认的，请填写确认日期"),
        ({"consent": "phone", "consent_on": "2022-05-21"}, "consent_on", "确认日期不得晚于今天"),
    ],
)
def test_contact_and_consent_are_checked(row: dict[str, Any], field: str, text: str) -> None:
    assert errors("nominate_enterprises", {"rows": [make_row(**row)]}) == [(f"rows.0.{field}", text)]


def test_a_list_needs_an_enterprise_its_own_or_one_that_applied() -> None:
    own = {"credit_code": A, "decision": "yes"}

    assert errors("nominate_enterprises", {"rows": []}) == [("rows", "请至少推荐一家企业")]
    assert errors("nominate_enterprises", {"rows": [], "applications": [own]}) == []
    assert errors("nominate_enterprises", {"rows": [], "applications": [{**own, "decision": "no"}]}) == [
        ("rows", "请至少推荐一家企业"),
        ("applications.0.reason", "不推荐的，请说明理由"),
    ]
    assert errors("nominate_enterprises", {"rows": [make_row()], "applications": [own]}) == [
        ("rows.0.credit_code", "第1行企业已自荐，请在自荐企业中选择推荐")
    ]


def test_a_correction_changes_only_what_was_returned() -> None:
    facts = make_facts(unlocked=[B], submitted=[make_row(), make_row(credit_code=B)])

    changed = {"rows": [make_row(product="滚珠丝杠"), make_row(credit_code=B, product="轴承")]}
    assert errors("nominate_enterprises", changed, facts) == [
        ("rows.0.credit_code", "第1行不在补正范围内，请恢复原来的内容")
    ]
    gone = {"rows": [make_row(credit_code=B)]}
    assert errors("nominate_enterprises", gone, facts)[0][1].startswith("不在补正范围内的企业不能删去")
    assert errors("nominate_enterprises", {"rows": [make_row(staff=120.0)]}, facts) == []


def test_a_review_decides_every_row_and_says_why_one_is_refused() -> None:
    decided = {"outcome": "accepted", "rows": [{"no": 1, "decision": "no"}]}

    assert errors("review_nomination", {"outcome": "accepted", "rows": []}) == [
        ("rows", "第1行扬州第1精密机械有限公司尚未审核")
    ]
    assert errors("review_nomination", decided) == [("rows.0.reason", "不同意的，请说明理由")]
    decided["rows"] = [{"no": 1, "decision": "no", "reason": "主导产品不符"}]
    assert errors("review_nomination", decided) == []


def test_a_return_lists_its_points_and_there_are_two_of_them_at_most() -> None:
    point = {"row_no": 1, "point": "产品写得不清楚"}

    assert errors("review_nomination", {"outcome": "returned"})[0][0] == "return_points"
    assert errors("review_nomination", {"outcome": "returned", "return_points": [point]}) == []
    assert errors("review_nomination", {"outcome": "returned", "return_points": [{**point, "row_no": 9}]}) == [
        ("return_points.0.row_no", "名单中没有这一序号")
    ]
    third = make_facts(round=3)
    assert errors("review_nomination", {"outcome": "returned", "return_points": [point]}, third) == [
        ("outcome", "已退回两次，不能再次退回，请逐家审核后通过")
    ]
    assert DUTY.offered("review_nomination", third) == ("accepted",)
    assert DUTY.offered("review_nomination", make_facts(round=2)) == OUTCOMES["review_nomination"]


def test_the_yearly_check_asks_for_day_and_proof_of_an_exception_only() -> None:
    normal = {"credit_code": A, "state": "active"}

    assert errors("check_library", {"rows": [normal]}) == []
    assert errors("check_library", {"rows": [{**normal, "state": "deregistered"}]}) == [
        ("rows.0.on", "请填写发生日期"),
        ("rows.0.proof", "请填写依据或来源"),
    ]
    moved = {**normal, "state": "moved_out", "on": "2022-05-01", "proof": "登记机关", "to_locality": "邗江区"}
    assert errors("check_library", {"rows": [moved]}) == [("rows.0.to_locality", "迁入地不能是本地")]
    assert errors("check_library", {"rows": [{**moved, "to_locality": "高邮市"}]}) == []
    assert locality_named(LOCALITIES, " 高邮市 ") == "gaoyou"
    assert locality_named(LOCALITIES, "南京市") is None


# --- dates --------------------------------------------------------------------------------------------------------


def due(element_id: str, **more: Any) -> date:
    found = DUTY.due_on(element_id, make_facts(**more))
    assert found is not None
    return found.on


def test_a_list_is_due_twenty_working_days_after_its_round_began_and_three_after_its_return() -> None:
    assert due("nominate_enterprises") == date(2022, 3, 29)
    assert due("nominate_enterprises", opened_on=date(2022, 3, 10)) == date(2022, 3, 29)
    assert due("nominate_enterprises", opened_on=date(2022, 3, 30), is_returned=True) == date(2022, 4, 2)  # a Saturday


@pytest.mark.parametrize(
    ("element_id", "opened", "day"),
    [
        ("review_nomination", "2022-09-30", "2022-10-12"),  # before a long holiday, with two make-up days after it
        ("sign_nomination", "2022-10-07", "2022-10-09"),  # a Sunday that is worked
        ("collect_consent", "2022-05-20", "2022-05-27"),
        ("check_library", "2022-11-01", "2022-11-22"),
        ("review_check", "2022-11-22", "2022-11-29"),
    ],
)
def test_limits_count_working_days(element_id: str, opened: str, day: str) -> None:
    assert due(element_id, opened_on=date.fromisoformat(opened)) == date.fromisoformat(day)


def test_a_year_without_a_notice_of_holidays_says_so() -> None:
    found = DUTY.due_on("review_nomination", make_facts(opened_on=date(2031, 3, 3)))

    assert found is not None
    assert found.provisional
    assert "推算" in found.rule


def test_consent_is_waited_for_eight_working_days_anew_at_each_entry() -> None:
    rule = DUTY.due_at["consent_closes_at"]

    assert rule(make_facts(opened_on=date(2022, 5, 20))) == datetime(2022, 6, 1, 16, tzinfo=UTC)
    assert rule(make_facts(opened_on=date(2022, 6, 2))) == datetime(2022, 6, 15, 16, tzinfo=UTC)


def test_the_bureau_may_act_for_a_silent_locality_after_five_more_working_days() -> None:
    assert proxy_from(date(2022, 11, 22), STATUTORY) == date(2022, 11, 30)


@given(days.filter(lambda day: day.year < 2026), st.sampled_from(sorted(set(DUTY.forms) - {"nominate_enterprises"})))
def test_every_step_is_due_on_a_later_working_day(opened: date, element_id: str) -> None:
    on = due(element_id, opened_on=opened)

    assert opened < on <= opened + timedelta(days=60)
    assert STATUTORY.is_working_day(on)


def test_the_list_of_chains_is_read_and_must_name_each_once() -> None:
    assert read_chains("system: 集群\nchains: [食品, 航空]").choices == ("食品", "航空", "其他")
    with pytest.raises(ValueError, match="每条一次"):
        read_chains("system: 集群\nchains: [食品, 食品]")
