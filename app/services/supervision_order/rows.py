"""What an instance of 督办单办理 notes about itself, and the order it is about.

Working rows (key "" unless said):

    earlier     {text}: what was said when the draft or the report was sent back, shown to who writes it again
    refusal     {unit, proposed, reason, login, name, on}: of the unit that was asked last
    report      key: 01, 02, …; the answers of the form, {login, name, on}
    verified    {outcome, quality_level, points, text, login, name, on}
    decided     {outcome, new_limit_on, reason, login, name, on}: what follows a lapse
    final       {outcome, talk_on, has_notice, text, new_limit_on, login, name, on}
    explained   {cause, responsibility, promise, promise_on, login, name, on}
    issued      key: document number; {title, content, unit, co_units, wanted, subject, instruction}: as the paper says
    ended_by    {text}: the subject was done before a report came
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.supervision_order import Colour
from app.models.organization import Unit
from app.models.supervision_order import OrderColour, SupervisionOrder
from app.services.cases import Case

PROCESS = "supervision_order"


def order_of(case: Case) -> SupervisionOrder:
    """The row of the instance's order, which its opening wrote."""
    return case.session.get_one(SupervisionOrder, number_of(case.instance.business_key))


def number_of(business_key: str) -> str:
    """2022-17 of supervision_order:2022-17."""
    return business_key.removeprefix(f"{PROCESS}:")


def colours_of(session: Session, number: str) -> list[OrderColour]:
    """What was issued, in order."""
    rows = select(OrderColour).where(OrderColour.order_number == number).order_by(OrderColour.position)
    return list(session.scalars(rows))


def last_colour(case: Case) -> OrderColour:
    return colours_of(case.session, order_of(case).number)[-1]


def history_of(session: Session, number: str) -> tuple[Colour, ...]:
    """The same as the rules know it."""
    return tuple(
        Colour(row.level, row.issued_on, row.limit_on, row.lapsed_on is not None, row.is_urgent, row.reported_on)
        for row in colours_of(session, number)
    )


def named_units(session: Session) -> list[dict[str, str]]:
    """Every unit that stands, in the plan's order."""
    rows = session.scalars(select(Unit).where(Unit.ended_on.is_(None)).order_by(Unit.position))
    return [{"unit": row.id, "name": row.name, "short_name": row.short_name} for row in rows]


def short_name(session: Session, unit_id: str | None) -> str:
    unit = session.get(Unit, unit_id) if unit_id else None
    return unit.short_name if unit else ""


def last_report(case: Case) -> dict[str, Any]:
    """What the unit reported last; empty where nothing was reported."""
    return next(reversed(case.rows("report").values()), {})
