"""What one run has of its own: when each task is done and how, what happens by itself, and who is reminded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any, Protocol

from app import clock
from app.queries.actor import Actor
from app.services.house import House

NEVER = 999
Actors = Callable[[str], Actor | None]
"""Principal of an inbox -> whoever works in it."""


@dataclass(frozen=True)
class Turn:
    """delay: working days after the task was opened, None for some day soon; NEVER leaves it open.

    wish goes over the answers. returns: sends back what was handed in, where the form offers that.
    """

    delay: int | None = None
    wish: Mapping[str, Any] = field(default_factory=dict)
    withdraws: bool = False
    returns: bool = False


@dataclass(frozen=True)
class Matter:
    """An open task as its clerk finds it. subject: the unit it is about, or `indicator:<number>`.

    days: working days within its limit. times: how often the task was open before in its instance.
    """

    id: str
    process: str
    element_id: str
    instance_id: str
    business_key: str
    year: int
    subject: str
    unit_id: str
    enterprise_id: str | None
    principal: str
    opened_at: datetime
    days: int
    times: int

    @property
    def opened_on(self) -> date:
        return clock.local(self.opened_at).date()


class Course(Protocol):
    """seed: of everything that is left to chance; the same seed gives the same histories."""

    @property
    def seed(self) -> int: ...

    def turn(self, matter: Matter, random: Random) -> Turn:
        """When the task is done, and how."""

    def happen(self, house: House, actors: Actors, day: date) -> None:
        """What people do of their own accord on the morning of a working day."""

    def is_reminded(self, day: date) -> bool:
        """Whether the day's digest is written."""

    def is_watched(self, day: date) -> bool:
        """Whether the day's lights and forecasts are kept."""
