"""What the rules of 服务专员结对 may ask, read only when asked; each property bears the name by which a rule asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property, partial
from typing import Any

from sqlalchemy import func, select

from app.duties.specialist_pairing import Person, first_visit_due, visit_due
from app.models.organization import Unit
from app.models.pairing import Pairing, Visit
from app.services.cases import Case
from app.services.lazy_facts import LazyFacts
from app.services.specialist_pairing.persons import persons_for
from app.services.specialist_pairing.rows import VISIT, kind_of, pairing_of


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    source = VisitFacts(case) if case.instance.definition_key == VISIT else PairingFacts(case)
    names = (name for name in dir(source) if not name.startswith("_"))
    return LazyFacts({name: partial(getattr, source, name) for name in names})


class CommonFacts:
    """What a pairing and a visit have in common."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.today: date = case.today
        self.opened_on: date = case.today
        self.calendar = case.calendar
        self.enterprise: str = case.instance.enterprise_id or ""

    @cached_property
    def pairing(self) -> Pairing | None:
        return pairing_of(self._case)

    @property
    def pairing_from(self) -> date:
        return self.pairing.from_on if self.pairing else self.today

    @cached_property
    def last_state_text(self) -> str:
        last = select(Visit.state_text).where(Visit.enterprise_id == self.enterprise).order_by(Visit.id.desc())
        return self._case.session.scalars(last.limit(1)).one_or_none() or ""

    @cached_property
    def phone_visits(self) -> int:
        """In this year."""
        wanted = (Visit.enterprise_id == self.enterprise, Visit.manner == "phone", Visit.year == self.today.year)
        return self._case.session.scalars(select(func.count()).select_from(Visit).where(*wanted)).one()


class PairingFacts(CommonFacts):
    """Of a pairing that is being made."""

    @property
    def accepted_on(self) -> date:
        return self.pairing_from

    @cached_property
    def first_visit_on(self) -> date | None:
        moved = self._case.row("first_visit")
        return date.fromisoformat(moved["on"]) if moved else None

    @property
    def visit_due_on(self) -> date:
        return self.first_visit_on or first_visit_due(self.accepted_on, self.calendar)

    @cached_property
    def persons(self) -> list[Person]:
        return persons_for(self._case.session, self.enterprise, kind_of(self._case))

    @cached_property
    def ranked(self) -> list[int]:
        return [row["person"] for row in (self._case.row("ranking") or {"candidates": ()})["candidates"]]

    @cached_property
    def units(self) -> list[dict[str, str]]:
        rows = self._case.session.scalars(select(Unit).where(Unit.ended_on.is_(None)).order_by(Unit.position))
        return [{"unit": row.id, "name": row.name, "short_name": row.short_name} for row in rows]


class VisitFacts(CommonFacts):
    """Of a quarter's visit."""

    @property
    def year(self) -> int:
        return self._case.instance.year or self.today.year

    @cached_property
    def quarter(self) -> int:
        return int((self._case.row("quarter") or {"number": 1})["number"])

    @property
    def visit_due_on(self) -> date:
        return visit_due(self.year, self.quarter, self.calendar)
