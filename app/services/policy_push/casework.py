"""How 政策推送 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.policy_push import DUTY
from app.engine import OpenTask
from app.services.cases import Case, Casework, Responsible
from app.services.policy_push import match_pages, package_pages
from app.services.policy_push.delivery import ACTIONS as PACKAGE_ACTIONS
from app.services.policy_push.delivery import DEMAND, demand_key, demand_told
from app.services.policy_push.facts import facts
from app.services.policy_push.forms import prefill
from app.services.policy_push.opening import opening, opening_single, wanted
from app.services.policy_push.pairing import specialists_of
from app.services.policy_push.receive import receive
from app.services.policy_push.round import ACTIONS as ROUND_ACTIONS
from app.services.policy_push.rows import DONE, ENTERPRISE, ROUND, package_of

STAGES = {
    "choose_policies": "choosing",
    "confirm_match": "matching",
    "confirm_package": "confirming",
    "read_package": "reading",
}


def responsible(case: Case, task: OpenTask) -> Responsible | None:
    """A package lies with the specialist who is paired on that day; without one, with the locality."""
    if task.group != "specialist" or case.instance.enterprise_id is None:
        return None
    person_id = specialists_of(case.connection, [case.instance.enterprise_id]).get(case.instance.enterprise_id)
    if person_id is None:
        return None
    return Responsible(f"person:{person_id}", case.instance.unit_id or "")


def stage(case: Case, open_elements: frozenset[str]) -> str:
    """A round's: choosing | matching | pushing | closed; a package's: confirming | reading, then its state."""
    if case.instance.status != "active":
        return "closed" if case.instance.definition_key == ROUND else package_of(case).state
    waiting = "pushing" if case.instance.definition_key == ROUND else ""
    return next((STAGES[element] for element in sorted(open_elements) if element in STAGES), waiting)


def message_key(case: Case, message: str) -> str:
    return demand_key(case) if message == DEMAND else case.instance.business_key


def told(case: Case, message: str) -> Mapping[str, Any]:
    return demand_told(case) if message == DEMAND else {}


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    openings={ENTERPRISE: opening_single},
    started_by={
        "policy_package_wanted": wanted,
        match_pages.MESSAGE: match_pages.match_page,
        package_pages.MESSAGE: package_pages.package_page,
    },
    unheard=frozenset({"package_void"}),
    told=told,
    responsible=responsible,
    facts=facts,
    prefill=prefill,
    receive=receive,
    actions={**ROUND_ACTIONS, **PACKAGE_ACTIONS},
    stage=stage,
    message_key=message_key,
    done_message={ENTERPRISE: DONE},
    optional=frozenset({"read_package"}),
)
