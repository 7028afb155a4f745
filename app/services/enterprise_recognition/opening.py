"""Opens a batch of one level: by the office or by the contact of the bureau that recognises it."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.duties.enterprise_recognition import DECISION_LEVELS
from app.errors import RuleViolation
from app.models.organization import UnitFunction
from app.models.process import ProcessInstance
from app.models.recognition import RecognitionBatch
from app.queries.actor import Actor
from app.services.assignment import RECOGNITION, unit_with
from app.services.cases import Start
from app.services.enterprise_recognition.rows import BATCH, batch_title
from app.services.house import House
from app.terms import InstanceStatus, Role

KINDS = {"recognition": "", "reverification": "复核"}
MOST_BATCHES = 20


def opening(session: Session, house: House, variables: Mapping[str, Any]) -> Start:
    """variables: {level, year?, number?, kind?}. Raises RuleViolation.

    Without a number it is the one after the last that was published, so that opening twice finds the same; one that
    was cancelled keeps its number.
    """
    level, kind = str(variables.get("level") or ""), str(variables.get("kind") or "recognition")
    if level not in DECISION_LEVELS:
        raise RuleViolation("level", "请选择认定级别")
    if kind not in KINDS:
        raise RuleViolation("kind", "请选择认定或复核")
    year = _number(variables, "year", 2000, 2100) or clock.today().year
    number = _number(variables, "number", 1, MOST_BATCHES) or _next_number(session, level, kind, year)
    return _start(level, kind, year, number, bureau_for(session, level))


def may_open(actor: Actor, start: Start) -> bool:
    return actor.has(Role.OFFICE) or start.unit_id in actor.unit_ids


def bureau_for(session: Session, level: str) -> str:
    """The unit that recognises this level: technology-based firms have a line of their own."""
    special = f"{RECOGNITION}.{level}"
    has_own = session.scalar(select(UnitFunction.unit_id).where(UnitFunction.function == special).limit(1))
    return unit_with(session.connection(), special if has_own else RECOGNITION)


def _start(level: str, kind: str, year: int, number: int, bureau: str) -> Start:
    key = _key(level, kind, year, number)
    plan = {"level": level, "year": year, "number": number, "kind": kind}
    return Start(
        definition_key=BATCH,
        business_key=key,
        title=f"{batch_title(SimpleNamespace(**plan))}{KINDS[kind] or '认定'}",
        year=year,
        unit_id=bureau,
        data={
            "batch_key": key,
            "decision_level": DECISION_LEVELS[level],
            "application_count": 0,
            "open_scores": 0,
            "listed_count": 0,
            "departments": {},
            "experts": {},
        },
        rows={("plan", ""): plan},
    )


def _number(variables: Mapping[str, Any], name: str, least: int, most: int) -> int | None:
    text = str(variables.get(name) or "")
    if not text:
        return None
    if not text.isdecimal() or not least <= int(text) <= most:
        raise RuleViolation(name, f"请填写{least}至{most}之间的整数")
    return int(text)


def _next_number(session: Session, level: str, kind: str, year: int) -> int:
    where = {"level": level, "kind": kind, "year": year}
    published = select(func.max(RecognitionBatch.number)).filter_by(**where)
    last = session.scalar(published.where(RecognitionBatch.published_on.is_not(None))) or 0
    keys = {_key(level, kind, year, number): number for number in range(last + 1, MOST_BATCHES + 1)}
    cancelled = select(ProcessInstance.business_key).where(
        ProcessInstance.definition_key == BATCH,
        ProcessInstance.business_key.in_(keys),
        ProcessInstance.status == InstanceStatus.CANCELLED,
    )
    return max((keys[key] for key in session.scalars(cancelled)), default=last) + 1


def _key(level: str, kind: str, year: int, number: int) -> str:
    mark = "" if kind == "recognition" else f":{kind}"
    return f"{BATCH}:{level}:{year}-{number}{mark}"
