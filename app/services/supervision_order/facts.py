"""What the rules of 督办单办理 may ask, read only when asked; each property bears the name by which a rule asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property, partial
from typing import Any

from app.duties.supervision_order import Colour, next_level, order_limit
from app.models.supervision_order import SupervisionOrder
from app.services.cases import Case
from app.services.lazy_facts import LazyFacts
from app.services.supervision_order.opening import open_order_of
from app.services.supervision_order.rows import history_of, named_units, order_of


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    source = OrderFacts(case)
    names = (name for name in dir(source) if not name.startswith("_"))
    return LazyFacts({name: partial(getattr, source, name) for name in names})


class OrderFacts:
    def __init__(self, case: Case) -> None:
        self._case = case
        self.today: date = case.today
        self.opened_on: date = case.today
        self.calendar = case.calendar

    @cached_property
    def _order(self) -> SupervisionOrder:
        return order_of(self._case)

    @property
    def limit_on(self) -> date:
        """Before the order is issued, the limit that the colour would have today."""
        level = self._order.level or "blue"
        return self._order.limit_on or order_limit(level, self.today, self.calendar)

    @property
    def source(self) -> str:
        return self._order.source

    @property
    def is_urgent(self) -> bool:
        return self._order.is_urgent

    @property
    def unit(self) -> str:
        return self._order.unit_id

    @cached_property
    def history(self) -> tuple[Colour, ...]:
        return history_of(self._case.session, self._order.number)

    @property
    def proposed_level(self) -> str:
        return next_level(self.history) or self._order.level

    @cached_property
    def units(self) -> list[dict[str, str]]:
        return named_units(self._case.session)

    @cached_property
    def open_order(self) -> str:
        other = open_order_of(self._case.session, self._order.subject_key)
        return other.number if other is not None and other.number != self._order.number else ""

    @property
    def may_set_limit(self) -> bool:
        return bool(self._case.instance.data.get("may_set_limit"))
