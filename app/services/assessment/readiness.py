"""Whether the figures of a year are final: the last period of monitoring and the December reports are closed."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.process import ProcessInstance
from app.terms import InstanceStatus

REPORTS = ("december_report", "december_report_unit")


def open_reports(session: Session, year: int) -> int:
    """How many of those that the scores wait for are still under way."""
    is_active = ProcessInstance.status == InstanceStatus.ACTIVE.value
    december = (ProcessInstance.definition_key.in_(REPORTS), ProcessInstance.year == year)
    last_period = ProcessInstance.business_key.startswith(f"progress_monitoring:{year}-12:", autoescape=True)
    return sum(
        session.scalar(select(func.count()).select_from(ProcessInstance).where(is_active, *where)) or 0
        for where in (december, (ProcessInstance.definition_key == "progress_monitoring", last_period))
    )


def was_monitored(session: Session, year: int) -> bool:
    """Whether the last period was opened at all: before it, nothing is final."""
    last_period = ProcessInstance.business_key.startswith(f"progress_monitoring:{year}-12:", autoescape=True)
    wanted = select(func.count()).select_from(ProcessInstance)
    return bool(session.scalar(wanted.where(ProcessInstance.definition_key == "progress_monitoring", last_period)))
