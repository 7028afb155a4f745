"""What an instance of 运行监测 notes about itself (key "" unless said).

correcting      {number, reason, of}: only where one recorded figure is corrected; of: the figure's row id
inherited       key: merged unit; {unit, name, answers}: what was taken over of it
draft           the answers typed last
drafter, signature      {login, name, on}
opinion         {login, name, on, outcome, opinion_text}: the head's last word on a draft
version         key: 01, 02, …; {answers, login, name, on, drafter, is_taken_back}
exception       key: row; {why: [word of REASONS]}, found by the machine in the last version
review          key: 01, 02, …; {login, name, on, outcome, opinion_text, quality_level, rows}
closed          key: row; {on}: recorded already, so that it is not asked again
correction      {on, points: [{no, item, point}]}: what was returned last
missing         {login, name, on, outcome, note, source}
consulted       {key, question, on}: the row whose basis is unclear
lagging         key: row; {key, item, light, deficit, forecast, reason}
lag             key: row; {outcome, text, by, on}: decided for it
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.progress_monitoring import Period
from app.models.organization import Unit
from app.models.progress_monitoring import ProgressReport
from app.services.case_notes import unit_of
from app.services.cases import Case

PROCESS = "progress_monitoring"

Row = dict[str, Any]


def report_of(case: Case) -> ProgressReport:
    """The row that `prepare_figures` wrote."""
    wanted = ProgressReport.instance_id == case.instance.id
    return case.session.scalars(select(ProgressReport).where(wanted)).one()


def period_of(case: Case) -> Period:
    return Period.read(case.instance.business_key.split(":")[1])


def unit_name(case: Case) -> str:
    return case.session.get_one(Unit, unit_of(case)).short_name


def units_reported_on(case: Case) -> list[Unit]:
    """The unit itself and those whose rows it took over."""
    ids = list(dict.fromkeys([unit_of(case), *case.rows("inherited")]))
    found = {unit.id: unit for unit in case.session.scalars(select(Unit).where(Unit.id.in_(ids)))}
    return [found[id_] for id_ in ids]


def versions_of(case: Case) -> dict[str, Row]:
    """All that was signed, in order, what was taken back included."""
    return case.rows("version")


def standing_versions(versions: dict[str, Row]) -> int:
    """How many were not taken back: the round."""
    return sum(not row["is_taken_back"] for row in versions.values())


def last_review(case: Case) -> Row | None:
    return next(reversed(case.rows("review").values()), None)


def day(text: str) -> date:
    return date.fromisoformat(text)
