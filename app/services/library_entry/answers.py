"""What completing a form of a nomination list writes down, and the scalars for the gateways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.duties.credit_code import normalised
from app.services.case_notes import hand_of
from app.services.cases import Case
from app.services.library_entry.rows import Row, home_of, nominated, pool_of, put_opinion

Answers = Mapping[str, Any]
Receive = Callable[[Case, Answers], Answers]


def _nominate(case: Case, answers: Answers) -> Answers:
    """The machine compares them in the step behind."""
    rows = [{**row, "credit_code": normalised(row["credit_code"])} for row in answers.get("rows", ())]
    told = {"rows": rows, "applications": list(answers.get("applications", ()))}
    case.put("nomination", "", {**hand_of(case), **told})
    case.drop("opinion", "sign_nomination")
    _take_in(case, {row["credit_code"]: row for row in told["applications"]})
    return {}


def _take_in(case: Case, applications: Mapping[str, Row]) -> None:
    """Who applied joins this list, or learns why not."""
    own = [row for row in nominated(case) if row.origin != "locality"]
    for row in [*own, *pool_of(case.session, home_of(case))]:
        decision = applications.get(row.enterprise_id)
        if decision is None:
            continue
        row.instance_id = case.instance.id
        row.state = "listed" if decision["decision"] == "yes" else "refused"
        row.finding = "" if row.state == "listed" else str(decision.get("reason", "")).strip()
    case.session.flush()


def _collect_consent(case: Case, answers: Answers) -> Answers:
    given = {row["no"]: row for row in answers["rows"]}
    for row in nominated(case, ("listed",)):
        answer = given.get(row.position)
        if answer is None or row.consent == "platform":
            continue
        row.consent = answer["consent"]
        row.consent_on = date.fromisoformat(answer["consent_on"]) if answer.get("consent_on") else None
        if row.consent == "refused":
            row.state, row.finding = "declined", "企业不同意入库"
    case.session.flush()
    return {}


def _review(case: Case, answers: Answers) -> Answers:
    put_opinion(case, "review_nomination", answers)
    if answers["outcome"] == "accepted":
        rows = {
            str(row["no"]): {name: row[name] for name in ("decision", "reason") if row.get(name)}
            for row in answers.get("rows", ())
        }
        case.put("decisions", "", {"rows": rows})
    else:
        case.put("returned", "", {"points": list(answers["return_points"])})
    return {"outcome": answers["outcome"]}


def _signed(element_id: str) -> Receive:
    def receive(case: Case, answers: Answers) -> Answers:
        put_opinion(case, element_id, answers)
        return {"outcome": answers["outcome"]}

    return receive


LIST_ANSWERS: Mapping[str, Receive] = {
    "nominate_enterprises": _nominate,
    "sign_nomination": _signed("sign_nomination"),
    "collect_consent": _collect_consent,
    "review_nomination": _review,
    "sign_entry": _signed("sign_entry"),
}
