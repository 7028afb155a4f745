"""After a yearly update has lapsed: the locality enters late data, and the bureau may give the lost right back.

Late data are kept in the enterprise's file; the mark stays, as the right to re-verification is lost by the date alone.
Only an objection that the bureau upholds takes it away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.duties.title_maintenance import DUTY
from app.errors import InvalidForm, NotFound, NotPermitted, StaleProcess
from app.queries.actor import Actor
from app.services import form_rules, steps
from app.services.assignment import RECOGNITION, unit_with
from app.services.case_notes import hand_of
from app.services.cases import Case
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.title_maintenance import updates
from app.services.title_maintenance.facts import facts
from app.services.title_maintenance.rows import UPDATE, enterprise_of, titles_of
from app.services.work import Work, reading_case
from app.terms import EventType, Role

FORM = "update_profile"
LAPSED, LATE = "lapsed", "late"
SHORTEST_REASON = 4
OWN = ("audit_report", "attachments", "commitment")


@dataclass(frozen=True)
class LateForm:
    """data: what the form begins with, the late data once they were entered."""

    title: str
    schema: form_rules.Schema
    data: dict[str, Any]
    may_enter: bool
    may_restore: bool
    is_restored: bool


def enter(house: House, actor: Actor, instance_id: str, answers: Mapping[str, Any], *, key: str) -> Answer:
    """The form of the update, filled in for the enterprise by its locality. Raises InvalidForm, NotPermitted, NotFound.

    Raises StaleProcess where nothing has lapsed.
    """
    return run(house, actor, Command("enter_late_update", key, {"instance_id": instance_id, "answers": dict(answers)}))


def form_of(house: House, session: Session, actor: Actor, instance_id: str) -> LateForm:
    """What the page of one lapsed update shows. Raises NotFound for what is none, or not hers to know of."""
    case = reading_case(house, session, actor, instance_id)
    if case.instance.definition_key != UPDATE or updates.update_of(case).status not in (LAPSED, LATE):
        raise NotFound
    is_office = actor.has(Role.OFFICE)
    may_enter = is_office or case.instance.unit_id in actor.unit_ids
    may_restore = is_office or unit_with(case.connection, RECOGNITION) in actor.unit_ids
    if not (may_enter or may_restore or actor.reads_all):
        raise NotFound
    late = case.row("late")
    data = {**updates.FORMS[FORM](case), **(late["answers"] if late else {})}
    is_restored = case.row("restored") is not None
    return LateForm(case.instance.title, late_form(), data, may_enter, may_restore and not is_restored, is_restored)


def late_form() -> form_rules.Schema:
    """The form of the update without what only the enterprise can give: its files and its word."""
    form = form_rules.read_form(DUTY.forms[FORM])
    sections = [
        {**section, "fields": [name for name in section["fields"] if name not in OWN]} for section in form["x-sections"]
    ]
    return {
        **form,
        "x-verb": "补录数据",
        "x-sections": [section for section in sections if section["fields"]],
        "required": [name for name in form["required"] if name not in OWN],
        "properties": {name: field for name, field in form["properties"].items() if name not in OWN},
    }


def restore_right(house: House, actor: Actor, instance_id: str, reason: str, *, key: str) -> Answer:
    """The bureau upholds the enterprise's objection: the update counts as made in time. Raises as `enter`."""
    return run(house, actor, Command("restore_title_right", key, {"instance_id": instance_id, "reason": reason}))


@handles("enter_late_update")
def _enter(work: Work, payload: Mapping[str, Any]) -> Answer:
    case = _lapsed(work, payload["instance_id"])
    _require(work, case.instance.unit_id)
    answers = _checked(case, payload["answers"])
    figures = updates.sent_figures(updates.asked_figures(case), answers)
    updates.store_answers(case, enterprise_of(case), updates.year_of(case) - 1, answers, figures)
    owed = updates.update_of(case)
    owed.status, owed.filed_on = LATE, case.today
    case.put("late", "", {**hand_of(case), "answers": answers})
    return _noted(work, case, {"text": "补录年度更新数据", "answers": answers})


@handles("restore_title_right")
def _restore(work: Work, payload: Mapping[str, Any]) -> Answer:
    case = _lapsed(work, payload["instance_id"])
    _require(work, unit_with(work.connection, RECOGNITION))
    reason = str(payload["reason"]).strip()
    if len(reason) < SHORTEST_REASON:
        raise InvalidForm([("reason", f"请写明理由，不少于{SHORTEST_REASON}个字")])
    owed, lost_on = updates.update_of(case), date.fromisoformat((case.row("lapsed") or {})["on"])
    owed.is_in_time = True
    for title in titles_of(case):
        if title.right_lost_on == lost_on:
            title.right_lost_on = None
    case.put("restored", "", {**hand_of(case), "reason": reason})
    return _noted(work, case, {"text": f"恢复复核资格：{reason}"})


def _lapsed(work: Work, instance_id: str) -> Case:
    """The update's instance, locked."""
    case = work.case(instance_id)
    if case.instance.definition_key != UPDATE:
        raise NotFound
    if updates.update_of(case).status not in (LAPSED, LATE):
        raise StaleProcess("该年度更新未逾期，请在原事项中办理。")
    return case


def _require(work: Work, unit_id: str | None) -> None:
    if unit_id not in work.actor.unit_ids and not work.actor.has(Role.OFFICE):
        raise NotPermitted


def _checked(case: Case, sent: Mapping[str, Any]) -> dict[str, Any]:
    form = late_form()
    whole = form_rules.overlay(form, updates.FORMS[FORM](case), sent)
    errors = [(error.field, error.text) for error in form_rules.validate(form, whole)]
    if not errors:
        found = DUTY.check(FORM, whole, facts(case, FORM, None))
        errors = [(error.field, error.text) for error in found if error.level == "error"]
    if errors:
        raise InvalidForm(errors)
    return whole


def _noted(work: Work, case: Case, told: Mapping[str, Any]) -> Answer:
    case.write_down()
    steps.note(work, case, EventType.FIGURE_RECORDED, told)
    return {"id": case.instance.id}
