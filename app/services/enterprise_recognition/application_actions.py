"""The service tasks of one application: prefilled, evaluated, returned, lapsed, withdrawn, barred, granted, refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.enterprise_recognition import correction_due, refusal
from app.duties.lights import chinese_date
from app.duties.recognition import ban_until, validity, visit_sample
from app.models.enterprise import Ban, Title
from app.models.recognition import Application
from app.services.cases import Action, Case, Data
from app.services.enterprise_recognition.application_forms import GROUPS, known_at_first
from app.services.enterprise_recognition.evaluating import evaluate_application
from app.services.enterprise_recognition.filing import file_application
from app.services.enterprise_recognition.pending import tell_batch
from app.services.enterprise_recognition.rows import application_of, batch_title, lock_batch
from app.services.form_rules import read_form
from app.services.library_counts import count_after
from app.services.telling import tell
from app.terms import TitleLevel, TitleStatus

CHECK_FORM = "enterprise_recognition.check_at_locality"
LAPSED = "未按期提交"
FRAUD = "查实弄虚作假"
HELD = (TitleStatus.VALID.value, TitleStatus.PENDING.value)


def prefill_application(case: Case, data: Data) -> None:
    case.put("known", "", known_at_first(case, application_of(case)))


def evaluate_criteria(case: Case, data: Data) -> Mapping[str, Any]:
    """What does not meet its conditions goes back, unless the enterprise wants people to look at it."""
    application = application_of(case)
    found = evaluate_application(case, application)
    has_ended = lock_batch(case, application.batch_id) == "empty"  # it was counted before this came in
    may_proceed = (found.is_met or application.asks_manual_check) and not has_ended
    if may_proceed:
        application.status, application.locality_opinion = "submitted", ""
    else:
        application.status = "returned" if application.correction_on else "draft"
    case.session.flush()
    batch, manual = application.batch, application.asks_manual_check
    return {
        "may_proceed": may_proceed,
        "criteria_met": found.is_met,
        "score": found.score or 0,
        "needs_visit_flag": visit_sample(batch.level, application.key, batch.visit_share, asks_manual_check=manual),
    }


def set_application_correction(case: Case, data: Data) -> Mapping[str, Any]:
    """Opens what the locality listed, and nothing else."""
    application, check = application_of(case), case.row("check") or {}
    names = _names_of_fields()
    points = [
        {"no": number, "field_name": names[row["field"]], "point": row["point"]}
        for number, row in enumerate(check["return_points"], 1)
    ]
    unlocked = [name for row in check["return_points"] for name in GROUPS[row["field"]]]
    case.put("correction", "", {"points": points, "unlocked": unlocked})
    application.round += 1
    application.status, application.correction_on = "returned", correction_due(case.today, case.calendar)
    case.session.flush()
    text = f"请于{chinese_date(application.correction_on)}前补正后重新提交。"
    _tell(case, application, "申请退回补正", text, f"returned:{application.round}")
    return {"round": application.round}


def _names_of_fields() -> dict[str, str]:
    points = read_form(CHECK_FORM)["properties"]["return_points"]
    return {word["const"]: word["title"] for word in points["items"]["properties"]["field"]["oneOf"]}


def mark_lapsed(case: Case, data: Data) -> None:
    """It is not sent to the batch: its own refusal comes at once."""
    application = application_of(case)
    application.status, application.decision, application.reasons = "lapsed", "refused", [LAPSED]
    case.session.flush()
    tell_batch(case, application)
    tell_decision(case, application)


def tell_decision(case: Case, application: Application) -> None:
    """Let the application's instance read what was decided."""
    application.told_at = case.at
    told = {"name": "batch_decided", "key": application.key, "sender": case.instance.id}
    case.effect(f"batch_decided:{application.key}", "message", **told)


def record_withdrawal(case: Case, data: Data) -> None:
    _close(case, "withdrawn", [])


