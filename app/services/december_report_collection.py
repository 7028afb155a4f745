"""截止汇总: the office waits no longer for the units that have not reported."""

from __future__ import annotations

from app.errors import InvalidForm, NotFound, NotPermitted
from app.models.process import ProcessInstance
from app.queries.actor import Actor
from app.services import processes
from app.services.commands import Answer
from app.services.house import House
from app.terms import Role

MESSAGE = "december_collection_closed"
SHORTEST, LONGEST = 2, 500


def close_collection(house: House, actor: Actor, instance_id: str, reason: str, *, key: str) -> Answer:
    """Ends the collection of a campaign, with a reason that its event keeps; reports that come later are supplements.

    Raises NotPermitted, InvalidForm, and NotFound for an instance that collects nothing now.
    """
    if not actor.has(Role.OFFICE):
        raise NotPermitted
    reason = reason.strip()
    if not SHORTEST <= len(reason) <= LONGEST:
        raise InvalidForm([("reason", f"请说明截止汇总的理由，{SHORTEST}至{LONGEST}字。")])
    with house.database.reading() as session:
        campaign = session.get(ProcessInstance, instance_id)
        if campaign is None or campaign.definition_key != "december_report":
            raise NotFound
        correlation = campaign.business_key
    return processes.deliver(house, actor, MESSAGE, correlation, key=key, told={"reason": reason})
