"""How far the period of 运行监测 is that ended last: how many units, and who has not sent its report in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.progress_monitoring import Period
from app.models.organization import Unit
from app.models.progress_monitoring import ProgressReport
from app.terms import Progress

STEPS: Mapping[str, Progress] = {
    "sent": Progress.UNREAD,
    "drafted": Progress.DRAFTED,
    "returned": Progress.RETURNED,
    "signed": Progress.SIGNED,
    "accepted": Progress.ACCEPTED,
    "transferred": Progress.EXCUSED,
}
WORDS: Mapping[Progress, str] = {Progress.UNREAD: "待填报", Progress.SIGNED: "已报送"}


@dataclass(frozen=True)
class PeriodProgress:
    """counts: by step. late: short names of units whose report was not signed by its day."""

    name: str
    counts: Mapping[Progress, int]
    late: Sequence[str]

    @property
    def asked(self) -> int:
        return sum(self.counts.values())

    @property
    def bar(self) -> list[tuple[int, str, str]]:
        """Number, class and word of each segment."""
        steps = [step for step in reversed(Progress) if self.counts.get(step)]
        return [(self.counts[step], f"bar-{step}", WORDS.get(step, step.label)) for step in steps]


def last_period(session: Session, today: date) -> PeriodProgress | None:
    """Without corrections, and without units that had nothing to report. None before the first period."""
    wanted = select(ProgressReport, Unit.short_name).join(Unit, Unit.id == ProgressReport.unit_id)
    where = (ProgressReport.correction == 0, ProgressReport.year >= today.year - 1)
    rows = session.execute(wanted.where(*where).order_by(Unit.position)).all()
    told = [(Period.read(report.period), report, name) for report, name in rows if report.status in STEPS]
    if not told:
        return None
    last = max(period for period, _, _ in told)
    counts: dict[Progress, int] = {}
    late = []
    for period, report, name in told:
        if period == last:
            step = STEPS[report.status]
            counts[step] = counts.get(step, 0) + 1
            if report.first_submitted_on is None and report.due_on < today and step is not Progress.EXCUSED:
                late.append(name)
    return PeriodProgress(last.name, counts, late)
