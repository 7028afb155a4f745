"""How long to wait before what failed is tried again: longer each time, and never all at the same moment."""

from __future__ import annotations

import random
from datetime import timedelta

PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
JITTER = 0.1  # share of the pause by which it may be longer: what failed together does not come back together


def pause_after(attempts: int) -> timedelta | None:
    """The pause after this many failed attempts, 1 or more; None after the last one: then it is an operator's."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (1 + random.uniform(0, JITTER))
