"""What a unit is asked for in a period: indicators, measures, matters, lines of its plan, and what others decided.

A department tells what it leads; a locality its share of the targets and the lines of its own plan. Actions of a
consultation and support lines of growth plans are asked of whoever has them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.progress_monitoring import Period
from app.models.consultation import DecidedAction
from app.models.enterprise import Enterprise
from app.models.library import SupportLine
from app.models.locality_plan import PlanLine
from app.models.organization import Unit
from app.models.plan import Matter, Measure
from app.models.practical_matter import MatterMilestone, PracticalMatter
from app.models.progress_monitoring import ProgressNote
from app.queries.settled_indicators import SettledIndicator
from app.services.december_report.scope import PlanYear, read_plan_year

TITLE = 60
ENDED = ("rating", "accepted", "partly", "dropped")


@dataclass(frozen=True)
class Task:
    """An action or a support line. no: a12 or s7, by its table's id."""

    no: str
    kind: str
    ref: int
    title: str
    origin: str
    due_on: date


@dataclass(frozen=True)
class Asked:
    """shares: number of an indicator -> a locality's part of the year's target; empty for a department."""

    plan_key: str
    is_locality: bool
    indicators: Sequence[SettledIndicator] = ()
    shares: Mapping[int, Decimal] | None = None
    measures: Sequence[Measure] = ()
    matters: Sequence[Matter] = ()
    lines: Sequence[PlanLine] = ()
    tasks: Sequence[Task] = ()

    @property
    def row_count(self) -> int:
        parts: tuple[Sequence[object], ...] = (self.indicators, self.measures, self.matters, self.lines, self.tasks)
        return sum(map(len, parts))


def asked_of(session: Session, period: Period, units: Sequence[Unit]) -> Asked:
    """Of these units together: one, or one with those that were merged into it."""
    plan = read_plan_year(session, period.year)
    ids = {unit.id for unit in units}
    scope = plan.scope_of(units)
    is_locality = scope.kind == "locality"
    return Asked(
        plan_key=plan.plan.key,
        is_locality=is_locality,
        indicators=scope.led,
        shares=scope.shares if is_locality else None,
        measures=_measures(plan, ids) if period.asks_for_measures else (),
        matters=_matters(session, plan, ids),
        lines=_lines(session, ids, period) if is_locality else (),
        tasks=[*_actions(session, ids, period), *_support(session, ids, period)],
    )


def reporting_units(session: Session, period: Period) -> list[Unit]:
    """Who has a form in the period: leads of measures and indicators, localities, and whoever has an action."""
    plan = read_plan_year(session, period.year)
    leads = {row.lead_id for row in plan.measures} | {row.lead_id for row in plan.indicators}
    rows = [unit for unit in session.scalars(select(Unit).order_by(Unit.position)) if unit.reports]
    ids = [unit.id for unit in rows]
    busy = _with_tasks(session, ids, period)
    return [unit for unit in rows if unit.is_locality or unit.id in leads or unit.id in busy]


def _measures(plan: PlanYear, ids: Collection[str]) -> list[Measure]:
    return [row for row in plan.measures if row.lead_id in ids]


def _matters(session: Session, plan: PlanYear, ids: Collection[str]) -> list[Matter]:
    """Those that are still being delivered: an accepted one and a dropped one have nothing more to tell."""
    year = {row.year for row in plan.matters}
    ended = select(PracticalMatter.number).where(PracticalMatter.year.in_(year), PracticalMatter.status.in_(ENDED))
    done = set(session.scalars(ended))
    return [row for row in plan.matters if row.lead_id in ids and row.number not in done]


def next_milestones(session: Session, period: Period) -> dict[int, MatterMilestone]:
    """Number of a matter -> the first step of its plan that is due in the period or after it."""
    rows = session.execute(
        select(PracticalMatter.number, MatterMilestone)
        .join(MatterMilestone, MatterMilestone.matter_id == PracticalMatter.id)
        .where(PracticalMatter.year == period.year, MatterMilestone.by_on >= period.begins_on)
        .order_by(MatterMilestone.by_on.desc(), MatterMilestone.number.desc())
    )
    return {row.number: row.MatterMilestone for row in rows}


def _lines(session: Session, ids: Collection[str], period: Period) -> list[PlanLine]:
    """What is to be done by the end of the year and was not told to be done."""
    done = select(ProgressNote.ref).where(
        ProgressNote.kind == "plan_line", ProgressNote.state == "done", ProgressNote.period != period.text
    )
    wanted = select(PlanLine).where(
        PlanLine.unit_id.in_(ids),
        PlanLine.ended_on.is_(None),
        PlanLine.is_concerned,
        PlanLine.by_on <= date(period.year, 12, 31),
        PlanLine.id.not_in(done),
    )
    return list(session.scalars(wanted.order_by(PlanLine.plan_id, PlanLine.position)))


def _actions(session: Session, ids: Collection[str], period: Period) -> list[Task]:
    wanted = select(DecidedAction).where(DecidedAction.unit_id.in_(ids), DecidedAction.state == "open")
    return [
        Task(
            f"a{row.id}",
            "action",
            row.id,
            row.content,
            f"会商决定（{row.consultation_key.partition(':')[2]}）",
            row.due_on,
        )
        for row in session.scalars(wanted.order_by(DecidedAction.due_on, DecidedAction.id))
    ]


def _support(session: Session, ids: Collection[str], period: Period) -> list[Task]:
    rows = session.execute(
        select(SupportLine, Enterprise.name)
        .join(Enterprise, Enterprise.id == SupportLine.enterprise_id)
        .where(SupportLine.unit_id.in_(ids), SupportLine.state == "open", SupportLine.year == period.year)
        .order_by(SupportLine.due_on, SupportLine.id)
    )
    return [
        Task(f"s{line.id}", "support", line.id, f"{name}：{line.content}", "高成长企业成长计划", line.due_on)
        for line, name in rows
    ]


def _with_tasks(session: Session, ids: Collection[str], period: Period) -> set[str]:
    actions = select(DecidedAction.unit_id).where(DecidedAction.state == "open", DecidedAction.unit_id.in_(ids))
    lines = select(SupportLine.unit_id).where(
        SupportLine.state == "open", SupportLine.year == period.year, SupportLine.unit_id.in_(ids)
    )
    return {*session.scalars(actions), *session.scalars(lines)}


def last_notes(session: Session, period: Period, ids: Collection[str]) -> dict[tuple[str, int], ProgressNote]:
    """(kind, ref) -> what was told last, in this period or before it."""
    rows = session.scalars(select(ProgressNote).where(ProgressNote.year <= period.year, ProgressNote.unit_id.in_(ids)))
    ordered = sorted(rows, key=lambda row: (Period.read(row.period), row.id))
    return {(row.kind, row.ref): row for row in ordered}
