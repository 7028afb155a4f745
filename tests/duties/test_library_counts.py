"""What counts what is read from data, and whom titles count: once, by the first of their levels, never by a renewal."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.library_counts import Count, TitleRow, density, holders, new_titles, read_counts

POLICY = Path(__file__).parents[2] / "policies" / "counts.yaml"
LEVELS = ("specialised_city", "specialised")
titles = st.lists(
    st.builds(
        lambda code, level, day, is_renewal: (code, level, day, is_renewal),
        st.sampled_from("ABCD"),
        st.sampled_from([*LEVELS, "little_giant"]),
        st.dates(date(2020, 1, 1), date(2025, 12, 31)),
        st.booleans(),
    ),
    max_size=25,
).map(
    lambda rows: [
        TitleRow(number, code, level, day, day, day + timedelta(days=1095), is_renewal=is_renewal)
        for number, (code, level, day, is_renewal) in enumerate(rows)
    ]
)
days = st.dates(date(2020, 1, 1), date(2026, 12, 31))


def test_the_policy_of_the_house_names_the_figures_of_the_plan() -> None:
    counts = read_counts(POLICY.read_text("utf-8"))["yangzhou_2022_2024"]

    assert counts.indicators[1] == Count("titles", ("single_champion",))
    assert counts.indicators[3] == Count("titles", LEVELS)
    assert counts.indicators[5] == Count("library", ("entries",))
    assert counts.commitments["T01-1"] == Count("library", ("stock",))
    assert [count.is_of_year for count in counts.commitments.values()] == [False, True, True, False]


@pytest.mark.parametrize(
    "row",
    ["{titles: [champion]}", "{stock: library}", "{library: [entries, stock]}", "{titles: []}", "{a: b, c: d}"],
)
def test_a_word_that_there_is_not_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match="计数方式"):
        read_counts(f"plans: {{town: {{indicators: {{1: {row}}}}}}}")


def test_a_place_without_counts_counts_nothing() -> None:
    assert read_counts("plans:") == {}


@given(titles)
def test_an_enterprise_is_new_in_one_year_at_most(rows: list[TitleRow]) -> None:
    counted = [title for year in range(2020, 2027) for title in new_titles(rows, LEVELS, date(year, 12, 31))]

    assert len({title.code for title in counted}) == len(counted)
    assert not any(title.is_renewal for title in counted)


@given(titles, days)
def test_what_is_new_was_announced_in_the_year_and_by_the_day(rows: list[TitleRow], on: date) -> None:
    for title in new_titles(rows, LEVELS, on):
        assert title.level in LEVELS
        assert title.announced_on.year == on.year
        assert title.announced_on <= on
        earlier = [row for row in rows if row.code == title.code and row.level in LEVELS]
        assert all(row.announced_on >= title.announced_on for row in earlier)


@given(titles, days)
def test_a_holder_holds_on_the_day_and_chains_sum_up(rows: list[TitleRow], on: date) -> None:
    found = holders(rows, "little_giant", on)

    assert all(title.from_on <= on <= title.until_on for title in found.values())
    chains = {"A": "食品", "B": "食品", "C": "航空", "D": "其他"}
    assert sum(density(chains, found, ("食品", "航空")).values()) == len(found.keys() - {"D"})
