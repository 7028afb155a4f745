"""The list of a batch as it stands: for each application what the rules, the locality, departments and experts say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.duties.enterprise_recognition import CHECKS, Proposal, proposal
from app.duties.lights import chinese_date
from app.duties.recognition import Ranked, is_barred, rank
from app.models.enterprise import Enterprise
from app.models.recognition import Application, DepartmentCheck, ExpertSheet
from app.queries.units import short_names
from app.services.cases import Case
from app.services.enterprise_recognition.evaluating import result_of
from app.services.enterprise_recognition.experts import sheets_of
from app.services.enterprise_recognition.rows import PENDING, applications_of, batch_of, batch_title
from app.services.public_notice.rows import NoticeList

LISTED = (*PENDING, "reviewed")


@dataclass(frozen=True)
class Line:
    """One application of the list with all that was said of it."""

    application: Application
    enterprise: Enterprise
    locality: str
    problems: Sequence[str]
    ranked: Ranked | None
    proposal: Proposal

    @property
    def is_pending(self) -> bool:
        return self.application.status in PENDING


def lines_of(case: Case) -> list[Line]:
    """By the experts' mean, the best first; without scores in the order in which they came in."""
    applications = applications_of(case, *LISTED)
    enterprises = _enterprises(case, applications)
    names = short_names(case.session, {row.locality_id for row in applications})
    checks, ranks = checks_by_application(case), _ranks(sheets_of(case))
    lines = []
    for row in applications:
        problems = problems_of(checks.get(row.id, ()), row)
        ranked = ranks.get(str(row.id))
        said = proposal(_facts(row, problems))
        lines.append(Line(row, enterprises[row.enterprise_id], names[row.locality_id], problems, ranked, said))
    return sorted(lines, key=lambda line: (_place(line.ranked), line.application.id))


def notice_list(case: Case) -> NoticeList:
    """What is shown to the public: the proposed ones, by locality."""
    lines = [line for line in lines_of(case) if line.application.decision == "granted"]
    rows = [
        {"key": line.enterprise.id, "name": line.enterprise.name, "locality": line.locality}
        for line in sorted(lines, key=lambda line: (line.locality, line.enterprise.name))
    ]
    return NoticeList("enterprise_recognition", f"{batch_title(batch_of(case))}拟认定名单", rows)


def problems_of(checks: Sequence[DepartmentCheck], application: Application) -> list[str]:
    """Facts of departments that bar the enterprise, each as a sentence."""
    on = application.applied_on
    return [
        _sentence(check)
        for check in checks
        if on is not None
        and is_barred([{"function": check.function, "has_problem": check.has_problem, "on": check.fact_on}], on)
    ]


def checks_in_words(checks: Sequence[DepartmentCheck]) -> str:
    if not checks:
        return "未报送"
    found = [check for check in checks if check.has_problem]
    return "；".join(_sentence(check) for check in found) if found else "无问题"


def _sentence(check: DepartmentCheck) -> str:
    day = f"（{chinese_date(check.fact_on)}）" if check.fact_on else ""
    return f"{CHECKS.get(check.function, check.function)}：{check.fact}{day}"


def _facts(row: Application, problems: Sequence[str]) -> dict[str, Any]:
    found = result_of(row.evaluation) if row.evaluation else None
    return {
        "locality": row.locality_opinion,
        "locality_reason": row.locality_reason,
        "is_met": bool(found and found.is_met),
        "unmet": [finding.name for finding in found.unmet] if found else [],
        "problems": problems,
    }


def checks_by_application(case: Case) -> dict[int, list[DepartmentCheck]]:
    wanted = (
        select(DepartmentCheck)
        .join(Application, Application.id == DepartmentCheck.application_id)
        .where(Application.batch_id == batch_of(case).id)
        .order_by(DepartmentCheck.id)
    )
    found: dict[int, list[DepartmentCheck]] = {}
    for check in case.session.scalars(wanted):
        found.setdefault(check.application_id, []).append(check)
    return found


def _ranks(sheets: Mapping[int, Sequence[ExpertSheet]]) -> dict[str, Ranked]:
    totals = {
        str(id_): [sheet.total for sheet in of_one if sheet.status == "given" and sheet.total is not None]
        for id_, of_one in sheets.items()
    }
    return {row.key: row for row in rank(totals)}


def _place(ranked: Ranked | None) -> int:
    return ranked.place if ranked is not None and ranked.place is not None else 1_000_000


def _enterprises(case: Case, applications: Sequence[Application]) -> dict[str, Enterprise]:
    ids = {row.enterprise_id for row in applications}
    return {row.id: row for row in case.session.scalars(select(Enterprise).where(Enterprise.id.in_(ids)))}
