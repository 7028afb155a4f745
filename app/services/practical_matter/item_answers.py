"""What completing a form of a matter writes down: its plan, the request for its acceptance, the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.duties.practical_matter import codes_in, counted, delivery_ratio
from app.duties.practical_matter_dates import due_on
from app.duties.quantity import to_decimal
from app.models.practical_matter import MatterMilestone
from app.services.case_notes import hand_of, put_opinion
from app.services.cases import Case
from app.services.practical_matter.facts import facts
from app.services.practical_matter.rows import Row, matter_of, milestones_in

Answers = Mapping[str, Any]


def _set_milestones(case: Case, answers: Answers) -> Answers:
    told = {"milestones": list(answers["milestones"]), "public_text": answers["public_text"]}
    case.put("plan", "", {**hand_of(case), **told})
    case.drop("opinion", "sign_milestones")
    return {}


def _sign_milestones(case: Case, answers: Answers) -> Answers:
    put_opinion(case, "sign_milestones", answers)
    if answers["outcome"] == "yes":
        matter, plan = matter_of(case), case.row("plan") or {}
        matter.public_text, matter.status = plan["public_text"], "delivering"
        case.session.add_all(_milestone(matter.id, number, row) for number, row in enumerate(plan["milestones"], 1))
        case.session.flush()
    return {"outcome": answers["outcome"]}


def _milestone(matter_id: int, number: int, row: Row) -> MatterMilestone:
    goal = row.get("goal")
    return MatterMilestone(
        matter_id=matter_id,
        number=number,
        content=row["content"],
        by_on=date.fromisoformat(row["by"]),
        success=row["success"],
        goal=None if goal is None else to_decimal(goal),
        goal_unit=row.get("goal_unit") or "",
        evidence=[],
    )


def _request(case: Case, answers: Answers) -> Answers:
    told = {"milestones": list(answers["milestones"]), "summary": answers["summary"], "firms": answers.get("firms", "")}
    case.put("request", "", {**hand_of(case), **told, "codes": codes_in(answers.get("firms"))})
    case.drop("opinion", "sign_acceptance")
    return {}


def _sign_acceptance(case: Case, answers: Answers) -> Answers:
    """The first signature decides timeliness."""
    put_opinion(case, "sign_acceptance", answers)
    if answers["outcome"] == "yes":
        matter, request = matter_of(case), case.row("request") or {}
        told = {row["no"]: row for row in request["milestones"]}
        for row in milestones_in(case):
            _report(row, told.get(row.number, {}))
        matter.firms, matter.status = request["codes"], "requested"
        if matter.first_requested_on is None:
            matter.first_requested_on, matter.late_days = case.today, _late_days(case)
        case.session.flush()
    return {"outcome": answers["outcome"]}


def _report(row: MatterMilestone, told: Row) -> None:
    value = told.get("value")
    row.is_done, row.evidence = bool(told.get("is_done")), list(told.get("evidence") or ())
    row.value = None if value is None else to_decimal(value)
    row.verdict = row.point = ""


def _late_days(case: Case) -> int:
    """Working days after the day on which the request was due."""
    matter = matter_of(case)
    known = {"calendar": case.calendar, "year": matter.year, "is_returned": False, "planned_on": matter.by_on}
    due = due_on("request_acceptance", {**known, "opened_on": date(matter.year, 1, 1)})
    assert due is not None
    return max(case.calendar.count(due.on, case.today), 0) if case.today > due.on else 0


def _accept(case: Case, answers: Answers) -> Answers:
    matter, outcome = matter_of(case), answers["outcome"]
    verdicts = list(answers["milestones"])
    told = {name: answers.get(name, "") for name in ("outcome", "quality_level", "remark")}
    case.put("acceptance", f"{matter.round:02}", {**hand_of(case), **told, "milestones": verdicts})
    ratio = delivery_ratio(counted(facts(case, "accept_matter", None)["milestones"], verdicts))
    said = {row["no"]: row for row in verdicts}
    for row in milestones_in(case):
        row.verdict = said.get(row.number, {}).get("verdict", "ok")
        row.point = said.get(row.number, {}).get("point", "")
    if outcome != "returned":
        matter.ratio = (Decimal(ratio.numerator) / ratio.denominator).quantize(Decimal("0.0001"))
        matter.outcome, matter.quality, matter.note = outcome, answers["quality_level"], answers.get("remark", "")
        matter.accepted_on, matter.status = case.today, "rating"
    case.session.flush()
    return {"outcome": outcome}


ITEM_ANSWERS: Mapping[str, Callable[[Case, Answers], Answers]] = {
    "set_milestones": _set_milestones,
    "sign_milestones": _sign_milestones,
    "request_acceptance": _request,
    "sign_acceptance": _sign_acceptance,
    "accept_matter": _accept,
}
