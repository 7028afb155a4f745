"""What the rules of 年度反馈 need to know of an instance; each property bears the name by which a rule asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property, partial
from typing import Any

from sqlalchemy import select

from app.duties.december_report_content import text_column
from app.models.december_report import DecemberReport, Priority
from app.models.organization import Unit
from app.services.case_notes import year_of
from app.services.cases import Case
from app.services.december_report.known import Known, city_figures, figure_facts, known_figures
from app.services.december_report.locality_counts import locality_counts
from app.services.december_report.objections import Objection, open_objections
from app.services.december_report.rows import campaign_due_on, report_of, subject_of, units_reported_on, versions_of
from app.services.december_report.scope import PlanYear, Scope, read_plan_year
from app.services.lazy_facts import LazyFacts
from app.workdays import Calendar

SAFEGUARDS = "保障措施"


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    """The facts of the instance, whatever the element: each is looked up only when a rule asks for it."""
    source = CampaignFacts(case) if case.instance.definition_key == "december_report" else UnitFacts(case)
    names = (name for name in dir(source) if not name.startswith("_"))
    return LazyFacts({name: partial(getattr, source, name) for name in names})


class CommonFacts:
    """What the campaign and a unit's report have in common."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.year: int = year_of(case)
        self.today: date = case.today
        self.opened_on: date = case.today
        self.calendar: Calendar = case.calendar

    @property
    def is_returned(self) -> bool:
        return False

    @property
    def entries(self) -> int:
        return 0

    @cached_property
    def report_due_on(self) -> date:
        return campaign_due_on(self._case)

    @cached_property
    def plan(self) -> PlanYear:
        return read_plan_year(self._case.session, self.year)

    @cached_property
    def units(self) -> list[dict[str, str]]:
        """All that may report, in the plan's order."""
        rows = self._case.session.scalars(select(Unit).order_by(Unit.position))
        return [{"unit": row.id, "name": row.name, "short_name": row.short_name} for row in rows if row.reports]


class CampaignFacts(CommonFacts):
    """Of the campaign."""

    @cached_property
    def figures(self) -> dict[int, Known]:
        return city_figures(self._case.session, self.year, self.plan.indicators)

    @cached_property
    def actions(self) -> list[dict[str, Any]]:
        """The plan's actions, and behind them the safeguards, which belong to none."""
        rows = [{"no": row.number, "name": row.name} for row in self.plan.actions]
        if any(row.action_number is None for row in self.plan.measures):
            rows.append({"no": len(rows) + 1, "name": SAFEGUARDS})
        return rows

    @cached_property
    def items(self) -> list[dict[str, Any]]:
        """Indicators with a target; one without a figure is not met."""
        return [
            {"no": number, "is_met": known.is_met} for number, known in self.figures.items() if known.target is not None
        ]


class UnitFacts(CommonFacts):
    """Of one unit's report."""

    @cached_property
    def report_due_on(self) -> date:
        return self.report.due_on

    @cached_property
    def is_returned(self) -> bool:
        return self._correction is not None

    @cached_property
    def entries(self) -> int:
        """Each entry but the first follows a submission; a supplement is never escalated."""
        return len(versions_of(self._case)) + (1 if self._case.row("subject") else 0)

    @cached_property
    def report(self) -> DecemberReport:
        return report_of(self._case)

    @cached_property
    def round(self) -> int:
        return self.report.round

    @cached_property
    def unit(self) -> str:
        return subject_of(self._case)

    @cached_property
    def scope(self) -> Scope:
        return self.plan.scope_of(units_reported_on(self._case))

    @cached_property
    def known(self) -> dict[int, Known]:
        units = [unit.id for unit in units_reported_on(self._case)]
        counts = locality_counts(self._case, self.plan.plan.key, self.scope, units)
        return known_figures(self._case.session, self.year, self.scope, self._case.instance.id, counts)

    @property
    def kind(self) -> str:
        return self.scope.kind

    @cached_property
    def figures(self) -> list[dict[str, Any]]:
        return [figure_facts(row, self.known[row.number]) for row in self.scope.led]

    @cached_property
    def shared_figures(self) -> list[dict[str, Any]]:
        return [{"no": row.number, "precision": row.precision} for row in self.scope.shared]

    @cached_property
    def measures(self) -> list[dict[str, Any]]:
        return [{"no": row.no, "lead": row.lead} for row in self.scope.items]

    @cached_property
    def promises(self) -> list[Priority]:
        """What these units announced a year ago for this one."""
        ids = [unit.id for unit in units_reported_on(self._case)]
        wanted = (Priority.year == self.year, Priority.unit_id.in_(ids))
        order = (Priority.unit_id, Priority.position)
        return list(self._case.session.scalars(select(Priority).where(*wanted).order_by(*order)))

    @cached_property
    def priority_review(self) -> list[dict[str, Any]]:
        return [{"no": number, "title": row.title} for number, row in enumerate(self.promises, 1)]

    @cached_property
    def matters(self) -> list[dict[str, Any]]:
        return [{"no": row.number, "title": row.title} for row in self.scope.matters]

    @cached_property
    def last_texts(self) -> dict[str, Any]:
        of_last_year = (DecemberReport.year == self.year - 1, DecemberReport.unit_id == self.unit)
        answers = self._case.session.scalars(select(DecemberReport.answers).where(*of_last_year)).one_or_none() or {}
        rows = [{"lead": False, **row} for row in answers.get("measures", ())]
        texts = {row["no"]: row.get(text_column(row)) for row in rows}
        return {"problems": answers.get("problems"), "measures": texts}

    @cached_property
    def plan_measures(self) -> set[int]:
        return {row.number for row in self.plan.measures}

    @cached_property
    def plan_indicators(self) -> set[int]:
        return {row.number for row in self.plan.indicators}

    @property
    def unlocked(self) -> list[str] | None:
        return self._correction["unlocked"] if self._correction else None

    @property
    def submitted(self) -> dict[str, Any] | None:
        return self.report.answers if self._correction else None

    @cached_property
    def open_objections(self) -> list[Objection]:
        return open_objections(self._case.session, self.report, self.scope)

    @property
    def objections(self) -> list[dict[str, Any]]:
        return [
            {"id": row.id, "no": row.indicator.number, "precision": row.indicator.precision}
            for row in self.open_objections
        ]

    @cached_property
    def _correction(self) -> dict[str, Any] | None:
        return self._case.row("correction")
