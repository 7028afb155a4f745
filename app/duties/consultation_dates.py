"""Until when each step of 会商 must be done; all limits are proposals of the product (PP)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from app.duties.duty import Due
from app.duties.limits import ZONE, end_of, within
from app.workdays import Calendar

Facts = Mapping[str, Any]

LIMITS: Mapping[str, tuple[int, str]] = {
    "set_consultation": (2, "提请会商"),
    "decide_directly": (1, "决定直接答复"),
    "answer_consultation": (3, "会商函送达"),
    "call_meeting": (2, "书面意见不一致"),
    "hold_meeting": (1, "会商会议召开"),
    "draft_minutes": (3, "会商意见形成"),
    "sign_minutes": (2, "会商纪要报签"),
    "approve_minutes": (3, "会商纪要上报"),
}
ANSWERS_DAYS = 5
MEETING_NOTICE_DAYS = 2


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    return within(event, facts["opened_on"], days, facts["calendar"])


def answers_close_at(facts: Facts) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], ANSWERS_DAYS))


def meeting_at(facts: Facts) -> datetime:
    """The meeting as it was called last; the process has it in its data, where the engine looks first."""
    meeting = facts["meeting"]
    return meeting_moment(date.fromisoformat(meeting["meeting_on"]), meeting["meeting_time"])


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {"answers_close_at": answers_close_at, "meeting_at": meeting_at}


def is_announced_in_time(today: date, meeting_on: date, calendar: Calendar) -> bool:
    return calendar.count(today, meeting_on) >= MEETING_NOTICE_DAYS


def meeting_moment(meeting_on: date, meeting_time: str) -> datetime:
    """The instant of a meeting; meeting_time: "14:30" in Shanghai. Raises ValueError for a time that is none."""
    return datetime.combine(meeting_on, time.fromisoformat(meeting_time), ZONE)
