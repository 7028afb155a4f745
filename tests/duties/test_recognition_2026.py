"""The rules of 2026 against cases reckoned by hand: thresholds just below, on and just above; and re-verification."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from app.duties.recognition import rule_version
from app.errors import RuleViolation
from tests.duties.recognition_cases import (
    FOLDER,
    GIANT_2026,
    ON_2026,
    SPECIALISED_2026,
    award,
    finding,
    judged,
    rule_set,
)

RULES = "cn-2026-2"
Change = Mapping[str, Any]
NO_IP = {"class1_ip": 0}
RULE_SETS = tuple(rule_set(file.stem) for file in sorted(FOLDER.glob("*.yaml")))


@pytest.mark.parametrize(
    ("condition", "change", "expected"),
    [
        ("N1", {"segment_years": 4}, True),
        ("N1", {"segment_years": 3}, True),
        ("N1", {"segment_years": 2}, False),
        ("N1", {"titles": []}, False),
        ("N1", {"titles": [{"level": "tech_sme", "until_on": "2026-12-31"}]}, True),
        ("N1", {"titles": [{"level": "innovative", "until_on": "2026-05-05"}]}, False),
        ("N2", {"revenue_wan": "1500", "main_revenue_wan": "1200"}, True),
        ("N2", {"revenue_wan": "1500.01", "main_revenue_wan": "1201"}, True),
        ("N2", {"revenue_wan": "1499.99", "main_revenue_wan": "1200"}, False),
        ("N2", {"revenue_wan": "1400", "main_revenue_wan": "1200", "equity_wan": 1500, "equity_wan@2": 500}, True),
        (
            "N2",
            {"revenue_wan": "1400", "main_revenue_wan": "1200", "equity_wan": 1500, "equity_wan@2": "499.99"},
            False,
        ),
        ("N2", {"revenue_wan": "1400", "main_revenue_wan": "1200", "equity_wan": 2500, "equity_wan@2": None}, False),
        ("N2", {"main_revenue_wan": "4000.01"}, True),
        ("N2", {"main_revenue_wan": "3999.99"}, False),
        ("N2", {"liabilities_wan": "799.99"}, True),
        ("N2", {"liabilities_wan": "800.01"}, False),
        ("N3", {"revenue_wan": "5000", "rd_wan": "150.01"}, True),
        ("N3", {"rd_wan": "149.99"}, False),
        ("N3", {"rd_wan@2": "119.99"}, False),
        ("N3", {"revenue_wan@2": "2000", "rd_wan@2": "100"}, True),
        ("N3", {"revenue_wan@2": "2000", "rd_wan@2": "99.99"}, False),
        ("N3", {"rd_wan@2": None}, False),
        ("N4", {"class1_ip": 2}, True),
        ("N4", {"class1_ip": 1}, True),
        ("N4", NO_IP, False),
        ("N4", NO_IP | {"honours": award("provincial_science_award", 3, "2023-05-06")}, True),
        ("N4", NO_IP | {"honours": award("provincial_science_award", 3, "2023-05-05")}, False),
        ("N4", NO_IP | {"honours": award("ministry_science_award", 4, "2025-01-01")}, False),
        ("N4", NO_IP | {"rd_body": "provincial"}, True),
        ("N4", NO_IP | {"rd_body": "city"}, False),
        ("N5", {}, None),
        ("N5", {"is_known_in_market": True}, True),
        ("N5", {"is_known_in_market": False}, False),
        ("N6", {"platform_score": "50.01"}, True),
        ("N6", {"platform_score": "50"}, True),
        ("N6", {"platform_score": "49.99"}, False),
        ("N6", {"platform_score": "49.99", "platform_score@2": "80"}, False),  # either year only at re-verification
        ("N6", {"platform_score": None}, False),
        ("C4", {"is_free_of_accidents": False}, False),
    ],
)
def test_conditions_of_a_specialised_enterprise(condition: str, change: Change, expected: bool | None) -> None:
    evaluation = judged(RULES, "specialised", SPECIALISED_2026, ON_2026, change)

    assert finding(evaluation, condition).met is expected
    assert evaluation.is_met is (expected is not False)


@pytest.mark.parametrize(
    ("condition", "change", "expected"),
    [
        ("L1", {"segment_years": 2}, False),  # the relaxation of 2022 is gone
        ("L1", {"segment_years": 2, "is_key_link": True}, False),
        ("L1", {"titles": [{"level": "innovative", "until_on": "2027-12-29"}]}, False),
        ("L2", {"revenue_wan@3": "4535.14", "revenue_wan": "5000", "main_revenue_wan": "4500"}, True),
        ("L2.1", {"revenue_wan": "5000"}, True),
        ("L2", {"revenue_wan@3": "4000", "revenue_wan": "4999.99", "main_revenue_wan": "4900"}, False),
        ("L2", {"main_revenue_wan": "9922.51"}, True),
        ("L2", {"main_revenue_wan": "9922.49"}, False),
        ("L2.3", {"revenue_wan": "11025.01"}, True),
        ("L2.3", {"revenue_wan": "11024.99"}, False),
        ("L2.3", {"revenue_wan": "11025", "revenue_wan@2": "1"}, True),  # the year between does not count
        ("L2.3", {"revenue_wan@3": None}, False),
        ("L2.3", {"revenue_wan@3": "0"}, False),
        ("L2", {"liabilities_wan": "749.99"}, True),
        ("L2", {"liabilities_wan": "750.01"}, False),
        ("L3", {"rd_wan": "331", "rd_wan@2": "900"}, True),
        ("L3.1", {"rd_wan": "300", "rd_wan@2": "900"}, True),
        ("L3", {"rd_wan": "350", "rd_wan@2": "850", "revenue_wan@2": "20000"}, True),  # 1200
        ("L3", {"rd_wan": "350", "rd_wan@2": "849.99", "revenue_wan@2": "20000"}, False),
        ("L3", {"rd_wan": "330.74"}, False),
        ("L3", {"rd_wan": "400", "rd_wan@2": "899.99"}, False),
        ("L4", {"class1_own_ip": 5}, True),
        ("L4", {"class1_own_ip": 3}, False),
        ("L4", {"class1_own_ip": 3, "class1_ip": 9}, False),  # transferred ones do not count
        ("L4", {"class1_own_ip": 0, "honours": award("national_science_award", 3, "2025-12-01")}, True),
        ("L4", {"class1_own_ip": 0, "honours": award("national_science_award", 4, "2025-12-01")}, False),
        ("L4", {"class1_own_ip": 0, "honours": award("provincial_science_award", 1, "2025-12-01")}, False),
        ("L5", {"market_share_pct": "10.01"}, True),
        ("L5", {"market_share_pct": "9.99"}, False),
        ("L5", {"market_share_pct": "9.99", "market_rank": 3}, True),
        ("L5", {"market_share_pct": "9.99", "market_rank": 4}, False),
        ("L5", {"market_share_pct": "9.99", "market_rank": 0}, False),
        ("L6", {"field": "strategic"}, False),
        ("L6", {"field": "strategic", "is_key_link": True}, True),
        ("L7", {"platform_score": "59.99"}, False),
        ("L7", {"platform_score": "60.01"}, True),
        ("X1", {"titles": [*GIANT_2026["titles"], {"level": "single_champion", "until_on": "2027-01-01"}]}, False),
        ("X1", {"titles": [*GIANT_2026["titles"], {"level": "single_champion", "until_on": "2026-05-05"}]}, True),
        ("X2", {"is_not_related": False}, False),
        ("X2", {"is_not_related": True}, True),
    ],
)
def test_conditions_of_a_little_giant(condition: str, change: Change, expected: bool) -> None:
    evaluation = judged(RULES, "little_giant", GIANT_2026, ON_2026, change)

    assert finding(evaluation, condition).met is expected
    if not expected:
        assert not evaluation.is_met


@pytest.mark.parametrize(
    ("level", "base", "change", "is_met"),
    [
        ("specialised", SPECIALISED_2026, {"titles": []}, True),  # the title itself is what is looked at
        ("specialised", SPECIALISED_2026, {"platform_score": "49.99"}, False),
        ("specialised", SPECIALISED_2026, {"platform_score": "49.99", "platform_score@2": "50"}, True),
        ("specialised", SPECIALISED_2026, {"platform_score": None, "platform_score@2": "50"}, True),
        ("specialised", SPECIALISED_2026, {"rd_wan@2": "119.99"}, False),
        ("little_giant", GIANT_2026, {"revenue_wan@3": "20000"}, True),  # no growth is asked
        ("little_giant", GIANT_2026, {"revenue_wan@3": None}, True),
        ("little_giant", GIANT_2026, {"platform_score": "59", "platform_score@2": "60"}, True),
        ("little_giant", GIANT_2026, {"platform_score": "59", "platform_score@2": "59.99"}, False),
        ("little_giant", GIANT_2026, {"liabilities_wan": "750.01"}, False),
    ],
)
def test_reverification_asks_no_growth_and_takes_the_score_of_either_year(
    level: str, base: Change, change: Change, is_met: bool
) -> None:
    either_year = {"platform_score@2": "40"}
    evaluation = judged(RULES, level, base, ON_2026, either_year | dict(change), is_reverification=True)

    assert evaluation.is_reverification
    assert evaluation.is_met is is_met


def test_example_8_all_on_the_border_is_met() -> None:
    evaluation = judged(RULES, "specialised", SPECIALISED_2026, ON_2026)

    assert evaluation.is_met
    assert evaluation.score is None
    assert evaluation.to_be_judged == ("C1", "C2", "C4", "N5")
    assert finding(evaluation, "N2.3").value == "80%"


def test_a_little_giant_with_everything_on_the_border_is_met() -> None:
    evaluation = judged(RULES, "little_giant", GIANT_2026, ON_2026)

    assert evaluation.is_met
    assert finding(evaluation, "L2.3").value == "5%"
    assert finding(evaluation, "L3.1").value == "1,230.75万元"


def test_a_value_just_below_a_border_is_not_shown_on_it() -> None:
    evaluation = judged(RULES, "specialised", SPECIALISED_2026, ON_2026, {"liabilities_wan": "800.001"})

    assert finding(evaluation, "N2.3").value == "80.0001%"
    assert finding(evaluation, "N2.3").met is False


@pytest.mark.parametrize(
    ("level", "applied_on", "expected"),
    [
        ("specialised", date(2026, 3, 31), "cn-2022-63"),  # example 9, whenever it is decided
        ("specialised", date(2026, 4, 1), "cn-2026-2"),
        ("specialised", date(2022, 6, 1), "cn-2022-63"),
        ("little_giant", date(2025, 5, 6), "cn-2022-63"),
        ("little_giant", date(2026, 5, 6), "cn-2026-2"),
        ("innovative", date(2026, 5, 6), "cn-2022-63"),  # annex 1 goes on
        ("specialised_city", date(2022, 5, 6), "yz-city"),
        ("specialised_city", date(2026, 5, 6), "yz-city"),
        ("tech_sme", date(2022, 6, 15), "tech-sme-2017-115"),
        ("single_champion", date(2024, 6, 15), "champion-2023-138"),
    ],
)
def test_the_rules_in_force_on_the_day_of_the_application_count(level: str, applied_on: date, expected: str) -> None:
    assert rule_version(level, applied_on, RULE_SETS).id == expected


@pytest.mark.parametrize(
    ("level", "applied_on"), [("specialised", date(2022, 5, 31)), ("single_champion", date(2022, 9, 1))]
)
def test_without_rules_in_force_an_application_is_refused(level: str, applied_on: date) -> None:
    with pytest.raises(RuleViolation, match="该日期无适用的认定标准"):
        rule_version(level, applied_on, RULE_SETS)
