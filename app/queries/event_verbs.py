"""What can be done in this house: the verbs of its events, each with its word, and which stream tells of which."""

from __future__ import annotations

from collections.abc import Mapping

from app.models.event import ACCESS, ADMINISTRATION
from app.models.event_line import BUSINESS
from app.terms import Access, Act, EventType, Word

OF_THE_HOUSE = (  # event types of the administration's stream that are no acts
    EventType.FIGURE_RECORDED,
    EventType.PLAN_LOADED,
    EventType.DEPLOYED,
    EventType.DEPLOYMENT_PROPOSED,
    EventType.DEPLOYMENT_REJECTED,
    EventType.DEPLOYMENT_WITHDRAWN,
)
NEVER_ALONE = (EventType.ADMINISTERED, EventType.ACCESSED)  # they tell of an act or access, which is the verb

KINDS: Mapping[str, tuple[Word, ...]] = {
    BUSINESS: tuple(one for one in EventType if one not in (*OF_THE_HOUSE, *NEVER_ALONE)),
    ADMINISTRATION: (*Act, *OF_THE_HOUSE),
    ACCESS: tuple(Access),
}
VERBS: Mapping[str, str] = {word.value: word.label for word in (*EventType, *Act, *Access)}