def record_ban(case: Case, data: Data) -> None:
    """Three years without any application; the titles it holds are looked into."""
    application = application_of(case)
    case.session.add(
        Ban(
            enterprise_id=application.enterprise_id,
            from_on=case.today,
            until_on=ban_until(case.today),
            reason=f"{batch_title(application.batch)}申报中{FRAUD}",
            levels=[],
            instance_id=case.instance.id,
        )
    )
    _close(case, "fraud", [FRAUD])
    if _held(case, application.enterprise_id):
        told = {"name": "title_doubted", "key": application.enterprise_id, "sender": case.instance.id}
        reason = f"{batch_title(application.batch)}申报中{FRAUD}"
        case.effect(f"title_doubted:{application.key}", "message", **told, source="objection", reason=reason)


def _close(case: Case, status: str, reasons: list[str]) -> None:
    application = application_of(case)
    application.status, application.reasons = status, reasons
    case.session.flush()
    tell_batch(case, application)


def read_decision(case: Case, data: Data) -> Mapping[str, Any]:
    """Of an upper level's title what that level said; the city's own proposal is no title."""
    application = application_of(case)
    return {"title": application.decision == "granted"}


def grant_title(case: Case, data: Data) -> None:
    """The title with what it rests on, and the message by which others take it up."""
    application = application_of(case)
    upper, batch = application.upper, application.batch
    announced = _day(upper.get("announced_on")) or batch.announced_on or case.today
    begins = _day(upper.get("valid_from")) or announced
    earlier = _held(case, application.enterprise_id, batch.level)
    title = Title(
        enterprise_id=application.enterprise_id,
        level=batch.level,
        rule_version=application.evaluation.rule_version if application.evaluation else batch.rule_version,
        batch_key=batch.key,
        certificate=upper.get("certificate", ""),
        announced_on=announced,
        from_on=begins,
        until_on=_day(upper.get("valid_to")) or validity(begins),
        is_renewal=bool(earlier),
        evaluation_id=application.evaluation_id,
        instance_id=case.instance.id,
    )
    case.session.add(title)
    _end_earlier(earlier, begins)
    application.status = "granted"
    file_application(case, application)
    count_after(case)
    _send_title(case, application, title)


def _end_earlier(earlier: list[Title], begins: date) -> None:
    for title in earlier:
        title.status, title.ended_on, title.ended_because = TitleStatus.ENDED.value, begins, "重新认定"


def _send_title(case: Case, application: Application, title: Title) -> None:
    until = chinese_date(title.until_on)
    _tell(case, application, f"已认定为{TitleLevel(title.level).label}", f"有效期至{until}。", "granted")
    told = {
        "name": "title_granted",
        "key": title.enterprise_id,
        "sender": case.instance.id,
        "enterprise_id": title.enterprise_id,
        "level": title.level,
        "title_id": title.id,
        "announced_on": title.announced_on.isoformat(),
        "until_on": title.until_on.isoformat(),
        "is_renewal": title.is_renewal,
    }
    case.effect(f"title_granted:{application.key}", "message", **told)


def record_refusal(case: Case, data: Data) -> None:
    application = application_of(case)
    if application.status != "lapsed":
        application.status = "refused"
    case.session.flush()
    _tell(case, application, "申请未通过", refusal(application.reasons), "refused")


def _held(case: Case, enterprise_id: str, level: str | None = None) -> list[Title]:
    wanted = select(Title).where(Title.enterprise_id == enterprise_id, Title.status.in_(HELD))
    return list(case.session.scalars(wanted if level is None else wanted.where(Title.level == level)))


def _tell(case: Case, application: Application, what: str, text: str, reason: str) -> None:
    tell(case, [f"enterprise:{application.enterprise_id}"], f"{batch_title(application.batch)}：{what}", text, reason)


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


ACTIONS: Mapping[str, Action] = {
    f"enterprise_recognition.{action.__name__}": action
    for action in (
        prefill_application,
        evaluate_criteria,
        set_application_correction,
        mark_lapsed,
        record_withdrawal,
        record_ban,
        read_decision,
        grant_title,
        record_refusal,
    )
}
