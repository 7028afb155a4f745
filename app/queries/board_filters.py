"""What the board is narrowed to: one filter for its matrix, its heat and its list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.terms import Light

SOON_DAYS = 5  # working days


class Span(StrEnum):
    """A stretch of time."""

    SOON = "soon"  # due within five working days
    THIS_MONTH = "month"  # completed this month


@dataclass(frozen=True)
class Filters:
    """light: grey is what lies with others, for a unit; blue its instances that have ended; None all that is open.

    due_from, due_to: the days between which open user tasks are due, both included; those without a limit are not.
    """

    unit: str = ""
    duty: str = ""
    light: Light | None = None
    year: int | None = None
    span: Span | None = None
    due_from: date | None = None
    due_to: date | None = None

    @property
    def is_empty(self) -> bool:
        return self == Filters()

    @property
    def narrows_rows(self) -> bool:
        """More than the year: units without anything that fits are then left out."""
        return not replace(self, year=None).is_empty

    @property
    def by_due_day(self) -> bool:
        return self.due_from is not None or self.due_to is not None

    @property
    def takes_open(self) -> bool:
        return self.span is not Span.THIS_MONTH and self.light not in (Light.GREY, Light.BLUE)

    @property
    def takes_waiting(self) -> bool:
        return self._takes(Light.GREY)

    @property
    def takes_done(self) -> bool:
        return self._takes(Light.BLUE)

    def _takes(self, light: Light) -> bool:
        return self.span is None and not self.by_due_day and self.light in (None, light)
