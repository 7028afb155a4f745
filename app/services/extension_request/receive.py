"""What completing a form of 延期申请 writes down, and the scalars for the gateways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.duties.extension_request import unit_of
from app.services.case_notes import hand_of
from app.services.cases import Case, FormTask
from app.services.extension_request.facts import request_of
from app.services.supervision_order.rows import named_units
from app.services.telling import tell
from app.terms import Role

Answers = Mapping[str, Any]


def receive(case: Case, task: FormTask, answers: Answers) -> Mapping[str, Any]:
    return RECEIVERS[task.element_id](case, answers)


def _write(case: Case, answers: Answers) -> Answers:
    request = request_of(case)
    request.new_due_on = date.fromisoformat(answers["new_due_on"])
    request.reason_kind, request.reason, request.progress = (
        answers["reason_kind"],
        answers["reason"],
        answers["progress"],
    )
    request.state = "signing"
    case.session.flush()
    if answers.get("other_unit"):
        _press_other(case, str(answers["other_unit"]))
    return {}


def _press_other(case: Case, named: str) -> None:
    """Whoever keeps this unit waiting is told so."""
    unit = unit_of({"units": named_units(case.session)}, named)
    title = f"请尽快反馈：{case.instance.title.removeprefix('延期申请：')}"
    tell(case, [f"contact:{unit}"], title, "其他单位因贵单位尚未反馈申请延期，请尽快办理。", f"other:{unit}")


def _sign(case: Case, answers: Answers) -> Answers:
    request = request_of(case)
    if answers["outcome"] == "yes":
        request.signed_at = case.at
        case.session.flush()
    return {"outcome": answers["outcome"]}


def _review(case: Case, answers: Answers) -> Answers:
    if answers["outcome"] == "to_leader":
        request_of(case).state = "deciding"
        case.put("passed", "", {**hand_of(case), "text": answers.get("opinion_text", "")})
        case.session.flush()
        return {"outcome": "to_leader"}
    return _decide(case, answers)


def _decide(case: Case, answers: Answers) -> Answers:
    """A day of its own is granted like the one that was asked for."""
    request, outcome = request_of(case), answers["outcome"]
    is_granted = outcome in ("granted", "other_day")
    if is_granted:
        request.granted_on = date.fromisoformat(answers["granted_on"]) if outcome == "other_day" else request.new_due_on
    request.decided_by, request.decided_on = case.actor.name, case.today
    request.decision = answers.get("opinion_text", "")
    case.session.flush()
    return {"outcome": "granted" if is_granted else "refused"}


def _press(case: Case, answers: Answers) -> Answers:
    title = f"请尽快审核：{case.instance.title}"
    tell(case, [Role.OFFICE], title, answers.get("note") or "延期申请审核已逾期，请今天办理。", "pressed")
    if answers["outcome"] == "take_over" and case.actor.person_id is not None:
        case.give_task("review_extension", case.actor.person_id)
    return {"outcome": answers["outcome"]}


RECEIVERS: Mapping[str, Callable[[Case, Answers], Answers]] = {
    "write_extension": _write,
    "sign_extension": _sign,
    "review_extension": _review,
    "decide_extension": _decide,
    "press_review": _press,
}
