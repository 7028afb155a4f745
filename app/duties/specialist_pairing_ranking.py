"""Who is put forward for an enterprise: candidates by locality, field, load and past service, with the reason of each.

All weights and limits are proposals of the product (PP). An excluded person is told with the reason, never left out in
silence, so that the locality can see why its first thought is not on the list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from app.duties.lights import chinese_date

Kind = Literal["service", "financing", "listing"]
KIND_WORDS: dict[str, str] = {"service": "服务专员", "financing": "融资服务专员", "listing": "上市服务专员"}

LOAD_LIMIT = 5
MOST_CANDIDATES = 5
SAME_LOCALITY, CITY_BODY = 40, 20
SAME_CHAIN, SAME_INDUSTRY = 30, 15
FREE_HANDS = 20
CONTINUITY = 10
LONG_LEAVE_DAYS = 60
RETIREMENT_DAYS = 90
REST_DAYS = 365
DISSATISFIED_BELOW = 60
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Firm:
    """The enterprise to be served. locality: unit of its registration; chain, industry: "" where unknown."""

    code: str
    locality: str
    chain: str = ""
    industry: str = ""


@dataclass(frozen=True)
class Person:
    """A possible specialist, seen by one firm on one day.

    locality: her home unit where that is a locality, None for a city body. load: firms she serves now. conflicts: codes
    of firms of a relative or former employer, as declared. refused_on: when she last declined this firm or left it.
    served_before, firm_rating: she served this firm, and what its ratings then came to; None when not rated.
    satisfaction: over all her firms, None below three ratings. last_new_on: when she last took on a firm.
    """

    id: int
    name: str
    unit: str
    unit_name: str = ""
    post: str = ""
    locality: str | None = None
    chains: Collection[str] = ()
    industries: Collection[str] = ()
    load: int = 0
    limit: int = LOAD_LIMIT
    conflicts: Collection[str] = ()
    leave_from: date | None = None
    leave_until: date | None = None
    retires_on: date | None = None
    refused_on: date | None = None
    served_before: bool = False
    firm_rating: int | None = None
    satisfaction: int | None = None
    last_new_on: date | None = None

    def is_on_leave(self, on: date) -> bool:
        return (
            self.leave_from is not None and self.leave_until is not None and self.leave_from <= on <= self.leave_until
        )


@dataclass(frozen=True)
class Part:
    """One part of a score. reason: Chinese, why it is so many points."""

    name: str
    points: Decimal
    most: int
    reason: str


@dataclass(frozen=True)
class Candidate:
    person: Person
    parts: tuple[Part, ...] = field(default_factory=tuple)

    @property
    def score(self) -> Decimal:
        return sum((part.points for part in self.parts), Decimal(0))

    @property
    def explanation(self) -> str:
        """「属地 40：与企业同属地；…」: the score by part, as the form and the file show it."""
        return "；".join(f"{part.name}{_plain(part.points)}分，{part.reason}" for part in self.parts)


def rank(firm: Firm, persons: Iterable[Person], on: date) -> list[Candidate]:
    """All who may serve the firm, the best first; the form shows the first MOST_CANDIDATES.

    Of equal score: who has less to do, who is better rated, who waited longer for a new firm, then the lower id.
    """
    candidates = [candidate(firm, person) for person in persons if exclusion(firm, person, on) is None]
    return sorted(candidates, key=_order)


def candidate(firm: Firm, person: Person) -> Candidate:
    """The person with her score, whether she may be chosen or not."""
    return Candidate(person, (_locality(firm, person), _field(firm, person), _load(person), _continuity(person)))


def exclusion(firm: Firm, person: Person, on: date) -> str | None:
    """Why the person is not put forward for this firm on this day, in Chinese; None where she may be."""
    if person.load >= person.limit:
        return f"已结对{person.load}家，达到上限"
    if firm.code in person.conflicts:
        return "存在应回避情形"
    if _is_away_long(person, on):
        return f"休假至{chinese_date(person.leave_until)}" if person.leave_until else "长期休假"
    if person.retires_on is not None and (person.retires_on - on).days <= RETIREMENT_DAYS:
        return f"将于{chinese_date(person.retires_on)}退休"
    if person.refused_on is not None and (on - person.refused_on).days <= REST_DAYS:
        return f"{chinese_date(person.refused_on)}曾退出或未接受该企业"
    return None


def _is_away_long(person: Person, on: date) -> bool:
    """A leave that begins soon and from then on, or from now on, lasts more than 60 days."""
    if person.leave_from is None or person.leave_until is None or person.leave_until < on:
        return False
    begins_soon = (person.leave_from - on).days <= RETIREMENT_DAYS
    return begins_soon and (person.leave_until - max(person.leave_from, on)).days > LONG_LEAVE_DAYS


def _locality(firm: Firm, person: Person) -> Part:
    if person.locality is None:
        return _part("属地", CITY_BODY, SAME_LOCALITY, "市级单位人员")
    if person.locality == firm.locality:
        return _part("属地", SAME_LOCALITY, SAME_LOCALITY, "与企业同属地")
    return _part("属地", 0, SAME_LOCALITY, "属地不同")


def _field(firm: Firm, person: Person) -> Part:
    if firm.chain and firm.chain in person.chains:
        return _part("专业", SAME_CHAIN, SAME_CHAIN, f"熟悉{firm.chain}产业链")
    if firm.industry and firm.industry in person.industries:
        return _part("专业", SAME_INDUSTRY, SAME_CHAIN, f"熟悉{firm.industry}行业")
    return _part("专业", 0, SAME_CHAIN, "专业领域不同")


def _load(person: Person) -> Part:
    free = Decimal(max(person.limit - person.load, 0)) / person.limit if person.limit else Decimal(0)
    reason = f"已结对{person.load}家，上限{person.limit}家"
    return Part("工作量", (FREE_HANDS * free).quantize(TENTH, ROUND_HALF_UP), FREE_HANDS, reason)


def _continuity(person: Person) -> Part:
    """Past service counts only where the firm was not dissatisfied with it."""
    if not person.served_before:
        return _part("延续性", 0, CONTINUITY, "此前未服务该企业")
    if person.firm_rating is not None and person.firm_rating < DISSATISFIED_BELOW:
        return _part("延续性", 0, CONTINUITY, f"曾服务该企业，满意度{person.firm_rating}分")
    rated = "" if person.firm_rating is None else f"，满意度{person.firm_rating}分"
    return _part("延续性", CONTINUITY, CONTINUITY, f"曾服务该企业{rated}")


def _part(name: str, points: int, most: int, reason: str) -> Part:
    return Part(name, Decimal(points), most, reason)


def _order(ranked: Candidate) -> tuple[Decimal, int, int, date, int]:
    """Nobody is worse off for not having been rated yet than somebody with whom firms are dissatisfied."""
    person = ranked.person
    satisfaction = DISSATISFIED_BELOW if person.satisfaction is None else person.satisfaction
    return -ranked.score, person.load, -satisfaction, person.last_new_on or date.min, person.id


def _plain(points: Decimal) -> str:
    return f"{points.normalize():f}"
