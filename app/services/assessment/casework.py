"""How 年度考核 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.duties.assessment import DUTY
from app.services.assessment.actions import ACTIONS
from app.services.assessment.facts import facts
from app.services.assessment.forms import prefill
from app.services.assessment.opening import opening
from app.services.assessment.receive import receive
from app.services.assessment.rows import UNIT, assessment_of
from app.services.cases import Case, Casework, NewDay

APPEALS_DONE = "assessment_appeals_done"
STAGES: Mapping[str, str] = {
    "confirm_rules": "rules",
    "approve_rules": "rules",
    "await_data": "waiting",
    "await_appeals": "appeals",
    "review_ranking": "reviewing",
    "sign_ranking": "signing",
    "approve_ranking": "approving",
    "issue_bulletin": "issuing",
    "confirm_score": "sent",
    "sign_appeal": "appealing",
    "examine_appeal": "examining",
    "sign_appeal_answer": "answering",
    "decide_appeal": "deciding",
}


def stage(case: Case, open_elements: frozenset[str]) -> str:
    """A unit's: sent | appealing | examining | answering | deciding, at its end confirmed | silent | settled."""
    if case.instance.status == "completed":
        return _end(case)
    return next((STAGES[element] for element in sorted(open_elements) if element in STAGES), "")


def _end(case: Case) -> str:
    if case.instance.definition_key != UNIT:
        return "published"
    if case.row("confirmed"):
        return "confirmed"
    return "settled" if case.row("appeal") else "silent"


def ended(case: Case) -> None:
    """The last score that is settled makes the places final."""
    parent = case.instance.parent_id
    ranked = case.row("ranked", instance_id=parent) if parent else None
    if ranked is None or case.instance.definition_key != UNIT:
        return
    left = [unit for unit in ranked["open"] if unit != case.instance.unit_id]
    case.put("ranked", "", {**ranked, "open": left}, instance_id=parent)
    if not left:
        assessment_of(case).is_provisional = False
        case.session.flush()


def day_moved(case: Case, element_id: str, old: date, new_day: NewDay) -> None:
    """An extension moves the end of the unit's time to appeal."""
    if element_id == "confirm_score" and new_day.due_on is not None:
        case.put("moved", "", {"on": new_day.due_on.isoformat()})


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    unheard=frozenset({APPEALS_DONE}),
    facts=facts,
    prefill=prefill,
    receive=receive,
    actions=ACTIONS,
    stage=stage,
    ended=ended,
    timers_with={"confirm_score": {"score_accepted_silently": "appeal_closes_at"}},
    day_moved=day_moved,
    done_message={UNIT: APPEALS_DONE},
)
