"""What completing each form of 运行监测 writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.services.case_notes import hand_of, numbered, unit_of
from app.services.cases import Case, FormTask
from app.services.progress_monitoring.rows import Row, period_of, report_of, versions_of
from app.services.telling import tell

Answers = Mapping[str, Any]


def receive(case: Case, task: FormTask, answers: Answers) -> Answers:
    return RECEIVERS[task.element_id](case, answers)


def _fill(case: Case, answers: Answers) -> Answers:
    case.put("draft", "", answers)
    case.put("drafter", "", hand_of(case))
    _set_status(case, "drafted")
    return {}


def _sign(case: Case, answers: Answers) -> Answers:
    """Signed, it is frozen by the service behind; sent back, it is again with the contact, with the draft kept."""
    if answers["outcome"] == "yes":
        case.put("signature", "", hand_of(case))
    else:
        _set_status(case, "sent")
    case.put("opinion", "", {**hand_of(case), **answers})
    return {"outcome": answers["outcome"]}


def _decide_missing(case: Case, answers: Answers) -> Answers:
    told = {name: answers.get(name, "") for name in ("outcome", "note", "source")}
    case.put("missing", "", {**hand_of(case), **told})
    if answers["outcome"] == "urge":
        inboxes = [f"contact:{unit_of(case)}", f"head:{unit_of(case)}"]
        text = f"{period_of(case).name}运行监测已逾期，请抓紧报送。{answers.get('note', '')}"
        tell(case, inboxes, f"催办：{case.instance.title}", text, "missing")
    return {"outcome": answers["outcome"]}


def _verify(case: Case, answers: Answers) -> Answers:
    told = {name: answers.get(name, "") for name in ("outcome", "opinion_text", "quality_level")}
    rows = [
        {name: row.get(name, "") for name in ("key", "item", "verdict", "point")} for row in answers.get("rows", ())
    ]
    case.put("review", numbered(len(versions_of(case))), {**hand_of(case), **told, "rows": rows})
    if answers["outcome"] == "basis_unclear":
        _note_question(case, rows, str(answers.get("opinion_text", "")))
    return {"outcome": answers["outcome"]}


def _note_question(case: Case, rows: list[Row], question: str) -> None:
    unclear = next(row for row in rows if row["verdict"] == "unclear")
    case.put("consulted", "", {**unclear, "question": question, "on": case.today.isoformat()})


def _handle_lag(case: Case, answers: Answers) -> Answers:
    for row in answers["rows"]:
        decided = {"outcome": row["outcome"], "text": row.get("text", ""), "by": case.actor.login}
        case.put("lag", row["key"], {**decided, "on": case.today.isoformat()})
    return {}


def _set_status(case: Case, status: str) -> None:
    report_of(case).status = status
    case.session.flush()


RECEIVERS: Mapping[str, Callable[[Case, Answers], Answers]] = {
    "fill_progress": _fill,
    "sign_progress": _sign,
    "decide_missing": _decide_missing,
    "verify_progress": _verify,
    "handle_lag": _handle_lag,
}
