"""The papers of 会商, drawn when asked for: the letter to the units, the call to a meeting, the minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import consultation_letter, minutes
from app.duties.consultation import answers_to
from app.duties.consultation_answers import Opinion
from app.duties.consultation_dates import ANSWERS_DAYS
from app.duties.lights import chinese_date
from app.errors import NotFound
from app.models.process import ProcessInstance, WorkingRow
from app.services import letterheads
from app.services.consultation.rows import Row, by_number, in_words, short_names
from app.services.house import House

EVERYBODY = "各参加单位"


def letter_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """会商函. Raises NotFound where the units are not asked in writing."""
    told = _Consultation(session, instance)
    way = told.one("way")
    if way.get("outcome") != "written":
        raise NotFound
    sent_on = date.fromisoformat(way["on"])
    return consultation_letter.render_letter(
        consultation_letter.ConsultationLetter(
            letterhead=letterheads.of_office(session, "", "、".join(told.unit_names), sent_on),
            subject=told.subject["subject"],
            background=told.subject["background"],
            questions=tuple(question["text"] for question in told.questions),
            answer_by=house.calendar.add(sent_on, ANSWERS_DAYS),
        )
    )


def call_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """会议通知 of the meeting that was called last."""
    told = _Consultation(session, instance)
    meeting = told.last_meeting
    day = date.fromisoformat(meeting["meeting_on"])
    return consultation_letter.render_call(
        consultation_letter.MeetingCall(
            letterhead=letterheads.of_office(session, "", EVERYBODY, date.fromisoformat(meeting["on"])),
            subject=told.subject["subject"],
            held_at=f"{chinese_date(day)} {meeting['meeting_time']}",
            place=meeting["place"],
            chair=meeting["chair"],
            agenda=meeting["agenda"],
            units=tuple(told.unit_names),
        )
    )


def minutes_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """会商纪要; before it is signed without number."""
    told = _Consultation(session, instance)
    drafted, signed = told.one("minutes"), told.one("signature")
    decisions = by_number(drafted["decisions"])
    return minutes.render(
        minutes.Minutes(
            letterhead=letterheads.of_office(
                session, signed.get("number", ""), EVERYBODY, date.fromisoformat((signed or drafted)["on"])
            ),
            subject=told.subject["subject"],
            background=told.subject["background"],
            units=tuple(told.unit_names),
            silent=tuple(told.name_of(unit) for unit in told.one("compared").get("silent", ())),
            meeting=told.meeting_in_words,
            discussion="\n".join(meeting["views"] for meeting in told.meetings if meeting.get("views")),
            decisions=tuple(told.decision(question, decisions, drafted["grounds"]) for question in told.questions),
            actions=tuple(
                minutes.DecidedAction(row["content"], told.name_of(row["unit"]), date.fromisoformat(row["due_on"]))
                for row in drafted["actions"]
            ),
            objections=tuple(f"{told.name_of(row['unit'])}：{row['text']}" for row in drafted["objections"]),
            note=drafted.get("note", ""),
        )
    )


class _Consultation:
    """Its working rows."""

    def __init__(self, session: Session, instance: ProcessInstance) -> None:
        self._session, self._id = session, instance.id
        self._names = short_names(session)
        self.subject = self.one("subject")
        self.questions = list(self.rows("question").values())
        self.meetings = list(self.rows("meeting").values())

    def one(self, kind: str) -> Row:
        found = self._session.get(WorkingRow, (self._id, kind, ""))
        return dict(found.value) if found else {}

    def rows(self, kind: str) -> dict[str, Row]:
        where = (WorkingRow.instance_id == self._id, WorkingRow.kind == kind)
        found = self._session.scalars(select(WorkingRow).where(*where).order_by(WorkingRow.key))
        return {row.key: dict(row.value) for row in found}

    def name_of(self, unit: str) -> str:
        return self._names.get(unit, unit)

    @property
    def unit_names(self) -> list[str]:
        return [self.name_of(unit) for unit in self.subject["units"]]

    @property
    def last_meeting(self) -> Row:
        if not self.meetings:
            raise NotFound
        return self.meetings[-1]

    @property
    def meeting_in_words(self) -> str:
        held = [meeting for meeting in self.meetings if meeting.get("outcome") == "held"]
        if not held:
            return ""
        day = chinese_date(date.fromisoformat(held[-1]["meeting_on"]))
        return f"会议会商。{day} {held[-1]['meeting_time']}在{held[-1]['place']}召开，{held[-1]['chair']}主持"

    def decision(self, question: Row, decisions: Mapping[int, Any], grounds: Mapping[str, str]) -> minutes.Decision:
        answers = self.rows("answer")
        opinions = {
            unit: Opinion(by_number(answers[unit]["values"]), answers[unit]["follows"]) if unit in answers else None
            for unit in self.subject["units"]
        }
        said = answers_to(question, opinions)
        views = [
            f"{self.name_of(unit)}{in_words(question, value, self._names)}"
            for unit, value in said.items()
            if value is not None
        ]
        decided = in_words(question, decisions.get(question["no"]), self._names)
        return minutes.Decision(question["text"], "；".join(views), decided, grounds.get(str(question["no"]), ""))
