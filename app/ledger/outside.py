"""How well the log is held outside, as a light: by the age of the oldest event that nobody outside has acknowledged.

Not by the age of the newest acknowledgment: where nothing happened since, that one may be as old as it likes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.terms import Light

GREEN, YELLOW = timedelta(hours=1), timedelta(hours=24)


def light_of(now: datetime, open_since: datetime | None, *, is_held: bool) -> Light:
    """open_since: when the oldest event was written that nobody outside holds; None where there is none.

    is_held: somebody outside has ever acknowledged anything.
    """
    age = timedelta(0) if open_since is None else now - open_since
    if open_since is not None and not is_held:
        return Light.RED
    if age <= GREEN:
        return Light.GREEN
    return Light.YELLOW if age <= YELLOW else Light.RED
