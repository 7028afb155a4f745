"""What a consultation notes about itself.

Working rows (key "" unless said):

    subject     {subject, caller, background, units: [unit ids]}
    question    key: 01, 02, …; {no, text, kind, concerns, precision}
    way         {login, name, on, outcome, reason}: how the office takes it up
    asked       {on}: the units were asked in writing
    answer      key: unit; {login, name, on, values: {no: typed}, grounds: {no: text}, follows, files}
    compared    {agreed: {no: typed}, is_agreed, silent: [unit ids]}
    meeting     key: 01, 02, …; {meeting_on, meeting_time, place, chair, agenda, outcome, views, reason, attendance}
    minutes     {login, name, on, decisions: {no: typed}, grounds: {no: text}, objections, actions, note}
    returned    {name, text}: why the minutes came back
    direct      {login, name, on, values: {no: typed}, grounds: {no: text}, ground}
    signature   {login, name, on, opinion_text, number, mode, meeting_date, minutes_no}

Question numbers are texts within a row, as JSON has no other keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.consultation import KINDS, Opinion
from app.models.organization import Unit
from app.services.cases import Case

PROCESS = "consultation"

Row = dict[str, Any]


def question_key(number: int) -> str:
    return f"{number:02d}"


def subject_of(case: Case) -> Row:
    return case.row("subject") or {}


def questions_of(case: Case) -> list[Row]:
    """In their order."""
    return list(case.rows("question").values())


def opinions_of(case: Case) -> dict[str, Opinion | None]:
    """Each unit that was asked, None where it was silent."""
    answers = case.rows("answer")
    return {unit: _opinion(answers.get(unit)) for unit in subject_of(case)["units"]}


def meetings_of(case: Case) -> list[Row]:
    return list(case.rows("meeting").values())


def named_units(session: Session) -> list[Row]:
    """Units that exist, as a person may name them."""
    found = session.execute(
        select(Unit.id, Unit.name, Unit.short_name).where(Unit.ended_on.is_(None)).order_by(Unit.position)
    )
    return [{"unit": id_, "name": name, "short_name": short} for id_, name, short in found]


def short_names(session: Session) -> dict[str, str]:
    """All units, those that have ended too."""
    return {unit.id: unit.short_name for unit in session.execute(select(Unit.id, Unit.short_name))}


def in_words(question: Mapping[str, Any], value: Any, names: Mapping[str, str]) -> str:
    """A typed answer as people write and read it; empty where there is none."""
    if value is None:
        return ""
    if question["kind"] == "yes_no":
        return "是" if value else "否"
    return names.get(str(value), str(value)) if question["kind"] == "unit" else str(value)


def kind_label(question: Mapping[str, Any]) -> str:
    return KINDS[question["kind"]]


def by_number(values: Mapping[str, Any]) -> dict[int, Any]:
    return {int(number): value for number, value in values.items()}


def _opinion(row: Mapping[str, Any] | None) -> Opinion | None:
    return None if row is None else Opinion(by_number(row["values"]), bool(row["follows"]))
