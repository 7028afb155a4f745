"""What people do with demands outside of their forms: raise one, and withdraw one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.duties.demand_response import DUTY
from app.errors import InvalidForm, NotFound, RuleViolation
from app.models.demand import Demand
from app.queries.actor import Actor
from app.services import form_rules, processes
from app.services.commands import Answer
from app.services.demand_response.rows import DEMAND
from app.services.house import House
from app.terms import Role

RAISE = "demand_response.raise_demand"
WITHDRAWN = "demand_withdrawn"
ANSWERED = ("answered", "judging", "closed", "withdrawn")


def raise_demand(
    house: House, actor: Actor, enterprise_id: str, answers: Mapping[str, Any], *, key: str, channel: str = "portal"
) -> Answer:
    """Send the form with which a demand is raised; the answer is {id} of its instance. Raises InvalidForm by field."""
    form = form_rules.read_form(RAISE)
    told = form_rules.overlay(form, {}, answers)
    errors = [(error.field, error.text) for error in form_rules.validate(form, told)]
    if not errors:
        errors = [(error.field, error.text) for error in DUTY.check("raise_demand", told, {})]
    if errors:
        raise InvalidForm(errors)
    variables = {**told, "enterprise_id": enterprise_id, "channel": channel, "source_key": f"{channel}:{key}"}
    return processes.start(house, actor, DEMAND, variables, key=key)


def channel_of(actor: Actor) -> str:
    """How a demand came in, by who writes it down."""
    if actor.enterprise_id is not None:
        return "portal"
    if actor.has(Role.SPECIALIST):
        return "visit"
    return "office" if actor.has(Role.OFFICE) else "unit"


def withdraw(house: House, actor: Actor, number: str, *, key: str) -> Answer:
    """The firm takes its demand back before it is answered. Raises NotFound for anothers', RuleViolation too late."""
    with house.database.reading() as session:
        demand = session.scalars(select(Demand).where(Demand.number == number)).one_or_none()
        if demand is None or actor.enterprise_id != demand.enterprise_id:
            raise NotFound
        state = demand.state
    if state in ANSWERED:
        raise RuleViolation("number", "该诉求已答复或已办结，不能撤回。如不满意，请在评价时说明。")
    return processes.deliver(house, actor, WITHDRAWN, f"{DEMAND}:{number}", key=key)
