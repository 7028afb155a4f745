"""An assessment that waits for its figures begins to reckon by itself once they are final."""

from __future__ import annotations

from sqlalchemy import select

from app.models.process import ProcessInstance, Subscription
from app.queries.actor import CLOCK
from app.services import processes
from app.services.assessment.readiness import open_reports, was_monitored
from app.services.house import House

READY = "assessment_scores_ready"


def begin_where_ready(house: House) -> int:
    """Tell each assessment whose last period and December reports are closed; how many. Safe to call often."""
    with house.database.reading() as session:
        waiting = session.execute(
            select(Subscription.task_id, ProcessInstance.business_key, ProcessInstance.year)
            .join(ProcessInstance, ProcessInstance.id == Subscription.instance_id)
            .where(Subscription.message == READY)
        ).all()
        ready = [row for row in waiting if was_monitored(session, row.year) and not open_reports(session, row.year)]
    for row in ready:
        processes.deliver(house, CLOCK, READY, row.business_key, key=f"{READY}:{row.task_id}", only=row.task_id)
    return len(ready)
