"""What the forms of one application begin with, and what of them may not be changed in a correction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import select

from app.duties.enterprise_recognition_application import LABELS, OF_LAST_YEAR, YEARS
from app.duties.lights import chinese_date
from app.duties.quantity import as_number
from app.errors import RuleViolation
from app.models.enterprise import EnterpriseYear
from app.models.recognition import Application
from app.services import form_rules
from app.services.cases import Case, Prefill
from app.services.enterprise_recognition.evaluating import (
    checklist,
    judgement_keys,
    known_years,
    result_of,
    rules_for,
)
from app.services.enterprise_recognition.rows import application_of, batch_title, filled
from app.terms import Source

Row = dict[str, Any]
FORM = "enterprise_recognition.submit_application"

GROUPS: Mapping[str, tuple[str, ...]] = {  # what a point of the locality opens again
    "segment": ("segment", "segment_years"),
    "years": ("years",),
    "people": ("staff", "rd_staff"),
    "ip": ("ip",),
    "rd": ("rd_body", "rd_body_proof", "joint_rd_body", "digital_level", "digital_no", "core_information_system"),
    "records": ("honours", "certificates", "standards"),
    "product": (
        "field",
        "chain",
        "key_link",
        "is_key_link",
        "serves_chain_leader",
        "is_new_product",
        "own_brand",
        "brand",
    ),
    "share": ("market_share_pct", "market_rank", "platform_score", "platform_id"),
    "files": ("attachments",),
}
CONCLUSIONS = {"pass": "通过", "reject": "不予推荐"}
PROFILE = ("field", "is_key_link", "serves_chain_leader", "is_new_product", "own_brand", "joint_rd_body",
           "core_information_system")  # fmt: skip


def prefill(case: Case, element_id: str) -> Prefill:
    filler = FILLERS.get(element_id)
    return filler(case, application_of(case)) if filler else ({}, {})


def locked(case: Case, element_id: str) -> Collection[str]:
    """In a correction, all that the locality did not list."""
    correction = case.row("correction") if element_id == "submit_application" else None
    if correction is None:
        return ()
    return [name for names in GROUPS.values() for name in names if name not in correction["unlocked"]]


def known_at_first(case: Case, application: Application) -> Row:
    """{answers, marks}: from the file and the last application, each value with its date."""
    last = _last_application(case, application)
    answers: Row = {}
    marks: dict[str, Row] = {}
    if last is not None and last.applied_on is not None:
        answers = {name: value for name, value in last.answers.items() if name not in NEVER_KEPT}
        told = {"text": f"上次申报，{chinese_date(last.applied_on)}"}
        marks = {name: told for name in answers if not isinstance(answers[name], list | dict)}
    _lay_profile(application, answers, marks)
    _lay_years(known_years(case, application.enterprise_id), case.today.year - 1, answers, marks)
    return {"answers": answers, "marks": marks}


NEVER_KEPT = ("commitment", "asks_manual_check", "manual_reason", "attachments", "years", "findings", "returned_points")


def _last_application(case: Case, application: Application) -> Application | None:
    earlier = select(Application).where(
        Application.enterprise_id == application.enterprise_id,
        Application.id != application.id,
        Application.applied_on.is_not(None),
        ~Application.is_renewal,
    )
    return case.session.scalars(earlier.order_by(Application.applied_on.desc(), Application.id.desc()).limit(1)).first()


def _lay_profile(application: Application, answers: Row, marks: dict[str, Row]) -> None:
    profile = application.enterprise.profile
    known = {name: profile[name] for name in PROFILE if profile.get(name) not in (None, "", [])}
    if isinstance(known.get("field"), list):
        known["field"] = known["field"][0]
    known |= {name: value for name, value in (("chain", application.enterprise.chain),
                                              ("segment", application.enterprise.product)) if value}  # fmt: skip
    for name, value in known.items():
        answers.setdefault(name, value)
        marks.setdefault(name, {"text": "企业档案"})


def _lay_years(years: Mapping[int, EnterpriseYear], last: int, answers: Row, marks: dict[str, Row]) -> None:
    """The yearly updates win over the last application: they are the newer word."""
    rows = []
    for index in range(YEARS):
        row = years.get(last - index)
        figures = row.figures if row else {}
        rows.append(
            {"year": last - index} | {key: as_number(figures[key]) for key in LABELS if _is_known(figures, key)}
        )
        for key in LABELS if row else ():
            if _is_known(figures, key) and row is not None:
                marks[f"years.{index}.{key}"] = {"text": _source(row)}
    answers["years"] = rows
    newest = years.get(last)
    for key in OF_LAST_YEAR if newest else ():
        if newest is not None and _is_known(newest.figures, key):
            answers[key] = _typed(key, newest.figures[key])
            marks[key] = {"text": _source(newest)}


def _is_known(figures: Mapping[str, Any], key: str) -> bool:
    return figures.get(key) not in (None, "")


def _typed(key: str, value: Any) -> Any:
    return str(value) if key in ("rd_body", "digital_level") else as_number(value)


def _source(row: EnterpriseYear) -> str:
    label = Source(row.source).label if row.source in set(Source) else row.source
    return f"{label}，截至{chinese_date(row.as_of)}"


def _submit(case: Case, application: Application) -> Prefill:
    known = case.row("known") or {"answers": {}, "marks": {}}
    own = {**known["answers"], **application.answers}
    correction, batch, enterprise = case.row("correction") or {}, application.batch, application.enterprise
    stored = application.evaluation
    shown = {
        "batch": batch_title(batch),
        "rule_name": _rule_name(case, application),
        "window": window_of(batch),
        "credit_code": enterprise.id,
        "name": enterprise.name,
        "locality": enterprise.locality.short_name,
        "registered_on": enterprise.registered_on.isoformat() if enterprise.registered_on else None,
        "industry": enterprise.industry,
        "returned_points": correction.get("points"),
        "findings": checklist(result_of(stored)) if stored else None,
    }
    return filled({**own, **shown}), {} if application.answers else known["marks"]


def _rule_name(case: Case, application: Application) -> str:
    try:
        return rules_for(case, application, application.batch.level).name
    except RuleViolation as missing:
        return missing.text


def window_of(batch: Any) -> str:
    if batch.window_from is None or batch.window_to is None:
        return ""
    return f"{chinese_date(batch.window_from)}至{chinese_date(batch.window_to)}"


def _check(case: Case, application: Application) -> Prefill:
    stored = application.evaluation
    if stored is None:
        return {}, {}
    found, kept = result_of(stored), (case.row("check") or {}).get("judgements", {})
    asked = judgement_keys(rules_for(case, application, application.batch.level), application.batch.level)
    judgements = [
        filled({"no": id_, "name": condition.name, "text": condition.text, **_judged(kept.get(id_))})
        for id_, (condition, _key) in asked.items()
        if id_ in found.to_be_judged or id_ in kept
    ]
    known = {
        "version": found.rule_name,
        "score": found.score,
        "asks_manual_check": application.asks_manual_check,
        "manual_reason": application.answers.get("manual_reason") if application.asks_manual_check else None,
        "findings": checklist(found),
        "judgements": judgements or None,
    }
    return filled(known), {}


def _judged(kept: Row | None) -> Row:
    return {"judged": "yes" if kept["judged"] else "no", "remark": kept.get("remark", "")} if kept else {}


def _visit(case: Case, application: Application) -> Prefill:
    known = {"first_visitor": case.actor.name, "address": application.enterprise.address}
    kept = {name: value for name, value in (case.row("visit") or {}).items() if name in _fields("visit_enterprise")}
    return filled({**known, "visited_on": case.today.isoformat(), **kept}), {}


def _fields(task: str) -> Collection[str]:
    properties: Mapping[str, Any] = form_rules.read_form(f"enterprise_recognition.{task}")["properties"]
    return properties.keys()


def _sign(case: Case, application: Application) -> Prefill:
    check, visit = case.row("check") or {}, case.row("visit") or {}
    known = {
        "conclusion": CONCLUSIONS.get(check.get("outcome", ""), ""),
        "score": application.evaluation.score if application.evaluation else None,
        "reason": check.get("reason"),
        "finding": visit.get("finding"),
    }
    return filled(known), {}


def _delay(case: Case, application: Application) -> Prefill:
    day = application.batch.expected_on
    return filled({"expected_on": chinese_date(day) if day else None}), {}


FILLERS: Mapping[str, Callable[[Case, Application], Prefill]] = {
    "submit_application": _submit,
    "check_at_locality": _check,
    "visit_enterprise": _visit,
    "sign_locality_opinion": _sign,
    "explain_delay": _delay,
}
