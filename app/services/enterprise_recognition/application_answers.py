"""What completing each form of one application writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.models.recognition import Application
from app.services.case_notes import hand_of
from app.services.cases import Case, FormTask
from app.services.enterprise_recognition.evaluating import evaluate_application, judgement_keys, rules_for
from app.services.enterprise_recognition.pending import tell_batch
from app.services.enterprise_recognition.rows import application_of, batch_title
from app.services.form_rules import read_form
from app.services.telling import tell

Answers = Mapping[str, Any]
FORM = "enterprise_recognition.submit_application"


def _submitted(case: Case, application: Application, answers: Answers) -> Answers:
    """What the enterprise wrote; the first submission chooses the rules, whatever is corrected later."""
    properties = read_form(FORM)["properties"]
    application.answers = {name: value for name, value in answers.items() if not properties[name].get("readOnly")}
    application.applied_on = application.applied_on or case.today
    application.asks_manual_check = bool(answers.get("asks_manual_check"))
    return {}


def _checked(case: Case, application: Application, answers: Answers) -> Answers:
    keys = judgement_keys(rules_for(case, application, application.batch.level), application.batch.level)
    judgements = {
        row["no"]: {"key": keys[row["no"]][1], "judged": row["judged"] == "yes", "remark": row.get("remark", "")}
        for row in answers.get("judgements", ())
        if row.get("judged")
    }
    told = {"outcome": answers["outcome"], "reason": answers.get("reason", ""), "judgements": judgements}
    case.put("check", "", {**hand_of(case), **told, "return_points": answers.get("return_points", [])})
    if answers["outcome"] != "returned" and judgements:
        evaluate_application(case, application)
    return {"outcome": answers["outcome"], "round": application.round}


def _visited(case: Case, application: Application, answers: Answers) -> Answers:
    application.is_visited = True
    case.put("visit", "", {**hand_of(case), **answers})
    return {}


def _signed(case: Case, application: Application, answers: Answers) -> Answers:
    check = case.row("check") or {}
    if answers["outcome"] == "yes":
        application.status = "reviewed"
        application.locality_opinion, application.locality_reason = check["outcome"], check["reason"]
        case.session.flush()
        tell_batch(case, application)
    else:
        case.put("refused_opinion", "", {"name": case.actor.name, "text": answers["opinion_text"]})
    return {"outcome": answers["outcome"]}


def _explained(case: Case, application: Application, answers: Answers) -> Answers:
    title = f"{batch_title(application.batch)}：结果延迟公布"
    tell(case, [f"enterprise:{application.enterprise_id}"], title, answers["text"], "delay")
    return {}


RECEIVERS: Mapping[str, Callable[[Case, Application, Answers], Answers]] = {
    "submit_application": _submitted,
    "check_at_locality": _checked,
    "visit_enterprise": _visited,
    "sign_locality_opinion": _signed,
    "explain_delay": _explained,
}


def receive(case: Case, task: FormTask, answers: Answers) -> Answers:
    values = RECEIVERS[task.element_id](case, application_of(case), answers)
    case.session.flush()
    return values
