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


def rank(standings: Iterable[Standing], rules: Rules) -> list[Ranked]:
    """The best first; among ties in the order given."""
    rows = sorted(standings, key=lambda row: (row.total is None, -(row.total or 0)))
    judged = [row for row in rows if row.total is not None]
    counts = Counter(row.total for row in judged)
    excellent, made = _excellent(judged, excellent_room(len(judged), rules), rules), []
    for row in rows:
        if row.total is None:
            made.append(Ranked(row.unit, None, None, ""))
            continue
        place = 1 + sum(number for total, number in counts.items() if total is not None and total > row.total)
        made.append(Ranked(row.unit, row.total, place, *_grade(row, excellent, rules)))
    return made


def excellent_room(units: int, rules: Rules) -> int:
    """How many may be excellent: the share rounded down, at least one."""
    return max(int(units * rules.excellent_share), 1) if units else 0


def grade_of(total: Decimal, rules: Rules) -> str:
    """By the total alone."""
    return next((grade for grade, least in rules.grades if Fraction(total) >= least), "fail")


def _excellent(rows: Sequence[Standing], room: int, rules: Rules) -> set[Decimal]:
    """The totals that are excellent: ties go in together or not at all, so that the share is never passed."""
    could = [row for row in rows if not row.is_falsified and row.total is not None]
    numbers = Counter(row.total for row in could)
    taken: set[Decimal] = set()
    for total in dict.fromkeys(row.total for row in could):
        if total is None or grade_of(total, rules) != "excellent" or numbers[total] > room:
            break
        taken.add(total)
        room -= numbers[total]
    return taken


def _grade(row: Standing, excellent: set[Decimal], rules: Rules) -> tuple[str, str]:
    assert row.total is not None
    grade = grade_of(row.total, rules)
    if row.is_falsified and list(GRADES).index(grade) < list(GRADES).index("pass"):
        return "pass", CAPPED
    if grade == "excellent" and row.total not in excellent:
        return "good", OVER_SHARE
    return grade, ""
