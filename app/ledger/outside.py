"""How well the log is held outside, as a light: by the age of the oldest event that nobody outside has acknowledged.

Not by the age of the newest acknowledgment: where nothing happened since, that one may be as old as it likes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.terms import Light

GREEN, YELLOW = timedelta(hours=1), timedelta(hours=24)


def light_of(now: datetime, open_since: datetime | None) -> Light:
    """open_since: when the oldest event was written that nobody outside holds; None where there is none."""
    age = timedelta(0) if open_since is None else now - open_since
    if age <= GREEN:
        return Light.GREEN
    return Light.YELLOW if age <= YELLOW else Light.RED
