"""What the instances of 服务专员结对 note about themselves, and the rows they are about.

Working rows of a pairing (key "" unless said):

    subject     {kind, reason, previous}: kind of specialist; why there is a new one, "" for the first
    entry       {count}: how often the box of the choice was entered
    ranking     {candidates: [{person, explanation, score}], excluded: [{person, reason}]}, as it stood when reckoned
    wider       {person, unit, reason, login, name, on}: whom the office named, or which unit shall send somebody
    choice      {person, unit, since, reason, explanation, is_appointed, login, name, on}
    left_out    {person, reason}: whom the enterprise had until now
    refused     {reason}: why the chosen one was not to be had
    letter      {number, on, unit}: 派员函
    first_visit {on}: the day to which the locality moved the first visit
    visit_draft what was typed into the first visit before the specialist left

Working rows of a visit:

    quarter     {number}
    visit       {id}: the row in the table
    missed      {outcome, new_date, reason, login, name, on}
    judged      {outcome, talk_note, login, name, on}
    handed      {on, reason}
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.specialist_pairing import DUTY
from app.models.enterprise import Enterprise
from app.models.pairing import Pairing
from app.services.cases import Case

PAIRING, VISIT = DUTY.processes
SERVICE = "service"


def enterprise_of(case: Case) -> Enterprise:
    """Every instance of this duty is about one."""
    return case.session.get_one(Enterprise, case.instance.enterprise_id)


def kind_of(case: Case) -> str:
    return str(case.instance.data["specialist_kind"])


def pairing_key_of(case: Case) -> str:
    return str(case.instance.data["pairing_key"])


def lasting(session: Session, enterprise_id: str, kind: str = SERVICE) -> Pairing | None:
    """The pairing of a kind that an enterprise has now."""
    where = (Pairing.enterprise_id == enterprise_id, Pairing.kind == kind, Pairing.to_on.is_(None))
    return session.scalars(select(Pairing).where(*where)).one_or_none()


def pairing_of(case: Case) -> Pairing | None:
    """The last pairing that was made under the instance's key."""
    where = Pairing.key == pairing_key_of(case)
    return case.session.scalars(select(Pairing).where(where).order_by(Pairing.id.desc()).limit(1)).one_or_none()


def entry_of(case: Case) -> int:
    return int((case.row("entry") or {"count": 1})["count"])


def chosen(case: Case) -> dict[str, Any]:
    """Who was chosen last; every step behind the choice asks for it."""
    row = case.row("choice")
    assert row is not None
    return row
