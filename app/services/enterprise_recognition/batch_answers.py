"""What completing each form of a batch writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.enterprise_recognition import DECISION_LEVELS, SHEET
from app.duties.enterprise_recognition_list import points_total
from app.duties.public_notice import NOTICE_DAYS
from app.errors import RuleViolation
from app.models.recognition import Application, DepartmentCheck, RecognitionBatch
from app.queries import rule_sets
from app.services.case_notes import hand_of
from app.services.cases import Case, FormTask
from app.services.enterprise_recognition.batch_forms import functions_of, units_with_functions
from app.services.enterprise_recognition.experts import sheets_of, sheets_of_person
from app.services.enterprise_recognition.listing import lines_of
from app.services.enterprise_recognition.rows import IN_REVIEW, applications_of, batch_of
from app.services.enterprise_recognition.taking_over import take_over
from app.services.public_notice.rows import next_notice_key
from app.services.telling import tell

Answers = Mapping[str, Any]
POSTPONED = "转入下一批次申报"


def _planned(case: Case, task: FormTask, answers: Answers) -> Answers:
    plan, key = case.row("plan") or {}, case.instance.business_key
    batch = case.session.scalars(select(RecognitionBatch).where(RecognitionBatch.key == key)).one_or_none()
    if batch is None:
        given = {**plan, "decision_level": DECISION_LEVELS[plan["level"]], "unit_id": case.instance.unit_id or ""}
        batch = RecognitionBatch(key=key, instance_id=case.instance.id, documents={}, **given)
        case.session.add(batch)
    for name in ("window_from", "window_to", "expected_on", "upper_due_on"):
        setattr(batch, name, _day(answers.get(name)))
    batch.visit_share, batch.is_scored = round(answers["visit_share"]), bool(answers["is_scored"])
    batch.checks = [row["function"] for row in answers["checks"] if row.get("is_asked")]
    batch.notice_text = answers["notice_text"]
    batch.rule_version = _rule_version(case, batch)
    return {}


def _rule_version(case: Case, batch: RecognitionBatch) -> str:
    """The one in force as the window opens, for the papers; each application has that of its own day."""
    try:
        return rule_sets.applicable(case.session, batch.level, batch.window_from or case.today).id
    except RuleViolation as missing:
        raise RuleViolation("window_from", missing.text) from missing


def _notice_signed(case: Case, task: FormTask, answers: Answers) -> Answers:
    _keep_return(case, "open_batch", answers)
    return {"outcome": answers["outcome"]}


def _keep_return(case: Case, step: str, answers: Answers) -> None:
    if answers["outcome"] == "no":
        case.put("returned", step, {"name": case.actor.name, "text": answers["opinion_text"]})
    else:
        case.drop("returned", step)


def _settled(case: Case, task: FormTask, answers: Answers) -> Answers:
    """What the locality has left undone goes to the bureau, or waits for the next batch."""
    rows, batch = {row.enterprise_id: row for row in applications_of(case, *IN_REVIEW)}, batch_of(case)
    for line in answers.get("pending", ()):
        application = rows.get(line["credit_code"])
        if application is None or application.status == "reviewed":
            continue  # it came while the form lay open
        if line["settlement"] == "take_over":
            take_over(case, application, batch.unit_id)
        else:
            postpone(case, application)
    return {}


def postpone(case: Case, application: Application) -> None:
    application.status, application.reasons = "postponed", [POSTPONED]
    if application.instance_id:
        case.cancel_child(application.instance_id, POSTPONED)
    text = "本批次属地审核未完成，请在下一批次申报期内重新提交，所填数据系统自动带出。"
    tell(case, [f"enterprise:{application.enterprise_id}"], POSTPONED, text, f"postponed:{application.id}")


def _list_checked(case: Case, task: FormTask, answers: Answers) -> Answers:
    """One answer of the unit for each of its functions."""
    unit_id, functions = task.item or "", functions_of(case, task.item or "")
    rows = {row.enterprise_id: row for row in applications_of(case)}
    for line in answers["rows"]:
        told = {
            "has_problem": line["finding"] == "problem",
            "fact": line.get("fact", "") if line["finding"] == "problem" else "",
            "fact_on": _day(line.get("fact_on")) if line["finding"] == "problem" else None,
            "document_no": line.get("document_no", ""),
        }
        for function in functions:
            whose = {"application_id": rows[line["credit_code"]].id, "function": function, "unit_id": unit_id}
            case.session.add(DepartmentCheck(**whose, **told, by=case.actor.login, at=case.at))
    return {}


def _pressed(case: Case, task: FormTask, answers: Answers) -> Answers:
    units = {units_with_functions(case)[name] for name in batch_of(case).checks}
    silent = {row["unit"] for row in answers.get("silent", ())} & units
    inboxes = [f"contact:{unit}" for unit in sorted(silent)]
    tell(case, inboxes, f"催办部门联审：{case.instance.title}", answers["text"], f"press:{case.at.isoformat()}")
    return {}


def _scored(case: Case, task: FormTask, answers: Answers) -> Answers:
    """The sheets stand in their table alone: no event tells who gave which points."""
    lines = {row["credit_code"]: row for row in answers["rows"]}
    whose = {row.id: row.enterprise_id for row in applications_of(case)}
    for sheet in sheets_of_person(case, task.item or "0"):
        line = lines[whose[sheet.application_id]]
        sheet.at = case.at
        if line.get("is_recused"):
            sheet.status, sheet.reason = "recused", line["recuse_reason"]
        else:
            sheet.status, sheet.remark = "given", line.get("remark", "")
            sheet.points, sheet.total = {part: line[part] for part in SHEET}, points_total(line)
    return {}


def _replaced(case: Case, task: FormTask, answers: Answers) -> Answers:
    lines = {int(row["no"]): row for row in answers.get("silent", ())}
    for of_one in sheets_of(case).values():
        for sheet in of_one:
            line = lines.get(sheet.person_id)
            if sheet.status == "drawn" and line is not None:
                stands = line["settlement"] == "stand"
                sheet.status, sheet.reason = ("waived" if stands else "replaced"), line.get("reason", "逾期未评")
    return {}


def _decided(case: Case, task: FormTask, answers: Answers) -> Answers:
    """The office's own reason stands first, then what the rules say."""
    given = {row["credit_code"]: row for row in answers["rows"]}
    for line in lines_of(case):
        row = given.get(line.application.enterprise_id)
        if row is None:
            continue
        line.application.decision = row["decision"]
        by_rule = line.proposal.reasons if row["decision"] == "refused" else ()
        line.application.reasons = [*filter(None, [row.get("reason", "")]), *by_rule]
    batch_of(case).status = "deciding"
    return {}


