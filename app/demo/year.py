"""The demonstration: the script of its office and the happenings of its enterprises, played up to its clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from sqlalchemy import select

from app import clock
from app.demo import autumn, people, script
from app.demo.course import Actors, Matter, Turn
from app.demo.happenings import Town
from app.demo.player import MORNING, Player, Progress, at
from app.documents.plan import PlanDocument
from app.models.plan import Plan
from app.queries.actor import SYSTEM
from app.services import processes
from app.services.house import House

WATCHED_FROM = date(2024, 10, 1)
REMINDED_FROM = date(2024, 12, 2)  # earlier digests would only fill the message list


def beginning(plan: PlanDocument) -> datetime:
    """The plan's first morning."""
    return at(plan.issue.issued_on, MORNING)


@dataclass
class Demonstration:
    """The course of the demonstration: see `script` and `autumn`."""

    seed: int
    town: Town = field(default_factory=lambda: Town(0, 0))

    def turn(self, matter: Matter, random: Random) -> Turn:
        return script.turn(matter.year, matter.element_id, matter.subject, matter.times)

    def happen(self, house: House, actors: Actors, day: date) -> None:
        autumn.on(house, self.town, actors, day)

    def is_reminded(self, day: date) -> bool:
        return day >= REMINDED_FROM

    def is_watched(self, day: date) -> bool:
        return day >= WATCHED_FROM


def run(
    house: House, seed: int, since: date | None, until: datetime, progress: Progress, enterprises: int = 0
) -> Player:
    """From the plan's first day (or `since`) up to the instant `until`. enterprises: how many are invented."""
    first = open_office(house, seed, since)
    player = Player(house, Demonstration(seed, Town(enterprises, seed)))
    player.play(first, until, progress)
    return player


def open_office(house: House, seed: int, since: date | None) -> date:
    """People come in, and with the plan its first targets, unless the play begins later; the day on which it begins."""
    with house.database.reading() as session:
        plan = session.scalars(select(Plan).order_by(Plan.id)).one()
        first_year, day = plan.first_year, since or plan.issued_on
    with clock.held(at(day, MORNING)):
        with house.database.transaction() as session:
            people.add_people(house, session, seed)
        if since is None:
            variables = {"year": first_year, "kind": "adopted"}
            processes.start(house, SYSTEM, "annual_target", variables, key=f"open:annual_target:{first_year}")
    return day
