"""Single champions, technology SMEs and the city's own title: each threshold just below, on and just above."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests.duties.recognition_cases import ON_2022, SPECIALISED, award, finding, judged, points

Change = Mapping[str, Any]
ON = date(2024, 6, 20)
CHAMPION: Change = {
    "segment_years": 10,
    "main_revenue_wan": 50000,
    "main_revenue_wan@2": 40000,
    "main_revenue_wan@3": 30000,  # a mean of 40000
    "world_rank": 3,
    "is_new_product": False,
    "titles": [],
}
SPECIALISED_CHAMPION = {"titles": [{"level": "little_giant", "until_on": "2025-01-01"}], "main_revenue_wan@3": 0}
TECHNOLOGY: Change = {
    "staff": 500,
    "tech_staff": 50,  # 10 %: 4
    "revenue_wan": 20000,
    "assets_wan": 20000,
    "cost_wan": 18000,
    "rd_wan": 1000,  # 5 %: 40
    "class1_ip": 0,
    "class2_ip": 3,  # 18
    "honours": [],
    "standards": [],
    "rd_body": "none",
}
LEADING = [{"kind": "industry", "role": "led", "granted_on": "2019-06-20"}]


@pytest.mark.parametrize(
    ("condition", "change", "expected"),
    [
        ("F1", {}, True),
        ("F1", {"segment_years": 9}, False),
        ("F1", {"segment_years": 5, "is_new_product": True}, True),
        ("F1", {"segment_years": 4, "is_new_product": True}, False),
        ("F2", {"main_revenue_wan@3": "29999.99"}, False),
        ("F2", {"main_revenue_wan@3": None}, False),
        ("F2", SPECIALISED_CHAMPION | {"main_revenue_wan": 20000}, True),
        ("F2", SPECIALISED_CHAMPION | {"main_revenue_wan": "19999.99"}, False),
        ("F2", SPECIALISED_CHAMPION | {"main_revenue_wan": 20000, "titles": []}, False),
        ("F3", {"world_rank": 4}, False),
        ("F4", {}, None),
        ("F5", {"is_innovation_leading": False}, False),
    ],
)
def test_a_single_champion(condition: str, change: Change, expected: bool | None) -> None:
    evaluation = judged("champion-2023-138", "single_champion", CHAMPION, ON, change)

    assert finding(evaluation, condition).met is expected
    assert evaluation.is_met is (expected is not False)


@pytest.mark.parametrize(
    ("change", "score", "is_met"),
    [
        ({}, 62, True),
        ({"staff": 501, "tech_staff": 51}, 62, False),
        ({"revenue_wan": "20000.01", "rd_wan": "1000.01"}, 62, False),
        ({"assets_wan": "20000.01"}, 62, False),
        ({"rd_wan": "999.99"}, 52, False),
        ({"rd_wan": "900", "cost_wan": "3600"}, 62, True),  # 25 % of the costs
        ({"tech_staff": 49, "class1_ip": 1}, 70, False),  # nobody counts as technical staff
        ({"tech_staff": 150, "rd_wan": "1200", "class1_ip": 1}, 100, True),
        ({"rd_wan": 0, "honours": award("high_tech", valid_until="2024-06-20")}, 22, True),
        ({"rd_wan": 0, "honours": award("national_science_award", 3, "2019-06-20")}, 22, True),
        ({"rd_wan": 0, "honours": award("national_science_award", 3, "2019-06-19")}, 22, False),
        ({"rd_wan": 0, "standards": LEADING}, 22, True),
        ({"rd_wan": 0, "standards": [{**LEADING[0], "role": "joined"}]}, 22, False),
        ({"rd_wan": 0, "standards": [{**LEADING[0], "kind": "group"}]}, 22, False),
        ({"rd_wan": 0, "rd_body": "provincial"}, 22, True),
    ],
)
def test_a_technology_sme(change: Change, score: int, is_met: bool) -> None:
    evaluation = judged("tech-sme-2017-115", "tech_sme", TECHNOLOGY, ON, change)

    assert (evaluation.score, evaluation.is_met) == (score, is_met)


@pytest.mark.parametrize(
    ("indicator", "change", "expected"),
    [
        ("1", {"tech_staff": 150}, 20),
        ("1", {"tech_staff": 149}, 16),
        ("1", {"tech_staff": 125}, 16),
        ("1", {"tech_staff": 124}, 12),
        ("1", {"tech_staff": 100}, 12),
        ("1", {"tech_staff": 99}, 8),
        ("1", {"tech_staff": 75}, 8),
        ("1", {"tech_staff": 74}, 4),
        ("1", {"tech_staff": 50}, 4),
        ("1", {"tech_staff": 49}, 0),
        ("2", {"rd_wan": "1200"}, 50),
        ("2", {"rd_wan": "1199.99"}, 40),
        ("2", {"rd_wan": "399.99"}, 0),
        ("2", {"cost_wan": None}, 40),  # one of the two ratios is enough
        ("3", {"class2_ip": 4}, 24),
        ("3", {"class2_ip": 1}, 6),
    ],
)
def test_points_of_a_technology_sme(indicator: str, change: Change, expected: int) -> None:
    assert points(judged("tech-sme-2017-115", "tech_sme", TECHNOLOGY, ON, change), indicator).points == expected


def test_the_citys_rules_are_those_of_2022_without_the_title_below_and_all_unverified() -> None:
    city = judged("yz-city", "specialised_city", SPECIALISED, ON_2022, {"titles": []})
    national = judged("cn-2022-63", "specialised", SPECIALISED, ON_2022)

    assert city.is_met
    assert city.score == national.score == 70
    assert [each.id for each in city.findings] == [each.id for each in national.findings if each.id != "P0"]
    assert not any(each.verified for each in city.findings)
