"""What completing each form of 专精特新企业服务月 writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.duties.lights import chinese_date
from app.duties.service_month_calendar import moment
from app.duties.service_month_counting import KINDS
from app.models.service_month import ServiceMonth
from app.services.case_notes import hand_of, put_opinion, year_of
from app.services.cases import Case, FormTask
from app.services.service_month.matching import invitations
from app.services.service_month.offers import compose
from app.services.service_month.rows import activity_of
from app.services.service_month.summary import figures_now
from app.services.service_month.taking_part import invite, invited_codes, tell_firms

Answers = Mapping[str, Any]
KIND_OF = {name: kind for kind, name in KINDS.items()}
Receive = Callable[[Case, FormTask, Answers], Answers]


def receive(case: Case, task: FormTask, answers: Answers) -> Answers:
    return RECEIVERS[task.element_id](case, task, answers)


def _frame(case: Case, task: FormTask, answers: Answers) -> Answers:
    kinds = {KIND_OF[row["name"]]: row.get("wanted") or 0 for row in answers["kinds"]}
    told = {name: answers[name] for name in ("theme", "from_on", "to_on")}
    case.put("frame", "", {**hand_of(case), **told, "kinds": kinds, "budget_note": answers.get("budget_note", "")})
    return {}


def _offer(case: Case, task: FormTask, answers: Answers) -> Answers:
    rows = [] if answers.get("none") else list(answers.get("rows") or ())
    case.put("offer", task.item or "", {**hand_of(case), "rows": rows, "none": bool(answers.get("none"))})
    return {}


def _compose(case: Case, task: FormTask, answers: Answers) -> Answers:
    compose(case, answers)
    for element_id in ("sign_month", "approve_month"):
        case.drop("opinion", element_id)
    return {}


def _signed(case: Case, task: FormTask, answers: Answers) -> Answers:
    put_opinion(case, task.element_id, answers)
    return {"outcome": answers["outcome"]}


def _confirm(case: Case, task: FormTask, answers: Answers) -> Answers:
    """From now on it stands; whom it invites is told when and where. Without anybody yet, it is matched once more."""
    activity, day = activity_of(case), date.fromisoformat(answers["on_day"])
    activity.on_day, activity.on_time, activity.place = day, answers["on_time"], answers["place"].strip()
    activity.programme, activity.seats = answers["programme"].strip(), answers["seats"]
    activity.is_open, activity.state = answers["manner"] == "open", "confirmed"
    case.put("confirmed", "", hand_of(case))
    case.session.flush()
    if not invited_codes(case, activity):
        invite(case, invitations(case, [activity]))
    text = (
        f"诚邀贵企业参加“{activity.title}”：{chinese_date(day)}{activity.on_time}，{activity.place}。"
        "请在企业首页“服务月活动”中报名。"
    )
    tell_firms(case, invited_codes(case, activity), f"服务月活动邀请：{activity.title}", text, "invitation")
    return {"activity_at": moment(day, activity.on_time).isoformat()}


def _report(case: Case, task: FormTask, answers: Answers) -> Answers:
    case.put("report", "", {**hand_of(case), **answers})
    return {"outcome": answers["outcome"]}


def _review(case: Case, task: FormTask, answers: Answers) -> Answers:
    """With the figures of that day, which the signer and the paper find unchanged."""
    told = {"text": answers["text"], "lessons": answers.get("lessons", "")}
    case.put("review", "", {**hand_of(case), **told, **figures_now(case)})
    case.drop("opinion", "sign_month_summary")
    return {}


def _sign_summary(case: Case, task: FormTask, answers: Answers) -> Answers:
    put_opinion(case, task.element_id, answers)
    if answers["outcome"] == "yes":
        month = case.session.get_one(ServiceMonth, year_of(case))
        month.closed_on, month.summary = case.today, case.row("review") or {}
        case.put("closed", "", {"on": case.today.isoformat()})
    return {"outcome": answers["outcome"]}


RECEIVERS: Mapping[str, Receive] = {
    "frame_month": _frame,
    "offer_activities": _offer,
    "compose_month": _compose,
    "sign_month": _signed,
    "approve_month": _signed,
    "confirm_activity": _confirm,
    "report_activity": _report,
    "review_month": _review,
    "sign_month_summary": _sign_summary,
}
