"""A reported figure against the count and the target; the numbered cases are the worked examples of the spec."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.december_report import difference, expected_ratio

figures = st.decimals(0, 10_000, places=2)


class TestFigures:
    def test_case_10_a_count_that_differs_needs_a_reason(self) -> None:
        result = difference(Decimal(41), Decimal(38), 0)

        assert (result.absolute, result.needs_reason) == (3, True)

    def test_case_11_a_ratio_may_differ_by_half_a_percent(self) -> None:
        result = difference(Decimal("63.4"), Decimal("63.2"), 1)

        assert (result.percent, result.needs_reason) == (Decimal("0.32"), False)
        assert difference(Decimal("63.6"), Decimal("63.2"), 1).needs_reason

    def test_exactly_half_a_percent_is_still_allowed(self) -> None:
        assert not difference(Decimal("201.0"), Decimal(200), 1).needs_reason
        assert difference(Decimal("201.1"), Decimal(200), 1).needs_reason

    def test_against_a_count_of_nought_there_is_no_percentage(self) -> None:
        assert difference(Decimal(1), Decimal(0), 1).percent is None
        assert difference(Decimal(1), Decimal(0), 1).needs_reason
        assert not difference(Decimal(0), Decimal(0), 1).needs_reason

    @given(reported=figures, counted=figures, precision=st.integers(0, 2))
    def test_what_a_ratio_must_explain_a_count_must_too(
        self, reported: Decimal, counted: Decimal, precision: int
    ) -> None:
        result = difference(reported, counted, precision)

        assert result.absolute == -difference(counted, reported, precision).absolute
        assert not result.needs_reason or difference(reported, counted, 0).needs_reason
        assert (result.absolute == 0) <= (not result.needs_reason)

    def test_a_newly_added_count_may_exceed_its_target(self) -> None:
        result = expected_ratio(Decimal(36), Decimal(33), "newly_added", "eq")

        assert (result.ratio, result.is_met) == (Decimal("1.0909"), True)

    def test_a_period_end_value_that_holds_is_one_and_otherwise_a_share(self) -> None:
        assert expected_ratio(Decimal(80), Decimal(60), "period_end", "gte").ratio == 1
        assert expected_ratio(Decimal(30), Decimal(60), "period_end", "gte").ratio == Decimal("0.5")

    def test_sixty_does_not_meet_more_than_sixty(self) -> None:
        assert not expected_ratio(Decimal("60.0"), Decimal(60), "period_end", "gt").is_met
        assert expected_ratio(Decimal("60.1"), Decimal(60), "period_end", "gt").is_met

    @pytest.mark.parametrize("kind", ["newly_added", "period_end"])
    def test_a_target_of_nought_is_met(self, kind: Any) -> None:
        result = expected_ratio(Decimal(0), Decimal(0), kind, "gt")

        assert (result.ratio, result.is_met) == (1, True)

    @given(
        value=figures,
        target=figures,
        kind=st.sampled_from(["newly_added", "period_end"]),
        comparator=st.sampled_from(["eq", "gt", "gte", "approx"]),
    )
    def test_what_is_met_is_never_shown_below_one_nor_the_unmet_above(
        self, value: Decimal, target: Decimal, kind: Any, comparator: str
    ) -> None:
        result = expected_ratio(value, target, kind, comparator)

        assert result.ratio >= 1 if result.is_met else result.ratio <= 1
        assert result.is_met or result.ratio < 1 or value == target  # 「超过」 alone is unmet at the target itself
