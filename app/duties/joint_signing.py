"""加签: others sign with a user task, before its form is sent or after; a house process of no duty.

A signing passes when enough agree, and fails as soon as enough can no longer agree; nobody's silence is an agreement,
so nothing here waits for a clock. Its result before the form is sent is advice, after it is a condition.

    calendar, opened_on
    main_due_on     day by which the task must be done that is signed with; None without a limit
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.duties.duty import Due, Duty, FieldError
from app.duties.lights import chinese_date
from app.duties.limits import explained, within

PROCESS = "joint_signing"
SIGN = "sign_jointly"
DAYS = 3  # PP
MOST_SIGNERS = 30  # a multi-instance; a campaign's children are another thing

SIDES: Mapping[str, str] = {"before": "前加签", "after": "后加签"}
MODES: Mapping[str, str] = {"all": "会签（全部同意）", "any": "或签（一人同意即可）", "share": "按比例"}
OPEN, PASSED, FAILED, DROPPED, PLANNED = "open", "passed", "failed", "dropped", "planned"
STATES: Mapping[str, str] = {
    PLANNED: "报送后发起",
    OPEN: "会签中",
    PASSED: "会签通过",
    FAILED: "会签未通过",
    DROPPED: "会签终止",
}
WAITING, AGREED, OBJECTED, REMOVED, CLOSED = "waiting", "agreed", "objected", "removed", "closed"
SIGNER_STATES: Mapping[str, str] = {
    WAITING: "待签",
    AGREED: "同意",
    OBJECTED: "不同意",
    REMOVED: "已减签",
    CLOSED: "无须再签",
}


def needed(mode: str, share: int, signers: int) -> int:
    """How many of so many signers must agree; a share is rounded up, so that 50 of three are two."""
    if mode == "all":
        return signers
    return 1 if mode == "any" else max(1, -(-signers * share // 100))


def verdict(mode: str, share: int, states: Iterable[str]) -> str:
    """OPEN, PASSED, FAILED, or DROPPED where no signer is left. states: of all who were asked, removed ones too."""
    counted = [state for state in states if state != REMOVED]
    if not counted:
        return DROPPED
    wanted, agreed = needed(mode, share, len(counted)), counted.count(AGREED)
    if agreed >= wanted:
        return PASSED
    return FAILED if agreed + counted.count(WAITING) < wanted else OPEN


def check(element_id: str, answers: Mapping[str, Any], facts: Mapping[str, Any]) -> list[FieldError]:
    return []


def due_on(element_id: str, facts: Mapping[str, Any]) -> Due | None:
    """Some working days, but not after the task itself is due, unless that is late already."""
    if element_id != SIGN:
        return None
    found: Due = within("会签送达", facts["opened_on"], DAYS, facts["calendar"])
    main: date | None = facts["main_due_on"]
    if main is None or not facts["opened_on"] <= main < found.on:
        return found
    why = f"会签事项的办理时限为{chinese_date(main)}，会签不得晚于该日"
    return explained(main, DAYS, why, facts["calendar"].is_provisional(main))


DUTY = Duty(
    key=PROCESS,
    name="会签",
    clause="",
    processes=(PROCESS,),
    forms={SIGN: f"{PROCESS}.{SIGN}"},
    check=check,
    due_on=due_on,
)
