"""The experts of a batch: drawn by lot with recusal, their sheets, and who is asked instead of whom.

The lot is told by the instance and the round, so that the drawing can be repeated by anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.duties.enterprise_recognition import EXPERTS_EACH, drawn
from app.models.person import Person, PersonRole
from app.models.recognition import Application, ExpertSheet
from app.queries import recognition_list
from app.services.cases import Case, Data
from app.services.enterprise_recognition.rows import applications_of, batch_of
from app.terms import Role

COUNTED = ("drawn", "given", "waived")  # sheets that leave no place for a further expert
Row = dict[str, Any]


def draw_experts(case: Case, data: Data) -> Mapping[str, Any]:
    """Fill every application's places; nobody is asked twice about one, whatever became of the first asking."""
    if not batch_of(case).is_scored:
        return {"open_scores": 0, "experts": {}}
    candidates, sheets = _candidates(case), sheets_of(case)
    round_ = 1 + max((sheet.draw for of_one in sheets.values() for sheet in of_one), default=0)
    for application in scored(case):
        known = sheets.get(application.id, [])
        missing = EXPERTS_EACH - sum(sheet.status in COUNTED for sheet in known)
        free = _free(candidates, application, known)
        for person_id in drawn(f"{case.instance.id}:{round_}", application.key, free, missing):
            case.session.add(ExpertSheet(application_id=application.id, person_id=int(person_id), draw=round_))
    case.session.flush()
    waiting = [sheet for of_one in sheets_of(case).values() for sheet in of_one if sheet.status == "drawn"]
    return {"open_scores": len(waiting), "experts": {str(sheet.person_id): {} for sheet in waiting}}


def scored(case: Case) -> Sequence[Application]:
    """Those that the locality recommends; what it rejects costs no expert's time."""
    return [row for row in applications_of(case, "reviewed", "submitted") if row.locality_opinion != "reject"]


def sheets_of(case: Case) -> dict[int, list[ExpertSheet]]:
    """By application, in the order of the drawing."""
    return recognition_list.sheets_of(case.session, batch_of(case))


def sheets_of_person(case: Case, person_id: str) -> list[ExpertSheet]:
    """What one expert still has to score."""
    return [
        sheet
        for of_one in sheets_of(case).values()
        for sheet in of_one
        if sheet.person_id == int(person_id) and sheet.status == "drawn"
    ]


def silent_experts(case: Case) -> list[Row]:
    """Experts who have not scored: how many applications wait for them, and how few sheets one of those has."""
    sheets = sheets_of(case)
    waiting: dict[int, list[int]] = {}
    for application_id, of_one in sheets.items():
        for sheet in of_one:
            if sheet.status == "drawn":
                waiting.setdefault(sheet.person_id, []).append(application_id)
    names = {row.id: row.name for row in case.session.scalars(select(Person).where(Person.id.in_(waiting)))}
    return [
        {
            "no": str(person_id),
            "name": names[person_id],
            "count": len(applications),
            "least_sheets": min(_given(sheets[application]) for application in applications),
        }
        for person_id, applications in sorted(waiting.items())
    ]


def _given(sheets: Sequence[ExpertSheet]) -> int:
    return sum(sheet.status == "given" for sheet in sheets)


def _candidates(case: Case) -> Sequence[Person]:
    wanted = (
        select(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.EXPERT.value, Person.is_active)
        .order_by(Person.id)
        .distinct()
    )
    return case.session.scalars(wanted).all()


def _free(candidates: Sequence[Person], application: Application, sheets: Sequence[ExpertSheet]) -> list[str]:
    """Without those who were asked before, and those who belong to the enterprise itself."""
    asked = {sheet.person_id for sheet in sheets}
    return [
        str(person.id)
        for person in candidates
        if person.id not in asked and person.enterprise_id != application.enterprise_id
    ]
