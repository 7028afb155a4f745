"""What the rules of 专精特新企业服务月 need to know; each is looked up only when a rule asks for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from sqlalchemy import select

from app.duties.consultation import unit_named
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.services.cases import Case
from app.services.consultation.rows import named_units
from app.services.lazy_facts import LazyFacts
from app.services.service_month.offers import numbered_offers
from app.services.service_month.rows import activity_of, days_of


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    return LazyFacts(
        {
            "calendar": lambda: case.calendar,
            "today": lambda: case.today,
            "opened_on": lambda: case.today,
            "month": lambda: days_of(case),
            "to_on": lambda: days_of(case)["to_on"],
            "activity": lambda: _when(case),
            "moves": lambda: activity_of(case).moves,
            "unit_named": lambda: partial(unit_named, named_units(case.session)),
            "offers": lambda: {offer["no"]: offer["unit"] for offer in numbered_offers(case)},
            "localities": lambda: _localities(case),
            "known": lambda: partial(_known, case),
        }
    )


def _when(case: Case) -> dict[str, Any]:
    activity = activity_of(case)
    return {"on_day": activity.on_day, "on_time": activity.on_time}


def _localities(case: Case) -> dict[str, str]:
    units = case.session.scalars(select(Unit).where(Unit.ended_on.is_(None)).order_by(Unit.position))
    return {unit.id: unit.short_name for unit in units if unit.is_locality}


def _known(case: Case, codes: Collection[str]) -> set[str]:
    return set(case.session.scalars(select(Enterprise.id).where(Enterprise.id.in_(codes))))
