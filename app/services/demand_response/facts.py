"""What the rules of 诉求响应 may ask, read only when asked; each property bears the name by which a rule asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property, partial
from typing import Any

from sqlalchemy import select

from app import clock
from app.duties.demand_response import answer_due
from app.models.demand import Demand
from app.models.user_task import UserTask
from app.services.cases import Case
from app.services.demand_response.rows import answers_of, demand_of, named_units
from app.services.demand_routes import demand_routes
from app.services.lazy_facts import LazyFacts

OF_A_KIND = 20  # earlier answers that a new one may not repeat


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    source = DemandFacts(case)
    names = (name for name in dir(source) if not name.startswith("_"))
    return LazyFacts({name: partial(getattr, source, name) for name in names})


class DemandFacts:
    def __init__(self, case: Case) -> None:
        self._case = case
        self.today: date = case.today
        self.opened_on: date = case.today
        self.calendar = case.calendar

    @cached_property
    def _demand(self) -> Demand:
        return demand_of(self._case)

    @property
    def kind(self) -> str:
        return self._demand.kind or "handle"

    @property
    def limit_days(self) -> int:
        return demand_routes().limit(self.kind)

    @property
    def accepted_on(self) -> date:
        return self._demand.accepted_on or self.today

    @property
    def stopped_days(self) -> int:
        return self._demand.stopped_days

    @property
    def answer_due_on(self) -> date:
        return answer_due(self.accepted_on, self.limit_days, self.calendar, self.stopped_days)

    @cached_property
    def is_delay_judged(self) -> bool:
        """Whether the office was asked since the acceptance, answered or not."""
        asked = (UserTask.instance_id == self._case.instance.id, UserTask.element_id == "judge_delay")
        made = self._case.session.scalars(select(UserTask.created_at).where(*asked))
        return any(clock.local(at).date() >= self.accepted_on for at in made)

    @cached_property
    def units(self) -> list[dict[str, str]]:
        return named_units(self._case.session)

    @property
    def unit(self) -> str | None:
        return self._demand.unit_id

    @cached_property
    def proposed_unit(self) -> str | None:
        """Nobody is proposed any more once a unit has refused."""
        if self._case.row("refusal"):
            return None
        return (self._case.row("route") or {"unit": None})["unit"]

    @cached_property
    def last_answer(self) -> str:
        """To this demand in the round before; an answer that the head returned may be kept and improved."""
        answers = [row for row in answers_of(self._case) if row["round"] < self._demand.round]
        return answers[-1]["answer_text"] if answers else self._last_of_its_kind

    @property
    def _last_of_its_kind(self) -> str:
        """What the firm was answered last to a demand of the category."""
        this = self._demand
        wanted = (Demand.enterprise_id == this.enterprise_id, Demand.category == this.category, Demand.id != this.id)
        found = select(Demand.answer_text).where(*wanted, Demand.answered_on.is_not(None)).order_by(Demand.id.desc())
        return self._case.session.scalars(found.limit(1)).one_or_none() or ""
