"""The service tasks of a pairing: ranked, excluded, activated, begun anew, ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.duties.lights import chinese_date
from app.duties.specialist_pairing import (
    KIND_WORDS,
    MOST_CANDIDATES,
    REASON_WORDS,
    exclusion,
    is_visit_handed_over,
    quarter_of,
    rank,
    visit_due,
)
from app.models.pairing import Pairing, PairingRefusal
from app.models.person import Person as Account
from app.models.plan import Plan
from app.models.process import ProcessInstance
from app.models.user_task import Draft, UserTask
from app.services.cases import Action, Case, Data
from app.services.document_numbers import give_number
from app.services.specialist_pairing.opening import visit_start
from app.services.specialist_pairing.persons import firm_of, persons_for
from app.services.specialist_pairing.rows import (
    SERVICE,
    VISIT,
    chosen,
    enterprise_of,
    entry_of,
    kind_of,
    lasting,
    pairing_key_of,
    pairing_of,
)
from app.services.telling import tell

LETTER = "函"
HANDED_OVER = "visit_handed_over"
BEFORE_THE_CHOICE = 0


def rank_candidates(case: Case, data: Data) -> Mapping[str, Any]:
    """As the tables stand now; what was reckoned stays with the instance, so that it can be shown later."""
    _leave_out_previous(case)
    firm = firm_of(case.session, enterprise_of(case))
    persons = persons_for(case.session, firm.code, kind_of(case))
    ranked = rank(firm, persons, case.today)[:MOST_CANDIDATES]
    reasons = {person.id: exclusion(firm, person, case.today) for person in persons}
    candidates = [
        {"person": one.person.id, "score": float(one.score), "explanation": one.explanation} for one in ranked
    ]
    excluded = [{"person": id_, "reason": reason} for id_, reason in reasons.items() if reason is not None]
    case.put("ranking", "", {"candidates": candidates, "excluded": excluded})
    return {"candidate_count": len(ranked)}


def exclude_candidate(case: Case, data: Data) -> Mapping[str, Any]:
    """A silent one says nothing, so there is no row of a refusal yet."""
    refused = case.row("refused")
    _refuse(case, chosen(case)["person"], refused["reason"] if refused else "未按时确认", entry_of(case))
    case.drop("refused", "")
    wanted = (PairingRefusal.instance_id == case.instance.id, PairingRefusal.entry == entry_of(case))
    count = case.session.scalars(select(func.count()).select_from(PairingRefusal).where(*wanted)).one()
    return {"round": count}


def _leave_out_previous(case: Case) -> None:
    """Whom the enterprise has until now is not to be her own successor; it counts as no refusal of this choice."""
    subject = case.row("subject") or {}
    before = lasting(case.session, enterprise_of(case).id, kind_of(case))
    is_noted = case.row("left_out") is not None
    if not subject.get("previous") or before is None or is_noted:
        return
    reason = REASON_WORDS.get(subject["reason"], subject["reason"])
    case.put("left_out", "", {"person": before.person_id, "reason": reason})
    _refuse(case, before.person_id, reason, BEFORE_THE_CHOICE)


def _refuse(case: Case, person_id: int, reason: str, entry: int) -> None:
    case.session.add(
        PairingRefusal(
            enterprise_id=case.instance.enterprise_id,
            person_id=person_id,
            instance_id=case.instance.id,
            entry=entry,
            reason=reason,
            on=case.today,
        )
    )
    case.session.flush()


def activate_pairing(case: Case, data: Data) -> None:
    """A row from today; the old one ends today. What the old one left open in this quarter is hers now."""
    choice, subject = chosen(case), case.row("subject") or {}
    old = lasting(case.session, enterprise_of(case).id, kind_of(case))
    if old is not None:
        old.to_on = case.today
        old.ended_because = REASON_WORDS.get(subject.get("reason", ""), subject.get("reason", "")) or "重新结对"
        case.session.flush()
    pairing = Pairing(
        key=pairing_key_of(case),
        enterprise_id=case.instance.enterprise_id,
        kind=kind_of(case),
        person_id=choice["person"],
        unit_id=choice["unit"],
        from_on=max(case.today, date.fromisoformat(choice["since"])),
        is_appointed=choice["is_appointed"],
        explanation=choice["explanation"],
        instance_id=case.instance.id,
    )
    case.session.add(pairing)
    case.session.flush()
    if choice["is_appointed"] or data.get("other_unit"):
        _number_letter(case, choice["unit"])
    _inform(case, pairing)
    _take_over_visit(case, pairing)


def _number_letter(case: Case, unit_id: str) -> None:
    """派员函 to the unit of the person; once for this choice."""
    plan = case.session.scalars(select(Plan).order_by(Plan.id.desc()).limit(1)).one()
    number = give_number(case.connection, plan.agency_code, LETTER, case.today.year)
    case.put("letter", "", {"number": number, "on": case.today.isoformat(), "unit": unit_id})


def _inform(case: Case, pairing: Pairing) -> None:
    firm, person = enterprise_of(case), case.session.get_one(Account, pairing.person_id)
    word, since = KIND_WORDS[pairing.kind], chinese_date(pairing.from_on)
    to_firm = f"{since}起，{person.unit.name}{person.name}担任贵企业的{word}，联系电话：{person.phone or '见系统'}。"
    tell(case, [f"enterprise:{firm.id}"], f"{word}已确定：{person.name}", to_firm, f"paired:{pairing.id}:firm")
    to_person = f"{since}起，您担任{firm.name}的{word}，请在15个工作日内完成首次走访。"
    tell(case, [f"person:{person.id}"], f"结对生效：{firm.name}", to_person, f"paired:{pairing.id}:person")


def _take_over_visit(case: Case, pairing: Pairing) -> None:
    """A visit of this quarter that was handed over goes on with the successor while enough of the quarter is left."""
    year, quarter = quarter_of(case.today)
    due = visit_due(year, quarter, case.calendar)
    if pairing.kind != SERVICE or not is_visit_handed_over(case.today, due, case.calendar):
        return
    wanted = (
        ProcessInstance.definition_key == VISIT,
        ProcessInstance.enterprise_id == pairing.enterprise_id,
        ProcessInstance.business_key.contains(f":{year}-Q{quarter}"),
    )
    ends = case.session.scalars(select(ProcessInstance.end_element).where(*wanted)).all()
    if ends and all(end == HANDED_OVER for end in ends):
        start = visit_start(case.session, pairing, year, quarter, part=len(ends) + 1)
        case.start(replace(start, is_sibling=True))  # nobody's child: it goes on when this instance has long ended


def restart_pairing(case: Case, data: Data) -> Mapping[str, Any]:
    """Chosen anew: she is out of the question for this enterprise, what she typed stays for who follows."""
    draft = _draft_of_first_visit(case)
    if draft:
        case.put("visit_draft", "", draft)
    if case.row("choice"):
        _refuse(case, chosen(case)["person"], "专员已离任", entry_of(case))
        _end_own_row(case, "专员已离任")
        firm = enterprise_of(case)
        text = "原定服务专员已调整，正在重新选派，确定后另行告知。"
        tell(case, [f"enterprise:{firm.id}"], "服务专员正在重新选派", text, f"restart:{entry_of(case)}")
        case.drop("choice", "")
    case.drop("refused", "")
    case.drop("first_visit", "")
    case.put("entry", "", {"count": entry_of(case) + 1})
    return {"round": 0, "other_unit": False}


def _draft_of_first_visit(case: Case) -> dict[str, Any] | None:
    drafts = (
        select(Draft.data)
        .join(UserTask, UserTask.id == Draft.task_id)
        .where(UserTask.instance_id == case.instance.id, UserTask.element_id == "first_visit")
        .order_by(UserTask.created_at.desc())
    )
    return case.session.scalars(drafts.limit(1)).one_or_none()


def _end_own_row(case: Case, reason: str) -> None:
    pairing = pairing_of(case)
    if pairing is not None and pairing.to_on is None:
        pairing.to_on, pairing.ended_because = case.today, reason
        case.session.flush()


def end_pairing_row(case: Case, data: Data) -> None:
    _end_own_row(case, "称号终止")
    if case.row("choice"):
        text = f"{enterprise_of(case).name}无需继续结对，未办事项已撤销。"
        tell(case, [f"person:{chosen(case)['person']}"], "无需结对", text, "needless")


ACTIONS: Mapping[str, Action] = {
    "specialist_pairing.rank_candidates": rank_candidates,
    "specialist_pairing.exclude_candidate": exclude_candidate,
    "specialist_pairing.activate_pairing": activate_pairing,
    "specialist_pairing.restart_pairing": restart_pairing,
    "specialist_pairing.end_pairing_row": end_pairing_row,
}
