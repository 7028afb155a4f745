"""Stops what acts by the clock when a clock is found to be wrong, and lets it go on when somebody has confirmed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from app import clock
from app.models.timer import ClockStop
from app.queries.actor import Actor
from app.queries.clock_stops import is_stopped, open_stops
from app.services import administration, heartbeats
from app.services.house import House
from app.terms import Act, ClockFault, Role


@dataclass(frozen=True)
class Suspicion:
    """ahead: how far the wall clock is before what it was compared with; negative when it is behind."""

    fault: ClockFault
    ahead: timedelta

    @property
    def seconds(self) -> int:
        return round(self.ahead.total_seconds())


def note(house: House, process: str, found: Suspicion) -> bool:
    """Write a stop down, for all processes; false when one stands already."""
    with house.database.transaction() as session:
        if is_stopped(session):
            return False
        session.add(
            ClockStop(fault=found.fault.value, seconds=found.seconds, process=process, noticed_at=clock.system_now())
        )
    return True


def confirm(session: Session, actor: Actor) -> list[ClockStop]:
    """The clock is right now: what stood stands no longer. Raises NotPermitted."""
    administration.require(actor, Role.SYSTEM_ADMIN)
    stops = open_stops(session)
    for stop in stops:
        stop.confirmed_at, stop.confirmed_by = clock.system_now(), actor.login
        administration.record(session, actor.login, Act.CLOCK_CONFIRMED, name=stop.process, seconds=stop.seconds)
    heartbeats.forget_future(session.connection())
    return stops
