"""How the people of a simulation work: punctual, late or sloppy, each unit, enterprise and person by the seed.

The punctual do it in the first days. The late often pass the limit. The sloppy are mostly in time, and a third of what
they hand in comes back. Pure: who, what and chance in, a turn out.
"""

from __future__ import annotations

from enum import Enum
from random import Random

from app.demo.course import NEVER, Matter, Turn


class Habit(Enum):
    PUNCTUAL = "punctual"
    LATE = "late"
    SLOPPY = "sloppy"


SHARES = {Habit.PUNCTUAL: 60, Habit.LATE: 25, Habit.SLOPPY: 15}  # of a hundred
LATE_SHARE = {Habit.PUNCTUAL: 0.01, Habit.LATE: 0.45, Habit.SLOPPY: 0.1}  # of their tasks
SOON = {Habit.PUNCTUAL: 3, Habit.LATE: 10, Habit.SLOPPY: 6}  # working days that they take where there is time
RETURNED_SHARE = 0.35  # of what the sloppy hand in
MOST_DAYS_OVER = 6
LEFT_ALONE = frozenset({"chase_proposals"})  # completing it would close a collection before its time
LOOKED_AT = ("sign_", "review_", "verify_", "check_")


def habit_of(seed: int, who: str) -> Habit:
    """who: a unit's id, `enterprise:<code>` or `person:<id>`; an empty one is the office, which is punctual."""
    if not who:
        return Habit.PUNCTUAL
    return Random(f"{seed}:habit:{who}").choices(list(SHARES), list(SHARES.values()))[0]


def turn(seed: int, matter: Matter, random: Random) -> Turn:
    """When and how the task is done by whoever has it."""
    if matter.element_id in LEFT_ALONE:
        return Turn(delay=NEVER)
    delay = _delay(habit_of(seed, worker(matter.principal)), matter.days, random)
    return Turn(delay=delay, returns=_is_returned(seed, matter, random))


def worker(principal: str) -> str:
    """Whose habit an inbox has: a contact and her head have that of their unit."""
    prefix, _, rest = principal.partition(":")
    return rest if prefix in ("contact", "head") else principal if rest else ""


def _delay(habit: Habit, days: int, random: Random) -> int:
    if random.random() < LATE_SHARE[habit] and days < NEVER:
        return days + 1 + random.randint(1, MOST_DAYS_OVER)
    soon = min(days, SOON[habit])
    return random.randint(0, soon) if habit is not Habit.LATE else random.randint(soon // 2, soon)


def _is_returned(seed: int, matter: Matter, random: Random) -> bool:
    """Whoever looks at the work of the sloppy for the first time."""
    if matter.times or not matter.element_id.startswith(LOOKED_AT):
        return False
    who = f"enterprise:{matter.enterprise_id}" if matter.enterprise_id else matter.subject
    return habit_of(seed, who) is Habit.SLOPPY and random.random() < RETURNED_SHARE
