"""What the rules of 运行监测 need to know of an instance; each property bears the name by which a rule asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property, partial
from typing import Any

from app.duties.progress_monitoring import Period
from app.models.progress_monitoring import ProgressNote
from app.services.case_notes import unit_of
from app.services.cases import Case
from app.services.lazy_facts import LazyFacts
from app.services.progress_monitoring.known import Known, known_figures
from app.services.progress_monitoring.rows import period_of, report_of, units_reported_on, versions_of
from app.services.progress_monitoring.scope import Asked, asked_of, last_notes
from app.workdays import Calendar


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    """The facts of the instance, whatever the element: each is looked up only when a rule asks for it."""
    source = UnitFacts(case)
    names = (name for name in dir(source) if not name.startswith("_"))
    return LazyFacts({name: partial(getattr, source, name) for name in names})


class UnitFacts:
    """Of one unit's report of one period."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.today: date = case.today
        self.opened_on: date = case.today
        self.calendar: Calendar = case.calendar
        self.period: Period = period_of(case)

    @cached_property
    def correcting(self) -> dict[str, Any] | None:
        return self._case.row("correcting")

    @property
    def is_correction(self) -> bool:
        return self.correcting is not None

    @cached_property
    def is_returned(self) -> bool:
        return self._case.row("correction") is not None

    @cached_property
    def report_due_on(self) -> date:
        return report_of(self._case).due_on

    @cached_property
    def entries(self) -> int:
        return len(versions_of(self._case))

    @cached_property
    def round(self) -> int:
        return report_of(self._case).round

    @cached_property
    def asked(self) -> Asked:
        """In a correction the one figure that is corrected."""
        asked = asked_of(self._case.session, self.period, units_reported_on(self._case))
        if self.correcting is None:
            return asked
        one = [row for row in asked.indicators if row.number == self.correcting["number"]]
        return Asked(asked.plan_key, asked.is_locality, one, asked.shares)

    @cached_property
    def known(self) -> dict[int, Known]:
        return known_figures(self._case, self.period, self.asked)

    @cached_property
    def notes(self) -> dict[tuple[str, int], ProgressNote]:
        return last_notes(self._case.session, self.period, [unit.id for unit in units_reported_on(self._case)])

    @cached_property
    def closed(self) -> set[str]:
        """Keys of the rows that were recorded already."""
        return set(self._case.rows("closed"))

    @cached_property
    def figures(self) -> list[dict[str, Any]]:
        return [self._closing("figures", known.facts()) for known in self.known.values()]

    @cached_property
    def measures(self) -> list[dict[str, Any]]:
        return [self._stated("measures", "measure", row.number, row.number) for row in self.asked.measures]

    @cached_property
    def matters(self) -> list[dict[str, Any]]:
        return [self._stated("matters", "matter", row.number, row.number) for row in self.asked.matters]

    @cached_property
    def plan_lines(self) -> list[dict[str, Any]]:
        return [self._stated("plan_lines", "plan_line", row.id, row.id) for row in self.asked.lines]

    @cached_property
    def actions(self) -> list[dict[str, Any]]:
        return [self._stated("actions", row.kind, row.ref, row.no) for row in self.asked.tasks]

    @cached_property
    def lagging(self) -> list[dict[str, Any]]:
        return list(self._case.rows("lagging").values())

    @property
    def unit(self) -> str:
        return unit_of(self._case)

    def _stated(self, table: str, kind: str, ref: int, no: int | str) -> dict[str, Any]:
        note = self.notes.get((kind, ref))
        return self._closing(table, {"no": no, "percent": note.percent if note else None})

    def _closing(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "is_closed": f"{table}.{row['no']}" in self.closed}
