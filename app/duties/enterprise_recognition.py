"""The face of 企业认定 (P1, P2): applications of one level in a batch, checked, scored, shown, decided, announced.

`DUTY` gathers the other files of this duty: dates, admission, the application, the list, the checks of forms. The rules
of recognition themselves are in `recognition`. All take `facts`, plain rows that the services supply.

    Dates
        calendar, opened_on
        window_to, expected_on  of the batch
        correction_on           date or None; until when a returned application is sent again
        upper_due_on            date or None; until when the upper level wants the recommendation
    submit_application
        today, level
        admission       what stands against applying at all (`admission`)
        known           figures of the yearly updates: year -> key -> value
        needs_platform  bool; the rule set asks the score of the platform
    check_at_locality
        round           int; 1 at the first check
    open_batch, visit_enterprise, record_outcome
        today
    replace_experts
        silent          {no, least_sheets}: experts who have not scored; the sheets that some row would be left with
    decide_list
        rows            {credit_code, is_proposed, is_pending}; is_pending: the locality has not given its opinion
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.duty import Duty
from app.duties.enterprise_recognition_admission import admission
from app.duties.enterprise_recognition_application import figures_of, profile_of
from app.duties.enterprise_recognition_checks import LAST_RETURN_ROUND, check
from app.duties.enterprise_recognition_dates import DEADLINES, correction_due, due_on
from app.duties.enterprise_recognition_list import CHECKS, EXPERTS_EACH, SHEET, Proposal, drawn, proposal, refusal

__all__ = [
    "CHECKS",
    "DECISION_LEVELS",
    "DUTY",
    "EXPERTS_EACH",
    "OUTCOMES",
    "SCORED_LEVELS",
    "SHEET",
    "USER_TASKS",
    "Proposal",
    "admission",
    "correction_due",
    "drawn",
    "figures_of",
    "outcomes_offered",
    "profile_of",
    "proposal",
    "refusal",
]

DECISION_LEVELS: Mapping[str, str] = {
    "innovative": "province",
    "tech_sme": "number",
    "specialised_city": "city",
    "specialised": "province",
    "little_giant": "ministry",
    "single_champion": "ministry",
}
SCORED_LEVELS = frozenset({"specialised_city", "specialised", "little_giant", "single_champion"})

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "check_at_locality": ("pass", "returned", "reject"),
    "sign_locality_opinion": ("yes", "no"),
    "sign_batch_notice": ("yes", "no"),
    "sign_list": ("yes", "no"),
}

USER_TASKS = (
    "submit_application",
    "check_at_locality",
    "visit_enterprise",
    "sign_locality_opinion",
    "explain_delay",
    "open_batch",
    "sign_batch_notice",
    "settle_pending",
    "check_list_by_department",
    "press_checks",
    "score_applications",
    "replace_experts",
    "decide_list",
    "sign_list",
    "send_recommendation",
    "record_outcome",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """After two returns the locality passes or rejects."""
    if element_id == "check_at_locality" and facts["round"] > LAST_RETURN_ROUND:
        return ("pass", "reject")
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="enterprise_recognition",
    name="企业认定",
    clause="P1",
    processes=("enterprise_recognition_batch", "enterprise_recognition"),
    forms={task: f"enterprise_recognition.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
)
