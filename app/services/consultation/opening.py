"""How a consultation is opened: by a duty's message, by the office, or not at all where the same subject is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.consultation import CONCERNS, KINDS
from app.errors import RuleViolation
from app.models.consultation import Consultation, ConsultationCaller
from app.models.process import ProcessInstance
from app.services.cases import Start
from app.services.consultation.rows import PROCESS, question_key
from app.services.house import House

CONSULTATION, CALLER = table_of(Consultation), table_of(ConsultationCaller)
INSTANCE = table_of(ProcessInstance)
OPEN = "open"
SHORTEST, LONGEST = 5, 60
MOST_QUESTIONS = 5

Told = Mapping[str, Any]


def opening(session: Session, house: House, variables: Told) -> Start:
    """variables: {subject, question?, units?, background?}, as a message may bring them. Raises RuleViolation."""
    subject = str(variables.get("subject") or "").strip()
    if not SHORTEST <= len(subject) <= LONGEST:
        raise RuleViolation("subject", f"请填写会商事项，{SHORTEST}至{LONGEST}字")
    return _new(session, {**variables, "subject": subject}, caller_key="")


def asked(session: Session, house: House, told: Told) -> Start | None:
    """told: {key, sender?, subject, question, units, background?, caller?}; the caller waits under this key.

    A caller that waits already is left alone; one with the subject of an open consultation joins it, and both get its
    decision.
    """
    caller_key, subject = str(told["key"]), _shortened(str(told.get("subject") or "跨部门会商事项"))
    waiting = select(CALLER.c.id).join(CONSULTATION, CONSULTATION.c.key == CALLER.c.consultation_key)
    if session.execute(waiting.where(CONSULTATION.c.status == OPEN, CALLER.c.caller_key == caller_key)).first():
        return None
    same = select(CONSULTATION.c.key).where(CONSULTATION.c.status == OPEN, CONSULTATION.c.subject == subject)
    joined = session.execute(same.order_by(CONSULTATION.c.key).limit(1)).scalar_one_or_none()
    if joined is not None:
        _add_caller(session, joined, told)
        return None
    start = _new(session, {**told, "subject": subject}, caller_key)
    _add_caller(session, start.business_key, told)
    return start


def _new(session: Session, told: Told, caller_key: str) -> Start:
    """Two that open at one moment would take one serial: the second is refused by the table and tries again."""
    today, subject = clock.today(), told["subject"]
    last = select(func.max(CONSULTATION.c.serial)).where(CONSULTATION.c.year == today.year)
    serial = (session.execute(last).scalar_one_or_none() or 0) + 1
    key = f"{PROCESS}:{today.year}-{serial:02d}"
    row = {"key": key, "year": today.year, "serial": serial, "subject": subject, "status": OPEN, "number": ""}
    session.execute(CONSULTATION.insert(), [{**row, "opened_on": today}])
    rows: dict[tuple[str, str], Mapping[str, Any]] = {
        ("subject", ""): {
            "subject": subject,
            "caller": str(told.get("caller") or _title_of(session, told)),
            "background": str(told.get("background") or ""),
            "units": [str(unit) for unit in told.get("units") or ()],
        }
    }
    for number, question in enumerate(_questions(told.get("question")), start=1):
        rows["question", question_key(number)] = {"no": number, **question}
    return Start(PROCESS, key, f"会商：{subject}", today.year, data={"caller_key": caller_key}, rows=rows)


def _add_caller(session: Session, key: str, told: Told) -> None:
    row = {"consultation_key": key, "caller_key": str(told["key"]), "sender": str(told.get("sender") or "")}
    session.execute(CALLER.insert(), [row])


def _title_of(session: Session, told: Told) -> str:
    sender = session.execute(select(INSTANCE.c.title).where(INSTANCE.c.id == told.get("sender"))).scalar_one_or_none()
    return sender or "领导小组办公室"


def _questions(given: Any) -> list[dict[str, Any]]:
    """One question as a text or a row, or several of them; what a row leaves open, the office settles."""
    listed = [given] if isinstance(given, str | Mapping) else list(given or ())
    rows = [{"text": one} if isinstance(one, str) else one for one in listed if one]
    return [
        {
            "text": str(row.get("text") or row.get("question") or "").strip(),
            "kind": row["kind"] if row.get("kind") in KINDS else "text",
            "concerns": row["concerns"] if row.get("concerns") in CONCERNS else "other",
            "precision": int(row.get("precision") or 0),
        }
        for row in rows[:MOST_QUESTIONS]
    ]


def _shortened(subject: str) -> str:
    text = subject.strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
