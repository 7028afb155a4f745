"""Makers of what an indicator is to reach and has reached."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget
from app.models.plan import Indicator
from tests.boards import NOW, add_instance

NOVEMBER = date(2023, 11, 30)


def indicator_of(session: Session, number: int) -> Indicator:
    return session.scalars(select(Indicator).where(Indicator.number == number)).one()


def set_target(session: Session, number: int, value: str, **columns: Any) -> None:
    session.add(
        AnnualTarget(**{
            "indicator_id": indicator_of(session, number).id, "year": 2023, "revision": 1, "value": Decimal(value),
            "comparator": "eq", "quarters": [], "approved_at": NOW, "approved_by": "leader",
            "instance_id": add_instance(session, None, definition_key="annual_target"),
        } | columns)
    )  # fmt: skip
    session.flush()


def set_figure(session: Session, number: int, value: str, as_of: date = NOVEMBER, **columns: Any) -> None:
    session.add(
        IndicatorActual(**{
            "indicator_id": indicator_of(session, number).id, "year": as_of.year, "as_of": as_of,
            "value": Decimal(value), "nature": "actual", "source": "department", "unit_id": "miit",
            "recorded_at": NOW, "recorded_by": "office",
        } | columns)
    )  # fmt: skip
    session.flush()
