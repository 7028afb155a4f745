"""What a list and its matters note about themselves, and their rows in the tables.

Working rows of a list (key "" unless said):

    opened          {lead}: who leads a matter of the plan's annex that names no single lead
    gathered        {grounds: [{kind, text}]}: what the office has before it when it draws the list up
    proposal        key: department; {login, name, on, matters: [row of the form]}
    draft           {login, name, on, matters: [row of the form, chosen or not, in order]}
    chosen          key: 01, 02, …; {title, content, target_group, quantity, quantity_unit, lead, co_units,
                    by, measures}
    countersign     key: unit; {login, name, on, outcome, opinion_text}
    opinion         key: element; {login, name, on, outcome, opinion_text, mode, meeting_date, minutes_no}
    published       {number, on}

Working rows of a matter:

    plan            {login, name, on, milestones, public_text}
    request         {login, name, on, milestones, summary, firms}
    acceptance      key: 01, 02, …; {login, name, on, outcome, quality_level, remark, milestones}
    opinion         as above
    drop            {login, name, on, reason}
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.models.organization import Unit
from app.models.plan import Commitment, Plan
from app.models.practical_matter import MatterList, MatterMilestone, PracticalMatter
from app.queries.settled_indicators import plan_of_year
from app.services.cases import Case

LIST, ITEM = "practical_matter", "practical_matter_item"

Row = dict[str, Any]


def year_of(case: Case) -> int:
    assert case.instance.year is not None
    return case.instance.year


def plan_of(case: Case) -> Plan:
    return plan_of_year(case.session, year_of(case))


def item_key(year: int, number: int) -> str:
    return f"{ITEM}:{year}:{number:02}"


def list_of(case: Case) -> MatterList:
    """The row of the list's year; made when the list first needs it."""
    found = case.session.get(MatterList, year_of(case))
    if found is None:
        key, instance = case.instance.business_key, case.instance.id
        found = MatterList(year=year_of(case), key=key, instance_id=instance, report={})
        case.session.add(found)
        case.session.flush()
    return found


def matters_of(case: Case) -> list[PracticalMatter]:
    wanted = select(PracticalMatter).where(PracticalMatter.year == year_of(case))
    return list(case.session.scalars(wanted.order_by(PracticalMatter.number)))


def matter_of(case: Case) -> PracticalMatter:
    """The matter that an item is about."""
    wanted = select(PracticalMatter).where(PracticalMatter.key == case.instance.business_key)
    return case.session.scalars(wanted).one()


def milestones_in(case: Case) -> list[MatterMilestone]:
    """Those of the item's matter, in the plan's order."""
    wanted = select(MatterMilestone).where(MatterMilestone.matter_id == matter_of(case).id)
    return list(case.session.scalars(wanted.order_by(MatterMilestone.number)))


def promise_of(case: Case, number: int) -> Commitment | None:
    """The number that the plan's annex promises for a matter of its first year (M02-1, M07-1, M08-1)."""
    wanted = (
        Commitment.plan_id == plan_of(case).id,
        Commitment.matter_number == number,
        Commitment.applies == str(year_of(case)),
    )
    return case.session.scalars(select(Commitment).where(*wanted).order_by(Commitment.key)).first()


def unit_names(case: Case) -> dict[str, str]:
    return {row.id: row.short_name for row in case.session.execute(select(Unit.id, Unit.short_name))}
