"""The years of a simulation: what enterprises, the bureau and late units do of their own accord, season by season."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from random import Random

from sqlalchemy import select

from app.demo import habits, happenings
from app.demo.course import Actors, Matter, Turn
from app.demo.habits import Habit
from app.demo.happenings import Town
from app.demo.matter_ratings import rate_matters
from app.errors import AppError, RuleViolation
from app.models.user_task import IS_OPEN, UserTask
from app.queries import rule_sets
from app.services import processes
from app.services.house import House
from app.terms import TitleLevel

DEMANDS_A_FIRM = 0.4  # in a year of 250 working days
WORKING_DAYS = 250
ENTERING_SHARE = 0.02  # of the firms outside of the library, on each day of a round
ENTERING_MONTHS = (3, 9)
ENTERING_UNTIL = 10  # day of the month
EXTENSION_SHARE = 0.15  # of what the late see coming
OBJECTED = 5  # every fifth list that is shown

BATCHES = {
    (3, 10): TitleLevel.TECH_SME,
    (6, 6): TitleLevel.INNOVATIVE,
    (6, 20): TitleLevel.LITTLE_GIANT,
    (7, 4): TitleLevel.SPECIALISED_CITY,
    (8, 1): TitleLevel.SPECIALISED,
    (9, 12): TitleLevel.SINGLE_CHAMPION,
}
REVERIFIED = {
    (2, 20): TitleLevel.LITTLE_GIANT,
    (4, 6): TitleLevel.SPECIALISED,
    (5, 9): TitleLevel.SPECIALISED_CITY,
    (10, 10): TitleLevel.INNOVATIVE,
}
RENAMED_ON, DOUBTED_ON = 9, 16  # first working day from then on, each month and each quarter


@dataclass
class Years:
    """The course of a simulation. first: the day on which enterprises are there."""

    seed: int
    first: date
    town: Town
    _last: date = field(default=date.min)

    def turn(self, matter: Matter, random: Random) -> Turn:
        return habits.turn(self.seed, matter, random)

    def is_reminded(self, day: date) -> bool:
        return True

    def is_watched(self, day: date) -> bool:
        return True

    def happen(self, house: House, actors: Actors, day: date) -> None:
        random = Random(f"{self.seed}:happenings:{day}")
        self._ask_for_time(house, actors, day, random)
        if self.town.count:
            if not self.town.codes:
                self.town.arrive(house, self.first)
            self._enterprises(house, actors, day, random)

    def _enterprises(self, house: House, actors: Actors, day: date, random: Random) -> None:
        for kind, levels in (("recognition", BATCHES), ("reverification", REVERIFIED)):
            for month_day, level in levels.items():
                if _falls_on(house, month_day, day) and _has_rules(house, level, day):
                    happenings.open_batch(house, level, day, kind)
        happenings.apply(house, self.town, actors, day, random)
        for number in range(_times(self.town.count * DEMANDS_A_FIRM / WORKING_DAYS, random)):
            happenings.ask(house, self.town, actors, day, random, number)
        if day.month in ENTERING_MONTHS and day.day <= ENTERING_UNTIL:
            happenings.enter_library(house, actors, day, random, ENTERING_SHARE)
        rate_matters(house, actors, day, random)
        self._disputes(house, actors, day, random)

    def _disputes(self, house: House, actors: Actors, day: date, random: Random) -> None:
        if _falls_on(house, (day.month, RENAMED_ON), day):
            for code in _one_with(house, TitleLevel.SPECIALISED, random):
                happenings.rename(house, actors, day, code)
        if day.month % 3 == 0 and _falls_on(house, (day.month, DOUBTED_ON), day):
            for code in _one_with(house, TitleLevel.SPECIALISED_CITY, random):
                happenings.doubt(house, day, code)
        for notice in happenings.notices_since(house, house.calendar.add(day, -3)):
            if notice.id % OBJECTED == 1:
                happenings.object_to(house, actors, day, notice)

    def _ask_for_time(self, house: House, actors: Actors, day: date, random: Random) -> None:
        """Late units ask for more time on the last day but one, sometimes."""
        coming = house.calendar.add(day, 2)
        wanted = select(UserTask.id, UserTask.principal).where(IS_OPEN, UserTask.due_on == coming)
        with house.database.reading() as session:
            tasks = session.execute(wanted.where(UserTask.principal.like("contact:%")).order_by(UserTask.id)).all()
        for id_, principal in tasks:
            is_late = habits.habit_of(self.seed, habits.worker(principal)) is Habit.LATE
            actor = actors(principal) if is_late and random.random() < EXTENSION_SHARE else None
            if actor is not None:
                with suppress(AppError):  # this task can have no more time
                    processes.start(house, actor, "extension_request", {"task_id": id_}, key=f"demo:more:{id_}:{day}")


def _falls_on(house: House, month_day: tuple[int, int], day: date) -> bool:
    return house.calendar.first_on_or_after(date(day.year, *month_day)) == day


def _has_rules(house: House, level: TitleLevel, day: date) -> bool:
    """Whether rules for the level are in force for those who will apply."""
    with house.database.reading() as session, suppress(RuleViolation):
        return bool(rule_sets.applicable(session, level.value, day))
    return False


def _times(rate: float, random: Random) -> int:
    """A whole number that is the rate on average."""
    return int(rate) + (random.random() < rate % 1)


def _one_with(house: House, level: TitleLevel, random: Random) -> list[str]:
    with house.database.reading() as session:
        codes = happenings.with_title(session, level)
    return [random.choice(codes)] if codes else []
