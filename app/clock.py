"""The one place that asks for the time; a demonstration or a simulation drives it.

Three clocks: the system's; one that started at a given instant and runs on (DUBAN_CLOCK); and one that a simulation
holds still, for its own thread only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

_held: ContextVar[datetime | None] = ContextVar("held_clock", default=None)
_ahead = timedelta(0)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    held = _held.get()
    return held if held is not None else datetime.now(UTC) + _ahead


def system_now() -> datetime:
    """The machine's own instant, whatever clock is driven: events keep both."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in China."""
    return local(now()).date()


def local(at: datetime) -> datetime:
    """The instant as the office's wall clock shows it."""
    return at.astimezone(ZONE)


def start_at(at: datetime | None) -> None:
    """Let this process's clock show the aware instant now and run on from there; None sets it back to the system's."""
    global _ahead
    _ahead = timedelta(0) if at is None else at - datetime.now(UTC)


def is_driven() -> bool:
    return _held.get() is not None or _ahead != timedelta(0)


@contextmanager
def held(at: datetime) -> Iterator[None]:
    """Within the block, and in this thread or task only, it is always this aware instant."""
    token = _held.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)
