"""What every casework asks of its case, and how it notes who did something and what was thought of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.cases import Case

OPINION = ("outcome", "opinion_text", "mode", "meeting_date", "minutes_no")


def year_of(case: Case) -> int:
    """Of an instance that is about a year."""
    year = case.instance.year
    assert year is not None
    return year


def unit_of(case: Case) -> str:
    """Of an instance that is one unit's."""
    unit = case.instance.unit_id
    assert unit is not None
    return unit


def hand_of(case: Case) -> dict[str, Any]:
    """Who does it, for a working row."""
    return {"login": case.actor.login, "name": case.actor.name, "on": case.today.isoformat()}


def put_opinion(case: Case, element_id: str, answers: Mapping[str, Any]) -> None:
    """Note what the form `opinion` said at a step."""
    case.put("opinion", element_id, {**hand_of(case), **{name: answers.get(name, "") for name in OPINION}})


def returned_opinion(case: Case, *element_ids: str) -> str:
    """Why the form comes back, the newest step first."""
    for element_id in element_ids:
        opinion = case.row("opinion", element_id) or {}
        if opinion.get("outcome") == "no" and opinion["opinion_text"]:
            return f"{opinion['name']}：{opinion['opinion_text']}"
    return ""


def numbered(count: int) -> str:
    """Two digits, so that keys are read in order."""
    return f"{count:02}"


def present(**values: object) -> dict[str, Any]:
    """Without what is not there: an empty cell has no value at all."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}
