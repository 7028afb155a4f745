"""A small library of enterprises, the same in every test: invented firms with their figures, titles and stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.models.enterprise import Enterprise, EnterpriseYear, Title
from app.terms import Source, TitleLevel
from tests import factories

PHONE = "13912345678"
RESEARCH = "452.75"


def add_firm(
    session: Session, number: int = 1, locality_id: str = "hanjiang", *levels: TitleLevel, **fields: Any
) -> Enterprise:
    """With a telephone, the figures of 2022 and 2023, and titles of these levels that are in force."""
    contact = {"contact_name": "陈晓岚", "contact_phone": PHONE}
    made = factories.enterprise(session, number, locality_id, **{**contact, **fields})
    for level in levels:
        add_title(session, made.id, level)
    for year in (2022, 2023):
        session.add(
            EnterpriseYear(
                enterprise_id=made.id,
                year=year,
                figures={"revenue_wan": f"{number}730.5", "rd_wan": RESEARCH, "staff": 171, "rd_body": "city"},
                sources={"staff": ["statistics", "2024-03-01"]},
                as_of=date(year, 12, 31),
                source=Source.ENTERPRISE.value,
                recorded_at=clock.now(),
                recorded_by="office",
            )
        )
    session.flush()
    return made


def add_title(session: Session, enterprise_id: str, level: TitleLevel, status: str = "valid") -> Title:
    today = clock.today()
    title = Title(
        enterprise_id=enterprise_id,
        level=level.value,
        rule_version="cn-2022-63",
        announced_on=today - timedelta(days=200),
        from_on=today - timedelta(days=200),
        until_on=today + timedelta(days=100),
        status=status,
    )
    session.add(title)
    session.flush()
    return title
