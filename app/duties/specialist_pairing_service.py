"""How well enterprises are served: which of them have a specialist, which visits count, what their ratings come to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from app.duties.specialist_pairing_ranking import DISSATISFIED_BELOW
from app.workdays import Calendar

Manner = Literal["onsite", "video", "phone"]

GRACE_DAYS = 10  # working days after the title in which a firm counts as 配备中
PROPOSED_ORDER_DAYS = 5  # working days beyond the grace after which a blue order is proposed
PHONE_VISITS_A_YEAR = 1
FEWEST_RATINGS = 3
STARS = 5
MOST = Decimal(100)
ALMOST = Decimal("99.9")


@dataclass(frozen=True)
class Coverage:
    """share: percent of firms with a specialist, None without a firm. preparing: within the grace; missing: beyond."""

    total: int
    paired: int
    share: Decimal | None
    preparing: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def is_kept(self) -> bool:
        """每家小巨人均有服务专员: nobody is missing beyond the grace."""
        return not self.missing


@dataclass(frozen=True)
class CountedVisit:
    """What decides whether a visit counts. pairing_from, pairing_to: the pairing's days, None while it lasts."""

    on: date
    manner: Manner
    pairing_from: date
    pairing_to: date | None = None
    is_first: bool = False


def coverage(giants: Mapping[str, date], pairings: Collection[str], on: date, calendar: Calendar) -> Coverage:
    """giants: code of each firm with a valid title -> day of the title. pairings: codes with an active 服务专员.

    99.96 % is told as 99.9, because 100 is only said when it is so.
    """
    unpaired = sorted(code for code in giants if code not in pairings)
    preparing = tuple(code for code in unpaired if calendar.count(giants[code], on) <= GRACE_DAYS)
    missing = tuple(code for code in unpaired if code not in preparing)
    paired = len(giants) - len(unpaired)
    return Coverage(len(giants), paired, _share(paired, len(giants)), preparing, missing)


def is_order_due(granted_on: date, on: date, calendar: Calendar) -> bool:
    """Whether a firm has been without a specialist so long that a blue order is proposed."""
    return calendar.count(granted_on, on) > GRACE_DAYS + PROPOSED_ORDER_DAYS


def visit_counts(visit: CountedVisit, others: Sequence[CountedVisit] = ()) -> bool:
    """Whether a visit fulfils the duty of a quarter. others: visits of the same firm that were counted before.

    It lies within the pairing; the first one is on site; at most one of a year's visits is by telephone.
    """
    if visit.on < visit.pairing_from or (visit.pairing_to is not None and visit.on > visit.pairing_to):
        return False
    if visit.is_first:
        return visit.manner == "onsite"
    return visit.manner != "phone" or phone_visits(others, visit.on.year) < PHONE_VISITS_A_YEAR


def phone_visits(visits: Sequence[CountedVisit], year: int) -> int:
    return sum(visit.manner == "phone" and visit.on.year == year for visit in visits)


def rating_score(stars: Sequence[int]) -> int:
    """Of 及时, 专业 and 解决问题: the mean of the stars times 20, so 20 to 100."""
    return _whole(Decimal(sum(stars)) / len(stars) * (100 // STARS))


def satisfaction(scores: Sequence[int | None]) -> int | None:
    """The mean of the ratings; what was not rated is left out, and below three ratings there is no figure."""
    rated = [score for score in scores if score is not None]
    return _whole(Decimal(sum(rated)) / len(rated)) if len(rated) >= FEWEST_RATINGS else None


def is_dissatisfied(scores: Sequence[int | None], *, wants_change: bool = False) -> bool:
    """scores: ratings of one firm for its specialist, the newest last. The last two each below 60, or one wish."""
    rated = [score for score in scores if score is not None]
    return wants_change or (len(rated) >= 2 and all(score < DISSATISFIED_BELOW for score in rated[-2:]))


def _share(paired: int, total: int) -> Decimal | None:
    if total == 0:
        return None
    share = (MOST * paired / total).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return min(share, ALMOST) if paired < total else share


def _whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))
