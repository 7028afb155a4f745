"""Grades and places within one ranking: departments and localities each among themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.duties.assessment_rules import GRADES, Rules

CAPPED = "数据造假，等次不高于合格"
OVER_SHARE = "达到优秀分数，因优秀名额所限定为良好"


@dataclass(frozen=True)
class Standing:
    """A unit before it is ranked. total: None where nothing could be judged; it then has no place."""

    unit: str
    total: Decimal | None
    is_falsified: bool = False


@dataclass(frozen=True)
class Ranked:
    """place: shared by ties, the next place is skipped. remark: why the grade is not what the total alone gives."""

    unit: str
    total: Decimal | None
    place: int | None
    grade: str
    remark: str = ""


@dataclass(frozen=True)
class Tie:
    """Units of one total of which some, but not all, would have found room among the excellent. left: that room."""

    total: Decimal
    units: tuple[str, ...]
    left: int


def rank(standings: Iterable[Standing], rules: Rules) -> list[Ranked]:
    """The best first; among ties in the order given."""
    rows = sorted(standings, key=lambda row: (row.total is None, -(row.total or 0)))
    judged = [row for row in rows if row.total is not None]
    counts = Counter(row.total for row in judged)
    (excellent, _), made = _excellent(judged, rules), []
    for row in rows:
        if row.total is None:
            made.append(Ranked(row.unit, None, None, ""))
            continue
        place = 1 + sum(number for total, number in counts.items() if total is not None and total > row.total)
        made.append(Ranked(row.unit, row.total, place, *_grade(row, excellent, rules)))
    return made


def tie_at_the_edge(standings: Iterable[Standing], rules: Rules) -> Tie | None:
    """Whom the rule makes good together because not all of them find room; None where nobody is tied so."""
    judged = sorted((row for row in standings if row.total is not None), key=lambda row: -(row.total or 0))
    taken, left = _excellent(judged, rules)
    could = [row for row in judged if not row.is_falsified and row.total not in taken]
    total = could[0].total if could else None
    if not left or total is None or grade_of(total, rules) != "excellent":
        return None
    return Tie(total, tuple(row.unit for row in could if row.total == total), left)


def excellent_room(units: int, rules: Rules) -> int:
    """How many may be excellent: the share rounded down, at least one."""
    return max(int(units * rules.excellent_share), 1) if units else 0


def grade_of(total: Decimal, rules: Rules) -> str:
    """By the total alone."""
    return next((grade for grade, least in rules.grades if Fraction(total) >= least), "fail")


def _excellent(judged: Sequence[Standing], rules: Rules) -> tuple[set[Decimal], int]:
    """The totals that are excellent, and the room that is left.

    Ties go in together or not at all, so that the share is never passed. judged: the best first.
    """
    could = [row for row in judged if not row.is_falsified and row.total is not None]
    numbers, room = Counter(row.total for row in could), excellent_room(len(judged), rules)
    taken: set[Decimal] = set()
    for total in dict.fromkeys(row.total for row in could):
        if total is None or grade_of(total, rules) != "excellent" or numbers[total] > room:
            break
        taken.add(total)
        room -= numbers[total]
    return taken, room


def _grade(row: Standing, excellent: set[Decimal], rules: Rules) -> tuple[str, str]:
    assert row.total is not None
    grade = grade_of(row.total, rules)
    if row.is_falsified and list(GRADES).index(grade) < list(GRADES).index("pass"):
        return "pass", CAPPED
    if grade == "excellent" and row.total not in excellent:
        return "good", OVER_SHARE
    return grade, ""
