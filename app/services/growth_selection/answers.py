"""What completing a form of a selection writes down, and the scalars for the gateways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.duties.growth_selection import PARTS
from app.duties.growth_selection_checks import PANEL_PARTS
from app.duties.public_notice import NOTICE_DAYS
from app.duties.quantity import digits, to_decimal
from app.services.case_notes import hand_of, put_opinion
from app.services.cases import Case, FormTask
from app.services.growth_selection.facts import proposed
from app.services.public_notice.rows import next_notice_key

Answers = Mapping[str, Any]
Receive = Callable[[Case, FormTask, Answers], Answers]


def _set_selection(case: Case, task: FormTask, answers: Answers) -> Answers:
    names = ("number", "favoured_chains", "offers", "notice_text")
    told = {name: answers[name] for name in names if name in answers}
    weights = {PARTS[row["no"] - 1].key: digits(to_decimal(row["weight"])) for row in answers["weights"]}
    panel = bool(answers.get("panel"))
    case.put("selection", "", {**hand_of(case), **told, "weights": weights, "panel": panel})
    case.drop("opinion", "sign_selection")
    for unit in case.rows("countersign"):
        case.drop("countersign", unit)
    experts = [row["person"] for row in answers.get("experts", ()) if row.get("is_chosen")] if panel else []
    return {"panel": panel, "experts": {str(person): {} for person in experts}}


def _countersign(case: Case, task: FormTask, answers: Answers) -> Answers:
    """A remark is shown to the signer; nobody waits for its answer."""
    told = {name: answers.get(name, "") for name in ("outcome", "opinion_text")}
    case.put("countersign", task.item or "", {**hand_of(case), **told})
    return {}


def _panel_review(case: Case, task: FormTask, answers: Answers) -> Answers:
    rows = {}
    for row in answers["rows"]:
        remark = row.get("remark", "")
        if row.get("is_recused"):
            rows[row["credit_code"]] = {"recused": True, "remark": remark}
        else:
            points = sum(to_decimal(row[part]) for part in PANEL_PARTS)
            rows[row["credit_code"]] = {"points": digits(to_decimal(points)), "remark": remark}
    case.put("sheet", task.item or "", {**hand_of(case), "rows": rows})
    return {}


def _choose(case: Case, task: FormTask, answers: Answers) -> Answers:
    codes = [row["credit_code"] for row in answers["rows"] if row.get("is_chosen")]
    reasons = {row["credit_code"]: row["reason"] for row in answers["rows"] if row.get("reason")}
    passed_over = [code for code in proposed(case) if code not in set(codes)]
    case.put("chosen", "", {**hand_of(case), "codes": codes, "reasons": reasons, "passed_over": passed_over})
    for element_id in ("sign_growth_list", "approve_growth_list"):
        case.drop("opinion", element_id)
    return {}


def _approve(case: Case, task: FormTask, answers: Answers) -> Answers:
    put_opinion(case, task.element_id, answers)
    if answers["outcome"] != "yes":
        return {"outcome": answers["outcome"]}
    case.put("noticed", "", {"codes": (case.row("chosen") or {})["codes"], "is_replacement": False})
    return {"outcome": "yes", "notice_key": next_notice_key(case), "notice_days": NOTICE_DAYS}


def _signed(case: Case, task: FormTask, answers: Answers) -> Answers:
    put_opinion(case, task.element_id, answers)
    return {"outcome": answers["outcome"]}


SELECTION_ANSWERS: Mapping[str, Receive] = {
    "set_selection": _set_selection,
    "countersign_selection": _countersign,
    "sign_selection": _signed,
    "panel_review": _panel_review,
    "choose_growth_list": _choose,
    "sign_growth_list": _signed,
    "approve_growth_list": _approve,
}
