"""The list of a batch as it stands: for each application what the rules, the locality, departments and experts say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.duties.enterprise_recognition import CHECKS, Proposal, proposal
from app.duties.lights import chinese_date
from app.duties.recognition import Ranked, from_json, is_barred, rank
from app.models.enterprise import Enterprise
from app.models.recognition import Application, DepartmentCheck, ExpertSheet, RecognitionBatch
from app.queries.units import short_names

PENDING = ("submitted", "returned")
LISTED = (*PENDING, "reviewed")
LAST_PLACE = 1_000_000


@dataclass(frozen=True)
class Line:
    """One application with all that was said of it. sheets: how many experts have given theirs."""

    application: Application
    enterprise: Enterprise
    locality: str
    checks: Sequence[DepartmentCheck]
    sheets: int
    ranked: Ranked | None
    proposal: Proposal

    @property
    def is_pending(self) -> bool:
        return self.application.status in PENDING

    @property
    def checks_in_words(self) -> str:
        found = [check for check in self.checks if check.has_problem]
        return "；".join(map(_sentence, found)) if found else "无问题" if self.checks else "未报送"


def lines_of(session: Session, batch: RecognitionBatch, statuses: Sequence[str] = LISTED) -> list[Line]:
    """By the experts' mean, the best first; without scores in the order in which they came in. No query per row."""
    wanted = (
        select(Application)
        .where(Application.batch_id == batch.id, Application.status.in_(statuses))
        .options(joinedload(Application.enterprise), joinedload(Application.evaluation))
        .order_by(Application.id)
    )
    applications = session.scalars(wanted).all()
    names = short_names(session, {row.locality_id for row in applications})
    checks, sheets = checks_of(session, batch), sheets_of(session, batch)
    ranks = _ranks(sheets)
    lines = [
        _line(row, names, checks.get(row.id, ()), sheets.get(row.id, ()), ranks.get(str(row.id)))
        for row in applications
    ]
    return sorted(lines, key=lambda line: (_place(line.ranked), line.application.id))


def checks_of(session: Session, batch: RecognitionBatch) -> dict[int, list[DepartmentCheck]]:
    """By application."""
    wanted = select(DepartmentCheck).join(Application, Application.id == DepartmentCheck.application_id)
    found: dict[int, list[DepartmentCheck]] = {}
    for check in session.scalars(wanted.where(Application.batch_id == batch.id).order_by(DepartmentCheck.id)):
        found.setdefault(check.application_id, []).append(check)
    return found


def sheets_of(session: Session, batch: RecognitionBatch) -> dict[int, list[ExpertSheet]]:
    """By application, in the order of the drawing."""
    wanted = select(ExpertSheet).join(Application, Application.id == ExpertSheet.application_id)
    found: dict[int, list[ExpertSheet]] = {}
    ordered = wanted.where(Application.batch_id == batch.id).order_by(ExpertSheet.draw, ExpertSheet.id)
    for sheet in session.scalars(ordered):
        found.setdefault(sheet.application_id, []).append(sheet)
    return found


def _line(
    row: Application,
    names: Mapping[str, str],
    checks: Sequence[DepartmentCheck],
    sheets: Sequence[ExpertSheet],
    ranked: Ranked | None,
) -> Line:
    said = proposal(_facts(row, _barring(checks, row)))
    given = sum(sheet.status == "given" for sheet in sheets)
    return Line(row, row.enterprise, names[row.locality_id], checks, given, ranked, said)


def is_barring(check: DepartmentCheck, application: Application) -> bool:
    """Whether what the department found bars the enterprise."""
    said = {"function": check.function, "has_problem": check.has_problem, "on": check.fact_on}
    return application.applied_on is not None and is_barred([said], application.applied_on)


def functions_judging(key: str) -> frozenset[str]:
    """The departments whose answers are the judgement of this key: the credit lists, and all others for the rest."""
    lists = frozenset({"check.credit"})
    return lists if key == "is_off_lists" else frozenset(CHECKS) - lists


def _barring(checks: Sequence[DepartmentCheck], application: Application) -> list[str]:
    """Facts that bar the enterprise, each as a sentence."""
    return [_sentence(check) for check in checks if is_barring(check, application)]


def _sentence(check: DepartmentCheck) -> str:
    day = f"（{chinese_date(check.fact_on)}）" if check.fact_on else ""
    return f"{CHECKS.get(check.function, check.function)}：{check.fact}{day}"


def _facts(row: Application, problems: Sequence[str]) -> dict[str, Any]:
    found = from_json(row.evaluation.result) if row.evaluation else None
    return {
        "locality": row.locality_opinion,
        "locality_reason": row.locality_reason,
        "is_met": bool(found and found.is_met),
        "unmet": [finding.name for finding in found.unmet] if found else [],
        "problems": problems,
    }


def _ranks(sheets: Mapping[int, Sequence[ExpertSheet]]) -> dict[str, Ranked]:
    totals = {
        str(id_): [sheet.total for sheet in of_one if sheet.status == "given" and sheet.total is not None]
        for id_, of_one in sheets.items()
    }
    return {row.key: row for row in rank(totals)}


def _place(ranked: Ranked | None) -> int:
    return ranked.place if ranked is not None and ranked.place is not None else LAST_PLACE
