"""What the activities of a service month add up to: whom they reached, which of them count, how they were rated."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from app.duties.demand_response_rates import Rating
from app.duties.demand_response_rates import satisfaction as share_satisfied

KINDS: dict[str, str] = {
    "policy": "政策宣讲",
    "finance": "融资对接",
    "supply": "供需对接",
    "technology": "技术对接",
    "hiring": "人才招聘",
    "training": "培训",
    "diagnosis": "诊断",
    "visit": "走访",
    "law": "法律知识产权",
    "other": "其他",
}
COUNTED_KINDS = ("finance", "supply")  # an indicator of the plan counts them
LEAST_FIRMS = 5  # PP: with fewer an activity is shown, not counted
LEAST_RATINGS = 10  # PP: with fewer there is no figure
MOST_MOVES = 2


def reach(activities: Iterable[Collection[str]]) -> int:
    """How many enterprises were there, however often each of them came. activities: the credit codes of each."""
    return len({code for codes in activities for code in codes})


def is_counted(kind: str, firm_count: int, *, is_reported: bool) -> bool:
    """Whether the activity counts in the indicator of its kind: held, reported, with enough enterprises.

    A joint activity is one row, of the organiser named first, so it counts once.
    """
    return kind in COUNTED_KINDS and is_reported and firm_count >= LEAST_FIRMS


def satisfaction(ratings: Sequence[Rating | None]) -> Decimal | None:
    """In percent; None with fewer than ten ratings."""
    rated = [rating for rating in ratings if rating is not None]
    return share_satisfied(rated) if len(rated) >= LEAST_RATINGS else None
