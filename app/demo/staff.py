"""Who works in which inbox of a simulated office."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.models.person import Person
from app.queries.actor import Actor, actor_of
from app.services.house import House
from app.terms import Role


@dataclass
class Staff:
    """Everybody by login and by inbox; read again only when people have come since."""

    house: House
    by_login: dict[str, Actor] = field(default_factory=dict)
    _holders: dict[str, Actor] = field(default_factory=dict)
    _known: int = 0

    def of(self, principal: str) -> Actor | None:
        """Whoever has that inbox, the first by login."""
        if principal not in self._holders:
            self._look()
        return self._holders.get(principal)

    def clerk(self, principal: str, subject_unit_id: str | None) -> Actor | None:
        """Who does a task of that inbox; in the office the bureau's own matters are another person's."""
        return self.by_login.get(_login(principal, subject_unit_id)) or self.of(principal)

    def _look(self) -> None:
        with self.house.database.reading() as session:
            newest = session.scalar(select(func.max(Person.id))) or 0
            if newest != self._known:
                self._known = newest
                self._read(session)

    def _read(self, session: Session) -> None:
        today = clock.today()
        people = session.scalars(select(Person).order_by(Person.login.desc())).all()
        actors = [actor_of(session, person, today) for person in people]
        self.by_login = {actor.login: actor for actor in actors}
        self._holders = {inbox: actor for actor in actors for inbox in actor.principals}


def _login(principal: str, subject_unit_id: str | None) -> str:
    match principal:
        case Role.OFFICE:
            return "office.drc" if subject_unit_id == "miit" else "office"
        case Role.OFFICE_SIGNER:
            return "signer"
        case Role.LEADER:
            return "leader"
        case _:
            return principal.replace(":", ".")
