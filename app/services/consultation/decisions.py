"""What a caller of 会商 reads when it goes on: the binding answers of the consultation that was decided last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from app.db import table_of
from app.models.consultation import ConsultationDecision

DECISION = table_of(ConsultationDecision)


@dataclass(frozen=True)
class Decided:
    """values: question number -> typed answer: decimal text, unit id, ISO day, bool or text. number: of the minutes."""

    consultation_key: str
    number: str
    values: dict[int, Any]


def decision_for(connection: Connection, caller_key: str) -> Decided | None:
    """None where nothing was decided: the office refused, or the consultation ended; the caller decides itself."""
    rows = connection.execute(
        select(DECISION).where(DECISION.c.caller_key == caller_key).order_by(DECISION.c.id.desc())
    ).all()
    if not rows:
        return None
    last = rows[0]
    values = {row.question_no: row.value for row in rows if row.consultation_key == last.consultation_key}
    return Decided(last.consultation_key, last.number, dict(sorted(values.items())))
