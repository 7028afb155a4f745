"""What a revocation does: titles end today, the ban, and whoever must hear of it; and what a dismissed case leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.title_maintenance import GROUNDS, ban_until
from app.models.enterprise import Ban, Title
from app.models.process import ProcessInstance
from app.services.cases import Action, Case, Data
from app.services.document_numbers import give_number
from app.services.plan_codes import agency_code
from app.services.telling import tell
from app.services.title_maintenance.case_rows import case_of, stored_case
from app.services.title_maintenance.changes import TITLE_ENDED, needless
from app.services.title_maintenance.rows import (
    Row,
    enterprise_id_of,
    label_of,
    last_row,
    titles_by_id,
    titles_in_words,
    titles_of,
)
from app.terms import InstanceStatus, TitleLevel, TitleStatus

LETTER = "函"
GIVEN_UP = "given_up"  # by the enterprise itself
RECOGNITION = "enterprise_recognition"


def _revoke_title(case: Case, data: Data) -> None:
    decision, on = _decision(case), _decided_on(case)
    titles = titles_by_id(case.session, decision["titles"])
    for title in titles:
        title.status, title.ended_on = TitleStatus.REVOKED.value, on
        title.ended_because = GROUNDS[decision["ground"]]
    until = _ban(case, decision, on)
    _write_down(case, decision, titles, on, until)
    if decision["ground"] == "fraud":
        _end_applications(case)
    if _no_longer_served(case, titles):
        needless(case, TITLE_ENDED)
    if decision["ground"] != GIVEN_UP:
        _tell_cases(case)
    tell(
        case,
        [f"enterprise:{enterprise_id_of(case)}", f"contact:{case.instance.unit_id}"],
        "称号取消",
        f"{titles_in_words(titles)}自{on.isoformat()}起取消，事由：{GROUNDS[decision['ground']]}。"
        + (f"{until.isoformat()}前不得申报。" if until else ""),
        "revoked",
    )


def _decision(case: Case) -> Row:
    """What the head decided; a title that is given up needs no decision."""
    if case_of(case).get("outcome") == GIVEN_UP:
        return {"titles": case_of(case)["titles"], "ground": GIVEN_UP, "ban_years": 0, "legal_ground": ""}
    return last_row(case, "decision")


def _decided_on(case: Case) -> date:
    """The upper level's day where it decided, else today."""
    answer = case.row("answer")
    return date.fromisoformat(answer["decided_on"]) if answer else case.today


def _ban(case: Case, decision: Row, on: date) -> date | None:
    if not decision["ban_years"]:
        return None
    until = ban_until(on, decision["ban_years"])
    told = {"from_on": on, "until_on": until, "reason": GROUNDS[decision["ground"]], "levels": []}
    case.session.add(Ban(enterprise_id=enterprise_id_of(case), instance_id=case.instance.id, **told))
    return until


def _write_down(case: Case, decision: Row, titles: list[Title], on: date, until: date | None) -> None:
    """The city's decision gets a number; the upper level's has its own, and who gives up gets none."""
    answer = case.row("answer") or {}
    number = answer.get("number", "")
    if not number and decision["ground"] != GIVEN_UP:
        number = give_number(case.connection, agency_code(case.session), LETTER, case.today.year)
    stored = stored_case(case)
    stored.status, stored.ground, stored.number, stored.decided_on = "revoked", decision["ground"], number, on
    stored.reason = decision["legal_ground"]
    told: dict[str, Any] = {
        "on": on.isoformat(),
        "number": number,
        "titles": [label_of(title.level) for title in titles],
        "ground": decision["ground"],
        "legal_ground": decision["legal_ground"],
        "ban_until": until.isoformat() if until else "",
    }
    case.put("revoked", "", told)
    if not answer:
        case.put("city_decision", "", {"number": number})


def _end_applications(case: Case) -> None:
    """Every application of the enterprise that is under way hears that it falsified its data."""
    wanted = (
        ProcessInstance.definition_key == RECOGNITION,
        ProcessInstance.enterprise_id == enterprise_id_of(case),
        ProcessInstance.status == InstanceStatus.ACTIVE.value,
    )
    for key in case.session.scalars(select(ProcessInstance.business_key).where(*wanted)):
        told = {"name": "fraud_established", "key": key, "case": case.instance.business_key}
        case.effect(f"{case.instance.id}:fraud:{key}", "message", **told)


def _tell_cases(case: Case) -> None:
    """A typical case about the enterprise that is being written or reviewed is not published."""
    told = {"name": "title_lost", "key": enterprise_id_of(case), "case": case.instance.business_key}
    case.effect(f"{case.instance.id}:title_lost", "message", **told)


def _no_longer_served(case: Case, revoked: list[Title]) -> bool:
    """A specialist serves a little giant; also when nothing is left that could be served."""
    case.session.flush()
    is_giant = any(title.level == TitleLevel.LITTLE_GIANT for title in revoked)
    return is_giant or not titles_of(case)


def ended(case: Case) -> None:
    """A case that took nothing away was dismissed."""
    stored = stored_case(case)
    if case.instance.status == "completed" and stored.status == "open":
        stored.status, stored.decided_on = "dismissed", case.today


ACTIONS: Mapping[str, Action] = {"title_maintenance.revoke_title": _revoke_title}
