"""All histories of a process counted: waits in working days, the ways that were gone, and where it waited most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.queries import process_figures
from app.queries.process_figures import Waits, heats, quantile, waits_of
from app.queries.process_histories import Ran, Sample, Step
from app.workdays import STATUTORY

MONDAY = datetime(2024, 3, 4, 1, tzinfo=UTC)
days = st.lists(st.integers(0, 500), min_size=1, max_size=60)


def ran(id_: str, days: int | None = 1, end: str = "closed", status: str = "completed") -> Ran:
    ended = None if days is None else MONDAY + timedelta(days=days)
    return Ran(id_, id_, "miit", MONDAY, ended, status if ended else "active", end if ended else "")


def step(
    id_: str, element_id: str, begin: int = 0, end: int | None = 1, unit: str = "miit", is_done: bool = True
) -> Step:
    closed = None if end is None else MONDAY + timedelta(days=end)
    return Step(id_, element_id, element_id, unit, MONDAY + timedelta(days=begin), closed, is_done and end is not None)


@given(days, st.floats(0.01, 1))
def test_a_quantile_is_one_of_the_values_and_so_many_are_not_above_it(values: list[int], share: float) -> None:
    values.sort()

    found = quantile(values, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


@given(days)
def test_median_p90_and_longest_stand_in_their_order(values: list[int]) -> None:
    found = waits_of(values)

    assert found is not None
    assert min(values) <= found.median <= found.p90 <= found.longest == max(values)
    assert found.count == len(values)


def test_a_wait_is_counted_in_working_days_and_open_or_cancelled_tasks_are_in_none() -> None:
    steps = [
        step("a", "fill", 0, 0),
        step("a", "sign", 4, 7),
        step("b", "fill", 0, None),
        step("c", "fill", is_done=False),
    ]
    sample = Sample([ran("a"), ran("b", None), ran("c")], steps, is_all=True)

    fill, sign = process_figures.step_figures(sample, STATUTORY, {("fill", "miit"): 7})

    assert (fill.histories, fill.entered, fill.open) == (3, 3, 7)
    assert fill.waits == Waits(1, 0, 0, 0)
    assert sign.waits == Waits(1, 1, 1, 1)  # from a Friday to the Monday after it


def test_ways_are_told_apart_by_steps_and_end_and_a_repetition_in_a_row_is_one() -> None:
    histories = [ran("a"), ran("b"), ran("c", end="refused"), ran("d", None), ran("e", status="cancelled", end="")]
    steps = [
        *(step("a", id_) for id_ in ("fill", "fill", "sign")),
        *(step("b", id_) for id_ in ("fill", "sign")),
        *(step("c", id_) for id_ in ("fill", "sign", "fill")),
        step("d", "fill"),
    ]

    found = process_figures.variants(Sample(histories, steps, is_all=True), STATUTORY)

    assert [(way.steps, way.end_element, len(way.histories)) for way in found if way.status == "completed"] == [
        (("fill", "sign"), "closed", 2),
        (("fill", "sign", "fill"), "refused", 1),
    ]
    assert sum(way.share for way in found) == 1
    assert {way.status for way in found} == {"completed", "cancelled"}
    assert len({way.mark for way in found}) == len(found)


def test_where_most_was_waited_stands_at_the_front() -> None:
    steps = [step("a", "fill", 0, 1), step("b", "fill", 0, 3), step("a", "fill", 0, 14, unit="sci")]
    sample = Sample([ran("a"), ran("b")], steps, is_all=True)

    first, second = process_figures.places(sample, STATUTORY, {})

    assert (first.unit_id, first.days) == ("sci", 10)
    assert (second.unit_id, second.days) == ("miit", 4)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 10_000)))
def test_heat_rises_with_the_value_and_nothing_has_none(values: dict[str, int]) -> None:
    found = heats(values)

    assert set(found) == {name for name, value in values.items() if value}
    assert set(found.values()) <= {1, 2, 3, 4}
    for name in found:
        for other in found:
            assert (values[name] < values[other]) <= (found[name] <= found[other])
