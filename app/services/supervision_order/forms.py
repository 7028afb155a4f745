"""What each form of 督办单办理 begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.lights import chinese_date, distance_text
from app.duties.supervision_order import LEVEL_WORDS, SOURCES, WANTED_WORDS, order_limit
from app.models.supervision_order import OrderColour
from app.models.user_task import UserTask
from app.services.cases import Case, Prefill
from app.services.supervision_order.facts import OrderFacts
from app.services.supervision_order.rows import colours_of, last_report, order_of, short_name
from app.terms import TaskStatus

Row = dict[str, Any]
REPORT_STATES = {"done": "已办结", "working": "正在办理", "impossible": "无法办理"}
QUALITY_WORDS = {"excellent": "优", "good": "良", "fair": "一般", "poor": "差"}


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    filler = FORMS.get(element_id)
    values = filler(case) if filler else {}
    return {name: value for name, value in values.items() if value not in (None, "", [])}, {}


def _head(case: Case) -> Row:
    """The order, as every form shows it."""
    order = order_of(case)
    names = [short_name(case.session, unit) for unit in order.co_units]
    issued = colours_of(case.session, order.number)
    return {
        "no": issued[-1].document_no if issued else f"督办事项{order.number}",
        "level_name": LEVEL_WORDS[order.level] + ("（紧急）" if order.is_urgent else ""),
        "subject": f"{SOURCES[order.source]}：{order.subject}",
        "title": order.title,
        "content": order.content,
        "unit_name": short_name(case.session, order.unit_id),
        "co_units_note": "、".join(names) or "无",
        "limit_note": _limit_note(case),
        "wanted_note": "、".join(WANTED_WORDS[name] for name in order.wanted),
        "urgent_reason": order.urgent_reason,
        "instruction": order.instruction,
    }


def _limit_note(case: Case) -> str:
    limit = OrderFacts(case).limit_on
    return f"{chinese_date(limit)}（{distance_text(case.today, limit, case.calendar)}）"


def _some(case: Case, *names: str) -> Row:
    head = _head(case)
    return {name: head[name] for name in names}


def _draft(case: Case) -> Row:
    order, facts = order_of(case), OrderFacts(case)
    level = facts.proposed_level if not facts.history or facts.history[-1].is_lapsed else order.level
    limit = order.limit_on
    if limit is None or limit <= case.today:
        limit = order_limit(level, case.today, case.calendar)
    known: Row = {
        "subject": f"{SOURCES[order.source]}：{order.subject}{_over(case)}",
        "history": _history(case),
        "earlier": _earlier(case),
        "title": order.title,
        "content": order.content,
        "unit": short_name(case.session, order.unit_id),
        "co_units": [{"unit": short_name(case.session, unit)} for unit in order.co_units],
        "level": level,
        "is_urgent": order.is_urgent,
        "urgent_reason": order.urgent_reason,
        "limit_on": limit.isoformat(),
        "instruction": order.instruction,
    }
    return known | {name: name in order.wanted for name in WANTED_WORDS}


def _over(case: Case) -> str:
    """A draft must not be issued in the belief that nothing has happened since."""
    task = case.session.scalars(select(UserTask).where(UserTask.id == order_of(case).task_id)).one_or_none()
    if task is None or task.status not in (TaskStatus.COMPLETED, TaskStatus.CANCELLED):
        return ""
    return "。该事项现已办结" if task.status == TaskStatus.COMPLETED else "。该事项现已取消"


def _history(case: Case) -> str:
    return "\n".join(history_line(row) for row in colours_of(case.session, order_of(case).number))


def history_line(row: OrderColour) -> str:
    """蓝色提示，扬促中小办督〔2022〕3号，2022年7月15日发出，时限2022年7月22日，已逾期"""
    limit = f"时限{chinese_date(row.first_limit_on)}"
    if row.limit_on != row.first_limit_on:
        limit += f"（后调整为{chinese_date(row.limit_on)}）"
    state = "已逾期" if row.lapsed_on else f"{chinese_date(row.reported_on)}反馈" if row.reported_on else "办理中"
    return f"{LEVEL_WORDS[row.level]}，{row.document_no}，{chinese_date(row.issued_on)}发出，{limit}，{state}"


def _earlier(case: Case) -> str | None:
    return (case.row("earlier") or {}).get("text")


def _settle(case: Case) -> Row:
    refusal = case.row("refusal") or {}
    names = ("no", "level_name", "title", "content", "unit_name", "limit_note")
    proposed = short_name(case.session, refusal.get("proposed"))
    return {**_some(case, *names), "proposed_name": proposed, "refusal": refusal.get("reason"), "unit": proposed}


def _report(case: Case) -> Row:
    """What was reported before is there again to be completed."""
    last = last_report(case)
    kept = ("state", "facts", "result", "evidence", "co_parts", "problem", "next_step", "next_on")
    return {**_head(case), "earlier": _earlier(case), **{name: last[name] for name in kept if name in last}}


def _reported(case: Case) -> Row:
    last = last_report(case)
    if not last:
        return {"facts": "未反馈"}
    going_on = [last.get("problem"), last.get("next_step"), _promised(last)]
    return {
        "state_name": REPORT_STATES[last["state"]],
        "facts": last["facts"],
        "result": last.get("result"),
        "problem_note": "\n".join(filter(None, going_on)),
        "co_parts": last.get("co_parts"),
    }


def _promised(report: Mapping[str, Any]) -> str:
    day = report.get("next_on")
    return f"预计{chinese_date(date.fromisoformat(day))}完成" if day else ""


def _sign_report(case: Case) -> Row:
    return {**_some(case, "no", "level_name", "title", "content", "limit_note"), **_reported(case)}


def _checking(case: Case) -> Row:
    return _some(case, "no", "level_name", "title", "content", "unit_name", "limit_note")


def _verify(case: Case) -> Row:
    ended = case.row("ended_by")
    over = _over(case).removeprefix("。")
    return {**_checking(case), **_reported(case), "how_ended": ended["text"] if ended else over}


def _decide(case: Case) -> Row:
    return {**_checking(case), "history": _history(case)}


def _explain(case: Case) -> Row:
    final = case.row("final") or {}
    names = ("no", "level_name", "title", "content", "limit_note")
    return {**_some(case, *names), "final_note": final.get("text")}


def _confirm(case: Case) -> Row:
    verified = case.row("verified") or {}
    quality = QUALITY_WORDS.get(verified.get("quality_level", ""), "")
    said = [f"{verified.get('name', '')}核验通过", f"质量{quality}" if quality else "", verified.get("text", "")]
    return {**_checking(case), **_reported(case), "verified_note": "，".join(filter(None, said))}


FORMS: Mapping[str, Callable[[Case], Row]] = {
    "draft_order": _draft,
    "sign_order": _head,
    "approve_order": _head,
    "sign_for": _head,
    "settle_unit": _settle,
    "report_back": _report,
    "sign_report": _sign_report,
    "verify_report": _verify,
    "decide_next": _decide,
    "decide_final": _decide,
    "explain_in_writing": _explain,
    "confirm_closing": _confirm,
}
