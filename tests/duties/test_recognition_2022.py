"""The rules of 2022 against cases reckoned by hand from the annexes: each band just below, on and just above."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.duties.recognition_cases import (
    GIANT_2022,
    INNOVATIVE,
    ON_2022,
    SPECIALISED,
    award,
    finding,
    judged,
    points,
)

RULES = "cn-2022-63"
Change = Mapping[str, Any]
GROWTH = {"main_revenue_wan@3": 1000, "main_revenue_wan@2": 1000}  # so that the mean is half of last year's rate
SMALL = {"revenue_wan": 1000}  # where the ratio of R&D decides
LARGE = {"revenue_wan": 100000}  # where the amount does
QUALITY = {"certificates": [], "own_brand": False, "honours": [], "standards": []}
STANDARD = [{"kind": "group", "role": "joined", "granted_on": "2020-01-01"}]
CERTIFICATE = [{"kind": "quality_system", "valid_until": "2022-10-10"}]
NO_POINTS = {"local_points": 0, "digital_level": 1, "liabilities_wan": "600.01"}  # 70 - 9 - 3 - 4 = 54


@pytest.mark.parametrize(
    ("indicator", "change", "expected"),
    [
        ("1", {"main_revenue_wan": "6400.01"}, 5),
        ("1", {"main_revenue_wan": "6400"}, 5),
        ("1", {"main_revenue_wan": "6399.99"}, 3),
        ("1", {"main_revenue_wan": "5600"}, 3),
        ("1", {"main_revenue_wan": "5599.99"}, 1),
        ("1", {"main_revenue_wan": "4800"}, 1),
        ("1", {"main_revenue_wan": "4799.99"}, 0),
        ("2", GROWTH | {"main_revenue_wan": "1200.01"}, 10),
        ("2", GROWTH | {"main_revenue_wan": "1200"}, 10),
        ("2", GROWTH | {"main_revenue_wan": "1199.99"}, 8),
        ("2", GROWTH | {"main_revenue_wan": "1160"}, 8),
        ("2", GROWTH | {"main_revenue_wan": "1159.99"}, 6),
        ("2", GROWTH | {"main_revenue_wan": "1120"}, 6),
        ("2", GROWTH | {"main_revenue_wan": "1119.99"}, 4),
        ("2", GROWTH | {"main_revenue_wan": "1080"}, 4),
        ("2", GROWTH | {"main_revenue_wan": "1079.99"}, 2),
        ("2", GROWTH | {"main_revenue_wan": "1000"}, 2),
        ("2", GROWTH | {"main_revenue_wan": "999.99"}, 0),
        # 10 % and 6 %: the arithmetic mean is 8, compound growth would be 7.98
        ("2", {"main_revenue_wan@3": 1000, "main_revenue_wan@2": 1100, "main_revenue_wan": 1166}, 8),
        ("3", {"segment_years": 1}, 0),
        ("3", {"segment_years": 2}, 1),
        ("3", {"segment_years": 3}, 1),
        ("3", {"segment_years": 9}, 4),
        ("3", {"segment_years": 10}, 5),
        ("3", {"segment_years": 40}, 5),
        ("4", {"is_key_link": True}, 5),
        ("4", {"field": "six_base"}, 3),
        ("4", {"field": "other", "serves_chain_leader": True}, 3),
        ("4", {"field": "other", "honours": award("old_brand")}, 3),
        ("4", {"field": "other"}, 0),
        ("5", {"digital_level": 4}, 5),
        ("5", {"digital_level": 3}, 5),
        ("5", {"digital_level": 2}, 3),
        ("5", {"digital_level": 1}, 0),
        ("6", QUALITY, 0),
        ("6", QUALITY | {"own_brand": True}, 3),
        ("6", QUALITY | {"certificates": CERTIFICATE}, 3),
        ("6", QUALITY | {"certificates": [{"kind": "quality_system", "valid_until": "2022-10-09"}]}, 0),
        ("6", QUALITY | {"standards": STANDARD, "honours": award("quality_award")}, 5),
        ("6", {"certificates": CERTIFICATE, "standards": STANDARD, "honours": award("quality_award")}, 5),
        ("7", {"net_profit_wan": "800"}, 10),
        ("7", {"net_profit_wan": "799.99"}, 8),
        ("7", {"net_profit_wan": "640"}, 8),
        ("7", {"net_profit_wan": "639.99"}, 6),
        ("7", {"net_profit_wan": "480"}, 6),
        ("7", {"net_profit_wan": "479.99"}, 4),
        ("7", {"net_profit_wan": "320"}, 4),
        ("7", {"net_profit_wan": "319.99"}, 2),
        ("7", {"net_profit_wan": "160"}, 2),
        ("7", {"net_profit_wan": "159.99"}, 0),
        ("7", {"net_profit_wan": "-5"}, 0),
        ("8", {"liabilities_wan": "499.99"}, 5),
        ("8", {"liabilities_wan": "500"}, 5),
        ("8", {"liabilities_wan": "500.01"}, 3),
        ("8", {"liabilities_wan": "600"}, 3),
        ("8", {"liabilities_wan": "600.01"}, 1),
        ("8", {"liabilities_wan": "700"}, 1),
        ("8", {"liabilities_wan": "700.01"}, 0),
        ("9", {"local_points": 15}, 15),
        ("9", {"local_points": 0}, 0),
        ("9", {"local_points": 16}, None),
        ("10", {"class1_high_ip": 1}, 10),
        ("10", {"class1_own_ip": 1}, 8),
        ("10", {"class1_own_ip": 0, "class1_ip": 1}, 6),
        ("10", {"class1_own_ip": 0, "class1_ip": 0, "class2_ip": 1}, 2),
        ("10", {"class1_own_ip": 0, "class1_ip": 0, "class2_ip": 0}, 0),
        ("11", LARGE | {"rd_wan": "500"}, 10),
        ("11", LARGE | {"rd_wan": "499.99"}, 8),
        ("11", LARGE | {"rd_wan": "400"}, 8),
        ("11", LARGE | {"rd_wan": "399.99"}, 6),
        ("11", LARGE | {"rd_wan": "300"}, 6),
        ("11", LARGE | {"rd_wan": "299.99"}, 4),
        ("11", LARGE | {"rd_wan": "200"}, 4),
        ("11", LARGE | {"rd_wan": "199.99"}, 2),
        ("11", LARGE | {"rd_wan": "100"}, 2),
        ("11", LARGE | {"rd_wan": "99.99"}, 0),
        ("11", SMALL | {"rd_wan": "100"}, 10),
        ("11", SMALL | {"rd_wan": "99.99"}, 8),
        ("11", SMALL | {"rd_wan": "80"}, 8),
        ("11", SMALL | {"rd_wan": "79.99"}, 6),
        ("11", SMALL | {"rd_wan": "60"}, 6),
        ("11", SMALL | {"rd_wan": "59.99"}, 4),
        ("11", SMALL | {"rd_wan": "40"}, 4),
        ("11", SMALL | {"rd_wan": "39.99"}, 2),
        ("11", SMALL | {"rd_wan": "30"}, 2),
        ("11", SMALL | {"rd_wan": "29.99"}, 0),
        ("12", {"staff": 1000, "rd_staff": 200}, 5),
        ("12", {"staff": 1000, "rd_staff": 199}, 3),
        ("12", {"staff": 1000, "rd_staff": 100}, 3),
        ("12", {"staff": 1000, "rd_staff": 99}, 1),
        ("12", {"staff": 1000, "rd_staff": 50}, 1),
        ("12", {"staff": 1000, "rd_staff": 49}, 0),
        ("13", {"rd_body": "national"}, 10),
        ("13", {"rd_body": "provincial"}, 8),
        ("13", {"rd_body": "city"}, 4),
        ("13", {"rd_body": "below"}, 2),
        ("13", {"rd_body": "none"}, 0),
    ],
)
def test_points_of_a_specialised_enterprise(indicator: str, change: Change, expected: int | None) -> None:
    assert points(judged(RULES, "specialised", SPECIALISED, ON_2022, change), indicator).points == expected


@pytest.mark.parametrize(
    ("condition", "change", "expected"),
    [
        ("B1", {"segment_years": 2}, True),
        ("B1", {"segment_years": 1}, False),
        ("B2", {"rd_wan": "240"}, True),  # 3 % of 8000
        ("B2", {"rd_wan": "239.99"}, False),
        ("B2", {"rd_wan": "240.01"}, True),
        ("B2", SMALL | {"rd_wan": "100"}, True),
        ("B2", SMALL | {"rd_wan": "99.99"}, False),
        ("B3", {"revenue_wan": "1000"}, True),
        ("B3", {"revenue_wan": "999.99", "equity_wan": 1999, "equity_wan@2": "0.99"}, False),
        ("B3", {"revenue_wan": "999.99", "equity_wan": 1200, "equity_wan@2": 800}, True),
        ("B4", {"local_points": 0, "segment_years": 5}, True),  # 70 - 9 - 1 = 60
        ("B4", {"local_points": 0, "segment_years": 3}, False),  # 59
        ("B4", NO_POINTS | {"rd_wan": 1000, "rd_wan@2": 1000}, True),
        ("B4", NO_POINTS | {"rd_wan": 1000, "rd_wan@2": "999.99"}, False),
        ("B4", NO_POINTS | {"honours": award("provincial_science_award", 3)}, True),
        ("B4", NO_POINTS | {"honours": award("provincial_science_award", 4)}, False),
        ("B4", NO_POINTS | {"honours": award("national_science_award", 5)}, True),
        ("B4", NO_POINTS | {"honours": award("national_science_award", 6)}, False),
        ("B4", NO_POINTS | {"honours": award("national_science_award", 1, "2019-10-10")}, True),
        ("B4", NO_POINTS | {"honours": award("national_science_award", 1, "2019-10-09")}, False),
        ("B4", NO_POINTS | {"honours": award("national_science_award", 1, "2022-10-11")}, False),  # not yet
        ("B4", NO_POINTS | {"honours": award("national_science_award")}, False),  # without its rank
        ("B4", NO_POINTS | {"equity_wan": 3000, "equity_wan@2": 3000}, True),
        ("B4", NO_POINTS | {"equity_wan": 3000, "equity_wan@2": "2999.99"}, False),
        ("B4", NO_POINTS | {"honours": award("maker_china", 500)}, True),
        ("B4", NO_POINTS | {"honours": award("maker_china", 501)}, False),
        ("P0", {"titles": []}, False),
        ("P0", {"titles": [{"level": "innovative", "until_on": "2022-10-10"}]}, True),
        ("P0", {"titles": [{"level": "innovative", "until_on": "2022-10-09"}]}, False),
        ("P0", {"titles": [{"level": "innovative", "from_on": "2022-10-11", "until_on": "2025-10-10"}]}, False),
        ("C4", {}, None),
        ("C4", {"is_free_of_accidents": True}, True),
        ("C4", {"is_free_of_accidents": False}, False),
    ],
)
def test_conditions_of_a_specialised_enterprise(condition: str, change: Change, expected: bool | None) -> None:
    evaluation = judged(RULES, "specialised", SPECIALISED, ON_2022, change)

    assert finding(evaluation, condition).met is expected
    assert evaluation.is_met is (expected is not False)


@pytest.mark.parametrize(
    ("indicator", "change", "expected"),
    [
        ("1", {"class1_high_ip": 1}, 20),
        ("1", {"class1_high_ip": 0}, 15),
        ("1", {"class1_high_ip": 0, "class1_own_ip": 0}, 10),
        ("1", {"class1_high_ip": 0, "class1_own_ip": 0, "class1_ip": 0, "class2_ip": 1}, 5),
        ("1", {"class1_high_ip": 0, "class1_own_ip": 0, "class1_ip": 0}, 0),
        ("2", {"rd_wan": "50"}, 20),
        ("2", {"rd_wan": "49.99"}, 15),
        ("2", {"rd_wan": "30"}, 15),
        ("2", {"rd_wan": "29.99"}, 10),
        ("2", {"rd_wan": "20"}, 10),
        ("2", {"rd_wan": "19.99"}, 5),
        ("2", {"rd_wan": "10"}, 5),
        ("2", {"rd_wan": "9.99"}, 0),
        ("3", {"main_revenue_wan": "862.5"}, 20),
        ("3", {"main_revenue_wan": "862.49"}, 15),
        ("3", {"main_revenue_wan": "825"}, 15),
        ("3", {"main_revenue_wan": "824.99"}, 10),
        ("3", {"main_revenue_wan": "787.5"}, 10),
        ("3", {"main_revenue_wan": "787.49"}, 5),
        ("3", {"main_revenue_wan": "750"}, 5),
        ("3", {"main_revenue_wan": "749.99"}, 0),
        ("4", {"liabilities_wan": "550"}, 10),
        ("4", {"liabilities_wan": "550.01"}, 5),
        ("4", {"liabilities_wan": "750"}, 5),
        ("4", {"liabilities_wan": "750.01"}, 0),
        ("5", {"field": ["other", "strategic"]}, 10),
        ("5", {"field": "six_base"}, 5),
        ("5", {"field": None}, None),
        ("6", {"main_revenue_wan": "700"}, 20),
        ("6", {"main_revenue_wan": "699.99"}, 15),
        ("6", {"main_revenue_wan": "600"}, 15),
        ("6", {"main_revenue_wan": "599.99"}, 10),
        ("6", {"main_revenue_wan": "550"}, 10),
        ("6", {"main_revenue_wan": "549.99"}, 5),
        ("6", {"main_revenue_wan": "500"}, 5),
        ("6", {"main_revenue_wan": "499.99"}, 0),
    ],
)
def test_points_of_an_innovative_enterprise(indicator: str, change: Change, expected: int | None) -> None:
    assert points(judged(RULES, "innovative", INNOVATIVE, ON_2022, change), indicator).points == expected


LEAST_INNOVATION = {"class1_high_ip": 0, "rd_wan": "10"}  # 15 + 5 = 20
LEAST_GROWTH = {"main_revenue_wan@2": "800"}  # 5 + 10 = 15
SIXTY = LEAST_INNOVATION | LEAST_GROWTH | {"field": "other"}  # 20 + 15 + 25


@pytest.mark.parametrize(
    ("change", "score", "is_met"),
    [
        ({}, 85, True),
        (SIXTY, 60, True),
        (SIXTY | {"rd_wan": "9.99"}, 55, False),
        (SIXTY | {"class1_own_ip": 0, "main_revenue_wan@2": "750"}, 60, False),  # innovation 15
        (SIXTY | {"liabilities_wan": "750.01", "rd_wan": "50", "field": "strategic"}, 70, False),  # growth 5
        ({"field": "other", "main_revenue_wan": "549.99", "main_revenue_wan@2": "500"}, 65, False),  # specialisation 10
        (SIXTY | {"rd_wan": "0", "honours": award("high_tech", valid_until="2022-10-10")}, 55, True),
        (SIXTY | {"rd_wan": "0", "honours": award("high_tech", valid_until="2022-10-09")}, 55, False),
        (SIXTY | {"rd_wan": "0", "honours": award("provincial_science_award", None, "2019-10-10")}, 55, True),
        (SIXTY | {"rd_wan": "0", "honours": award("provincial_science_award", None, "2019-10-09")}, 55, False),
        (SIXTY | {"rd_wan": "0", "rd_body": "provincial"}, 55, True),
        (SIXTY | {"rd_wan": "0", "rd_body": "city"}, 55, False),
        (SIXTY | {"rd_wan": "0", "equity_wan@3": 200, "equity_wan@2": 100, "equity_wan": 200}, 55, True),
        (SIXTY | {"rd_wan": "0", "equity_wan@3": 200, "equity_wan@2": 100, "equity_wan": "199.99"}, 55, False),
    ],
)
def test_an_innovative_enterprise_needs_points_in_every_part_or_one_direct_condition(
    change: Change, score: int, is_met: bool
) -> None:
    evaluation = judged(RULES, "innovative", INNOVATIVE, ON_2022, change)

    assert (evaluation.score, evaluation.is_met) == (score, is_met)


MIDDLE = {"revenue_wan": "6200", "revenue_wan@2": "6000", "main_revenue_wan": "6200", "main_revenue_wan@2": "5800"}
MIDDLE = MIDDLE | {"main_revenue_wan@3": "5500"}
TINY = {
    "revenue_wan": "4999.99",
    "main_revenue_wan": "4999",
    "main_revenue_wan@2": "4000",
    "main_revenue_wan@3": "3000",
}
TINY = TINY | {"equity_wan": 5000, "equity_wan@2": 3000, "rd_wan": 3000, "staff": 200, "rd_staff": 100}
GREAT = {"revenue_wan": "10000", "main_revenue_wan": "9000", "main_revenue_wan@2": "8000", "main_revenue_wan@3": "7000"}
SHORT = {"rd_wan": "10"}  # where only a direct condition helps


@pytest.mark.parametrize(
    ("condition", "change", "expected"),
    [
        ("专", {"segment_years": 3}, True),
        ("专", {"segment_years": 2}, True),  # fills a gap in a key field
        ("专.1", {"segment_years": 2, "is_key_link": False}, False),
        ("专", {"segment_years": 1}, False),
        (
            "专",
            {"main_revenue_wan": "14000", "main_revenue_wan@2": "12000", "main_revenue_wan@3": "11000"},
            True,
        ),  # 70 %
        ("专", {"main_revenue_wan": "13999.99", "main_revenue_wan@2": "12000", "main_revenue_wan@3": "11000"}, False),
        ("专", {"main_revenue_wan@2": "17000", "main_revenue_wan@3": "17000"}, False),  # 2.94 %
        ("专", {"main_revenue_wan": "16500", "main_revenue_wan@2": "15000"}, True),  # 10 % and 0 %: 5 %
        ("专", {"main_revenue_wan": "16499.99", "main_revenue_wan@2": "15000"}, False),
        ("精", {"liabilities_wan": "700"}, True),
        ("精", {"liabilities_wan": "700.01"}, False),
        ("精", {"core_information_system": False}, False),
        ("精", {"certificates": []}, False),
        ("精", {"certificates": [{"kind": "overseas_product", "valid_until": "2022-10-10"}]}, True),
        ("特", {"market_share_pct": "10"}, True),
        ("特", {"market_share_pct": "9.99"}, False),
        ("特", {"own_brand": False}, False),
        ("新", GREAT | {"rd_wan": "300"}, True),
        ("新.1.1", {"revenue_wan": "9999.99", "rd_wan": "300"}, False),  # 3 % is too little below 1 亿元
        ("新", {"rd_wan": "600", "rd_wan@2": "540"}, True),  # 3 % and 3 %
        ("新", {"rd_wan": "600", "rd_wan@2": "539.99"}, False),
        ("新", MIDDLE | {"rd_wan": "372", "rd_wan@2": "360"}, True),  # 6 % and 6 %
        ("新", MIDDLE | {"rd_wan": "371.99", "rd_wan@2": "360"}, False),
        ("新", MIDDLE | {"rd_wan": "372", "rd_wan@2": None}, False),
        ("新.1.1", {"revenue_wan": "5000", "revenue_wan@2": "5000", "rd_wan": "300", "rd_wan@2": "300"}, True),
        ("新", TINY, True),
        ("新", TINY | {"equity_wan@2": "2999.99"}, False),
        ("新", TINY | {"rd_wan": "2999.99"}, False),
        ("新", TINY | {"rd_staff": 99}, False),
        ("新", {"class1_ip": 2}, True),
        ("新", {"class1_ip": 1}, False),
        ("新", {"rd_body": "none"}, False),
        ("新", {"rd_body": "none", "joint_rd_body": True}, True),
        ("新", SHORT | {"honours": award("national_science_award", 3)}, True),
        ("新", SHORT | {"honours": award("national_science_award", 4)}, False),
        ("新", SHORT | {"honours": award("provincial_science_award", 1)}, False),
        ("新", SHORT | {"honours": award("maker_china", 50)}, True),
        ("新", SHORT | {"honours": award("maker_china", 51)}, False),
        ("链", {"is_key_link": False}, False),
        ("品", {"field": "strategic"}, False),
        ("品", {"field": ["strategic", "network"]}, True),
        ("P0", {"titles": [{"level": "innovative", "until_on": "2025-08-31"}]}, False),
    ],
)
def test_groups_of_a_little_giant(condition: str, change: Change, expected: bool) -> None:
    evaluation = judged(RULES, "little_giant", GIANT_2022, ON_2022, change)

    assert finding(evaluation, condition).met is expected
    if condition in {each.id for each in evaluation.findings}:
        assert evaluation.is_met is expected


def test_example_1_is_met_with_70_points() -> None:
    evaluation = judged(RULES, "specialised", SPECIALISED, ON_2022)

    assert [part.points for part in evaluation.parts] == [19, 21, 9, 21]
    assert [[each.points for each in part.indicators] for part in evaluation.parts] == [
        [5, 8, 3, 3],
        [3, 5, 8, 5],
        [9],
        [8, 6, 3, 4],
    ]
    assert (evaluation.score, evaluation.is_met, evaluation.rule_version) == (70, True, RULES)


def test_example_2_too_little_spent_on_research_outweighs_the_points() -> None:
    evaluation = judged(RULES, "specialised", SPECIALISED, ON_2022, {"rd_wan": "95"})

    assert [each.id for each in evaluation.unmet] == ["B2"]
    assert [part.met for part in finding(evaluation, "B2").parts] == [False, False]
    assert finding(evaluation, "B2.1").value == "95万元"
    assert finding(evaluation, "B2.1").threshold == "不低于100万元"


def test_example_3_new_equity_stands_in_for_revenue() -> None:
    change = {"revenue_wan": 900, "main_revenue_wan": 800, "equity_wan": 1100, "equity_wan@2": 1000, "rd_wan": 120}
    evaluation = judged(RULES, "specialised", SPECIALISED, ON_2022, change)

    assert [part.met for part in finding(evaluation, "B3").parts] == [False, True]
    assert finding(evaluation, "B3.2").value == "2,100万元"
    assert finding(evaluation, "B2.2").value == "13.33%"
    assert finding(evaluation, "B3").met is True


def test_example_4_58_points_and_a_mean_of_1000_spent_on_research() -> None:
    evaluation = judged(RULES, "specialised", SPECIALISED, ON_2022, NO_POINTS | {"rd_wan": 1100, "rd_wan@2": 900})

    assert evaluation.score == 58  # 54, and 10 instead of 6 for research
    assert [part.id for part in finding(evaluation, "B4").parts if part.met] == ["A2"]
    assert evaluation.is_met


def test_example_5_growth_below_15_is_not_met_however_many_points() -> None:
    change = {"class1_high_ip": 1, "rd_wan": "10", "liabilities_wan": "750.01", "field": "strategic"}
    evaluation = judged(RULES, "innovative", INNOVATIVE, ON_2022, change)

    assert [part.points for part in evaluation.parts] == [25, 10, 30]
    assert finding(evaluation, "S0").note == "成长性得分10分，低于15分"
    assert not evaluation.is_met


def test_example_6_a_valid_high_tech_enterprise_is_met_directly() -> None:
    weak = {"class1_high_ip": 0, "rd_wan": "9", "main_revenue_wan": "560", "main_revenue_wan@2": "560"}
    evaluation = judged(
        RULES, "innovative", INNOVATIVE, ON_2022, weak | {"honours": award("high_tech", valid_until="2023-12-01")}
    )

    assert evaluation.score == 50  # 15 + 0, 5 + 10, 10 + 10
    assert [part.id for part in finding(evaluation, "P1").parts if part.met] == ["D2"]
    assert evaluation.is_met


def test_example_7_six_percent_is_asked_in_both_years() -> None:
    change = MIDDLE | {"rd_wan": "365.8", "rd_wan@2": "366"}  # 5.9 % and 6.1 %
    evaluation = judged(RULES, "little_giant", GIANT_2022, ON_2022, change)

    assert [each.id for each in evaluation.unmet] == ["新"]
    assert finding(evaluation, "新.1.1.2.2").value == "5.9%、6.1%"
