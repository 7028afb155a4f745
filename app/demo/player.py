"""The driven clock: working day after working day the calendar opens, timers fire, and everybody does what is due.

What the scheduler does by the clock is done here by the same services, in the morning and after each task. Days on
which nobody works are passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from app import clock
from app.demo import figures
from app.demo.clerk import Clerks
from app.demo.course import Course
from app.demo.diary import Diary
from app.demo.repairers import Repairers
from app.demo.staff import Staff
from app.services import daily, posting
from app.services.house import House

MORNING, WORKING_HOURS, EVENING = time(8, 30), time(10), time(22)
PER_TASK = timedelta(minutes=2, seconds=17)
MOST_ROUNDS = 20  # what one clerk completes, the next may do on the same day
Progress = Callable[[date], None]


def at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, clock.ZONE).astimezone(UTC)


@dataclass
class Player:
    """Plays a course in a house, day by day; what was refused, and what nobody could do, stands in `clerks`."""

    house: House
    course: Course
    staff: Staff = field(init=False)
    clerks: Clerks = field(init=False)
    diary: Diary = field(init=False)
    repairers: Repairers = field(init=False)

    def __post_init__(self) -> None:
        self.staff = Staff(self.house)
        self.clerks = Clerks(self.house, self.staff, self.course.seed)
        self.diary = Diary(self.house, self.course)
        self.repairers = Repairers(self.house, self.staff)

    @property
    def refused(self) -> list[str]:
        return self.clerks.refused

    def play(self, first: date, until: datetime, progress: Progress) -> None:
        """Every working day from the first on, up to the instant."""
        day = first
        while at(day, MORNING) <= until:
            if self.house.calendar.is_working_day(day):
                self._live(day, until)
                progress(day)
            day += timedelta(days=1)

    def _live(self, day: date, until: datetime) -> None:
        """One working day: the scheduler's morning, then the clerks'."""
        with clock.held(at(day, MORNING)):
            self._open(day)
        if at(day, WORKING_HOURS) <= until:
            self._work(day)

    def _open(self, day: date) -> None:
        house = self.house
        self.repairers.look(day)
        daily.open_campaigns(house)
        daily.open_what_is_owed(house)
        self.course.happen(house, self.staff.of, day)
        daily.settle(house)
        figures.record_month(house, self.staff.of, self.course.seed)
        if self.course.is_reminded(day):
            daily.remind(house)
        if self.course.is_watched(day):
            daily.watch_lights(house)
        _post(house)

    def _work(self, day: date) -> None:
        moment = at(day, WORKING_HOURS)
        for _ in range(MOST_ROUNDS):
            due = self.diary.due(day)
            if not due:
                return
            pace = min(PER_TASK, (at(day, EVENING) - moment) / (len(due) + 1))  # a day with a thousand tasks is a day
            for matter, turn in due:
                moment += pace
                with clock.held(moment):
                    self.clerks.do(matter, turn)
                    daily.settle(self.house)


def _post(house: House) -> None:
    """Letters of a simulated office go to its mail server, if it has one; else each row says that there is none."""
    while posting.send_due(house, "mail"):
        pass
