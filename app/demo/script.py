"""Where the demonstration leaves the straight path, so that every path of the two duties can be shown and replayed.

Keys: (year, user task, unit or indicator, how many times that task was open before). `wish` goes over the answers;
`delay` is in working days after the task was opened; NEVER leaves it open.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.demo.course import NEVER, Turn

Key = tuple[int, str, str, int]

SCRIPT: Mapping[Key, Turn] = {
    # annual targets of 2023
    (2023, "countersign_target", "indicator:8", 0): Turn(wish={"outcome": "no"}),
    (2023, "answer_objection", "indicator:8", 0): Turn(wish={"outcome": "accepted"}),
    (2023, "countersign_target", "indicator:10", 0): Turn(delay=NEVER),
    (2023, "countersign_target", "indicator:17", 0): Turn(wish={"outcome": "no"}),
    (2023, "answer_objection", "indicator:17", 0): Turn(wish={"outcome": "insist"}),
    (2023, "sign_proposal", "indicator:5", 0): Turn(wish={"outcome": "no"}),
    (2023, "approve_package", "", 0): Turn(wish={"returned": (2, 19)}),
    # December reports of 2022 and 2023
    (2022, "review_report", "sci", 0): Turn(wish={"outcome": "returned"}),
    (2022, "review_report", "eco", 0): Turn(wish={"outcome": "returned"}),
    (2022, "review_report", "eco", 1): Turn(wish={"outcome": "returned"}),
    (2022, "sign_report", "hrss", 0): Turn(wish={"outcome": "no"}),
    (2022, "approve_annual_report", "", 0): Turn(wish={"outcome": "no", "mode": "online"}),
    (2023, "draft_report", "yizheng", 0): Turn(delay=26),
    (2023, "decide_escalation", "yizheng", 0): Turn(wish={"outcome": "remind"}),
    (2023, "sign_report", "com", 0): Turn(withdraws=True),
    # December reports of 2024: one was just returned, three have let the days for their correction pass
    (2024, "draft_report", "fin", 0): Turn(delay=3),
    (2024, "sign_report", "fin", 0): Turn(delay=2),
    (2024, "review_report", "fin", 0): Turn(delay=3, wish={"outcome": "returned"}),
    (2024, "draft_report", "fin", 1): Turn(delay=NEVER),
}

RETURNED_AND_LATE = frozenset({"sasac", "ecotech", "baoying"})
ACCEPTED = frozenset({"drc", "hrss", "cbirc", "fic", "hanjiang", "yizheng"})
SIGNED_AND_WAITING = frozenset({"amr", "tax", "pboc", "gaoyou", "jiangdu"})
DRAFTED_AND_WAITING = frozenset({"edu", "customs", "guangling", "etdz", "com"})


def turn(year: int, element_id: str, subject: str, times: int) -> Turn:
    """What the script says of this task; nothing special for most."""
    if element_id == "chase_proposals":  # completing it would close the collection
        return Turn(delay=NEVER)
    if element_id == "confirm_activity":  # not before its enterprises are there
        return Turn(delay=48)
    if year == 2024 and element_id in ("draft_report", "sign_report", "review_report") and subject != "fin":
        return _december_2024(element_id, subject, times)
    return SCRIPT.get((year, element_id, subject, times), Turn())


def _december_2024(element_id: str, unit_id: str, times: int) -> Turn:
    """Each unit goes as far as the demonstration shows it on 16 December; who is not named has not begun."""
    if unit_id in RETURNED_AND_LATE:
        if element_id == "review_report":
            return Turn(delay=1, wish={"outcome": "returned"})
        return Turn(delay=1 if times == 0 else NEVER)
    goes_on = {
        "draft_report": ACCEPTED | SIGNED_AND_WAITING | DRAFTED_AND_WAITING,
        "sign_report": ACCEPTED | SIGNED_AND_WAITING,
        "review_report": ACCEPTED,
    }
    if unit_id not in goes_on[element_id]:
        return Turn(delay=NEVER)
    return Turn(delay=5 if element_id == "sign_report" and unit_id in SIGNED_AND_WAITING else 1)
