"""The service tasks of a list: proposals are gathered, it is published, its matters begin, the year is summed up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from app.duties.quantity import to_decimal
from app.models.plan import Matter
from app.models.practical_matter import PracticalMatter
from app.services.cases import Action, Case, Data, Start
from app.services.document_numbers import FORMAL, next_numbers
from app.services.practical_matter.gathering import grounds
from app.services.practical_matter.report import report_of
from app.services.practical_matter.rows import (
    ITEM,
    Row,
    item_key,
    list_of,
    matters_of,
    plan_of,
    promise_of,
    unit_names,
    year_of,
)
from app.services.telling import tell


def gather_proposals(case: Case, data: Data) -> None:
    list_of(case)
    case.put("gathered", "", {"grounds": grounds(case)})


def publish_matters(case: Case, data: Data) -> None:
    """The paper gets its number; the matters stand in the plan's own list, so that all reports ask for them."""
    plan, names = plan_of(case), unit_names(case)
    number = next_numbers(case.connection, plan.agency_code, FORMAL, case.today.year)[0]
    case.put("published", "", {"number": number, "on": case.today.isoformat()})
    row = list_of(case)
    row.number, row.published_on = number, case.today
    for key, told in case.rows("chosen").items():
        case.session.add(_matter(case, int(key), told))
        units = [told["lead"], *told["co_units"]]
        case.session.add(
            Matter(
                plan_id=plan.id,
                number=int(key),
                year=year_of(case),
                title=told["title"],
                lead_id=told["lead"],
                responsible=units,
                responsible_as_written="、".join(names.get(unit, unit) for unit in units),
                measures=told["measures"],
                contents=[told["content"]],
            )
        )
    case.session.flush()


def _matter(case: Case, number: int, told: Row) -> PracticalMatter:
    quantity = told.get("quantity")
    return PracticalMatter(
        key=item_key(year_of(case), number),
        year=year_of(case),
        number=number,
        title=told["title"],
        content=told["content"],
        target_group=told.get("target_group") or "",
        quantity=None if quantity is None else to_decimal(quantity),
        quantity_unit=told.get("quantity_unit") or "",
        lead_id=told["lead"],
        co_units=told["co_units"],
        by_on=date.fromisoformat(told["by"]) if told.get("by") else None,
    )


def start_items(case: Case, data: Data) -> None:
    """One item a matter, led by its unit; a list that is adopted is taken over first."""
    if data.get("is_adopted_list"):
        _adopt(case)
    names = unit_names(case)
    for matter in matters_of(case):
        title = f"{matter.year}年实事{matter.number} {matter.title}"
        scalars = {"matter_key": matter.key, "round": 1, "outcome": ""}
        case.start(Start(ITEM, matter.key, title[:200], matter.year, matter.lead_id, data=scalars))
        text = f"{title}由{names.get(matter.lead_id, '本单位')}牵头，请在十个工作日内制定实施计划。"
        tell(case, [f"head:{matter.lead_id}"], "办实事项目启动", text, f"started:{matter.number}")


def _adopt(case: Case) -> None:
    """The annex of the plan, word for word; a matter without a single lead gets the one that was named."""
    plan, row = plan_of(case), list_of(case)
    row.is_adopted, row.number, row.published_on = True, plan.number, plan.issued_on
    case.put("published", "", {"number": plan.number, "on": plan.issued_on.isoformat()})
    named = (case.row("opened") or {})["lead"]
    wanted = select(Matter).where(Matter.plan_id == plan.id, Matter.year == year_of(case)).order_by(Matter.number)
    for matter in case.session.scalars(wanted).all():
        matter.lead_id = matter.lead_id or named
        promise = promise_of(case, matter.number)
        case.session.add(
            PracticalMatter(
                key=item_key(matter.year, matter.number),
                year=matter.year,
                number=matter.number,
                title=matter.title,
                content="；".join(matter.contents),
                quantity=promise.value if promise else None,
                quantity_unit=promise.unit if promise else "",
                lead_id=matter.lead_id,
                co_units=[unit for unit in matter.responsible if unit != matter.lead_id],
            )
        )
    case.session.flush()


def report_matters(case: Case, data: Data) -> None:
    """How the year stands; what is still open is named, and goes on."""
    row = list_of(case)
    row.closed_on, row.report = case.today, report_of(matters_of(case))
    case.put("reported", "", {"on": case.today.isoformat(), **row.report})
    case.session.flush()


LIST_ACTIONS: Mapping[str, Action] = {
    f"practical_matter.{action.__name__}": action
    for action in (gather_proposals, publish_matters, start_items, report_matters)
}
