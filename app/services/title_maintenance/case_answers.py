"""What completing each form of a case against titles writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.duties.public_notice import NOTICE_DAYS
from app.duties.title_maintenance import decided_at
from app.services.case_notes import hand_of
from app.services.cases import Case, FormTask
from app.services.public_notice.rows import next_notice_key
from app.services.title_maintenance.case_rows import numbered_titles, stored_case
from app.services.title_maintenance.rows import Row, add_row, last_row, titles_by_id

Answers = Mapping[str, Any]
Scalars = Mapping[str, Any]


def _accept_case(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """From here on the titles the case is about are fixed, whatever the enterprise is granted meanwhile."""
    titles = numbered_titles(case)
    told = {
        "source": answers["source"],
        "informant": answers.get("informant", ""),
        "listed": [title.id for _, title in titles],
        "titles": _chosen(case, answers, "is_doubted"),
        "facts": [row["fact"].strip() for row in answers.get("facts") or ()],
        "proof": list(answers.get("proof") or ()),
        "outcome": answers["outcome"],
        "opinion_text": answers.get("opinion_text", ""),
    }
    case.put("case", "", {**hand_of(case), **told})
    if answers["outcome"] == "yes":
        case.put("opened", "", {"on": case.today.isoformat()})
    stored_case(case).source = answers["source"]
    return {"outcome": answers["outcome"]}


def _investigate_case(case: Case, task: FormTask, answers: Answers) -> Scalars:
    rows = [{name: row.get(name, "") for name in ("no", "fact", "result", "finding")} for row in answers["findings"]]
    told = {"rows": rows, "departments": answers["departments"], "penalty_no": answers.get("penalty_no", "")}
    case.put("findings", "", {**hand_of(case), **told, "proof": list(answers.get("proof") or ())})
    return {}


def _hear_enterprise(case: Case, task: FormTask, answers: Answers) -> Scalars:
    told = {"text": answers["statement"].strip(), "proof": list(answers.get("proof") or ())}
    case.put("statement", "", {**hand_of(case), **told})
    return {}


def _propose_measure(case: Case, task: FormTask, answers: Answers) -> Scalars:
    add_row(case, "proposal", {**hand_of(case), **_measure(case, answers), "reason": answers["reason"].strip()})
    return {}


def _decide_measure(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """level: who takes the titles away. What the city revokes is shown publicly first, each time under its own key."""
    decision = {**_measure(case, answers), "opinion_text": answers.get("opinion_text", "")}
    ids = decision["titles"]
    level = decided_at(title.level for title in titles_by_id(case.session, ids)) if ids else "city"
    scalars: Row = {"outcome": answers["outcome"], "level": level}
    if answers["outcome"] == "revoke" and level == "city":
        decision["notice"] = next_notice_key(case)
        scalars |= {"notice_key": decision["notice"], "notice_days": NOTICE_DAYS}
    if answers["outcome"] == "revoke" and level != "city":
        case.put("upwards", "", {"level": level})
    add_row(case, "decision", {**hand_of(case), **decision, "level": level})
    return scalars


def _report_rectification(case: Case, task: FormTask, answers: Answers) -> Scalars:
    points = last_row(case, "decision")["points"]
    rows = [
        {
            "no": row["no"],
            "point": points[row["no"] - 1],
            "is_done": bool(row.get("is_done")),
            "note": row.get("note", ""),
        }
        for row in answers["points"]
    ]
    case.put("rectified", "", {**hand_of(case), "points": rows, "proof": list(answers["proof"])})
    return {}


def _report_upwards(case: Case, task: FormTask, answers: Answers) -> Scalars:
    told = {name: answers[name] for name in ("document_no", "sent_on")}
    case.put("upper", "", {**hand_of(case), **told, "document": list(answers["document"])})
    return {}


def _record_upper_decision(case: Case, task: FormTask, answers: Answers) -> Scalars:
    told = {name: answers.get(name, "") for name in ("outcome", "number", "decided_on", "note")}
    case.put("answer", "", {**hand_of(case), **told, "file": list(answers.get("file") or ())})
    return {"outcome": answers["outcome"]}


def _measure(case: Case, answers: Answers) -> Row:
    is_revoked = answers["outcome"] == "revoke"
    return {
        "outcome": answers["outcome"],
        "titles": _chosen(case, answers, "revoke") if is_revoked else [],
        "ground": answers.get("ground", "") if is_revoked else "",
        "ban_years": int(answers.get("ban_years") or 0) if is_revoked else 0,
        "legal_ground": answers.get("legal_ground", ""),
        "rectify_by": answers.get("rectify_by", ""),
        "points": [row["point"].strip() for row in answers.get("points") or ()],
    }


def _chosen(case: Case, answers: Answers, tick: str) -> list[int]:
    """Ids of the titles that were ticked."""
    ids = {no: title.id for no, title in numbered_titles(case)}
    return [ids[row["no"]] for row in answers.get("titles") or () if row.get(tick)]


RECEIVERS: Mapping[str, Callable[[Case, FormTask, Answers], Scalars]] = {
    "accept_case": _accept_case,
    "investigate_case": _investigate_case,
    "hear_enterprise": _hear_enterprise,
    "propose_measure": _propose_measure,
    "decide_measure": _decide_measure,
    "report_rectification": _report_rectification,
    "report_upwards": _report_upwards,
    "record_upper_decision": _record_upper_decision,
}
