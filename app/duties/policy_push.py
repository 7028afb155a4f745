"""The face of 政策推送 (P26, A2-1): policies that fit an enterprise reach it as one package.

`DUTY` gathers what the other files hold: the matching of conditions (`policy_matching`, `policy_conditions`), the
package and its use (`policy_package`), the dates and the checks. All take `facts`, plain rows of the services.

    Dates of user tasks, and the drawn timers match_closes_at, packages_close_at, confirm_closes_at, read_closes_at
        opened_on       date; the day on which the task was opened, or the timer began to wait
        calendar        workdays.Calendar
    choose_policies
        today           date
        policies        the library as the form lists it {key, is_valid, checked_on}
    confirm_match
        matches         the unit's policies of the round {no, is_matched}
        catalogue       what a condition may ask, key -> policy_conditions.Askable
    confirm_package, read_package
        nothing
"""

from app.duties.duty import Duty
from app.duties.policy_package import already_enjoyed, package, reach, use_rate
from app.duties.policy_push_checks import check, check_entry, is_unchecked, outcome_of_reading
from app.duties.policy_push_dates import DEADLINES, ROUND_MONTHS, due_on, round_day

__all__ = [
    "DUTY",
    "ROUND_MONTHS",
    "already_enjoyed",
    "check_entry",
    "is_unchecked",
    "outcome_of_reading",
    "package",
    "reach",
    "round_day",
    "use_rate",
]

USER_TASKS = ("choose_policies", "confirm_match", "confirm_package", "read_package")

DUTY = Duty(
    key="policy_push",
    name="政策推送",
    clause="P26",
    processes=("policy_push", "policy_push_enterprise"),
    forms={task: f"policy_push.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    is_yearly=True,
)
