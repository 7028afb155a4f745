"""The service tasks of a batch: published, counted, ranked, objections applied, titles announced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from app.duties.enterprise_recognition_admission import PREREQUISITES, SERVING
from app.models.enterprise import Enterprise, Title
from app.models.person import Person
from app.models.recognition import Application, RecognitionBatch
from app.queries.recognition_list import Line, functions_judging, is_barring
from app.services.cases import Action, Case, Data
from app.services.enterprise_recognition.application_actions import FRAUD, tell_decision
from app.services.enterprise_recognition.application_forms import window_of
from app.services.enterprise_recognition.batch_forms import functions_of, units_with_functions
from app.services.enterprise_recognition.evaluating import evaluate_application, judgement_keys, rules_for
from app.services.enterprise_recognition.experts import draw_experts
from app.services.enterprise_recognition.listing import lines_of
from app.services.enterprise_recognition.pending import announce_if_ready
from app.services.enterprise_recognition.rows import (
    IN_REVIEW,
    PENDING,
    applications_of,
    batch_of,
    batch_title,
    lock_batch,
)
from app.services.public_notice.rows import current_notice, results_of
from app.services.telling import tell
from app.terms import TitleStatus

MOST_HINTS = 2000
UNREVIEWED = "批次公布时属地审核未完成"


def publish_batch(case: Case, data: Data) -> None:
    """From here on enterprises may apply; those of the library for whom it is meant get a hint."""
    batch = batch_of(case)
    batch.status, batch.published_on = "open", case.today
    case.session.flush()
    text = f"申报期：{window_of(batch)}。请登录企业端填报。"
    tell(case, _for_whom(case, batch), f"{batch_title(batch)}开始申报", text, "published")


def _for_whom(case: Case, batch: RecognitionBatch) -> list[str]:
    """Accounts of enterprises that are in the library or hold the title below."""
    below = SERVING.get(PREREQUISITES.get(batch.level, ""), frozenset())
    held = select(Title.enterprise_id).where(Title.level.in_(below), Title.status == TitleStatus.VALID.value)
    fitting = select(Enterprise.id).where(or_(Enterprise.library_since.is_not(None), Enterprise.id.in_(held)))
    people = select(Person.id).where(Person.enterprise_id.in_(fitting), Person.is_active).order_by(Person.id)
    return [f"person:{id_}" for id_ in case.session.scalars(people.limit(MOST_HINTS))]


def count_applications(case: Case, data: Data) -> Mapping[str, Any]:
    """What came in, and whom the list goes to; a draft that nobody sent is no application."""
    batch = batch_of(case)
    lock_batch(case, batch.id)
    rows = applications_of(case, *IN_REVIEW)
    batch.status = "reviewing" if rows else "empty"
    case.session.flush()
    if rows:
        announce_if_ready(case, batch.id, batch.key)
    units = {unit for unit in units_with_functions(case).values() if functions_of(case, unit)}
    return {"application_count": len(rows), "departments": {unit: {} for unit in sorted(units)}}


def rank_applications(case: Case, data: Data) -> None:
    """The departments' answers judge what the rules leave to them; the places are those of the experts' means."""
    for line in lines_of(case):
        if line.checks and not line.application.is_renewal:
            _judge(case, line)
        line.application.place = line.ranked.place if line.ranked else None
    batch_of(case).status = "deciding"
    case.session.flush()


def _judge(case: Case, line: Line) -> None:
    application, level = line.application, line.application.batch.level
    asked = judgement_keys(rules_for(case, application, level), level, by_departments=True)
    if not asked:
        return
    barring = {check.function for check in line.checks if is_barring(check, application)}
    judgements = {id_: {"key": key, "judged": not barring & functions_judging(key)} for id_, (_, key) in asked.items()}
    case.put("departments", "", {"judgements": judgements}, instance_id=application.instance_id)
    evaluate_application(case, application)


def apply_objections(case: Case, data: Data) -> None:
    """What an objection established takes the row out; fraud goes to the application by the objection's own message."""
    results = results_of(case, current_notice(case))
    for application in applications_of(case, "reviewed"):
        result = results.get(application.enterprise_id)
        if result is None:
            continue
        if result.is_out:
            application.decision = "refused"
            application.reasons = [FRAUD if result.is_fraud else "公示期异议成立"]
        elif result.has_remark:
            application.reasons = [*application.reasons, "公示期异议部分成立"]
    case.session.flush()


def announce_titles(case: Case, data: Data) -> None:
    """One message to each application; what nobody reviewed in time ends with the batch."""
    batch = batch_of(case)
    batch.announced_on, batch.status = case.today, "announced"
    for application in applications_of(case, *PENDING):
        _end_unreviewed(case, application)
    for application in applications_of(case, "reviewed"):
        if application.told_at is None:
            tell_decision(case, application)
    case.session.flush()


def _end_unreviewed(case: Case, application: Application) -> None:
    application.status, application.decision, application.reasons = "refused", "refused", [UNREVIEWED]
    if application.instance_id:
        case.cancel_child(application.instance_id, UNREVIEWED)
    title = f"{batch_title(application.batch)}：申请未通过"
    tell(case, [f"enterprise:{application.enterprise_id}"], title, UNREVIEWED, f"unreviewed:{application.id}")


ACTIONS: Mapping[str, Action] = {
    f"enterprise_recognition_batch.{action.__name__}": action
    for action in (
        publish_batch,
        count_applications,
        draw_experts,
        rank_applications,
        apply_objections,
        announce_titles,
    )
}
