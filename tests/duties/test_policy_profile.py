"""The file of an enterprise in the terms of policies: the latest figures, exact shares, and nothing unknown."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.duties.policy_conditions import in_words, why
from app.duties.policy_matching import Condition, Known, Policy, examine, match
from app.duties.policy_profile import Firm, Year, catalogue, profile

ON = date(2022, 8, 1)
CATALOGUE = catalogue({"hanjiang": "邗江区", "gaoyou": "高邮市"})


def a_year(year: int, **figures: Any) -> Year:
    return Year(year, figures, date(year, 12, 31))


def a_firm(*years: Year, titles: tuple[str, ...] = (), chain: str = "") -> Firm:
    return Firm(titles, "hanjiang", "", chain, is_in_library=False, years=years)


def test_the_latest_year_that_gives_a_figure_counts_with_its_day() -> None:
    found = profile(a_firm(a_year(2020, revenue_wan="1000", staff=30), a_year(2021, revenue_wan="1500")))

    assert found["revenue_wan"] == Known(Decimal(1500), date(2021, 12, 31))
    assert found["staff"] == Known(Decimal(30), date(2020, 12, 31))


def test_what_is_not_given_is_not_known() -> None:
    found = profile(a_firm(a_year(2021, revenue_wan="", rd_wan=None)))

    assert found.keys() == {"titles", "locality", "in_library"}


@pytest.mark.parametrize(("rd", "verdict"), [("60", "met"), ("59.99", "nearly"), ("54", "nearly"), ("53.99", "no")])
def test_a_share_is_never_rounded_up_to_its_limit(rd: str, verdict: str) -> None:
    policy = Policy("rd", [Condition("rd_ratio_pct", "gte", Decimal(3))], date(2022, 1, 1))
    file = profile(a_firm(a_year(2021, revenue_wan="2000", rd_wan=rd)))

    assert match(policy, file, ON).verdict == verdict


def test_a_share_of_nothing_is_not_known() -> None:
    assert "rd_ratio_pct" not in profile(a_firm(a_year(2021, revenue_wan="0", rd_wan="5")))


def test_growth_needs_two_years_in_a_row() -> None:
    assert profile(a_firm(a_year(2020, revenue_wan="1000"), a_year(2021, revenue_wan="1250")))[
        "revenue_growth_pct"
    ] == Known(Decimal(25), date(2021, 12, 31))
    assert "revenue_growth_pct" not in profile(a_firm(a_year(2019, revenue_wan="9"), a_year(2021, revenue_wan="9")))


def test_a_share_without_an_end_is_told_cut_off() -> None:
    file = profile(a_firm(a_year(2021, revenue_wan="3000", rd_wan="89.99")))
    tested = examine(Condition("rd_ratio_pct", "gte", Decimal(3)), file["rd_ratio_pct"], ON)

    assert why(tested, CATALOGUE).endswith("：2.99%（截至2021年12月31日），相差0.1%，接近")


def test_titles_and_places_read_as_their_labels() -> None:
    assert in_words(Condition("titles", "in", ("little_giant",)), CATALOGUE) == "企业称号属于专精特新“小巨人”企业"
    assert in_words(Condition("locality", "in", ("gaoyou",)), CATALOGUE) == "所在地属于高邮市"


def test_every_entry_of_the_catalogue_is_of_a_kind_that_conditions_know() -> None:
    assert {one.kind for one in CATALOGUE.values()} == {"number", "yes_no", "words"}