def _list_signed(case: Case, task: FormTask, answers: Answers) -> Answers:
    _keep_return(case, "decide_list", answers)
    if answers["outcome"] != "yes":
        return {"outcome": answers["outcome"]}
    case.put("minutes", "", {**hand_of(case), "files": list(answers.get("minutes", ()))})
    listed = sum(row.decision == "granted" for row in applications_of(case, "reviewed"))
    batch_of(case).status = "notice"
    notice = {"notice_key": next_notice_key(case), "notice_days": NOTICE_DAYS}
    return {"outcome": answers["outcome"], "listed_count": listed, **notice}


def _recommended(case: Case, task: FormTask, answers: Answers) -> Answers:
    batch, places = batch_of(case), {row["credit_code"]: row["place"] for row in answers["rows"]}
    for application in applications_of(case, "reviewed"):
        application.place = places.get(application.enterprise_id)
    sent = {"number": answers["document_no"], "text": answers["text"], "on": case.today.isoformat()}
    batch.documents, batch.status = {**batch.documents, "recommendation": sent}, "upper"
    return {}


def _outcome_recorded(case: Case, task: FormTask, answers: Answers) -> Answers:
    """What the upper level says is the decision; a refusal of it takes the place of ours."""
    given = {row["credit_code"]: row for row in answers["rows"]}
    for application in applications_of(case, "reviewed"):
        row = given.get(application.enterprise_id)
        if row is None:
            continue
        application.upper = {name: value for name, value in row.items() if name not in ("credit_code", "name")}
        application.decision = row["result"]
        if row["result"] == "refused":
            application.reasons = [f"上级未通过：{row['reason']}"]
    return {}


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text else None


RECEIVERS: Mapping[str, Callable[[Case, FormTask, Answers], Answers]] = {
    "open_batch": _planned,
    "sign_batch_notice": _notice_signed,
    "settle_pending": _settled,
    "check_list_by_department": _list_checked,
    "press_checks": _pressed,
    "score_applications": _scored,
    "replace_experts": _replaced,
    "decide_list": _decided,
    "sign_list": _list_signed,
    "send_recommendation": _recommended,
    "record_outcome": _outcome_recorded,
}


def receive(case: Case, task: FormTask, answers: Answers) -> Answers:
    values = RECEIVERS[task.element_id](case, task, answers)
    case.session.flush()
    return values
