"""The face of 专精特新企业服务月 (P26): activities are gathered, arranged, approved and held, and then they count.

`DUTY` gathers the dates and the checks of the forms; what an activity counts for stands in `service_month_counting`,
clashes and invitations in `service_month_calendar`. All take `facts`, plain rows of the services; a rule reads only
the keys it needs.

    Dates of user tasks, and the drawn timers offers_close_at, month_closes_at, activity_at, ratings_close_at
        calendar        workdays.Calendar
        opened_on       date; the day on which the task was opened or the timer began to wait
        to_on           date; the last day of the month (month_closes_at)
        activity        {on_day: date, on_time: "14:30"} (confirm_activity, report_activity, activity_at)
    All forms
        today
        month           {from_on, to_on}: dates (all but frame_month)
        unit_named      (text) -> id of the unit that is so named, or None
    compose_month
        offers          no -> unit id, of what was offered
        localities      id -> name, of all localities
    report_activity
        moves           how often the activity was moved already
        known           (codes) -> those with a file of their own
"""

from collections.abc import Mapping
from typing import Any

from app.duties.duty import Duty
from app.duties.service_month_checks import check
from app.duties.service_month_counting import MOST_MOVES
from app.duties.service_month_dates import DEADLINES, due_on

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "sign_month": ("yes", "no"),
    "approve_month": ("yes", "no"),
    "sign_month_summary": ("yes", "no"),
}

USER_TASKS = (
    "frame_month",
    "offer_activities",
    "compose_month",
    "sign_month",
    "approve_month",
    "confirm_activity",
    "report_activity",
    "review_month",
    "sign_month_summary",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes the form may offer, in its order; an activity that was moved twice can only be held."""
    if element_id == "report_activity":
        return ("held", "moved") if facts["moves"] < MOST_MOVES else ("held",)
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="service_month",
    name="专精特新企业服务月",
    clause="P26",
    processes=("service_month", "service_month_activity"),
    forms={task: f"service_month.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
    is_yearly=True,
)
