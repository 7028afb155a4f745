"""受益企业: whom a lead served in the year as far as the house knows, so that nobody types their codes."""

from __future__ import annotations

from sqlalchemy import select, union

from app.models.demand import Demand
from app.models.service_month import ActivityFirm, ServiceActivity
from app.services.cases import Case
from app.services.practical_matter.rows import matter_of

MOST = 200


def served_by_lead(case: Case) -> list[str]:
    """Credit codes of those whose demands it answered, and of those who came to its activities of the service month."""
    matter = matter_of(case)
    answered = select(Demand.enterprise_id).where(
        Demand.unit_id == matter.lead_id, Demand.year == matter.year, Demand.answered_on.is_not(None)
    )
    came = (
        select(ActivityFirm.code)
        .join(ServiceActivity, ServiceActivity.id == ActivityFirm.activity_id)
        .where(ServiceActivity.unit_id == matter.lead_id, ServiceActivity.year == matter.year, ActivityFirm.is_present)
    )
    return sorted(case.session.scalars(union(answered, came)))[:MOST]
