"""The light of what is held outside goes by the oldest event that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.ledger.outside import light_of
from app.terms import Light

NOW = datetime(2024, 12, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "is_held", "light"),
    [
        (None, True, Light.GREEN),
        (None, False, Light.GREEN),
        (timedelta(0), False, Light.RED),
        (timedelta(hours=1), True, Light.GREEN),
        (timedelta(hours=1, seconds=1), True, Light.YELLOW),
        (timedelta(hours=24), True, Light.YELLOW),
        (timedelta(hours=24, seconds=1), True, Light.RED),
    ],
)
def test_the_light_goes_by_the_oldest_event_that_nobody_outside_holds(
    age: timedelta | None, is_held: bool, light: Light
) -> None:
    assert light_of(NOW, None if age is None else NOW - age, is_held=is_held) is light
